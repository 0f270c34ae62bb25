"""What is kept about a ticket: its chained events, its clocks, what is to be sent out."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from hotline.deadlines.targets import ClockKind
from hotline.tickets.models.assignments import Assignment
from hotline.tickets.models.tickets import Ticket
from hotline.tickets.states import Action


class TicketEvent(models.Model):
    """流转: append-only, one hash chain a ticket.

    `payload` is canonical JSON and the truth; hash = sha256(previous hash ‖ payload); the other columns are copies.
    """

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    action = models.CharField(max_length=20, choices=Action.choices())
    actor_id_text = models.CharField(max_length=20, blank=True)
    payload = models.TextField()
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "流转记录"
        ordering = ["ticket_id", "seq"]
        constraints = [models.UniqueConstraint(fields=["ticket", "seq"], name="event_seq_once")]
        indexes = [models.Index(fields=["action", "at"], name="event_action_at")]

    def __str__(self) -> str:
        return f"{self.ticket_id}#{self.seq} {self.action}"

    def save(self, *args: object, **kwargs: object) -> None:
        if self.pk is not None:
            raise TypeError("events are append-only")
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise TypeError("events are append-only")


class Clock(models.Model):
    """时限: runs from `started_at` to `stopped_at`; late when `due_at` came first. `void`: ended without a verdict."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="clocks")
    assignment = models.ForeignKey(Assignment, models.PROTECT, null=True, blank=True, related_name="clocks")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in ClockKind])
    started_at = models.DateTimeField()
    warn_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    late_at = models.DateTimeField(null=True, blank=True)
    void = models.BooleanField(default=False)
    provisional = models.BooleanField(default=False)
    profile_version = models.CharField(max_length=40)
    calendar_version = models.CharField(max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "时限"
        constraints = [
            models.CheckConstraint(condition=Q(due_at__gte=F("started_at")), name="clock_due_after_start"),
            models.CheckConstraint(condition=Q(warn_at__lte=F("due_at")), name="clock_warns_before_due"),
            models.CheckConstraint(
                condition=Q(late_at=None) | Q(late_at=F("due_at")), name="clock_late_at_its_due"
            ),
            models.UniqueConstraint(
                fields=["assignment", "kind"],
                condition=Q(stopped_at=None, assignment__isnull=False),
                name="clock_one_running",
            ),
            models.UniqueConstraint(
                fields=["ticket", "kind"],
                condition=Q(stopped_at=None, assignment=None),
                name="clock_ticket_one_running",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(stopped_at=None, late_at=None), name="clock_open_due"
            ),
            models.Index(
                fields=["warn_at"], condition=Q(stopped_at=None, warned_at=None), name="clock_open_warn"
            ),
            models.Index(fields=["ticket", "kind"], name="clock_ticket"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind} {self.due_at:%Y-%m-%d %H:%M}"


class Outbox(models.Model):
    """To be sent to the world outside, written with the event; `kind` says to whom (sms, webhook, …)."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    at = models.DateTimeField()
    body = models.TextField()  # JSON without a citizen's data: the consumer looks the person up
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "待发送"
        indexes = [models.Index(fields=["kind", "not_before"], name="outbox_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.ticket_id}"


class DayCounter(models.Model):
    """The last ticket number given on a Shanghai day; its row is locked last in a transaction."""

    day = models.DateField(primary_key=True)
    last = models.PositiveIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "编号计数"

    def __str__(self) -> str:
        return f"{self.day} {self.last}"
