"""受理."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "hotline.intake"
    label = "intake"
    verbose_name = "受理"
    default_auto_field = "django.db.models.BigAutoField"
