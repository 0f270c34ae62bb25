"""受理: registering a matter, answering it at once, the exits, bundling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from hotline.catalogue.models import Exit
from hotline.organisation.actors import Actor
from hotline.organisation.models import Role
from hotline.tickets import audience, events, numbering, permissions, search
from hotline.tickets.errors import BadInput, NotAllowedNow
from hotline.tickets.lifecycle.core import Move, begin, finish, required, send_out, set_status
from hotline.tickets.models import Contact, Restriction, Ticket
from hotline.tickets.states import Action, Nature, Outcome, TicketStatus, Urgency


@dataclass(frozen=True)
class Matter:
    """What one matter says, as the door took it down; ids refer to catalogue and organisation."""

    title: str
    text: str
    nature: str
    urgency: str = Urgency.NORMAL
    category_id: int | None = None
    district_id: int | None = None
    place: str = ""
    about_unit_id: int | None = None
    confidential: bool = False
    anonymous: bool = False
    restricted: int = Restriction.NONE
    source_number: str = ""


def _checked(matter: Matter) -> dict[str, object]:
    if matter.nature not in set(Nature):
        raise BadInput("nature", "请选择诉求性质")
    if matter.urgency not in set(Urgency):
        raise BadInput("urgency", "请选择紧急程度")
    title = required(matter.title, "title", "标题", least=2, most=120)
    text = required(matter.text, "text", "诉求内容", least=4)
    restricted = matter.restricted
    if matter.nature == Nature.REPORT:  # the reporter's protection: 举报人信息不得泄露
        restricted = max(restricted, Restriction.NAMED)
    return {
        "title": title,
        "text": text,
        "nature": matter.nature,
        "urgency": matter.urgency,
        "category_id": matter.category_id,
        "district_id": matter.district_id,
        "place": matter.place.strip()[:200],
        "about_unit_id": matter.about_unit_id,
        "confidential": matter.confidential,
        "anonymous": matter.anonymous,
        "restricted": restricted,
        "source_number": matter.source_number,
    }


@transaction.atomic
def register(contact: Contact, matter: Matter, *, by: Actor, at: datetime) -> Ticket:
    """受理登记: a new ticket of this contact, waiting for dispatch."""
    ticket = Ticket(
        contact=contact,
        office=contact.office,
        person_id=contact.person_id,
        status=TicketStatus.PENDING,
        registered_at=at,
        **_checked(matter),
    )
    permissions.check(by, Action.REGISTER, ticket)
    ticket.number = numbering.take(at=at)
    ticket.save(force_insert=True)
    search.index(ticket)
    if ticket.restricted:
        audience.admit_desk(ticket, at=at)
        if by.user_id and ticket.restricted == Restriction.NAMED:
            audience.grant(ticket, [by.user_id], "受理人")
    move = Move(ticket, Action.REGISTER, by, at)
    send_out(move, "sms", {"text": "accepted"})
    return finish(
        move,
        detail={
            "channel": contact.channel,
            "nature": ticket.nature,
            "urgency": ticket.urgency,
            "category": ticket.category_id,
            "district": ticket.district_id,
            "contact": contact.pk,
        },
    )


@transaction.atomic
def amend(ticket_id: int, *, by: Actor, at: datetime, seen: int | None = None, **changes: object) -> Ticket:
    """更正要素: nature, urgency, category, district, place, title; the event keeps from → to. Running limits stay."""
    allowed = {"nature", "urgency", "category_id", "district_id", "place", "title", "about_unit_id"}
    if unknown := set(changes) - allowed:
        raise ValueError(f"not amendable: {unknown}")
    move = begin(ticket_id, Action.AMEND, by=by, at=at, seen=seen)
    ticket = move.ticket
    if changes.get("nature", ticket.nature) not in set(Nature):
        raise BadInput("nature", "请选择诉求性质")
    if changes.get("urgency", ticket.urgency) not in set(Urgency):
        raise BadInput("urgency", "请选择紧急程度")
    told = {}
    for name, value in changes.items():
        before = getattr(ticket, name)
        if before != value:
            setattr(ticket, name, value)
            told[name] = {"from": before, "to": value}
    if not told:
        raise NotAllowedNow("没有改动")
    if ticket.nature == Nature.REPORT and not ticket.restricted:
        _close_to_named(move)
    search.index(ticket)
    return finish(move, detail={"changes": told})


@transaction.atomic
def answer_direct(ticket_id: int, *, by: Actor, at: datetime, answer: str, seen: int | None = None) -> Ticket:
    """直接解答: the agent answered at once."""
    move = begin(ticket_id, Action.ANSWER_DIRECT, by=by, at=at, seen=seen)
    _without_members(move)
    move.ticket.answer = required(answer, "answer", "答复内容", least=4)
    move.ticket.closed_at = move.ticket.completed_at = at
    move.ticket.outcome = Outcome.CLEAR if move.ticket.nature == Nature.CONSULT else ""
    set_status(move)
    return finish(move, detail={"answer": move.ticket.answer[:500]})


@transaction.atomic
def tell(
    ticket_id: int,
    *,
    by: Actor,
    at: datetime,
    exit_code: str,
    reason: str,
    told_channel: str,
    seen: int | None = None,
) -> Ticket:
    """分类告知: not dispatched, for a coded reason, the caller told where to go; a shift leader checks it."""
    move = begin(ticket_id, Action.TELL, by=by, at=at, seen=seen)
    _set_exit(move, exit_code, reason, told_channel)
    if exit_code == Exit.DISCIPLINE:
        move.ticket.restricted = Restriction.SEALED
        audience.admit_desk(move.ticket, at=at)
    set_status(move)
    people = audience.people_at([move.ticket.office_id], Role.SHIFT_LEADER, at=at)
    return finish(
        move,
        detail={"exit": exit_code, "reason": move.ticket.answer, "told": told_channel},
        tell=people,
        text="分类告知待核",
    )


@transaction.atomic
def hand_on(ticket_id: int, *, by: Actor, at: datetime, told_channel: str, reason: str, seen: int | None = None) -> Ticket:
    """紧急移交: an emergency goes to 110, 119, 120 or 122 at once."""
    move = begin(ticket_id, Action.HAND_ON, by=by, at=at, seen=seen)
    _set_exit(move, Exit.EMERGENCY, reason, told_channel)
    move.ticket.closed_at = at
    set_status(move)
    return finish(move, detail={"exit": Exit.EMERGENCY, "reason": reason, "told": told_channel})


def _without_members(move: Move) -> None:
    if move.ticket.members.exists():
        raise NotAllowedNow("该单有并入的其他诉求,请先拆出并单")


def _set_exit(move: Move, exit_code: str, reason: str, told_channel: str) -> None:
    _without_members(move)
    if exit_code not in Exit.values:
        raise BadInput("exit_code", "请选择分类告知的情形")
    move.ticket.exit_code = exit_code
    move.ticket.answer = required(reason, "reason", "告知理由", most=2000)
    move.ticket.told_channel = required(told_channel, "told_channel", "告知的渠道", most=120)


@transaction.atomic
def check_told(
    ticket_id: int, *, by: Actor, at: datetime, passed: bool, reason: str = "", seen: int | None = None
) -> Ticket:
    """班长核准或驳回分类告知."""
    move = begin(ticket_id, Action.PASS_TELL if passed else Action.REFUSE_TELL, by=by, at=at, seen=seen)
    if passed:
        move.ticket.closed_at = at
    else:
        reason = required(reason, "reason", "驳回理由", most=500)
        move.ticket.exit_code = move.ticket.told_channel = move.ticket.answer = ""
    set_status(move)
    return finish(move, detail={"reason": reason})


@transaction.atomic
def bundle(ticket_id: int, *, into_id: int, by: Actor, at: datetime, seen: int | None = None) -> Ticket:
    """并单: a repeat joins its lead ticket; every caller keeps number, callback and rating."""
    if ticket_id == into_id:
        raise NotAllowedNow("不能与自身并单")
    list(
        Ticket.objects.select_for_update().filter(pk__in=[ticket_id, into_id]).order_by("pk")
    )  # lock in id order
    move = begin(ticket_id, Action.BUNDLE, by=by, at=at, seen=seen)
    lead = Ticket.objects.get(pk=into_id)
    if lead.bundled_into_id is not None:
        raise NotAllowedNow(f"工单 {lead.number} 本身已并入其他工单,请并入其主单")
    if TicketStatus(lead.status) not in {TicketStatus.PENDING, TicketStatus.HANDLING, TicketStatus.AUDITING}:
        raise NotAllowedNow(f"工单 {lead.number} 当前为“{TicketStatus(lead.status).label}”,不能再并入")
    if move.ticket.members.exists():
        raise NotAllowedNow(f"工单 {move.ticket.number} 已有并入的诉求,请改为并入它")
    if Nature.PRAISE in {lead.nature, move.ticket.nature}:
        raise NotAllowedNow("表扬逐件转达,不并单")
    if lead.restricted != move.ticket.restricted:
        raise NotAllowedNow("知悉范围不同的工单不能并单")
    if move.ticket.assignments.exists():
        raise NotAllowedNow("已转办过的工单不能并单")
    move.ticket.bundled_into = lead
    set_status(move)
    events.append(lead, Action.BUNDLE, by=by, at=at, recorded_at=at, detail={"member": move.ticket.number})
    lead.version += 1
    lead.save(update_fields=["chain_seq", "chain_head", "version"])
    return finish(move, detail={"into": lead.number})


@transaction.atomic
def unbundle(ticket_id: int, *, by: Actor, at: datetime, reason: str, seen: int | None = None) -> Ticket:
    """拆出并单: the matter turned out to be another; it waits for dispatch on its own."""
    move = begin(ticket_id, Action.UNBUNDLE, by=by, at=at, seen=seen)
    lead = move.ticket.bundled_into
    move.ticket.bundled_into = None
    set_status(move)
    return finish(
        move,
        detail={"from": lead.number if lead else "", "reason": required(reason, "reason", "理由", most=500)},
    )


def _close_to_named(move: Move) -> None:
    move.ticket.restricted = Restriction.NAMED
    audience.admit_desk(move.ticket, at=move.at)
    for assignment in move.ticket.assignments.select_related("ticket"):
        audience.admit_unit(assignment, at=move.at)


@transaction.atomic
def restrict(ticket_id: int, *, by: Actor, at: datetime, reason: str, seen: int | None = None) -> Ticket:
    """限制知悉: from now on only named people may read it."""
    move = begin(ticket_id, Action.RESTRICT, by=by, at=at, seen=seen)
    if move.ticket.restricted:
        raise NotAllowedNow("该件已是限制知悉件")
    _close_to_named(move)
    return finish(move, detail={"reason": required(reason, "reason", "理由", most=500)})
