"""分派建议."""

from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "routing"
    verbose_name = "分派建议"
    default_auto_field = "django.db.models.BigAutoField"
