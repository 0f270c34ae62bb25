"""审核与回访."""

from django.apps import AppConfig


class FollowupConfig(AppConfig):
    name = "hotline.followup"
    label = "followup"
    verbose_name = "审核与回访"
    default_auto_field = "django.db.models.BigAutoField"
