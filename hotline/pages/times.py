"""Chinese words for instants: exact, left or overdue; what templates show is always a ready string."""

from __future__ import annotations

from datetime import datetime, timedelta

from hotline.deadlines import rules as deadline_rules
from hotline.deadlines.calendar import BadRules, WorkCalendar
from hotline.tickets.numbering import SHANGHAI

DAY = timedelta(days=1)


def exact(instant: datetime | None, *, at: datetime) -> str:
    """10-09 17:30, with the year when it is not this one; empty for none."""
    if instant is None:
        return ""
    local = instant.astimezone(SHANGHAI)
    this_year = local.year == at.astimezone(SHANGHAI).year
    return f"{local:%m-%d %H:%M}" if this_year else f"{local:%Y-%m-%d %H:%M}"


def full(instant: datetime | None) -> str:
    """2026-10-09 17:30:05, for documents, exports and the hover of a timeline."""
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if instant else ""


def iso(instant: datetime | None) -> str:
    return instant.astimezone(SHANGHAI).isoformat(timespec="seconds") if instant else ""


def calendar_at(at: datetime) -> WorkCalendar:
    """The working calendar in force; ask once a page (one small query)."""
    return deadline_rules.current(at).calendar


def left(due_at: datetime | None, *, at: datetime, calendar: WorkCalendar) -> str:
    """剩 3小时20分, 剩 2个工作日, 超期 2个工作日: working days as soon as more than a day lies between."""
    if due_at is None:
        return ""
    late = due_at <= at
    word, first, last = ("超期", due_at, at) if late else ("剩", at, due_at)
    if last - first > DAY and (days := _working_days(calendar, first, last)):
        return f"{word} {days}个工作日"
    return f"{word} {span(last - first)}"


def _working_days(calendar: WorkCalendar, first: datetime, last: datetime) -> int:
    try:
        return calendar.working_days_between(
            first.astimezone(SHANGHAI).date(), last.astimezone(SHANGHAI).date()
        )
    except BadRules:  # beyond the tables of the calendar: tell it in hours
        return 0


def span(length: timedelta) -> str:
    """3小时20分, 45分, 不到1分钟."""
    minutes = int(length.total_seconds()) // 60
    if minutes < 1:
        return "不到1分钟"
    hours, minutes = divmod(minutes, 60)
    return (f"{hours}小时" if hours else "") + (f"{minutes}分" if minutes else "")
