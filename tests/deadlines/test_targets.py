"""Limits: from a rule, a calendar and a start to the instants of warning and breach."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.deadlines import shipped
from hotline.deadlines.calendar import SHANGHAI, BadRules
from hotline.deadlines.profiles import NATURES, URGENCIES, Amount, ClockKind
from hotline.deadlines.targets import Limit, limit_for

CALENDAR = shipped.calendar()
PROFILE = shipped.profile("default")
EVE_OF_NATIONAL_DAY_4PM = datetime(2025, 9, 30, 16, tzinfo=SHANGHAI)
SIGN, CONTACT, RETURN, REPLY = ClockKind.SIGN, ClockKind.CONTACT, ClockKind.RETURN, ClockKind.REPLY

starts = st.datetimes(datetime(2024, 1, 1), datetime(2027, 6, 30), timezones=st.just(SHANGHAI))  # noqa: DTZ001
cells = st.tuples(st.sampled_from(ClockKind), st.sampled_from(NATURES), st.sampled_from(URGENCIES))
child_cells = st.tuples(
    st.sampled_from([SIGN, CONTACT, RETURN, REPLY, ClockKind.REDO]),
    st.sampled_from(NATURES),
    st.sampled_from(URGENCIES),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def limit(
    kind: ClockKind, start: str | datetime, nature="投诉", urgency="普通", parent: str | None = None
) -> Limit:
    return limit_for(
        PROFILE,
        CALENDAR,
        kind,
        nature=nature,
        urgency=urgency,
        start=at(start) if isinstance(start, str) else start,
        parent_due=at(parent) if parent else None,
    )


@pytest.mark.parametrize(
    ("kind", "due"),
    [
        ("sign", "2025-10-09T17:30"),
        ("contact", "2025-10-09T17:30"),
        ("return", "2025-10-09T17:30"),
        ("reply", "2025-10-21T17:30"),
        ("audit", "2025-10-09T17:30"),
        ("callback", "2025-10-11T17:30"),
        ("redo", "2025-10-11T17:30"),
    ],
)
def test_a_complaint_dispatched_before_national_day(kind, due):
    assert limit(ClockKind(kind), EVE_OF_NATIONAL_DAY_4PM).due_at == at(due)


@pytest.mark.parametrize(
    ("nature", "start", "due"),
    [
        ("咨询", "2025-09-30T16:00", "2025-10-11T17:30"),
        ("求助", "2025-09-30T16:00", "2025-10-14T17:30"),
        ("建议", "2025-09-30T16:00", "2025-10-14T17:30"),
        ("举报", "2025-09-30T16:00", "2025-10-21T17:30"),
        ("表扬", "2025-09-30T16:00", "2025-10-09T17:30"),
        ("咨询", "2025-09-28T09:00", "2025-10-09T17:30"),  # on a make-up Sunday, which does not count
        ("咨询", "2025-09-27T09:00", "2025-09-30T17:30"),  # on a Saturday: the make-up Sunday is the first
        ("咨询", "2025-09-29T00:00", "2025-10-10T17:30"),  # midnight belongs to the 29th
        ("咨询", "2025-09-28T23:59:59", "2025-10-09T17:30"),
        ("咨询", "2026-02-13T10:00", "2026-02-25T17:30"),  # Spring Festival, 02-14 worked
        ("投诉", "2026-02-13T10:00", "2026-03-05T17:30"),  # and 02-28 worked
        ("投诉", "2026-12-25T10:00", "2027-01-08T17:30"),  # 2027 by the weekday rule
    ],
)
def test_replies(nature, start, due):
    assert limit(REPLY, start, nature).due_at == at(due)


@pytest.mark.parametrize(
    ("kind", "minutes"), [("sign", 30), ("contact", 120), ("return", 1440), ("reply", 1440)]
)
def test_urgent_limits_run_around_the_clock(kind, minutes):
    one = limit(ClockKind(kind), "2025-10-01T23:50", urgency="紧急")
    assert one.due_at - one.started_at == timedelta(minutes=minutes)
    assert one.warn_at - one.started_at == timedelta(minutes=minutes) * 0.7


@pytest.mark.parametrize("kind", [ClockKind.AUDIT, ClockKind.CALLBACK, ClockKind.REDO])
def test_audit_callback_and_redo_of_urgent_matters_are_ordinary(kind):
    start = "2025-10-10T10:00"
    assert limit(kind, start, urgency="紧急").due_at == limit(kind, start).due_at


@pytest.mark.parametrize(
    ("start", "warn"),
    [
        ("2025-09-30T16:00", "2025-10-09T14:57"),  # 1.5 h + 7 h, 70 % = 5 h 57 min
        ("2025-10-01T10:00", "2025-10-09T15:24"),  # 7 h, 70 % = 4 h 54 min
        ("2025-10-08T23:00", "2025-10-09T15:24"),
        ("2025-09-30T08:30", "2025-10-09T11:18"),
    ],
)
def test_warning_comes_at_seventy_percent_of_the_working_time(start, warn):
    assert limit(SIGN, start).warn_at == at(warn)


@pytest.mark.parametrize(
    ("start", "kind", "urgency", "provisional"),
    [
        ("2026-12-31T10:00", "sign", "普通", True),
        ("2026-12-30T10:00", "sign", "普通", False),
        ("2026-12-31T23:50", "sign", "紧急", False),  # minutes need no calendar
        ("2026-12-31T10:00", "audit", "紧急", True),
        ("2027-06-01T10:00", "sign", "普通", True),
        ("2023-12-29T10:00", "sign", "普通", True),
        ("2025-12-31T10:00", "sign", "普通", False),
    ],
)
def test_limits_that_touch_an_unpublished_year_are_provisional(start, kind, urgency, provisional):
    assert limit(ClockKind(kind), start, urgency=urgency).provisional is provisional


@pytest.mark.parametrize(
    ("start", "parent", "kind", "urgency", "due", "warn"),
    [
        ("2025-09-30T16:00", "2025-10-21T17:30", "reply", "普通", "2025-10-20T17:30", "2025-10-16T10:09"),
        ("2025-09-30T16:00", "2025-10-09T17:30", "reply", "普通", "2025-09-30T17:30", "2025-09-30T17:03"),
        (
            "2025-09-30T17:30",
            "2025-10-09T17:30",
            "reply",
            "普通",
            "2025-10-09T12:00",
            "2025-10-09T10:57",
        ),  # half
        ("2025-10-09T15:00", "2025-10-09T17:30", "redo", "普通", "2025-10-09T16:15", "2025-10-09T15:52:30"),
        ("2025-10-09T18:00", "2025-10-09T20:00", "reply", "普通", "2025-10-09T19:00", "2025-10-09T18:42"),
        (
            "2025-10-09T18:00",
            "2025-10-09T17:30",
            "reply",
            "普通",
            "2025-10-09T18:00",
            "2025-10-09T18:00",
        ),  # past
        ("2025-10-09T18:00", "2025-10-10T18:00", "reply", "紧急", "2025-10-10T16:00", "2025-10-10T09:24"),
        ("2025-10-09T18:00", "2025-10-09T20:00", "reply", "紧急", "2025-10-09T19:00", "2025-10-09T18:42"),
        ("2025-10-09T18:00", "2025-10-21T17:30", "sign", "普通", "2025-10-10T17:30", "2025-10-10T15:24"),
        ("2025-10-09T15:00", "2025-10-09T17:30", "sign", "普通", "2025-10-09T16:15", "2025-10-09T15:52:30"),
        ("2025-10-09T15:00", "2025-10-09T15:40", "contact", "紧急", "2025-10-09T15:20", "2025-10-09T15:14"),
    ],
)
def test_children_end_before_their_parent(start, parent, kind, urgency, due, warn):
    one = limit(ClockKind(kind), start, urgency=urgency, parent=parent)
    assert (one.due_at, one.warn_at) == (at(due), at(warn))


def test_a_child_of_a_provisional_parent_is_provisional():
    child = limit(REPLY, "2026-12-21T10:00", parent="2027-01-01T17:30")
    assert child.due_at == at("2026-12-31T17:30")
    assert child.provisional
    assert not limit(REPLY, "2026-12-31T10:00", urgency="紧急", parent="2027-01-01T10:00").provisional


def test_a_lead_in_minutes_does_not_hide_that_signing_follows_the_calendar():
    mixed = replace(PROFILE, child_lead={"普通": Amount(minutes=60)})
    one = limit_for(
        mixed,
        CALENDAR,
        SIGN,
        nature="投诉",
        urgency="普通",
        start=at("2026-12-31T10:00"),
        parent_due=at("2027-01-14T17:30"),
    )
    assert one.provisional


@pytest.mark.parametrize("kind", [ClockKind.AUDIT, ClockKind.CALLBACK])
def test_audit_and_callback_know_no_parent(kind):
    with pytest.raises(BadRules, match="不随上级时限"):
        limit(kind, "2025-10-09T10:00", parent="2025-10-21T17:30")


def test_naive_instants_and_unknown_words_are_refused():
    with pytest.raises(BadRules, match="没有时区"):
        limit(SIGN, datetime(2025, 10, 9))  # noqa: DTZ001
    with pytest.raises(BadRules, match="牢骚"):
        limit(SIGN, "2025-10-09T10:00", nature="牢骚")


def test_utc_starts_are_read_on_the_citys_day():
    one = limit(SIGN, datetime(2025, 10, 9, 16, 30, tzinfo=UTC))  # 10-10 00:30 in Shanghai
    assert one.due_at.isoformat() == "2025-10-11T17:30:00+08:00"


def test_limits_compare_by_their_instants():
    assert limit(SIGN, "2025-10-09T10:00") == limit(SIGN, "2025-10-09T10:00")
    assert "_explain" not in repr(limit(SIGN, "2025-10-09T10:00"))


@given(cells, starts)
def test_a_limit_warns_after_its_start_and_before_it_is_due(cell, start):
    kind, nature, urgency = cell
    one = limit(kind, start, nature, urgency)
    assert one.started_at == start
    assert start < one.warn_at < one.due_at
    if PROFILE.amount(*cell).working_days:
        assert CALENDAR.is_working_day(one.due_at.date())
        assert f"{one.due_at:%H:%M:%S}" == "17:30:00"


@given(cells, starts, starts)
def test_a_later_start_never_ends_earlier(cell, one, other):
    first, last = sorted((one, other))
    kind, nature, urgency = cell
    assert limit(kind, first, nature, urgency).due_at <= limit(kind, last, nature, urgency).due_at


@given(cells, starts)
def test_the_instant_of_dispatch_within_its_day_does_not_move_a_working_day_limit(cell, start):
    kind, nature, urgency = cell
    if PROFILE.amount(*cell).working_days:
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
        dues = {limit(kind, midnight + timedelta(hours=h), nature, urgency).due_at for h in (0, 8, 12, 23)}
        assert len(dues) == 1


@given(child_cells, starts, st.timedeltas(timedelta(0), timedelta(days=30)))
def test_a_child_ends_before_its_parent_and_not_before_its_start(cell, start, span):
    kind, nature, urgency = cell
    parent = start + span
    one = limit_for(PROFILE, CALENDAR, kind, nature=nature, urgency=urgency, start=start, parent_due=parent)
    assert start <= one.warn_at <= one.due_at <= parent
    assert one.due_at < parent or span <= timedelta(microseconds=1)
    assert one.derivation[-1]


def _naive_due(marked: dict[str, bool], start: datetime, n: int) -> datetime:
    day = start.date()
    while n:
        day += timedelta(days=1)
        n -= marked.get(str(day), day.weekday() < 5)
    return datetime(day.year, day.month, day.day, 17, 30, tzinfo=SHANGHAI)


def _naive_warning(marked: dict[str, bool], start: datetime, due: datetime) -> datetime:
    """Minute by minute: the end of the minute with which 70 % of the worked minutes have run."""
    worked, minute = [], start
    while minute < due:
        clock = f"{minute:%H:%M}"
        if ("08:30" <= clock < "12:00" or "14:00" <= clock < "17:30") and marked.get(
            f"{minute:%Y-%m-%d}", minute.weekday() < 5
        ):
            worked.append(minute)
        minute += timedelta(minutes=1)
    return worked[-(-7 * len(worked) // 10) - 1] + timedelta(minutes=1)


def test_limits_equal_a_naive_minute_loop_on_random_starts():
    marked = {str(row.day): row.working for row in shipped.special_days()}
    random = Random(12345)
    for _ in range(150):
        start = datetime(2024, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=random.randrange(1096 * 1440))
        kind, nature = random.choice([SIGN, REPLY, ClockKind.CALLBACK]), random.choice(NATURES)
        one = limit(kind, start, nature)
        assert one.due_at == _naive_due(marked, start, PROFILE.amount(kind, nature, "普通").working_days)
        wait = _naive_warning(marked, start, one.due_at) - one.warn_at
        assert timedelta(0) <= wait < timedelta(minutes=1), (kind, start)
