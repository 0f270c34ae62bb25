"""From a rule to instants: when a limit warns and when it is due. Pure: no ORM, no clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from . import derivation
from .calendar import BadRules, WorkCalendar, in_shanghai
from .derivation import Basis, Due
from .profiles import INNER, NATURES, URGENCIES, Amount, ClockKind, Profile

__all__ = ["NATURES", "URGENCIES", "Amount", "BadRules", "ClockKind", "Limit", "Profile", "limit_for"]


@dataclass(frozen=True, slots=True)
class Limit:
    """The instants of one clock, in Asia/Shanghai; a limit is kept when the step is done before `due_at`."""

    kind: ClockKind
    started_at: datetime
    warn_at: datetime
    due_at: datetime
    provisional: bool
    _explain: Callable[[], tuple[str, ...]] = field(compare=False, repr=False)

    @property
    def derivation(self) -> tuple[str, ...]:
        """How the limit came about, day by day, in Chinese; told on demand because dispatch need not pay for it."""
        return self._explain()


def limit_for(
    profile: Profile,
    calendar: WorkCalendar,
    kind: ClockKind,
    *,
    nature: str,
    urgency: str,
    start: datetime,
    parent_due: datetime | None = None,
) -> Limit:
    """The limit of one step that starts at `start`; naive instants and unknown words raise BadRules.

    `parent_due` is the due instant of the parent's reply, for co-units and onward dispatch: a reply ends the
    child's lead before it, signing, first contact and return end no later than that reply. Any other kind with
    `parent_due` raises BadRules. n working days count from the first working day after the day of `start` and end
    with office hours of the n-th; minutes run 24×7 (issue 2, point 3).
    """
    begun = in_shanghai(start)
    amount = profile.amount(kind, nature, urgency)
    by_calendar, last = bool(amount.working_days), begun
    if parent_due is None:
        due = _own(calendar, begun, amount)
    else:
        last, lead = in_shanghai(parent_due), profile.child_lead[urgency]
        due = _child(calendar, kind, begun, last, lead)
        by_calendar = bool(lead.working_days)
        if kind in INNER:
            due = min(due, _own(calendar, begun, amount), key=lambda one: one.at)
            by_calendar = by_calendar or bool(amount.working_days)
    years = _unpublished(calendar, begun, max(due.at, last)) if by_calendar else ()
    warn_at = _warn_at(calendar, begun, due, profile.warn_fraction)
    case = derivation.Case(
        kind,
        nature,
        urgency,
        begun,
        None if parent_due is None else last,
        warn_at,
        profile.warn_fraction,
        years,
    )
    return Limit(kind, begun, warn_at, due.at, bool(years), partial(derivation.lines, calendar, case, due))


def _unpublished(calendar: WorkCalendar, first: datetime, last: datetime) -> tuple[int, ...]:
    return tuple(year for year in range(first.year, last.year + 1) if not calendar.covers(year))


def _own(calendar: WorkCalendar, begun: datetime, amount: Amount) -> Due:
    if amount.minutes:
        return Due(begun + timedelta(minutes=amount.minutes), Basis.OWN, amount, True)
    last_day = calendar.nth_working_day(begun.date(), amount.working_days)
    return Due(calendar.end_of_working_day(last_day), Basis.OWN, amount, False)


def _child(
    calendar: WorkCalendar, kind: ClockKind, begun: datetime, parent_due: datetime, lead: Amount
) -> Due:
    if kind in (ClockKind.AUDIT, ClockKind.CALLBACK):
        raise BadRules(f"{kind.label}时限不随上级时限,不应给出上级届满时刻")
    if lead.minutes:
        due_at = parent_due - timedelta(minutes=lead.minutes)
    else:
        due_at = calendar.end_of_working_day(
            calendar.nth_working_day_before(parent_due.date(), lead.working_days)
        )
    if due_at > begun:
        return Due(due_at, Basis.LEAD, lead, bool(lead.minutes))
    if parent_due <= begun:
        return Due(begun, Basis.NOTHING_LEFT, lead, True)
    left = 0.0 if lead.minutes else calendar.working_seconds(begun, parent_due)
    if left:
        return Due(calendar.add_working_seconds(begun, left / 2), Basis.HALF, lead, False)
    return Due(begun + (parent_due - begun) / 2, Basis.HALF, lead, True)


def _warn_at(calendar: WorkCalendar, begun: datetime, due: Due, fraction: float) -> datetime:
    if due.by_clock:
        return begun + (due.at - begun) * fraction
    return calendar.add_working_seconds(begun, calendar.working_seconds(begun, due.at) * fraction)
