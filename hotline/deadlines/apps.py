"""The room of limits and the working calendar, as Django sees it."""

from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    name = "hotline.deadlines"
    label = "deadlines"
    verbose_name = "时限与日历"
    default_auto_field = "django.db.models.BigAutoField"
