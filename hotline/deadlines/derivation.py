"""How a limit came about, told day by day in Chinese for the ticket page and the simulator. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import groupby

from .calendar import WorkCalendar
from .profiles import INNER, PRAISE, Amount, ClockKind

WEEKDAYS = "一二三四五六日"


class Basis(Enum):
    """Where a due instant comes from."""

    OWN = "own"  # the profile's amount from the start
    LEAD = "lead"  # the parent's due instant less the child's lead
    HALF = "half"  # that is past: half of the time left to the parent
    NOTHING_LEFT = "nothing left"  # the parent's limit is itself past


@dataclass(frozen=True, slots=True)
class Due:
    """A due instant, the amount it came from and whether it runs by the clock instead of office hours."""

    at: datetime
    basis: Basis
    amount: Amount
    by_clock: bool


@dataclass(frozen=True, slots=True)
class Case:
    """What was asked and answered, as far as the telling needs it; instants in Asia/Shanghai."""

    kind: ClockKind
    nature: str
    urgency: str
    begun: datetime
    parent_due: datetime | None
    warn_at: datetime
    warn_fraction: float
    unpublished: tuple[int, ...]  # years the limit touches that have no published holidays

    @property
    def step(self) -> str:
        """The step's name; the reply to praise is 转达, passing it on."""
        return "转达" if self.kind is ClockKind.REPLY and self.nature == PRAISE else self.kind.label


def lines(calendar: WorkCalendar, case: Case, due: Due) -> tuple[str, ...]:
    """Every line of the derivation, in order of reading."""
    told = [f"{_moment(case.begun)} 起算:{case.step}时限({case.urgency}、{case.nature})"]
    if case.parent_due is None or due.basis is Basis.OWN:
        told += _own(calendar, case, due)
    else:
        told += _child(calendar, case, case.parent_due, due)
    if due.at > case.begun:
        told.append(_warning(calendar, case, due))
    told += [f"{year} 年放假安排尚未公布,暂按周一至周五上班计,公布后重算" for year in case.unpublished]
    return tuple(told)


def _own(calendar: WorkCalendar, case: Case, due: Due) -> Iterator[str]:
    yield f"规定为 {due.amount.text}" + (f"({due.amount.note})" if due.amount.note else "")
    if due.by_clock:
        yield f"按钟表时间连续计算(24 小时×7 天),{_moment(due.at)} 届满"
        return
    yield f"{_day(case.begun.date())}当日不计,自其后第一个工作日数起"
    yield from _days(calendar, case.begun.date() + timedelta(days=1), due.at.date())
    yield f"{_moment(due.at)} 届满"


def _child(calendar: WorkCalendar, case: Case, parent_due: datetime, due: Due) -> Iterator[str]:
    yield f"上级回复时限 {_moment(parent_due)} 届满,协办和下级应提前 {due.amount.text}"
    if due.basis is Basis.LEAD:
        if not due.by_clock:
            yield from _days(
                calendar, due.at.date() + timedelta(days=1), parent_due.date() - timedelta(days=1), False
            )
    elif due.basis is Basis.HALF:
        left = (parent_due - case.begun).total_seconds()
        span = "剩余时间" if due.by_clock else "剩余工作时间"
        left = left if due.by_clock else calendar.working_seconds(case.begun, parent_due)
        yield f"提前后的时刻已过,取{span} {_length(left)}的一半"
    else:
        yield "上级时限已过,没有剩余时间"
    yield f"{_moment(due.at)} 届满" + ("(不得晚于本件回复时限)" if case.kind in INNER else "")


def _warning(calendar: WorkCalendar, case: Case, due: Due) -> str:
    if due.by_clock:
        length, span = (due.at - case.begun).total_seconds(), "共"
    else:
        length, span = calendar.working_seconds(case.begun, due.at), "其间工作时间共"
    return f"{span} {_length(length)},走过 {case.warn_fraction:.0%} 即 {_moment(case.warn_at)} 起预警"


def _days(calendar: WorkCalendar, first: date, last: date, worked: bool = True) -> Iterator[str]:
    """One line for each working day, numbered, if wanted, and one for each run of days of one reason off."""
    every = (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
    number = 0
    for reason, run in groupby(every, lambda day: _reason_off(calendar, day)):
        days = list(run)
        if reason:
            yield f"{_span(days[0], days[-1])}{reason},不计"
            continue
        for day in days if worked else ():
            number += 1
            yield f"{_day(day)}{_why_worked(calendar, day)}第 {number} 个工作日"


def _reason_off(calendar: WorkCalendar, day: date) -> str:
    if calendar.is_working_day(day):
        return ""
    special = calendar.special.get(day)
    return f"{special.name or '特定日期'}放假" if special else "周末"


def _why_worked(calendar: WorkCalendar, day: date) -> str:
    special = calendar.special.get(day)
    if special is None:
        return ""
    half = f"({special.part.value}半天)" if special.part else ""
    return ("调休上班" if day.weekday() >= 5 else "") + half + ","


def _span(first: date, last: date) -> str:
    if first == last:
        return _day(first)
    return f"{first} 至 {last:%m-%d} " if first.year == last.year else f"{first} 至 {last} "


def _day(day: date) -> str:
    return f"{day}(周{WEEKDAYS[day.weekday()]})"


def _moment(moment: datetime) -> str:
    return (
        f"{moment:%Y-%m-%d %H:%M:%S}" if moment.second or moment.microsecond else f"{moment:%Y-%m-%d %H:%M}"
    )


def _length(seconds: float) -> str:
    """Hours and minutes, rounded down to the minute; below one minute in seconds."""
    hours, minutes = divmod(int(seconds) // 60, 60)
    if not hours and not minutes:
        return f"{int(seconds)} 秒"
    return " ".join(([f"{hours} 小时"] if hours else []) + ([f"{minutes} 分钟"] if minutes else []))
