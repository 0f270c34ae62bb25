"""Reading tickets: who may see which, worklists, capped counts."""

from __future__ import annotations

from datetime import datetime

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from hotline.deadlines.targets import ClockKind
from hotline.organisation.actors import Actor, HeldPost
from hotline.organisation.models import Role, UnitKind
from hotline.tickets.states import AssignmentStatus, Light

COUNT_CAP = 999
DESK_ROLES = frozenset(
    {
        Role.AGENT,
        Role.DISPATCHER,
        Role.AUDITOR,
        Role.CALLBACK_AGENT,
        Role.SHIFT_LEADER,
        Role.SUPERVISOR,
        Role.ANALYST,
    }
)
UNIT_ROLES = frozenset({Role.LIAISON, Role.HANDLER, Role.HEAD})
OVERSIGHT_ROLES = frozenset({Role.LEADER, Role.SECRETARY, Role.INSPECTOR})


class TicketQuerySet(models.QuerySet):
    """Every list, counter, search, export and socket starts at `visible_to`."""

    def visible_to(self, actor: Actor, *, at: datetime) -> TicketQuerySet:
        """Tickets this person may read at this instant; restricted ones only by name (TicketGrant)."""
        if actor.kind == "system":
            return self
        if actor.user_id is None:
            return self.none()
        scope, citywide = _scope_of(actor)
        granted = Exists(_grants(actor.user_id, at))
        if citywide:
            return self.filter(Q(restricted=0) | granted)
        return self.filter((Q(restricted=0) & scope) | granted)

    def with_light(self, *, at: datetime) -> TicketQuerySet:
        """Annotates `due_at` (nearest running limit) and `light`; the return window is a right and never counts."""
        running = duty_clocks().filter(ticket=OuterRef("pk"))
        return self.annotate(
            due_at=Subquery(running.order_by("due_at").values("due_at")[:1]), light=_light_of(running, at)
        )


def assignments_with_light(rows: models.QuerySet, *, at: datetime) -> models.QuerySet:
    """The same for assignments: each by its own running clocks."""
    running = duty_clocks().filter(assignment=OuterRef("pk"))
    return rows.annotate(
        due_at=Subquery(running.order_by("due_at").values("due_at")[:1]), light=_light_of(running, at)
    )


def duty_clocks() -> models.QuerySet:
    """Running limits that somebody must keep: all kinds but the return window 退单期限."""
    return apps.get_model("tickets", "Clock").objects.filter(stopped_at=None).exclude(kind=ClockKind.RETURN)


def _light_of(running: models.QuerySet, at: datetime) -> Case:
    return Case(
        When(Exists(running.filter(due_at__lte=at)), then=Value(Light.RED.value)),
        When(Exists(running.filter(warn_at__lte=at)), then=Value(Light.YELLOW.value)),
        When(Exists(running), then=Value(Light.GREEN.value)),
        default=Value(Light.NONE.value),
    )


def light_at(*, warn_at: datetime | None, due_at: datetime | None, at: datetime) -> Light:
    """The same for one pair of instants."""
    if due_at is None or warn_at is None:
        return Light.NONE
    if due_at <= at:
        return Light.RED
    return Light.YELLOW if warn_at <= at else Light.GREEN


def _grants(user_id: int, at: datetime) -> models.QuerySet:
    return (
        apps.get_model("tickets", "TicketGrant")
        .objects.filter(ticket=OuterRef("pk"), user_id=user_id)
        .filter(Q(until=None) | Q(until__gt=at))
    )


def _scope_of(actor: Actor) -> tuple[Q, bool]:
    """(condition, sees the whole city) from all posts together."""
    units: set[int] = set()
    sections: set[int] = set()
    counties: set[int] = set()
    offices: set[int] = set()
    for post in actor.posts:
        if post.role in DESK_ROLES | OVERSIGHT_ROLES and post.citywide:
            return Q(), True
        _collect(post, units, sections, counties, offices)
    scope = Q(office_id__in=offices) if offices else Q()
    held = Q()
    if units:
        held |= Q(unit_id__in=units) | Q(city_id__in=units) | Q(county_id__in=units) | Q(town_id__in=units)
    if sections:
        held |= Q(section_id__in=sections)
    if counties:
        held |= Q(county_id__in=counties)
    if held:
        scope |= Exists(_assignments_of_lead().filter(held))
    return (scope if scope else Q(pk__in=[])), False


def _collect(
    post: HeldPost, units: set[int], sections: set[int], counties: set[int], offices: set[int]
) -> None:
    if post.role in DESK_ROLES and post.office_id is not None:
        offices.add(post.office_id)
        units.add(post.unit_id)
        if post.unit_kind == UnitKind.COUNTY_OFFICE and len(post.unit_path) > 1:
            counties.add(post.unit_path[-2])
    elif post.role in UNIT_ROLES:
        units.add(post.unit_id)
    elif post.role == Role.SECTION:
        sections.add(post.unit_id)
    elif post.role in OVERSIGHT_ROLES and post.unit_kind == UnitKind.GOVERNMENT:
        counties.add(post.unit_id)


def _assignments_of_lead() -> models.QuerySet:
    """Assignments of the ticket, or of the lead it is bundled into."""
    return (
        apps.get_model("tickets", "Assignment")
        .objects.annotate(
            _lead=Coalesce(OuterRef("bundled_into_id"), OuterRef("pk"), output_field=models.BigIntegerField())
        )
        .filter(ticket_id=F("_lead"))
    )


def capped_count(rows: models.QuerySet) -> int:
    """An index-friendly count that stops at COUNT_CAP + 1 (shown as 999+)."""
    return rows.order_by()[: COUNT_CAP + 1].count()


def unit_assignments(actor: Actor) -> models.QuerySet:
    """承办: live and ended assignments held by the person's own units or sections."""
    units = actor.units(*UNIT_ROLES) | {
        post.unit_id
        for post in actor.posts
        if post.role == Role.DISPATCHER and post.unit_kind == UnitKind.COUNTY_OFFICE
    }
    sections = actor.units(Role.SECTION)
    return apps.get_model("tickets", "Assignment").objects.filter(
        Q(unit_id__in=units) | Q(section_id__in=sections)
    )


AWAITING_SIGNATURE = [AssignmentStatus.DISPATCHED]
IN_HAND = [
    AssignmentStatus.DISPATCHED,
    AssignmentStatus.SIGNED,
    AssignmentStatus.SIGNOFF,
    AssignmentStatus.SENT_BACK,
]
