"""办理: signing, contact, circulation inside the unit, material, the reply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from hotline.deadlines.targets import ClockKind
from hotline.organisation.actors import Actor
from hotline.organisation.models import Post, Role, Unit, User
from hotline.tickets import audience, clocks
from hotline.tickets.errors import BadInput, NotAllowedNow
from hotline.tickets.lifecycle.core import Move, begin, finish, required, set_status
from hotline.tickets.lifecycle.dispatching import end
from hotline.tickets.models import Assignment, Reply, Ticket
from hotline.tickets.states import (
    OUTCOMES,
    Action,
    AssignmentRole,
    AssignmentStatus,
    Nature,
    Outcome,
    TicketStatus,
    Urgency,
)


def _begin(assignment_id: int, action: Action, *, by: Actor, at: datetime, seen: int | None = None) -> Move:
    ticket_id = Assignment.objects.values_list("ticket_id", flat=True).get(pk=assignment_id)
    return begin(ticket_id, action, by=by, at=at, assignment_id=assignment_id, seen=seen)


@transaction.atomic
def sign(assignment_id: int, *, by: Actor, at: datetime, seen: int | None = None) -> Ticket:
    """签收; a lead that signed now answers for the ticket."""
    return _signed(_begin(assignment_id, Action.SIGN, by=by, at=at, seen=seen))


@transaction.atomic
def deem_signed(assignment_id: int, *, by: Actor, at: datetime) -> Ticket:
    """视为签收: neither signed nor returned within the return window (Lüliang): the unit is responsible."""
    return _signed(_begin(assignment_id, Action.DEEM_SIGNED, by=by, at=at))


def _signed(move: Move) -> Ticket:
    held = move.unit_of()
    held.signed_at = move.at
    clocks.stop(clocks.running(move.ticket, ClockKind.SIGN, assignment=held), ticket=move.ticket, at=move.at)
    if held.role == AssignmentRole.LEAD:
        move.ticket.responsible_unit = held.unit
    set_status(move)
    return finish(move)


@transaction.atomic
def contact(assignment_id: int, *, by: Actor, at: datetime, note: str, seen: int | None = None) -> Ticket:
    """首次联系诉求人: what was said, and that it was."""
    move = _begin(assignment_id, Action.CONTACT, by=by, at=at, seen=seen)
    held = move.unit_of()
    held.contacted_at = held.contacted_at or at
    clocks.stop(clocks.running(move.ticket, ClockKind.CONTACT, assignment=held), ticket=move.ticket, at=at)
    return finish(move, detail={"note": required(note, "note", "联系情况", least=2, most=500)})


@transaction.atomic
def circulate(
    assignment_id: int,
    *,
    by: Actor,
    at: datetime,
    section: Unit | None,
    handler: User | None,
    inner_due_at: datetime | None = None,
    note: str = "",
    seen: int | None = None,
) -> Ticket:
    """内部流转: 联络员 → 科室 → 经办人, with an inner limit that lies before the unit's own."""
    move = _begin(assignment_id, Action.CIRCULATE, by=by, at=at, seen=seen)
    held = move.unit_of()
    if section is None and handler is None:
        raise BadInput("section", "请选择科室或经办人")
    if section is not None and section.parent_id != held.unit_id:
        raise BadInput("section", "请选择本单位的科室")
    if handler is not None and not _works_in(handler, held.unit_id):
        raise BadInput("handler", "请选择本单位的经办人")
    reply_clock = clocks.running(move.ticket, ClockKind.REPLY, assignment=held)
    if inner_due_at is not None and (
        inner_due_at <= at or (reply_clock and at < reply_clock[0].due_at < inner_due_at)
    ):
        raise BadInput("inner_due_at", "内部时限应晚于现在,且不晚于本单位的答复时限")
    held.section, held.handler, held.inner_due_at = section or held.section, handler, inner_due_at
    people = (
        [handler.pk] if handler else audience.people_at([section.pk], Role.SECTION, at=at) if section else []
    )
    if move.ticket.restricted:
        audience.grant(move.ticket, people, "经办")
    return finish(
        move,
        detail={"section": str(section or ""), "handler": str(handler or ""), "note": note[:500]},
        tell=people,
        text=f"请办理:{move.ticket.title}",
    )


def _works_in(user: User, unit_id: int) -> bool:
    return (
        Post.objects.filter(user=user, valid_to=None, unit_id=unit_id).exists()
        or Post.objects.filter(user=user, valid_to=None, unit__parent_id=unit_id, role=Role.SECTION).exists()
    )


@transaction.atomic
def ask_material(
    assignment_id: int, *, by: Actor, at: datetime, material: str, seen: int | None = None
) -> Ticket:
    """一次性告知: everything that is missing, at once; a second request is flagged in the event."""
    move = _begin(assignment_id, Action.ASK_MATERIAL, by=by, at=at, seen=seen)
    held = move.unit_of()
    held.materials_asked += 1
    return finish(
        move,
        detail={
            "material": required(material, "material", "需补充的全部材料", least=2, most=1000),
            "again": held.materials_asked > 1,
        },
    )


@dataclass(frozen=True)
class Answer:
    """What a unit replies: `answer` goes to the citizen, `note` stays inside."""

    answer: str
    outcome: str
    note: str = ""
    basis: str = ""


def _submit(move: Move, answer: Answer) -> Reply:
    possible = OUTCOMES[Nature(move.ticket.nature)]
    if answer.outcome not in possible:
        raise BadInput("outcome", f"请选择办理结果:{'、'.join(one.label for one in possible)}")
    return Reply.objects.create(
        assignment=move.unit_of(),
        at=move.at,
        by_name=move.by.name,
        answer=required(answer.answer, "answer", "答复内容", least=10),
        note=answer.note.strip()[:5000],
        outcome=answer.outcome,
        basis=answer.basis.strip()[:300],
    )


@transaction.atomic
def submit_signoff(
    assignment_id: int, *, by: Actor, at: datetime, answer: Answer, seen: int | None = None
) -> Ticket:
    """提交审签: the reply goes to the unit's head 分管领导 first."""
    move = _begin(assignment_id, Action.SUBMIT_SIGNOFF, by=by, at=at, seen=seen)
    reply = _submit(move, answer)
    set_status(move)
    heads = audience.people_at([move.unit_of().unit_id], Role.HEAD, at=at)
    return finish(move, detail={"outcome": reply.outcome}, tell=heads, text=f"回复待审签:{move.ticket.title}")


@transaction.atomic
def reject_signoff(
    assignment_id: int, *, by: Actor, at: datetime, reason: str, seen: int | None = None
) -> Ticket:
    """审签退回."""
    move = _begin(assignment_id, Action.REJECT_SIGNOFF, by=by, at=at, seen=seen)
    held = move.unit_of()
    held.replies.filter(audited_at=None).update(
        audited_at=at, passed=False, audit_reason=f"审签退回:{reason}"[:500]
    )
    set_status(move)
    people = [held.handler_id] if held.handler_id else audience.people_at([held.unit_id], Role.LIAISON, at=at)
    return finish(
        move,
        detail={"reason": required(reason, "reason", "退回理由", least=2, most=500)},
        tell=people,
        text=f"审签退回:{move.ticket.title}",
    )


@transaction.atomic
def reply(
    assignment_id: int, *, by: Actor, at: datetime, answer: Answer | None = None, seen: int | None = None
) -> Ticket:
    """回复: the lead's goes to audit, a share to whom it was owed. Without `answer` the head signs what waits for him."""
    move = _begin(assignment_id, Action.REPLY, by=by, at=at, seen=seen)
    held, ticket = move.unit_of(), move.ticket
    waiting = held.replies.filter(audited_at=None).order_by("-pk").first()
    if answer is None and (waiting is None or held.status != AssignmentStatus.SIGNOFF):
        raise BadInput("answer", "请填写答复内容")
    asked = held.return_requests.filter(decided_at=None)
    if ticket.urgency == Urgency.URGENT:  # 先办后议: what was done first settles the question
        asked.update(decided_at=at, decided_by_name=by.name, approved=False, decision="紧急工单已先行办理")
    elif asked.exists():
        raise NotAllowedNow("退单申请正在审核,请等待结果或先联系中心")
    if answer is not None:
        held.replies.filter(audited_at=None).update(audited_at=at, passed=False, audit_reason="改稿")
        made = _submit(move, answer)
    else:
        assert waiting is not None
        made = waiting
        made.at = at
        made.save(update_fields=["at"])
    before = TicketStatus(ticket.status)
    held.replied_at = at
    clocks.stop(
        clocks.running(ticket, ClockKind.REPLY, ClockKind.CONTACT, ClockKind.RETURN, assignment=held),
        ticket=ticket,
        at=at,
    )
    set_status(move)
    if held.role == AssignmentRole.LEAD:
        ticket.replied_at = at
        clocks.start(ticket, ClockKind.AUDIT, at=at)
        people = audience.people_at([ticket.office_id], Role.AUDITOR, at=at)
    else:
        ticket.status = before
        people = audience.people_at([_above(held).unit_id], Role.LIAISON, at=at)
    return finish(
        move,
        detail={"outcome": made.outcome, "reply": made.pk},
        tell=people if held.role != AssignmentRole.LEAD else (),
        text=f"{held.unit} 已提交分办答复:{ticket.title}",
    )


def _above(share: Assignment) -> Assignment:
    if share.parent_id:
        assert share.parent is not None
        return share.parent
    return share.ticket.assignments.filter(role=AssignmentRole.LEAD).order_by("-pk")[0]


@transaction.atomic
def return_share(
    assignment_id: int, *, by: Actor, at: datetime, reason: str, seen: int | None = None
) -> Ticket:
    """退回分办答复: the lead (or upper unit) asks for a better share; its clock never stopped."""
    move = _begin(assignment_id, Action.RETURN_SHARE, by=by, at=at, seen=seen)
    held = move.unit_of()
    why = required(reason, "reason", "退回理由", least=2, most=500)
    held.replies.filter(audited_at=None).update(audited_at=at, passed=False, audit_reason=why)
    held.sent_back += 1
    set_status(move)
    resume_reply(move)
    return finish(
        move,
        detail={"reason": why},
        tell=audience.people_at([held.unit_id], Role.LIAISON, at=at),
        text=f"分办答复被退回:{move.ticket.title}",
    )


def resume_reply(move: Move) -> None:
    """The reply was not good: its clock runs as if it had never stopped."""
    held = move.unit_of()
    last = move.ticket.clocks.filter(assignment=held, kind=ClockKind.REPLY).order_by("-pk").first()
    if last is not None:
        clocks.resume(last, ticket=move.ticket, at=move.at)


@transaction.atomic
def relay(assignment_id: int, *, by: Actor, at: datetime, note: str, seen: int | None = None) -> Ticket:
    """转达: praise reaches the praised; closed without audit or callback, counted for the praise list."""
    move = _begin(assignment_id, Action.RELAY, by=by, at=at, seen=seen)
    held, ticket = move.unit_of(), move.ticket
    Reply.objects.create(
        assignment=held,
        at=at,
        by_name=by.name,
        answer=required(note, "note", "转达情况", least=2, most=1000),
        outcome=Outcome.RELAYED,
        audited_at=at,
        passed=True,
    )
    set_status(move)
    held.replied_at = held.ended_at = ticket.completed_at = ticket.closed_at = ticket.replied_at = at
    ticket.outcome, ticket.answer = Outcome.RELAYED, note.strip()
    clocks.stop(clocks.running(ticket), ticket=ticket, at=at)
    for share in ticket.assignments.exclude(pk=held.pk).filter(ended_at=None):
        end(move, share)
    return finish(move, detail={"note": note[:500]})
