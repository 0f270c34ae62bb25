"""实时广播."""

from django.apps import AppConfig


class BroadcastConfig(AppConfig):
    name = "hotline.broadcast"
    label = "broadcast"
    verbose_name = "实时广播"
    default_auto_field = "django.db.models.BigAutoField"
