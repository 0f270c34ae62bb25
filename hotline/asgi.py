"""Sockets, and in the embedded default pages too, on daphne."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings")
pages = get_asgi_application()
application = pages
