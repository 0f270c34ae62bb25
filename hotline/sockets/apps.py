"""实时连接."""

from django.apps import AppConfig


class SocketsConfig(AppConfig):
    name = "hotline.sockets"
    label = "sockets"
    verbose_name = "实时连接"
    default_auto_field = "django.db.models.BigAutoField"
