"""Working time of the city: which days are worked, and instants reckoned in office hours. Pure: no ORM, no clock."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE_HOURS = (
    (8 * 3600 + 1800, 12 * 3600),
    (14 * 3600, 17 * 3600 + 1800),
)  # 08:30-12:00, 14:00-17:30, in seconds

# The tables span a century without summer time in Asia/Shanghai (the last ended in 1991), so wall time is exact.
FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2099, 12, 31)
_BASE = FIRST_DAY.toordinal()
_SPAN = LAST_DAY.toordinal() - _BASE + 1
_SECOND = 1_000_000  # the tables count microseconds, so that nothing is ever rounded twice

Sessions = tuple[tuple[int, int], ...]


class BadRules(ValueError):
    """Data or a question that no limit can be reckoned from; `messages` are Chinese sentences for the screen."""

    def __init__(self, *messages: str) -> None:
        super().__init__(";".join(messages))
        self.messages = messages


class Part(StrEnum):
    """The part of a working day that is worked; a half day 半天班 still counts as one working day."""

    WHOLE = ""
    MORNING = "上午"
    AFTERNOON = "下午"


@dataclass(frozen=True, slots=True, order=True)
class SpecialDay:
    """One day that departs from the weekday rule: a holiday 放假, a make-up day 调休上班 or a half day."""

    day: date
    working: bool
    name: str = ""
    part: Part = Part.WHOLE


def in_shanghai(moment: datetime) -> datetime:
    """The same instant on the city's clock; a naive datetime raises BadRules."""
    if moment.tzinfo is None:
        raise BadRules(f"时刻 {moment.isoformat()} 没有时区")
    try:
        return moment.astimezone(SHANGHAI)
    except OverflowError:  # the first and last hours a datetime can name
        raise BadRules(_out_of_span(f"时刻 {moment.isoformat()} ")) from None


@dataclass(frozen=True, eq=False, init=False)
class WorkCalendar:
    """The working calendar 工作日历 of one version: special days over the rule Monday to Friday, office hours.

    Prefix tables over 2000-2099 make a limit O(1) in days and O(log n) in hours. Days outside the tables raise
    BadRules. A year without published holidays follows the weekday rule; `covers` tells it from a published one.
    """

    days: tuple[SpecialDay, ...]
    version: int
    years: frozenset[int]
    office_hours: Sessions = OFFICE_HOURS
    special: Mapping[date, SpecialDay] = field(init=False, repr=False)
    _worked: list[int] = field(init=False, repr=False)  # working days of the table
    _count: list[int] = field(init=False, repr=False)  # working days before day i
    _micros: list[int] = field(init=False, repr=False)  # microseconds worked before day i
    _halves: dict[int, Sessions] = field(init=False, repr=False)

    def __init__(
        self,
        days: Iterable[SpecialDay],
        *,
        version: int,
        years: Iterable[int],
        office_hours: Sessions = OFFICE_HOURS,
    ) -> None:
        special = {item.day: item for item in days}
        give = object.__setattr__
        give(self, "days", tuple(sorted(special.values())))
        give(self, "version", version)
        give(self, "years", frozenset(years))
        give(self, "office_hours", office_hours)
        give(self, "special", MappingProxyType(special))
        self._build_tables()

    def _build_tables(self) -> None:
        working = [(_BASE + i - 1) % 7 < 5 for i in range(_SPAN)]  # ordinal 1 is a Monday
        halves: dict[int, Sessions] = {}
        for item in self.days:
            i = _index(item.day)
            working[i] = item.working
            if item.working and item.part:
                halves[i] = self.office_hours[:1] if item.part is Part.MORNING else self.office_hours[1:]
        full = _length(self.office_hours)
        count, micros = [0], [0]
        for i, works in enumerate(working):
            count.append(count[-1] + works)
            length = _length(halves[i]) if i in halves else full
            micros.append(micros[-1] + (length if works else 0))
        object.__setattr__(self, "_worked", [i for i, works in enumerate(working) if works])
        object.__setattr__(self, "_count", count)
        object.__setattr__(self, "_micros", micros)
        object.__setattr__(self, "_halves", halves)

    def covers(self, year: int) -> bool:
        """Whether the holidays of `year` are published in this version; else limits there are provisional."""
        return year in self.years

    def is_working_day(self, day: date) -> bool:
        i = _index(day)
        return self._count[i + 1] > self._count[i]

    def working_days_between(self, after: date, until: date) -> int:
        """How many working days lie after `after` up to and including `until`; negative when turned round."""
        return self._count[_index(until) + 1] - self._count[_index(after) + 1]

    def nth_working_day(self, after: date, n: int) -> date:
        """The n-th working day after `after`, which itself never counts; n is at least 1."""
        _check_n(n)
        return self._working_day(self._count[_index(after) + 1] + n - 1)

    def nth_working_day_before(self, before: date, n: int) -> date:
        """The n-th working day before `before`, which itself never counts; n is at least 1."""
        _check_n(n)
        return self._working_day(self._count[_index(before)] - n)

    def _working_day(self, position: int) -> date:
        if not 0 <= position < len(self._worked):
            raise BadRules(_out_of_span("时限"))
        return date.fromordinal(_BASE + self._worked[position])

    def hours_of(self, day: date) -> Sessions:
        """Office hours of the day as (opens, closes) in seconds after midnight; empty when it is not worked."""
        return self._sessions(_index(day))

    def _sessions(self, i: int) -> Sessions:
        if self._count[i + 1] == self._count[i]:
            return ()
        return self._halves.get(i, self.office_hours)

    def end_of_working_day(self, day: date) -> datetime:
        """The instant office hours end on a working day: 17:30, or 12:00 on a morning half day."""
        hours = self.hours_of(day)
        if not hours:
            raise BadRules(f"{day} 不是工作日")
        return _instant(_index(day), hours[-1][1] * _SECOND)

    def _worked_before(self, moment: datetime) -> int:
        """Microseconds of office hours from the start of the tables to `moment`."""
        local = in_shanghai(moment)
        i = _index(local)
        clock = ((local.hour * 60 + local.minute) * 60 + local.second) * _SECOND + local.microsecond
        total = self._micros[i]
        for opens, closes in self._sessions(i):
            total += min(max(clock - opens * _SECOND, 0), (closes - opens) * _SECOND)
        return total

    def working_seconds(self, a: datetime, b: datetime) -> float:
        """Seconds of office hours in [a, b); negative when b is before a, so that spans add up."""
        return (self._worked_before(b) - self._worked_before(a)) / _SECOND

    def add_working_seconds(self, start: datetime, seconds: float) -> datetime:
        """The earliest instant, not before `start`, at which `seconds` of office hours have run since `start`."""
        if seconds < 0:
            raise BadRules("工作时间不能为负数")
        begun = self._worked_before(start)
        goal = begun + round(seconds * _SECOND)
        if goal > self._micros[-1]:
            raise BadRules(_out_of_span("时限"))
        if goal == begun:
            return in_shanghai(start)
        i = bisect_left(self._micros, goal) - 1
        return _instant(i, self._time_of_day(i, goal - self._micros[i]))

    def _time_of_day(self, i: int, worked: int) -> int:
        """Microseconds after midnight at which `worked` microseconds of day i have run; 0 < worked <= its length."""
        *earlier, last = self._sessions(i)
        for opens, closes in earlier:
            length = (closes - opens) * _SECOND
            if worked <= length:
                return opens * _SECOND + worked
            worked -= length
        return last[0] * _SECOND + worked


def _index(day: date) -> int:
    i = day.toordinal() - _BASE
    if not 0 <= i < _SPAN:
        raise BadRules(_out_of_span(f"日期 {day:%Y-%m-%d} "))
    return i


def _instant(i: int, micros: int) -> datetime:
    day = date.fromordinal(_BASE + i)
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(microseconds=micros)


def _length(hours: Sessions) -> int:
    return sum(closes - opens for opens, closes in hours) * _SECOND


def _out_of_span(what: str) -> str:
    return f"{what}超出日历可计算的范围({FIRST_DAY.year}—{LAST_DAY.year} 年)"


def _check_n(n: int) -> None:
    if n < 1:
        raise BadRules(f"工作日数必须至少为 1,不能是 {n}")
