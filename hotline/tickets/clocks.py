"""Starting, stopping and sweeping the clocks of a ticket; a passed limit leaves its event whoever notices first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from hotline.deadlines import rules as deadline_rules
from hotline.deadlines.targets import ClockKind
from hotline.organisation.actors import SYSTEM
from hotline.tickets import events
from hotline.tickets.models import Assignment, Clock, Ticket
from hotline.tickets.states import Action, AssignmentRole, Nature

UNIT_KINDS = (ClockKind.SIGN, ClockKind.CONTACT, ClockKind.RETURN, ClockKind.REPLY)
WINDOWS = (ClockKind.RETURN,)  # a right that lapses, not a duty that can be late


def start(
    ticket: Ticket,
    kind: ClockKind,
    *,
    at: datetime,
    assignment: Assignment | None = None,
    parent_due: datetime | None = None,
    stored_as: ClockKind | None = None,
) -> Clock:
    """Start one clock by the rules in force; `stored_as` names a redo's reply limit as the reply it is."""
    clock = _made(deadline_rules.current(at), ticket, kind, at, assignment, parent_due, stored_as)
    clock.save(force_insert=True)
    return clock


def start_for(assignment: Assignment, *, at: datetime, parent_due: datetime | None = None) -> datetime:
    """All clocks of a fresh assignment, from its dispatch; returns when its reply is due."""
    ticket, rules = assignment.ticket, deadline_rules.current(at)
    redo = assignment.round > 1 and ticket.nature != Nature.PRAISE
    made = []
    for kind in UNIT_KINDS:
        if kind == ClockKind.CONTACT and not _contacts(assignment):
            continue
        if kind == ClockKind.RETURN and assignment.binding:
            continue
        limit_kind = ClockKind.REDO if redo and kind == ClockKind.REPLY else kind
        made.append(_made(rules, ticket, limit_kind, at, assignment, parent_due, kind))
    Clock.objects.bulk_create(made)
    return made[-1].due_at


def _contacts(assignment: Assignment) -> bool:
    """The lead calls the citizen first, unless nobody is to be called or only the centre may (举报)."""
    ticket = assignment.ticket
    silent = ticket.anonymous or ticket.nature in {Nature.REPORT, Nature.PRAISE}
    return assignment.role == AssignmentRole.LEAD and not silent


def _made(
    rules: deadline_rules.Rules,
    ticket: Ticket,
    kind: ClockKind,
    at: datetime,
    assignment: Assignment | None,
    parent_due: datetime | None,
    stored_as: ClockKind | None,
) -> Clock:
    limit = rules.limit(kind, nature=ticket.nature, urgency=ticket.urgency, start=at, parent_due=parent_due)
    calendar, profile, version = rules.versions
    return Clock(
        ticket=ticket,
        assignment=assignment,
        kind=stored_as or kind,
        started_at=limit.started_at,
        warn_at=limit.warn_at,
        due_at=limit.due_at,
        provisional=limit.provisional,
        profile_version=f"{profile}/{version}",
        calendar_version=str(calendar),
    )


def running(ticket: Ticket, *kinds: ClockKind, assignment: Assignment | None = None) -> list[Clock]:
    rows = ticket.clocks.filter(stopped_at=None)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return list(rows.filter(assignment=assignment) if assignment is not None else rows)


def stop(clocks: Iterable[Clock], *, ticket: Ticket, at: datetime, void: bool = False) -> None:
    """Stop them at `at`; what was already late is marked and told here, so a dead `watch` hides nothing."""
    clocks = list(clocks)
    for clock in clocks:
        _mark_late(clock, ticket, at=at)
        clock.stopped_at = at
        clock.void = void
    Clock.objects.bulk_update(clocks, ["stopped_at", "late_at", "void"])


def resume(clock: Clock, *, ticket: Ticket, at: datetime) -> None:
    """A reply that was sent back never stopped its clock."""
    clock.stopped_at = None
    _mark_late(clock, ticket, at=at)
    clock.save(update_fields=["stopped_at", "late_at"])


def _mark_late(clock: Clock, ticket: Ticket, *, at: datetime) -> None:
    if clock.late_at is None and clock.due_at <= at and clock.kind not in WINDOWS:
        clock.late_at = clock.due_at
        events.append(ticket, Action.LATE, by=SYSTEM, at=clock.due_at, recorded_at=at, detail=_told(clock))


def _told(clock: Clock) -> dict[str, Any]:
    return {"clock": clock.kind, "assignment": clock.assignment_id, "due": events.canonical(clock.due_at)}


@transaction.atomic
def sweep(*, at: datetime, limit: int = 500) -> list[Ticket]:
    """Mark what became late or nearly due by `at`, oldest first; the tickets touched. Any number may run at once.

    Tickets are locked in id order before their clocks, as every verb does; a locked one is left to the next round.
    """
    due = Q(late_at=None, due_at__lte=at) | Q(warned_at=None, warn_at__lte=at)
    wanted = (
        Clock.objects.filter(due, stopped_at=None)
        .order_by("due_at")
        .values_list("ticket_id", flat=True)[:limit]
    )
    tickets = {
        ticket.pk: ticket
        for ticket in Ticket.objects.select_for_update(skip_locked=True)
        .filter(pk__in=set(wanted))
        .order_by("pk")
    }
    clocks = list(Clock.objects.filter(due, stopped_at=None, ticket_id__in=tickets).order_by("due_at", "pk"))
    entries = []
    for clock in clocks:
        ticket = tickets[clock.ticket_id]
        window = clock.kind in WINDOWS
        if clock.warned_at is None and clock.warn_at <= at:
            clock.warned_at = clock.warn_at
            if not window and clock.due_at > at:
                entries.append(events.Entry(ticket, Action.WARN, clock.warn_at, _told(clock)))
        if clock.due_at <= at and window:
            clock.stopped_at, clock.void = clock.due_at, True
        elif clock.due_at <= at and clock.late_at is None:
            clock.late_at = clock.due_at
            entries.append(events.Entry(ticket, Action.LATE, clock.due_at, _told(clock)))
    Clock.objects.bulk_update(clocks, ["warned_at", "late_at", "stopped_at", "void"], batch_size=500)
    events.append_many(entries, by=SYSTEM, recorded_at=at)
    return list(tickets.values())
