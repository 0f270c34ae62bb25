"""市民页面."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "hotline.portal"
    label = "portal"
    verbose_name = "市民页面"
    default_auto_field = "django.db.models.BigAutoField"
