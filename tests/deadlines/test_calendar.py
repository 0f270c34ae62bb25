"""Working time: which days are worked and how office hours add up."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.deadlines import shipped
from hotline.deadlines.calendar import SHANGHAI, BadRules, Part, SpecialDay, WorkCalendar

CALENDAR = shipped.calendar()
FULL_DAY = 7 * 3600
EVE_OF_NATIONAL_DAY = date(2025, 9, 30)

instants = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(SHANGHAI))  # noqa: DTZ001
days = st.dates(date(2024, 1, 1), date(2027, 12, 31))
seconds = st.integers(0, 40 * FULL_DAY)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2025-09-26", True),
        ("2025-09-27", False),
        ("2025-09-28", True),  # Sunday, 调休
        ("2025-09-30", True),
        ("2025-10-01", False),
        ("2025-10-06", False),
        ("2025-10-08", False),
        ("2025-10-09", True),
        ("2025-10-11", True),  # Saturday, 调休
        ("2025-10-12", False),
        ("2026-02-14", True),  # Saturday, 调休
        ("2026-02-15", False),
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-02-28", True),
        ("2026-03-01", False),
        ("2024-02-29", True),
        ("2027-10-01", True),  # not published: weekday rule
        ("2023-10-01", False),
    ],
)
def test_working_days(day, works):
    assert CALENDAR.is_working_day(date.fromisoformat(day)) is works


def test_published_years():
    assert [CALENDAR.covers(year) for year in (2023, 2024, 2025, 2026, 2027)] == [
        False,
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(("year", "working_days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_a_year(year, working_days):
    first = date(year, 1, 1).toordinal()
    every = (date.fromordinal(n) for n in range(first, date(year + 1, 1, 1).toordinal()))
    assert sum(map(CALENDAR.is_working_day, every)) == working_days


@pytest.mark.parametrize(
    ("after", "n", "expected"),
    [
        ("2025-09-30", 1, "2025-10-09"),
        ("2025-09-30", 3, "2025-10-11"),
        ("2025-09-30", 10, "2025-10-21"),
        ("2025-10-04", 1, "2025-10-09"),
        ("2025-09-27", 1, "2025-09-28"),
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-14", 1, "2026-02-24"),
        ("2026-02-14", 5, "2026-02-28"),
        ("2026-12-31", 1, "2027-01-01"),
    ],
)
def test_nth_working_day(after, n, expected):
    assert CALENDAR.nth_working_day(date.fromisoformat(after), n) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("before", "n", "expected"),
    [("2025-10-09", 1, "2025-09-30"), ("2025-10-21", 1, "2025-10-20"), ("2025-10-13", 2, "2025-10-10")],
)
def test_nth_working_day_before(before, n, expected):
    assert CALENDAR.nth_working_day_before(date.fromisoformat(before), n) == date.fromisoformat(expected)


@pytest.mark.parametrize("n", [0, -1])
def test_counting_no_working_days_is_refused(n):
    with pytest.raises(BadRules, match="至少为 1"):
        CALENDAR.nth_working_day(EVE_OF_NATIONAL_DAY, n)
    with pytest.raises(BadRules, match="至少为 1"):
        CALENDAR.nth_working_day_before(EVE_OF_NATIONAL_DAY, n)


def test_end_of_working_day():
    assert CALENDAR.end_of_working_day(EVE_OF_NATIONAL_DAY) == at("2025-09-30T17:30")
    with pytest.raises(BadRules, match="不是工作日"):
        CALENDAR.end_of_working_day(date(2025, 10, 1))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2025-09-30T08:30", "2025-09-30T17:30", FULL_DAY),
        ("2025-09-30T00:00", "2025-10-01T00:00", FULL_DAY),
        ("2025-09-30T12:00", "2025-09-30T14:00", 0),
        ("2025-09-30T11:59:59", "2025-09-30T14:00:01", 2),
        ("2025-09-30T16:00", "2025-10-09T09:30", 1.5 * 3600 + 3600),
        ("2025-10-01T00:00", "2025-10-09T08:30", 0),
        ("2025-10-11T09:00", "2025-10-11T10:00", 3600),
        ("2025-09-30T17:30", "2025-09-30T23:59:59.999999", 0),
        ("2025-09-30T08:30", "2025-09-30T08:30:00.500000", 0.5),
        ("2025-09-30T10:00", "2025-09-30T09:00", -3600),
    ],
)
def test_working_seconds(start, end, expected):
    assert CALENDAR.working_seconds(at(start), at(end)) == expected


@pytest.mark.parametrize(
    ("start", "add", "expected"),
    [
        ("2025-09-30T16:00", 5400, "2025-09-30T17:30"),  # the end of the day, not the next opening
        ("2025-09-30T16:00", 5401, "2025-10-09T08:30:01"),
        ("2025-09-30T09:00", 3 * 3600, "2025-09-30T12:00"),
        ("2025-09-30T09:00", 3 * 3600 + 60, "2025-09-30T14:01"),
        ("2025-10-01T03:00", 60, "2025-10-09T08:31"),
        ("2025-09-30T20:00", 0, "2025-09-30T20:00"),
    ],
)
def test_add_working_seconds(start, add, expected):
    assert CALENDAR.add_working_seconds(at(start), add) == at(expected)


def test_instants_of_other_zones_are_read_on_the_citys_clock():
    midnight = datetime(2025, 9, 30, 16, 0, tzinfo=UTC)  # 2025-10-01 00:00 in Shanghai
    assert CALENDAR.working_seconds(midnight, midnight + timedelta(days=8, hours=9)) == 1800


def test_naive_instants_are_refused():
    naive = datetime(2025, 9, 30, 16)  # noqa: DTZ001
    with pytest.raises(BadRules, match="没有时区"):
        CALENDAR.working_seconds(naive, at("2025-10-01"))
    with pytest.raises(BadRules, match="没有时区"):
        CALENDAR.add_working_seconds(naive, 1)


def test_negative_working_time_is_refused():
    with pytest.raises(BadRules, match="不能为负"):
        CALENDAR.add_working_seconds(at("2025-09-30"), -1)


def test_dates_outside_the_tables_are_refused():
    with pytest.raises(BadRules, match="日期 1999-12-31 超出"):
        CALENDAR.is_working_day(date(1999, 12, 31))
    with pytest.raises(BadRules, match="时限超出"):
        CALENDAR.nth_working_day(date(2099, 12, 30), 5)
    with pytest.raises(BadRules, match="时限超出"):
        CALENDAR.nth_working_day_before(date(2000, 1, 3), 1)
    with pytest.raises(BadRules, match="时限超出"):
        CALENDAR.add_working_seconds(at("2099-12-31T10:00"), 10 * FULL_DAY)


def test_half_days_count_as_working_days_and_end_with_their_hours():
    half = WorkCalendar(
        [
            SpecialDay(date(2025, 12, 30), True, "半天", Part.MORNING),
            SpecialDay(date(2025, 12, 31), True, "半天", Part.AFTERNOON),
        ],
        version=3,
        years=[2025],
    )
    assert half.nth_working_day(date(2025, 12, 29), 2) == date(2025, 12, 31)
    assert half.end_of_working_day(date(2025, 12, 30)) == at("2025-12-30T12:00")
    assert half.end_of_working_day(date(2025, 12, 31)) == at("2025-12-31T17:30")
    assert half.working_seconds(at("2025-12-30"), at("2025-12-31")) == FULL_DAY / 2
    assert half.working_seconds(at("2025-12-31"), at("2025-12-31T13:59")) == 0
    assert half.add_working_seconds(at("2025-12-30T11:59"), 120) == at("2025-12-31T14:01")
    assert half.hours_of(date(2025, 12, 28)) == ()


def test_other_office_hours():
    nights = WorkCalendar([], version=1, years=[], office_hours=((9 * 3600, 21 * 3600),))
    assert nights.end_of_working_day(date(2025, 10, 1)) == at("2025-10-01T21:00")
    assert nights.add_working_seconds(at("2025-10-01T20:00"), 7200) == at("2025-10-02T10:00")


def test_a_calendar_cannot_be_changed():
    with pytest.raises(AttributeError):
        CALENDAR.version = 2  # type: ignore[misc]
    with pytest.raises(TypeError):
        CALENDAR.special[date(2025, 1, 1)] = SpecialDay(date(2025, 1, 1), True)  # type: ignore[index]


@given(days, st.integers(1, 60))
def test_the_nth_working_day_is_worked_and_counts_back(day, n):
    nth = CALENDAR.nth_working_day(day, n)
    assert nth > day
    assert CALENDAR.is_working_day(nth)
    if CALENDAR.is_working_day(day):
        assert CALENDAR.nth_working_day_before(nth, n) == day


@given(days, days, st.integers(1, 30))
def test_the_nth_working_day_never_falls_back_when_the_start_moves_on(one, other, n):
    first, last = sorted((one, other))
    assert CALENDAR.nth_working_day(first, n) <= CALENDAR.nth_working_day(last, n)
    assert CALENDAR.nth_working_day(first, n) < CALENDAR.nth_working_day(first, n + 1)


@given(instants, instants, instants)
def test_spans_add_up_because_they_are_half_open(one, other, third):
    a, b, c = sorted((one, other, third))
    whole = CALENDAR.working_seconds(a, c)
    assert whole == pytest.approx(CALENDAR.working_seconds(a, b) + CALENDAR.working_seconds(b, c))
    assert 0 <= whole <= (c - a).total_seconds()
    assert CALENDAR.working_seconds(a, a) == 0
    assert CALENDAR.working_seconds(c, a) == -whole


@given(instants, seconds)
def test_adding_working_time_is_the_inverse_of_counting_it(start, length):
    end = CALENDAR.add_working_seconds(start, length)
    assert end >= start
    assert CALENDAR.working_seconds(start, end) == length
    if length:
        assert CALENDAR.working_seconds(start, end - timedelta(microseconds=1)) < length


@given(instants, seconds, seconds)
def test_adding_more_ends_no_earlier(start, one, other):
    less, more = sorted((one, other))
    assert CALENDAR.add_working_seconds(start, less) <= CALENDAR.add_working_seconds(start, more)


@given(days)
def test_midnight_belongs_to_the_new_day(day):
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    worked = CALENDAR.working_seconds(midnight, midnight + timedelta(days=1))
    assert worked == (FULL_DAY if CALENDAR.is_working_day(day) else 0)
    assert CALENDAR.working_seconds(midnight - timedelta(hours=6), midnight) == 0


def _worked_minutes(start: datetime, end: datetime) -> int:
    """Minute by minute, from the CSV files alone."""
    marked = {}
    for file in shipped.DATA.glob("holidays-*.csv"):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line[:1].isdigit():
                marked[line[:10]] = line[11] == "1"
    count, minute = 0, start
    while minute < end:
        works = marked.get(f"{minute:%Y-%m-%d}", minute.weekday() < 5)
        clock = f"{minute:%H:%M}"
        count += works and ("08:30" <= clock < "12:00" or "14:00" <= clock < "17:30")
        minute += timedelta(minutes=1)
    return count


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3 * 366 * 1440), st.integers(0, 12 * 1440))
def test_working_seconds_equal_a_naive_minute_loop(offset, length):
    start = datetime(2024, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=offset)
    end = start + timedelta(minutes=length)
    assert CALENDAR.working_seconds(start, end) == 60 * _worked_minutes(start, end)
