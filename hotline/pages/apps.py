"""坐席页面."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "hotline.pages"
    label = "pages"
    verbose_name = "坐席页面"
    default_auto_field = "django.db.models.BigAutoField"
