"""审核、回访、归档、重办: how a ticket ends, or starts again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from hotline.deadlines.targets import ClockKind
from hotline.organisation.actors import SYSTEM, Actor
from hotline.organisation.models import Role, Unit
from hotline.tickets import audience, clocks
from hotline.tickets.errors import BadInput, NotAllowedNow
from hotline.tickets.lifecycle.core import Move, begin, finish, required, send_out, set_status
from hotline.tickets.lifecycle.dispatching import assign, end
from hotline.tickets.lifecycle.handling import resume_reply
from hotline.tickets.models import Assignment, Reply, Ticket
from hotline.tickets.permissions import lead_of
from hotline.tickets.states import (
    LIVE,
    OUTCOMES,
    Action,
    AssignmentRole,
    AssignmentStatus,
    Nature,
    Satisfaction,
    TicketStatus,
)

MOST_ROUNDS = 3  # after the third unsettled round the matter is a problem ticket 疑难工单


def _begin_on_lead(ticket_id: int, action: Action, *, by: Actor, at: datetime, seen: int | None) -> Move:
    """The verbs of audit and callback are about the lead assignment of the round."""
    lead = Assignment.objects.filter(ticket_id=ticket_id, role=AssignmentRole.LEAD).order_by("-pk").first()
    return begin(ticket_id, action, by=by, at=at, assignment_id=lead.pk if lead else None, seen=seen)


@transaction.atomic
def pass_audit(ticket_id: int, *, by: Actor, at: datetime, note: str = "", seen: int | None = None) -> Ticket:
    """审核通过 = 办结: the unit's reply clock stopped when this reply was submitted."""
    move = _begin_on_lead(ticket_id, Action.PASS_AUDIT, by=by, at=at, seen=seen)
    ticket, lead = move.ticket, move.unit_of()
    reply = _awaiting(lead)
    reply.audited_at, reply.passed, reply.audit_reason = at, True, note[:500]
    reply.save()
    set_status(move)
    ticket.answer, ticket.outcome, ticket.completed_at = reply.answer, reply.outcome, at
    lead.ended_at = at
    clocks.stop(clocks.running(ticket, ClockKind.AUDIT), ticket=ticket, at=at)
    for share in ticket.assignments.filter(status__in=LIVE).exclude(pk=lead.pk):
        done = share.status == AssignmentStatus.REPLIED
        end(move, share, status=AssignmentStatus.DONE if done else AssignmentStatus.ENDED)
    clocks.start(ticket, ClockKind.CALLBACK, at=at)
    for member in ticket.members.filter(status=TicketStatus.BUNDLED).order_by("pk"):
        _follow(member, ticket, at=at)
    send_out(move, "sms", {"text": "answered"})
    return finish(move, detail={"reply": reply.pk, "note": note})


def _follow(member: Ticket, lead: Ticket, *, at: datetime) -> None:
    """随主单办结: every caller of a bundle gets the answer and a callback of his own."""
    move = begin(member.pk, Action.FOLLOW_LEAD, by=SYSTEM, at=at)
    move.ticket.answer, move.ticket.outcome, move.ticket.completed_at = lead.answer, lead.outcome, at
    set_status(move)
    clocks.start(move.ticket, ClockKind.CALLBACK, at=at)
    send_out(move, "sms", {"text": "answered"})
    finish(move, detail={"lead": lead.number})


def _awaiting(lead: Assignment) -> Reply:
    reply = lead.replies.filter(audited_at=None).order_by("-pk").first()
    if reply is None:
        raise NotAllowedNow("没有待审核的回复")
    return reply


@transaction.atomic
def send_back(ticket_id: int, *, by: Actor, at: datetime, reason: str, seen: int | None = None) -> Ticket:
    """审核退回: the reply clock runs as if it had never stopped."""
    move = _begin_on_lead(ticket_id, Action.SEND_BACK, by=by, at=at, seen=seen)
    ticket, lead = move.ticket, move.unit_of()
    reply = _awaiting(lead)
    reply.audited_at, reply.passed = at, False
    reply.audit_reason = required(reason, "reason", "退回理由", least=2, most=500)
    reply.save()
    set_status(move)
    lead.sent_back += 1
    clocks.stop(clocks.running(ticket, ClockKind.AUDIT), ticket=ticket, at=at)
    resume_reply(move)
    return finish(
        move,
        detail={"reason": reply.audit_reason, "reply": reply.pk},
        tell=audience.people_at([lead.unit_id], Role.LIAISON, Role.HANDLER, at=at),
        text=f"审核退回:{ticket.title}",
    )


@dataclass(frozen=True)
class Verdict:
    """What the citizen said at callback: the outcome as he sees it and how satisfied he is; both may be unknown."""

    citizen_outcome: str = ""
    satisfaction: str = ""
    words: str = ""
    reached: bool = True


def _take_verdict(move: Move, verdict: Verdict) -> dict[str, str | bool]:
    ticket = move.ticket
    if verdict.citizen_outcome and verdict.citizen_outcome not in OUTCOMES[Nature(ticket.nature)]:
        raise BadInput("citizen_outcome", "请选择诉求人认定的结果")
    if verdict.satisfaction and verdict.satisfaction not in set(Satisfaction):
        raise BadInput("satisfaction", "请选择满意度")
    ticket.citizen_outcome, ticket.satisfaction = verdict.citizen_outcome, verdict.satisfaction
    return {
        "citizen_outcome": verdict.citizen_outcome,
        "satisfaction": verdict.satisfaction,
        "words": verdict.words[:500],
        "reached": verdict.reached,
    }


@transaction.atomic
def call_attempt(ticket_id: int, *, by: Actor, at: datetime, why: str, seen: int | None = None) -> Ticket:
    """回访未接通: unreachable, refused, wrong number; the ticket stays in the queue."""
    move = begin(ticket_id, Action.CALL_ATTEMPT, by=by, at=at, seen=seen)
    move.ticket.call_attempts += 1
    return finish(move, detail={"why": why, "attempt": move.ticket.call_attempts})


@transaction.atomic
def archive(ticket_id: int, *, by: Actor, at: datetime, verdict: Verdict, seen: int | None = None) -> Ticket:
    """归档: the callback is done (or was tried often enough)."""
    move = begin(ticket_id, Action.ARCHIVE, by=by, at=at, seen=seen)
    detail = _take_verdict(move, verdict)
    move.ticket.closed_at = at
    clocks.stop(clocks.running(move.ticket), ticket=move.ticket, at=at)
    set_status(move)
    return finish(move, detail=detail)


@transaction.atomic
def redo(
    ticket_id: int,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    verdict: Verdict,
    unit: Unit | None = None,
    seen: int | None = None,
) -> Ticket:
    """重办: not settled or not satisfied with reason; a new round for the same lead (or another unit)."""
    move = begin(ticket_id, Action.REDO, by=by, at=at, seen=seen)
    if move.ticket.round >= MOST_ROUNDS:
        raise NotAllowedNow(f"已办理 {move.ticket.round} 轮,请转为疑难工单")
    return _new_round(move, reason=reason, unit=unit, detail=_take_verdict(move, verdict))


def _new_round(move: Move, *, reason: str, unit: Unit | None, detail: dict[str, str | bool]) -> Ticket:
    ticket = move.ticket
    why = required(reason, "reason", "重办理由", least=2, most=500)
    former = lead_of(ticket.bundled_into or ticket)
    ticket.bundled_into = None  # a caller whose own matter is not settled leaves the bundle
    if former is None and unit is None:
        raise NotAllowedNow("没有承办过的单位,请重新转办")
    clocks.stop(clocks.running(ticket), ticket=ticket, at=move.at)
    ticket.round += 1
    ticket.call_attempts = 0
    ticket.completed_at = ticket.replied_at = None
    set_status(move)
    target = unit or former.unit if former else unit
    assert target is not None
    made = assign(
        move, target, AssignmentRole.LEAD, opinion=why, basis=former.basis if former else "", binding=True
    )
    return finish(
        move,
        detail=detail
        | {"reason": why, "round": ticket.round, "lead": str(made.unit), "lead_assignment": made.pk},
        tell=audience.people_at([made.unit_id], Role.LIAISON, Role.HEAD, at=move.at),
        text=f"重办(第 {ticket.round} 轮):{ticket.title}",
    )


@transaction.atomic
def raise_hard(
    ticket_id: int, *, by: Actor, at: datetime, reason: str, verdict: Verdict, seen: int | None = None
) -> Ticket:
    """转疑难工单: settled by none of the rounds; raised a level for the shift leader and the supervisor."""
    move = begin(ticket_id, Action.RAISE_HARD, by=by, at=at, seen=seen)
    detail = _take_verdict(move, verdict)
    move.ticket.bundled_into = None
    clocks.stop(clocks.running(move.ticket), ticket=move.ticket, at=at)
    set_status(move)
    return finish(
        move,
        detail=detail | {"reason": required(reason, "reason", "理由", least=2, most=500)},
        tell=audience.people_at([move.ticket.office_id], Role.SHIFT_LEADER, Role.SUPERVISOR, at=at),
        text=f"疑难工单:{move.ticket.title}",
    )


@transaction.atomic
def retry_hard(ticket_id: int, *, by: Actor, at: datetime, reason: str, unit: Unit | None = None, seen: int | None = None) -> Ticket:
    """疑难工单再办: the decision names who handles it now; it binds."""
    move = begin(ticket_id, Action.RETRY_HARD, by=by, at=at, seen=seen)
    return _new_round(move, reason=reason, unit=unit, detail={})


@transaction.atomic
def settle_hard(ticket_id: int, *, by: Actor, at: datetime, answer: str, seen: int | None = None) -> Ticket:
    """终结答复: a final answer with its reasons closes the matter against repeats without new facts."""
    move = begin(ticket_id, Action.SETTLE_HARD, by=by, at=at, seen=seen)
    move.ticket.answer = required(answer, "answer", "终结答复", least=10)
    move.ticket.closed_at = at
    set_status(move)
    return finish(move, detail={"answer": move.ticket.answer[:500]})
