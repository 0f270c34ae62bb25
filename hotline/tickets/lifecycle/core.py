"""The frame of every verb: lock, permission, state, (the verb's own write,) event, clocks, bus."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hotline.audit.masking import masked_text
from hotline.broadcast import bus
from hotline.inbox import notes
from hotline.organisation.actors import Actor
from hotline.tickets import audience, events, permissions
from hotline.tickets.errors import BadInput, Forbidden, NotAllowedNow, StaleForm
from hotline.tickets.models import Assignment, Outbox, Ticket, TicketGrant
from hotline.tickets.states import ASSIGNMENT_STEPS, TICKET_STEPS, Action, AssignmentStatus, TicketStatus


@dataclass
class Move:
    """One verb at work on a locked ticket."""

    ticket: Ticket
    action: Action
    by: Actor
    at: datetime
    assignment: Assignment | None = None
    told: set[str] = field(default_factory=set)

    def unit_of(self) -> Assignment:
        assert self.assignment is not None
        return self.assignment


def begin(
    ticket_id: int,
    action: Action,
    *,
    by: Actor,
    at: datetime,
    assignment_id: int | None = None,
    seen: int | None = None,
) -> Move:
    """Lock the ticket row, then ask who, then when. `seen`: the version the page was drawn from."""
    ticket = (
        Ticket.objects.select_for_update(of=("self",)).select_related("office", "contact").get(pk=ticket_id)
    )
    assignment = None
    if assignment_id is not None:
        assignment = ticket.assignments.select_related("unit", "parent__unit", "section").get(
            pk=assignment_id
        )
        assignment.ticket = ticket
    check(ticket, action, by=by, at=at, assignment=assignment, seen=seen)
    return Move(ticket, action, by, at, assignment, audience.groups_for(ticket))


def check(
    ticket: Ticket,
    action: Action,
    *,
    by: Actor,
    at: datetime,
    assignment: Assignment | None = None,
    seen: int | None = None,
) -> None:
    """Raise Forbidden, StaleForm or NotAllowedNow; the same for one or many tickets."""
    permissions.check(by, action, ticket, assignment)
    if ticket.restricted and by.kind == "staff" and not _named(ticket, by, at):
        raise Forbidden("该件为限制知悉件,您不在指定知悉人名单内")
    if seen is not None and seen != ticket.version:
        raise StaleForm(f"工单 {ticket.number} 在您打开页面后已有变动,请核对后再提交,您填写的内容已保留")
    if TicketStatus(ticket.status) not in TICKET_STEPS[action].sources:
        raise NotAllowedNow(
            f"工单 {ticket.number} 当前为“{TicketStatus(ticket.status).label}”,不能{action.label}"
        )
    step = ASSIGNMENT_STEPS.get(action)
    if (
        assignment is not None
        and step is not None
        and AssignmentStatus(assignment.status) not in step.sources
    ):
        raise NotAllowedNow(
            f"{assignment.unit} 的承办当前为“{AssignmentStatus(assignment.status).label}”,不能{action.label}"
        )


def _named(ticket: Ticket, by: Actor, at: datetime) -> bool:
    rows = TicketGrant.objects.filter(ticket=ticket, user_id=by.user_id)
    return any(grant.until is None or grant.until > at for grant in rows)


def set_status(move: Move) -> None:
    """Both statuses as the tables say; a verb may then decide that the ticket stays where it is."""
    target = TICKET_STEPS[move.action].target
    if target is not None:
        move.ticket.status = target
    step = ASSIGNMENT_STEPS.get(move.action)
    if move.assignment is not None and step is not None and step.target is not None:
        move.assignment.status = step.target


def finish(
    move: Move, *, detail: dict[str, Any] | None = None, tell: Iterable[int] = (), text: str = ""
) -> Ticket:
    """Save, append the event, leave notes to people, and tell the open pages on commit."""
    ticket, assignment = move.ticket, move.assignment
    told = {
        key: masked_text(value) if isinstance(value, str) else value for key, value in (detail or {}).items()
    }
    told["status"] = ticket.status
    if assignment is not None:
        assignment.save()
        told |= {
            "assignment": assignment.pk,
            "unit": str(assignment.unit),
            "assignment_status": assignment.status,
        }
    events.append(ticket, move.action, by=move.by, at=move.at, recorded_at=move.at, detail=told)
    ticket.version += 1
    ticket.save()
    if people := set(tell):
        notes.tell(
            people, text or f"{move.action.label}:{ticket.title}", at=move.at, ticket_number=ticket.number
        )
    bus.announce(
        move.told | audience.groups_for(ticket), kind="ticket", id=ticket.number, version=ticket.version
    )
    return ticket


def _masked(value: Any) -> Any:
    """Events never hold a citizen's number, however deep the detail lies."""
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, dict):
        return {key: _masked(one) for key, one in value.items()}
    return [_masked(one) for one in value] if isinstance(value, list) else value


def send_out(move: Move, kind: str, body: dict[str, Any]) -> None:
    """A row for the world outside, in the same transaction; ids only."""
    Outbox.objects.create(
        ticket=move.ticket,
        kind=kind,
        at=move.at,
        not_before=move.at,
        body=json.dumps(body, ensure_ascii=False),
    )


def required(value: str, field_name: str, what: str, *, least: int = 1, most: int = 20_000) -> str:
    """The text without blanks at its ends; BadInput when too short or too long."""
    text = (value or "").replace("\x00", "").strip()
    if len(text) < least:
        raise BadInput(field_name, f"请填写{what}" if least == 1 else f"{what}至少 {least} 个字")
    if len(text) > most:
        raise BadInput(field_name, f"{what}最多 {most} 个字,现有 {len(text)} 个字")
    return text
