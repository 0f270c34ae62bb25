"""转办: dispatch, co-units, returns and their decision, onward dispatch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from hotline.deadlines.targets import ClockKind
from hotline.organisation import structure
from hotline.organisation.actors import Actor
from hotline.organisation.models import Role, Unit, UnitKind
from hotline.tickets import audience, clocks
from hotline.tickets.errors import BadInput, NotAllowedNow
from hotline.tickets.lifecycle.core import Move, begin, finish, required, set_status
from hotline.tickets.models import Assignment, ReturnRequest, Ticket
from hotline.tickets.numbering import SHANGHAI
from hotline.tickets.states import LIVE, Action, AssignmentRole, AssignmentStatus, TicketStatus, Urgency

MOST_RETURNS = 2  # a ticket; and one a unit
NOT_A_HANDLER = frozenset({UnitKind.CENTRE, UnitKind.COMPANY, UnitKind.SECTION})


@dataclass(frozen=True)
class Order:
    """One unit to work on a ticket; `basis` is the clause of the duty catalogue."""

    unit: Unit
    basis: str = ""


def assign(
    move: Move,
    unit: Unit,
    role: AssignmentRole,
    *,
    parent: Assignment | None = None,
    opinion: str = "",
    basis: str = "",
    parent_due: datetime | None = None,
    binding: bool = False,
) -> Assignment:
    """A fresh assignment with its clocks; tells the unit. The unit is replaced by its heir when it was merged."""
    unit = _handler(unit, at=move.at)
    ticket = move.ticket
    if ticket.assignments.filter(unit=unit, status__in=LIVE).exists():
        raise NotAllowedNow(f"{unit} 已在承办工单 {ticket.number}")
    above = structure.ancestors_of(unit)
    assignment = Assignment.objects.create(
        ticket=ticket,
        unit=unit,
        parent=parent,
        role=role,
        round=ticket.round,
        status=AssignmentStatus.DISPATCHED,
        city_id=above.city,
        county_id=above.county,
        town_id=above.town,
        opinion=opinion[:500],
        basis=basis[:300],
        dispatched_at=move.at,
        binding=binding or _no_more_returns(ticket, unit),
    )
    clocks.start_for(assignment, at=move.at, parent_due=parent_due)
    if ticket.restricted:
        audience.admit_unit(assignment, at=move.at)
    return assignment


def _handler(unit: Unit, *, at: datetime) -> Unit:
    unit = structure.successor(unit, on=at.astimezone(SHANGHAI).date())
    if unit.kind in NOT_A_HANDLER:
        raise BadInput("lead", f"“{unit}”不是承办单位,请另选")
    return unit


def _no_more_returns(ticket: Ticket, unit: Unit) -> bool:
    """A refused return binds the unit; the second approved return of a ticket binds the next one."""
    refused = ReturnRequest.objects.filter(assignment__ticket=ticket, assignment__unit=unit).exists()
    return refused or ticket.returns >= MOST_RETURNS


@transaction.atomic
def dispatch(
    ticket_id: int,
    *,
    by: Actor,
    at: datetime,
    lead: Order,
    co: Sequence[Order] = (),
    opinion: str = "",
    seen: int | None = None,
) -> Ticket:
    """转办 to one lead and any co-units; limits run from this instant, not from signing."""
    move = begin(ticket_id, Action.DISPATCH, by=by, at=at, seen=seen)
    ticket = move.ticket
    if ticket.category_id is None:
        raise BadInput("category", "转办前请先选定事项分类")
    lead_unit = _handler(lead.unit, at=at)
    if ticket.about_unit_id == lead_unit.pk and ticket.restricted:
        raise NotAllowedNow(f"“{lead_unit}”是被反映单位,不得将该件转给它办理")
    for share in ticket.assignments.filter(unit=lead_unit, status__in=LIVE):  # a co-unit becomes the lead
        end(move, share)
    made = assign(move, lead_unit, AssignmentRole.LEAD, opinion=opinion, basis=lead.basis)
    reply_due = clocks.running(ticket, ClockKind.REPLY, assignment=made)[0].due_at
    shares = [
        assign(move, order.unit, AssignmentRole.CO, opinion=opinion, basis=order.basis, parent_due=reply_due)
        for order in co
        if order.unit.pk != lead_unit.pk
    ]
    ticket.dispatched_at = ticket.dispatched_at or at
    ticket.responsible_unit = ticket.responsible_unit or made.unit  # 首接负责
    set_status(move)
    return finish(
        move,
        detail={
            "lead": str(made.unit),
            "lead_assignment": made.pk,
            "co": [str(share.unit) for share in shares],
            "round": ticket.round,
            "opinion": opinion,
            "basis": lead.basis,
        },
        tell=audience.people_at([made.unit_id, *(share.unit_id for share in shares)], Role.LIAISON, at=at),
        text=f"{'紧急' if ticket.urgency == Urgency.URGENT else '新'}工单待签收:{ticket.title}",
    )


@transaction.atomic
def add_co(ticket_id: int, *, by: Actor, at: datetime, order: Order, opinion: str = "", seen: int | None = None) -> Ticket:
    """追加协办: another unit delivers a share to the lead."""
    move = begin(ticket_id, Action.ADD_CO, by=by, at=at, seen=seen)
    lead = live_lead(move.ticket)
    if lead is None:
        raise NotAllowedNow("尚无主办单位,请先转办")
    due = clocks.running(move.ticket, ClockKind.REPLY, assignment=lead)
    share = assign(
        move,
        order.unit,
        AssignmentRole.CO,
        opinion=opinion,
        basis=order.basis,
        parent_due=due[0].due_at if due else None,
    )
    return finish(
        move,
        detail={"co": [str(share.unit)], "opinion": opinion},
        tell=audience.people_at([share.unit_id], Role.LIAISON, at=at),
        text=f"协办工单待签收:{move.ticket.title}",
    )


def live_lead(ticket: Ticket) -> Assignment | None:
    return ticket.assignments.filter(role=AssignmentRole.LEAD, status__in=LIVE).select_related("unit").first()


@transaction.atomic
def ask_return(
    assignment_id: int,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    basis: str,
    suggested_unit: Unit | None,
    seen: int | None = None,
) -> Ticket:
    """申请退单: reason, legal basis and whose duty it is; the unit goes on working until it is decided."""
    assignment = Assignment.objects.get(pk=assignment_id)
    move = begin(
        assignment.ticket_id, Action.ASK_RETURN, by=by, at=at, assignment_id=assignment_id, seen=seen
    )
    held = move.unit_of()
    if held.parent_id is not None:
        raise NotAllowedNow("二级派单请与上级承办单位协商,不能直接退回中心")
    if held.binding:
        raise NotAllowedNow("该工单已经退单审核,按规定不得再次退单,请先行办理")
    if held.return_requests.exists() or move.ticket.returns >= MOST_RETURNS:
        raise NotAllowedNow("退单每单位限一次、每件限两次,请先行办理")
    if move.ticket.urgency == Urgency.URGENT and held.status == AssignmentStatus.DISPATCHED:
        raise NotAllowedNow("紧急工单先办后议:请先签收处置,再提出退单")
    window = clocks.running(move.ticket, ClockKind.RETURN, assignment=held)
    if not window or window[0].due_at <= at:
        raise NotAllowedNow("已超过退单期限,视为接收,请办理并回复")
    if suggested_unit is None or suggested_unit.pk == held.unit_id:
        raise BadInput("suggested_unit", "请选择建议的承办单位(不能是本单位)")
    request = ReturnRequest.objects.create(
        assignment=held,
        asked_at=at,
        asked_by_name=by.name,
        reason=required(reason, "reason", "退单理由", least=4, most=500),
        basis=required(basis, "basis", "法律依据", least=2, most=300),
        suggested_unit=_handler(suggested_unit, at=at),
    )
    clocks.stop(window, ticket=move.ticket, at=at)
    return finish(
        move,
        detail={"reason": request.reason, "basis": request.basis, "suggested": str(request.suggested_unit)},
        tell=audience.people_at([move.ticket.office_id], Role.DISPATCHER, at=at),
        text=f"退单待审:{held.unit} · {move.ticket.title}",
    )


@transaction.atomic
def decide_return(
    assignment_id: int,
    *,
    by: Actor,
    at: datetime,
    approved: bool,
    decision: str,
    dispatch_fault: bool = True,
    seen: int | None = None,
) -> Ticket:
    """退单审核: approved → waits for re-dispatch (the lead) or the share ends; refused → binding, no second return."""
    assignment = Assignment.objects.get(pk=assignment_id)
    action = Action.APPROVE_RETURN if approved else Action.REFUSE_RETURN
    move = begin(assignment.ticket_id, action, by=by, at=at, assignment_id=assignment_id, seen=seen)
    held, ticket = move.unit_of(), move.ticket
    request = held.return_requests.filter(decided_at=None).first()
    if request is None:
        raise NotAllowedNow("没有待审的退单申请")
    request.decided_at, request.decided_by_name, request.approved = at, by.name, approved
    request.decision = required(decision, "decision", "审核意见", least=2, most=500)
    request.fault = "dispatch" if approved and dispatch_fault else "unit"
    request.save()
    before = TicketStatus(ticket.status)
    set_status(move)
    if approved:
        if held.role != AssignmentRole.LEAD:
            ticket.status = before
        ticket.returns += 1
        end(move, held, status=AssignmentStatus.RETURNED)
    else:
        held.binding = True
    return finish(
        move,
        detail={
            "decision": request.decision,
            "fault": request.fault,
            "suggested": str(request.suggested_unit),
        },
        tell=audience.people_at([held.unit_id], Role.LIAISON, at=at),
        text=f"退单{'同意' if approved else '未同意,请继续办理'}:{ticket.title}",
    )


def end(move: Move, assignment: Assignment, *, status: AssignmentStatus = AssignmentStatus.ENDED) -> None:
    """End an assignment and everything below it; its clocks stop without a verdict (a passed limit stays late)."""
    assignment.status, assignment.ended_at = status, move.at
    clocks.stop(clocks.running(move.ticket, assignment=assignment), ticket=move.ticket, at=move.at, void=True)
    assignment.return_requests.filter(decided_at=None).update(
        decided_at=move.at, decided_by_name=move.by.name, approved=False, decision="承办已终止"
    )
    assignment.save()
    for child in assignment.children.filter(status__in=LIVE):
        end(move, child)


@transaction.atomic
def onward(
    assignment_id: int, *, by: Actor, at: datetime, unit: Unit, opinion: str, seen: int | None = None
) -> Ticket:
    """二级派单 to a unit below one's own, with an earlier limit; the upper unit still answers for the ticket."""
    held = Assignment.objects.get(pk=assignment_id)
    move = begin(held.ticket_id, Action.ONWARD, by=by, at=at, assignment_id=assignment_id, seen=seen)
    upper = move.unit_of()
    if not _below(unit, upper.unit):
        raise BadInput("unit", f"“{unit}”不是本单位的下级单位")
    due = clocks.running(move.ticket, ClockKind.REPLY, assignment=upper)
    if not due or due[0].due_at <= at:
        raise NotAllowedNow("本单位的答复时限已过,不能再向下派单,请直接办理并回复")
    child = assign(
        move,
        unit,
        AssignmentRole.CHILD,
        parent=upper,
        opinion=required(opinion, "opinion", "交办意见", least=2, most=500),
        parent_due=due[0].due_at,
    )
    return finish(
        move,
        detail={"onward": str(child.unit), "opinion": child.opinion},
        tell=audience.people_at([child.unit_id], Role.LIAISON, at=at),
        text=f"二级派单待签收:{move.ticket.title}",
    )


def _below(unit: Unit, upper: Unit) -> bool:
    """Below in the tree; a county office dispatches within its county."""
    top = upper.parent.path if upper.kind == UnitKind.COUNTY_OFFICE and upper.parent else upper.path
    return unit.pk != upper.pk and unit.path.startswith(top) and unit.kind not in NOT_A_HANDLER
