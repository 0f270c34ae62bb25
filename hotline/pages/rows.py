"""Light rows for every list of tickets and of assignments: dicts of ready strings from a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from hotline.audit.masking import masked_text
from hotline.deadlines.calendar import WorkCalendar
from hotline.deadlines.targets import ClockKind
from hotline.organisation.actors import Actor
from hotline.pages import times
from hotline.tickets import queries
from hotline.tickets.models import Assignment, Ticket, TicketGrant
from hotline.tickets.states import AssignmentRole, AssignmentStatus, Light, Nature, TicketStatus, Urgency

Row = dict[str, Any]
LIGHT_CODES = {Light.NONE: "grey"}
_TICKET = (
    "pk",
    "number",
    "title",
    "nature",
    "urgency",
    "status",
    "round",
    "urges",
    "restricted",
    "anonymous",
    "confidential",
    "registered_at",
    "version",
    "category__name",
    "district__name",
    "responsible_unit__short_name",
)


def ticket_rows(
    tickets: QuerySet[Ticket], actor: Actor, at: datetime, *, ids: Sequence[int] | None = None
) -> list[Row]:
    """Rows in the order of the queryset, or of `ids` (a page of it). The queryset starts at `visible_to(actor)`."""
    chosen = tickets if ids is None else tickets.filter(pk__in=ids)
    found = list(
        chosen.annotate(lead_ticket=Coalesce("bundled_into_id", "pk")).values(
            *_TICKET, "lead_ticket", "office_id"
        )
    )
    if ids is not None:
        found = _in_order(found, ids)
    clocks = _clocks_by("ticket_id", [row["pk"] for row in found])
    leads = _lead_units({row["lead_ticket"] for row in found})
    members = _member_counts([row["pk"] for row in found])
    calendar = times.calendar_at(at)
    made = []
    for row in found:
        base = _matter(row, "", at) | _limit(clocks.get(row["pk"], ()), at, calendar)
        status = TicketStatus(row["status"])
        made.append(
            base
            | {
                "unit": leads.get(row["lead_ticket"], ""),
                "responsible": row["responsible_unit__short_name"] or "",
                "status": status.label,
                "status_code": status.value,
                "flags": _flags(row, "", members.get(row["pk"], 0)),
            }
        )
    return made


_ASSIGNMENT = (
    "pk",
    "role",
    "status",
    "round",
    "sent_back",
    "binding",
    "dispatched_at",
    "inner_due_at",
    "unit__short_name",
    "section__short_name",
    "handler__full_name",
    "ticket_id",
)


def assignment_rows(
    assignments: QuerySet[Assignment], actor: Actor, at: datetime, *, ids: Sequence[int] | None = None
) -> list[Row]:
    """Rows of what units owe; a restricted ticket shows only to its named readers, whatever the queryset holds."""
    chosen = assignments if ids is None else assignments.filter(pk__in=ids)
    of_ticket = [f"ticket__{name}" for name in _TICKET if name != "pk"]
    found = _readable(list(chosen.values(*_ASSIGNMENT, *of_ticket)), actor, at)
    if ids is not None:
        found = _in_order(found, ids)
    clocks = _clocks_by("assignment_id", [row["pk"] for row in found])
    members = _member_counts([row["ticket_id"] for row in found])
    calendar = times.calendar_at(at)
    made = []
    for row in found:
        base = _matter(row, "ticket__", at) | _limit(clocks.get(row["pk"], ()), at, calendar)
        status = AssignmentStatus(row["status"])
        made.append(
            base
            | {
                "pk": row["ticket_id"],
                "assignment": row["pk"],
                "unit": row["unit__short_name"],
                "role": AssignmentRole(row["role"]).label,
                "role_code": row["role"],
                "section": row["section__short_name"] or "",
                "handler": row["handler__full_name"] or "",
                "inner_due": times.exact(row["inner_due_at"], at=at),
                "dispatched": times.exact(row["dispatched_at"], at=at),
                "status": status.label,
                "status_code": status.value,
                "sent_back": row["sent_back"],
                "flags": _flags(row, "ticket__", members.get(row["ticket_id"], 0)),
            }
        )
    return made


def _in_order(found: list[Row], ids: Sequence[int]) -> list[Row]:
    by_id = {row["pk"]: row for row in found}
    return [by_id[pk] for pk in ids if pk in by_id]


def _matter(row: Row, at_ticket: str, at: datetime) -> Row:
    """What every row says of its ticket."""

    def said(name: str) -> Any:
        return row[f"{at_ticket}{name}"]

    number = said("number")
    return {
        "pk": said("pk") if not at_ticket else row["ticket_id"],
        "number": number,
        "title": masked_text(said("title")),
        "nature": Nature(said("nature")).label,
        "urgency": said("urgency"),
        "urgent": said("urgency") == Urgency.URGENT,
        "category": said("category__name") or "未分类",
        "district": said("district__name") or "",
        "registered": times.exact(said("registered_at"), at=at),
        "registered_iso": times.iso(said("registered_at")),
        "version": said("version"),
        "url": reverse("tickets:page", args=[number]),
        "peek_url": reverse("tickets:peek", args=[number]),
    }


def _flags(row: Row, at_ticket: str, members: int) -> list[str]:
    """Short words beside the title."""

    def said(name: str) -> Any:
        return row[f"{at_ticket}{name}"]

    flags = []
    if said("urgency") == Urgency.URGENT:
        flags.append("紧急")
    if said("round") > 1:
        flags.append(f"重办{said('round') - 1}")
    if said("urges"):
        flags.append(f"催单{said('urges')}")
    if members:
        flags.append(f"并单{members}")
    if said("restricted"):
        flags.append("限制")
    if said("anonymous"):
        flags.append("匿名")
    return flags


def _clocks_by(field: str, ids: Iterable[int]) -> dict[int, list[tuple[str, datetime, datetime]]]:
    """(kind, warn, due) of the running limits, nearest first (one query)."""
    found: dict[int, list[tuple[str, datetime, datetime]]] = {}
    rows = queries.duty_clocks().filter(**{f"{field}__in": list(ids)}).order_by("due_at")
    for owner, kind, warn_at, due_at in rows.values_list(field, "kind", "warn_at", "due_at"):
        found.setdefault(owner, []).append((kind, warn_at, due_at))
    return found


def _limit(clocks: Sequence[tuple[str, datetime, datetime]], at: datetime, calendar: WorkCalendar) -> Row:
    """The light of all running limits together, and the words of the nearest."""
    if not clocks:
        return {"light": "grey", "light_text": "", "due": "", "due_iso": "", "due_kind": ""}
    kind, _warn, due_at = clocks[0]
    light = queries.light_at(warn_at=min(warn for _kind, warn, _due in clocks), due_at=due_at, at=at)
    return {
        "light": LIGHT_CODES.get(light, light.value),
        "light_text": times.left(due_at, at=at, calendar=calendar),
        "due": times.exact(due_at, at=at),
        "due_iso": times.iso(due_at),
        "due_kind": ClockKind(kind).label,
    }


def _lead_units(ticket_ids: Iterable[int]) -> dict[int, str]:
    """Ticket → the unit of its newest lead assignment (one query)."""
    rows = Assignment.objects.filter(ticket_id__in=list(ticket_ids), role=AssignmentRole.LEAD).order_by("pk")
    return dict(rows.values_list("ticket_id", "unit__short_name"))


def _member_counts(ticket_ids: Iterable[int]) -> dict[int, int]:
    """Ticket → how many repeats are bundled into it (one query)."""
    rows = Ticket.objects.filter(bundled_into_id__in=list(ticket_ids)).order_by()
    return dict(
        rows.values("bundled_into_id").annotate(members=Count("pk")).values_list("bundled_into_id", "members")
    )


def _readable(found: list[Row], actor: Actor, at: datetime) -> list[Row]:
    """Without restricted tickets that do not name this reader (one query)."""
    restricted = [row["ticket_id"] for row in found if row["ticket__restricted"]]
    if not restricted or actor.kind == "system":
        return found
    grants = TicketGrant.objects.filter(ticket_id__in=restricted, user_id=actor.user_id)
    named = set(grants.filter(Q(until=None) | Q(until__gt=at)).values_list("ticket_id", flat=True))
    return [row for row in found if not row["ticket__restricted"] or row["ticket_id"] in named]
