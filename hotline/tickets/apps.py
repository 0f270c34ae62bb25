"""诉求与工单."""

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "hotline.tickets"
    label = "tickets"
    verbose_name = "诉求与工单"
    default_auto_field = "django.db.models.BigAutoField"
