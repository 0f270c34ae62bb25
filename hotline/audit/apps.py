"""查看留痕."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "hotline.audit"
    label = "audit"
    verbose_name = "查看留痕"
    default_auto_field = "django.db.models.BigAutoField"
