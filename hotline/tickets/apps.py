"""诉求与工单."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TicketsConfig(AppConfig):
    name = "hotline.tickets"
    label = "tickets"
    verbose_name = "诉求与工单"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from hotline.tickets import guards

        post_migrate.connect(guards.install_after_migrate, sender=self, dispatch_uid="tickets.guards")
