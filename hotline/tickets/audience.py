"""Who hears of a change: the bus groups of a ticket and those a person listens to; the two must agree with scopes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from hotline.broadcast import bus
from hotline.organisation.actors import Actor
from hotline.organisation.models import Post, Role, UnitKind
from hotline.tickets.models import Assignment, Restriction, Ticket, TicketGrant
from hotline.tickets.numbering import SHANGHAI
from hotline.tickets.queries import DESK_ROLES, OVERSIGHT_ROLES, UNIT_ROLES


def groups_for(ticket: Ticket) -> set[str]:
    """Everyone in whose scope the ticket lies; a restricted one tells only its named readers (one or two queries)."""
    groups = {bus.ticket_group(ticket.number)}
    if ticket.restricted:
        readers = TicketGrant.objects.filter(ticket=ticket).values_list("user_id", flat=True)
        return groups | {bus.user_group(pk) for pk in readers}
    groups.add(bus.unit_group(ticket.office.ancestor_ids()[0]))
    groups |= {bus.desk_group(role, ticket.office_id) for role in DESK_ROLES}
    rows = Assignment.objects.filter(ticket_id=ticket.bundled_into_id or ticket.pk)
    for held in rows.values_list("unit_id", "city_id", "county_id", "town_id", "section_id"):
        groups |= {bus.unit_group(pk) for pk in held if pk}
    return groups


def groups_of(actor: Actor) -> set[str]:
    """What an open browser of this person listens to."""
    groups = {bus.user_group(actor.user_id)} if actor.user_id else set()
    for post in actor.posts:
        if post.role in DESK_ROLES | OVERSIGHT_ROLES and post.citywide:
            groups.add(bus.unit_group(post.unit_path[0]))
        elif post.role in DESK_ROLES and post.office_id is not None:
            groups.add(bus.desk_group(post.role, post.office_id))
            groups.add(bus.unit_group(post.unit_id))
            if post.unit_kind == UnitKind.COUNTY_OFFICE and len(post.unit_path) > 1:
                groups.add(bus.unit_group(post.unit_path[-2]))
        elif post.role in UNIT_ROLES | {Role.SECTION} or (
            post.role in OVERSIGHT_ROLES and post.unit_kind == UnitKind.GOVERNMENT
        ):
            groups.add(bus.unit_group(post.unit_id))
    return groups


def people_at(unit_ids: Iterable[int], *roles: Role, at: datetime) -> list[int]:
    """User ids with a post in these units and roles that day (a county office's dispatcher is its liaison)."""
    wanted = set(roles) | ({Role.DISPATCHER} if Role.LIAISON in roles else set())
    day = at.astimezone(SHANGHAI).date()
    posts = Post.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=day),
        unit_id__in=set(unit_ids),
        role__in=wanted,
        valid_from__lte=day,
        user__is_active=True,
    )
    return [
        user_id
        for user_id, role, kind in posts.values_list("user_id", "role", "unit__kind")
        if role != Role.DISPATCHER or kind == UnitKind.COUNTY_OFFICE or Role.DISPATCHER in roles
    ]


def grant(ticket: Ticket, user_ids: Iterable[int], reason: str) -> None:
    """Name readers of a restricted ticket; naming twice is harmless."""
    TicketGrant.objects.bulk_create(
        [TicketGrant(ticket=ticket, user_id=pk, reason=reason) for pk in sorted(set(user_ids))],
        ignore_conflicts=True,
    )


def admit_desk(ticket: Ticket, *, at: datetime) -> None:
    """The office's own people who must work on a restricted ticket; a sealed one only its shift leaders."""
    roles = [Role.SHIFT_LEADER]
    if ticket.restricted == Restriction.SEALED:
        TicketGrant.objects.filter(ticket=ticket).delete()
    else:
        roles += [Role.DISPATCHER, Role.AUDITOR, Role.CALLBACK_AGENT, Role.SUPERVISOR]
    grant(ticket, people_at([ticket.office_id], *roles, at=at), "经办岗位")


def admit_unit(assignment: Assignment, *, at: datetime) -> None:
    """联络员、经办人、分管领导 of a unit that has to handle a restricted ticket."""
    people = people_at([assignment.unit_id], Role.LIAISON, Role.HEAD, Role.HANDLER, at=at)
    grant(assignment.ticket, people, "承办单位")
