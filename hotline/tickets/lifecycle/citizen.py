"""诉求人: supplement, urging, withdrawal, rating, reopening; files."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from hotline.organisation.actors import Actor
from hotline.organisation.models import Role
from hotline.tickets import attachments, audience, clocks
from hotline.tickets.errors import BadInput, NotAllowedNow
from hotline.tickets.lifecycle.core import Move, begin, finish, required, set_status
from hotline.tickets.lifecycle.dispatching import end, live_lead
from hotline.tickets.models import Ticket
from hotline.tickets.numbering import SHANGHAI
from hotline.tickets.states import LIVE, Action, Satisfaction, TicketStatus


def _concerned(ticket: Ticket, *, at: datetime) -> list[int]:
    """Who should hear of what the citizen says: the lead's liaison, or the dispatchers while nobody leads."""
    lead = live_lead(ticket.bundled_into or ticket)
    if lead is None:
        return audience.people_at([ticket.office_id], Role.DISPATCHER, at=at)
    return audience.people_at([lead.unit_id], Role.LIAISON, at=at) + (
        [lead.handler_id] if lead.handler_id else []
    )


@transaction.atomic
def supplement(ticket_id: int, *, by: Actor, at: datetime, text: str, seen: int | None = None) -> Ticket:
    """补充诉求: added to the matter, its first text stays as it was."""
    move = begin(ticket_id, Action.SUPPLEMENT, by=by, at=at, seen=seen)
    said = required(text, "text", "补充内容", least=2, most=2000)
    return finish(
        move,
        detail={"text": said},
        tell=_concerned(move.ticket, at=at),
        text=f"诉求人补充:{move.ticket.title}",
    )


@transaction.atomic
def urge(ticket_id: int, *, by: Actor, at: datetime, text: str = "", seen: int | None = None) -> Ticket:
    """催单: once a Shanghai day."""
    move = begin(ticket_id, Action.URGE, by=by, at=at, seen=seen)
    today = at.astimezone(SHANGHAI).date()
    if move.ticket.urged_on == today:
        raise NotAllowedNow("今天已经催过一次,承办单位已收到提醒,请明天再试")
    move.ticket.urged_on = today
    move.ticket.urges += 1
    return finish(
        move,
        detail={"text": text.strip()[:500], "times": move.ticket.urges},
        tell=_concerned(move.ticket, at=at),
        text=f"诉求人催单(第 {move.ticket.urges} 次):{move.ticket.title}",
    )


@transaction.atomic
def ask_withdraw(ticket_id: int, *, by: Actor, at: datetime, reason: str, seen: int | None = None) -> Ticket:
    """申请撤诉: work goes on until the centre's callback confirms that it was the citizen's own wish."""
    move = begin(ticket_id, Action.ASK_WITHDRAW, by=by, at=at, seen=seen)
    if move.ticket.withdrawal_asked_at is not None:
        raise NotAllowedNow("已申请撤诉,正在等待回访确认")
    move.ticket.withdrawal_asked_at = at
    return finish(
        move,
        detail={"reason": required(reason, "reason", "撤诉原因", least=2, most=500)},
        tell=audience.people_at([move.ticket.office_id], Role.CALLBACK_AGENT, at=at),
        text=f"撤诉待确认:{move.ticket.title}",
    )


@transaction.atomic
def decide_withdraw(ticket_id: int, *, by: Actor, at: datetime, confirmed: bool, note: str = "", seen: int | None = None) -> Ticket:
    """确认或否定撤诉 by the centre's callback; a withdrawn ticket is still counted."""
    move = begin(ticket_id, Action.CONFIRM_WITHDRAW if confirmed else Action.DECLINE_WITHDRAW, by=by, at=at, seen=seen)
    ticket = move.ticket
    if ticket.withdrawal_asked_at is None:
        raise NotAllowedNow("诉求人没有申请撤诉")
    if not confirmed:
        ticket.withdrawal_asked_at = None
        return finish(move, detail={"note": note})
    if ticket.members.filter(status=TicketStatus.BUNDLED).exists():
        raise NotAllowedNow("该单有并入的其他诉求人,请先拆出并单再撤诉")
    _end_all(move)
    return finish(move, detail={"note": note})


def _end_all(move: Move) -> None:
    ticket = move.ticket
    people = []
    for assignment in ticket.assignments.filter(status__in=LIVE, parent=None):
        people.append(assignment.unit_id)
        end(move, assignment)
    clocks.stop(clocks.running(ticket), ticket=ticket, at=move.at, void=True)
    ticket.closed_at = move.at
    set_status(move)


@transaction.atomic
def reopen(ticket_id: int, *, by: Actor, at: datetime, reason: str, seen: int | None = None) -> Ticket:
    """重新受理 on new facts: waits for dispatch, in a further round when it had been handled."""
    move = begin(ticket_id, Action.REOPEN, by=by, at=at, seen=seen)
    ticket = move.ticket
    why = required(reason, "reason", "新的事实或理由", least=4, most=1000)
    if ticket.assignments.exists():
        ticket.round += 1
    ticket.bundled_into = None
    ticket.closed_at = ticket.completed_at = ticket.replied_at = ticket.withdrawal_asked_at = None
    ticket.exit_code = ticket.told_channel = ticket.outcome = ticket.citizen_outcome = ticket.satisfaction = (
        ""
    )
    set_status(move)
    return finish(
        move,
        detail={"reason": why},
        tell=audience.people_at([ticket.office_id], Role.DISPATCHER, at=at),
        text=f"重新受理:{ticket.title}",
    )


@transaction.atomic
def rate(ticket_id: int, *, by: Actor, at: datetime, satisfaction: str, words: str = "", seen: int | None = None) -> Ticket:
    """评价 by the citizen after the end; once, a later one replaces the grade and leaves its own event."""
    move = begin(ticket_id, Action.RATE, by=by, at=at, seen=seen)
    if satisfaction not in set(Satisfaction):
        raise BadInput("satisfaction", "请选择满意度")
    move.ticket.satisfaction = satisfaction
    return finish(move, detail={"satisfaction": satisfaction, "words": words.strip()[:500]})


@transaction.atomic
def attach(ticket_id: int, *, by: Actor, at: datetime, upload: attachments.Upload) -> Ticket:
    """添加附件: checked, stored, and its digest put into the chain."""
    move = begin(ticket_id, Action.ATTACH, by=by, at=at)
    if TicketStatus(move.ticket.status) == TicketStatus.WITHDRAWN:
        raise NotAllowedNow("已撤诉的工单不能再添加附件")
    row = attachments.store(move.ticket, upload, by_name=by.name, at=at, from_citizen=by.kind == "citizen")
    return finish(move, detail={"file": row.pk, "name": row.name, "sha256": row.sha256, "size": row.size})
