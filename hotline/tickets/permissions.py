"""Who may do what: one rule an action, asked by the lifecycle, the buttons, the API and the tests alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from hotline.organisation.actors import Actor, HeldPost
from hotline.organisation.models import Role, UnitKind
from hotline.tickets.errors import Forbidden
from hotline.tickets.models import Assignment, Ticket
from hotline.tickets.states import Action, AssignmentRole, Nature

Rule = Callable[[Actor, Ticket, Assignment | None], bool]
HOLDERS = frozenset({Role.LIAISON, Role.HANDLER, Role.HEAD})


def holds(post: HeldPost, assignment: Assignment) -> bool:
    """The post belongs to the unit (or the section it was circulated to) that owes this assignment."""
    if post.role == Role.SECTION:
        return post.unit_id == assignment.section_id
    if post.role == Role.DISPATCHER:  # a county office receives what the city sends to it
        return post.unit_kind == UnitKind.COUNTY_OFFICE and post.unit_id == assignment.unit_id
    return post.role in HOLDERS and post.unit_id == assignment.unit_id


def is_holder(actor: Actor, ticket: Ticket, assignment: Assignment | None) -> bool:
    return assignment is not None and any(holds(post, assignment) for post in actor.posts)


def _at_desk(
    roles: tuple[Role, ...], company: bool, actor: Actor, ticket: Ticket, assignment: Assignment | None
) -> bool:
    return ticket.office_id in actor.offices(*roles, company=company)


def desk(*roles: Role, company: bool = False) -> Rule:
    """Works at the desk of the ticket's office in one of these roles; the phone company only where it says so."""
    return partial(_at_desk, roles, company)


def either(*rules: Rule) -> Rule:
    return lambda actor, ticket, assignment: any(rule(actor, ticket, assignment) for rule in rules)


def is_system(actor: Actor, ticket: Ticket, assignment: Assignment | None) -> bool:
    return actor.kind == "system"


def is_citizen(actor: Actor, ticket: Ticket, assignment: Assignment | None) -> bool:
    return actor.kind == "citizen"


def is_head(actor: Actor, ticket: Ticket, assignment: Assignment | None) -> bool:
    return assignment is not None and assignment.unit_id in actor.units(Role.HEAD)


def is_liaison(actor: Actor, ticket: Ticket, assignment: Assignment | None) -> bool:
    """联络员 (or the county office's dispatcher): signs, circulates, returns, sends onward."""
    if assignment is None:
        return False
    return assignment.unit_id in actor.units(Role.LIAISON) or any(
        post.role == Role.DISPATCHER and holds(post, assignment) for post in actor.posts
    )


def may_reply(actor: Actor, ticket: Ticket, assignment: Assignment | None) -> bool:
    """The head signs off where the unit asks for it; elsewhere any holder replies."""
    if assignment is None or ticket.nature == Nature.PRAISE:
        return False
    if assignment.unit.requires_signoff:
        return is_head(actor, ticket, assignment)
    return is_holder(actor, ticket, assignment)


def may_submit_signoff(actor: Actor, ticket: Ticket, assignment: Assignment | None) -> bool:
    return (
        assignment is not None and assignment.unit.requires_signoff and is_holder(actor, ticket, assignment)
    )


def may_relay(actor: Actor, ticket: Ticket, assignment: Assignment | None) -> bool:
    return (
        ticket.nature == Nature.PRAISE
        and assignment is not None
        and assignment.role == AssignmentRole.LEAD
        and is_holder(actor, ticket, assignment)
    )


def holds_above(actor: Actor, ticket: Ticket, assignment: Assignment | None) -> bool:
    """Holds what this share is delivered to: the parent, or the lead for a co-unit."""
    if assignment is None or assignment.role == AssignmentRole.LEAD:
        return False
    above = assignment.parent if assignment.parent_id else lead_of(ticket)
    return above is not None and is_holder(actor, ticket, above)


def lead_of(ticket: Ticket) -> Assignment | None:
    """The newest lead assignment, live or ended (one query)."""
    return ticket.assignments.filter(role=AssignmentRole.LEAD).select_related("unit").order_by("-pk").first()


def is_independent_auditor(actor: Actor, ticket: Ticket, assignment: Assignment | None) -> bool:
    """An auditor of the office who does not also sit in the unit that replied."""
    lead = lead_of(ticket)
    audits_here = ticket.office_id in actor.offices(Role.AUDITOR, company=False)
    return audits_here and not (lead is not None and is_holder(actor, ticket, lead))


AGENT = desk(Role.AGENT, Role.DISPATCHER, Role.SHIFT_LEADER, company=True)
DISPATCHER = desk(Role.DISPATCHER, Role.SHIFT_LEADER)
CALLER = desk(Role.CALLBACK_AGENT, Role.SHIFT_LEADER, company=True)
FRONT_DESK = desk(Role.AGENT, Role.DISPATCHER, Role.SHIFT_LEADER, Role.CALLBACK_AGENT, company=True)
AT_THE_DOOR = either(AGENT, is_citizen, is_system)
FOR_THE_CITIZEN = either(FRONT_DESK, is_citizen)

RULES: dict[Action, Rule] = {
    Action.REGISTER: AT_THE_DOOR,
    Action.AMEND: DISPATCHER,
    Action.ANSWER_DIRECT: AGENT,
    Action.TELL: AGENT,
    Action.PASS_TELL: desk(Role.SHIFT_LEADER),
    Action.REFUSE_TELL: desk(Role.SHIFT_LEADER),
    Action.HAND_ON: AGENT,
    Action.BUNDLE: AGENT,
    Action.FOLLOW_LEAD: is_system,
    Action.UNBUNDLE: DISPATCHER,
    Action.DISPATCH: DISPATCHER,
    Action.ADD_CO: DISPATCHER,
    Action.SIGN: is_holder,
    Action.DEEM_SIGNED: is_system,
    Action.CONTACT: is_holder,
    Action.CIRCULATE: is_holder,
    Action.ASK_MATERIAL: is_holder,
    Action.ASK_RETURN: is_liaison,
    Action.APPROVE_RETURN: DISPATCHER,
    Action.REFUSE_RETURN: DISPATCHER,
    Action.ONWARD: is_liaison,
    Action.SUBMIT_SIGNOFF: may_submit_signoff,
    Action.REJECT_SIGNOFF: is_head,
    Action.REPLY: may_reply,
    Action.RETURN_SHARE: holds_above,
    Action.RELAY: may_relay,
    Action.PASS_AUDIT: is_independent_auditor,
    Action.SEND_BACK: is_independent_auditor,
    Action.CALL_ATTEMPT: CALLER,
    Action.ARCHIVE: CALLER,
    Action.REDO: CALLER,
    Action.RAISE_HARD: desk(Role.CALLBACK_AGENT, Role.SHIFT_LEADER),
    Action.RETRY_HARD: desk(Role.SHIFT_LEADER, Role.SUPERVISOR),
    Action.SETTLE_HARD: desk(Role.SHIFT_LEADER, Role.SUPERVISOR),
    Action.SUPPLEMENT: FOR_THE_CITIZEN,
    Action.URGE: FOR_THE_CITIZEN,
    Action.ASK_WITHDRAW: FOR_THE_CITIZEN,
    Action.CONFIRM_WITHDRAW: CALLER,
    Action.DECLINE_WITHDRAW: CALLER,
    Action.REOPEN: either(DISPATCHER, CALLER),
    Action.RATE: FOR_THE_CITIZEN,
    Action.ATTACH: either(FRONT_DESK, is_holder, is_citizen),
    Action.RESTRICT: DISPATCHER,
    Action.WARN: is_system,
    Action.LATE: is_system,
}


def can(actor: Actor, action: Action, ticket: Ticket, assignment: Assignment | None = None) -> bool:
    """May this person do this here (not: now)?"""
    return RULES[action](actor, ticket, assignment)


def check(actor: Actor, action: Action, ticket: Ticket, assignment: Assignment | None = None) -> None:
    if not can(actor, action, ticket, assignment):
        raise Forbidden(f"您的岗位不能对工单 {ticket.number} 执行“{action.label}”")


@dataclass(frozen=True)
class Shown:
    """Which of the citizen's fields a reader sees without asking; the rest is masked or absent."""

    name: bool
    phone: bool
    revealable: bool
    reporter: bool


def shown_fields(actor: Actor, ticket: Ticket, *, in_call: bool = False) -> Shown:
    """One answer for pages, API, export and documents.

    `in_call`: it is the person's own live call or assigned callback. A report 举报 never shows its reporter to a unit.
    """
    at_desk = ticket.office_id in actor.offices(
        Role.AGENT, Role.DISPATCHER, Role.SHIFT_LEADER, Role.AUDITOR, Role.CALLBACK_AGENT, Role.SUPERVISOR
    )
    sealed = not at_desk and (
        ticket.nature == Nature.REPORT or ticket.confidential or bool(ticket.restricted)
    )
    holder = any(post.role in HOLDERS | {Role.SECTION, Role.DISPATCHER} for post in actor.posts)
    return Shown(
        name=at_desk and in_call,
        phone=at_desk and in_call,
        revealable=(at_desk or holder) and not sealed and not ticket.anonymous,
        reporter=not sealed,
    )
