"""Words for instants."""

from datetime import datetime, timedelta

import pytest

from hotline.deadlines import shipped
from hotline.pages import times
from tests.conftest import SHANGHAI

CALENDAR = shipped.calendar()
FRIDAY_4PM = datetime(2026, 6, 5, 16, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=20), "剩 不到1分钟"),
        (timedelta(minutes=45), "剩 45分"),
        (timedelta(hours=3, minutes=20), "剩 3小时20分"),
        (timedelta(hours=24), "剩 24小时"),
        (timedelta(days=3, hours=1, minutes=30), "剩 1个工作日"),  # Monday 17:30
        (timedelta(days=11), "剩 7个工作日"),
        (timedelta(hours=30), "剩 30小时"),  # until Saturday evening: no working day begins
        (-timedelta(minutes=5), "超期 5分"),
        (-timedelta(hours=26), "超期 1个工作日"),
        (-timedelta(days=7), "超期 5个工作日"),
    ],
)
def test_left_tells_hours_below_a_day_and_working_days_above(length, words):
    assert times.left(FRIDAY_4PM + length, at=FRIDAY_4PM, calendar=CALENDAR) == words


def test_left_at_the_due_instant_is_overdue():
    assert times.left(FRIDAY_4PM, at=FRIDAY_4PM, calendar=CALENDAR) == "超期 不到1分钟"


def test_left_of_nothing_is_empty():
    assert times.left(None, at=FRIDAY_4PM, calendar=CALENDAR) == ""


def test_left_beyond_the_calendar_is_told_in_hours():
    far = datetime(2100, 1, 2, tzinfo=SHANGHAI)
    assert times.left(far, at=FRIDAY_4PM, calendar=CALENDAR).endswith("小时")


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        (datetime(2026, 10, 9, 17, 30, tzinfo=SHANGHAI), "10-09 17:30"),
        (datetime(2025, 10, 9, 17, 30, tzinfo=SHANGHAI), "2025-10-09 17:30"),
        (None, ""),
    ],
)
def test_exact_names_the_year_when_it_is_another(instant, words):
    assert times.exact(instant, at=FRIDAY_4PM) == words


def test_working_days_between_leaves_out_holidays():
    assert CALENDAR.working_days_between(datetime(2025, 9, 30).date(), datetime(2025, 10, 9).date()) == 1  # noqa: DTZ001
