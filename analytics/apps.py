"""数据分析."""

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "analytics"
    verbose_name = "数据分析"
    default_auto_field = "django.db.models.BigAutoField"
