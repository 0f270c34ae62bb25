"""How a limit came about, in words."""

from datetime import date, datetime
from itertools import product

import pytest

from hotline.deadlines import shipped
from hotline.deadlines.calendar import SHANGHAI, Part, SpecialDay, WorkCalendar
from hotline.deadlines.profiles import NATURES, URGENCIES, ClockKind
from hotline.deadlines.targets import Limit, limit_for

CALENDAR = shipped.calendar()
PROFILE = shipped.profile("default")
EVE_OF_NATIONAL_DAY_4PM = datetime(2025, 9, 30, 16, tzinfo=SHANGHAI)
SIGN, RETURN, REPLY = ClockKind.SIGN, ClockKind.RETURN, ClockKind.REPLY


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


def test_the_derivation_tells_every_day():
    assert limit(REPLY, EVE_OF_NATIONAL_DAY_4PM, "求助").derivation == (
        "2025-09-30 16:00 起算:回复时限(普通、求助)",
        "规定为 5 个工作日",
        "2025-09-30(周二)当日不计,自其后第一个工作日数起",
        "2025-10-01 至 10-08 国庆节、中秋节放假,不计",
        "2025-10-09(周四)第 1 个工作日",
        "2025-10-10(周五)第 2 个工作日",
        "2025-10-11(周六)调休上班,第 3 个工作日",
        "2025-10-12(周日)周末,不计",
        "2025-10-13(周一)第 4 个工作日",
        "2025-10-14(周二)第 5 个工作日",
        "2025-10-14 17:30 届满",
        "其间工作时间共 36 小时 30 分钟,走过 70% 即 2025-10-13 11:33 起预警",
    )


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (limit(REPLY, EVE_OF_NATIONAL_DAY_4PM, "表扬"), "规定为 1 个工作日(表扬只须转达,不要求答复)"),
        (limit(REPLY, EVE_OF_NATIONAL_DAY_4PM, "表扬"), "2025-09-30 16:00 起算:转达时限(普通、表扬)"),
        (
            limit(RETURN, "2025-10-01T00:00", urgency="紧急"),
            "规定为 24 小时(紧急件先办后议,退单时限不短于回复时限)",
        ),
        (
            limit(SIGN, "2025-10-01T00:00", urgency="紧急"),
            "按钟表时间连续计算(24 小时×7 天),2025-10-01 00:30 届满",
        ),
        (limit(SIGN, "2025-10-01T00:00", urgency="紧急"), "共 30 分钟,走过 70% 即 2025-10-01 00:21 起预警"),
        (limit(REPLY, "2026-12-25T16:00"), "2027 年放假安排尚未公布,暂按周一至周五上班计,公布后重算"),
        (limit(REPLY, "2026-12-25T16:00"), "2027-01-02 至 01-03 周末,不计"),
        (
            limit(REPLY, "2025-10-09T10:00", parent="2025-10-13T17:30"),
            "上级回复时限 2025-10-13 17:30 届满,协办和下级应提前 1 个工作日",
        ),
        (limit(REPLY, "2025-10-09T10:00", parent="2025-10-13T17:30"), "2025-10-12(周日)周末,不计"),
        (limit(REPLY, "2025-10-09T10:00", parent="2025-10-13T17:30"), "2025-10-11 17:30 届满"),
        (
            limit(REPLY, "2025-10-09T15:00", parent="2025-10-09T17:30"),
            "提前后的时刻已过,取剩余工作时间 2 小时 30 分钟的一半",
        ),
        (
            limit(REPLY, "2025-10-09T18:00", urgency="紧急", parent="2025-10-09T20:00"),
            "提前后的时刻已过,取剩余时间 2 小时的一半",
        ),
        (
            limit(REPLY, "2025-10-09T18:00", urgency="紧急", parent="2025-10-10T18:00"),
            "上级回复时限 2025-10-10 18:00 届满,协办和下级应提前 2 小时",
        ),
        (limit(REPLY, "2025-10-09T18:00", parent="2025-10-09T17:30"), "上级时限已过,没有剩余时间"),
        (
            limit(SIGN, "2025-10-09T15:00", parent="2025-10-09T17:30"),
            "2025-10-09 16:15 届满(不得晚于本件回复时限)",
        ),
        (limit(SIGN, "2025-10-09T18:00", parent="2025-10-21T17:30"), "规定为 1 个工作日"),
        (limit(SIGN, "2025-10-09T17:29:30"), "2025-10-09 17:29:30 起算:签收时限(普通、投诉)"),
        (
            limit(REPLY, "2025-10-09T17:29:40", parent="2025-10-09T17:30"),
            "共 10 秒,走过 70% 即 2025-10-09 17:29:47",
        ),
    ],
)
def test_the_derivation_tells_the_reason(one, told):
    assert any(told in line for line in one.derivation), one.derivation


def test_a_limit_over_the_turn_of_the_year_names_both_years():
    days = [SpecialDay(date(2026, 12, 31), False), SpecialDay(date(2027, 1, 1), False)]
    named = WorkCalendar(
        [*days, SpecialDay(date(2026, 12, 30), True, "", Part.MORNING)], version=1, years=[2026, 2027]
    )
    one = limit_for(PROFILE, named, REPLY, nature="咨询", urgency="普通", start=at("2026-12-29T10:00"))
    assert "2026-12-31 至 2027-01-01 特定日期放假,不计" in one.derivation
    assert "2026-12-30(周三)(上午半天),第 1 个工作日" in one.derivation
    assert not one.provisional


def test_every_limit_of_the_profile_is_told():
    for kind, nature, urgency in product(ClockKind, NATURES, URGENCIES):
        assert len(limit(kind, EVE_OF_NATIONAL_DAY_4PM, nature, urgency).derivation) >= 4
