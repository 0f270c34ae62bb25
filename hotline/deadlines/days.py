"""The yearly State Council notice as a CSV file: reading, checking and joining special days. Pure."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from io import StringIO

from .calendar import FIRST_DAY, LAST_DAY, BadRules, Part, SpecialDay

WORKING = {"1": True, "0": False, "上班": True, "放假": False}
# 《全国年节及纪念日放假办法》: holidays on fixed dates; a published year has at least 11 days off (13 since 2025).
FIXED_HOLIDAYS = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))
FEWEST_DAYS_OFF = 11
LONGEST_NAME = 50
COLUMNS = ("day", "working", "name")


def read_days(text: str) -> tuple[SpecialDay, ...]:
    """Special days of a CSV with columns day, working, name and, if wanted, part; lines with # are remarks.

    Raises BadRules naming every faulty line; a day given twice is a fault.
    """
    kept = [line for line in text.lstrip("\ufeff").splitlines() if line.strip() and not line.startswith("#")]
    reader = csv.DictReader(StringIO("\n".join(kept)))
    if not set(COLUMNS) <= set(reader.fieldnames or ()):
        raise BadRules("文件首行应为 day,working,name(可另有 part 列)")
    days: list[SpecialDay] = []
    faults: list[str] = []
    try:
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise BadRules(f"不是有效的 CSV 文件:{error}") from None
    for number, row in rows:
        try:
            days.append(_read_row(row))
        except BadRules as error:
            faults.extend(f"第 {number} 条:{message}" for message in error.messages)
    if faults:
        raise BadRules(*faults)
    check_days(days)
    return tuple(sorted(days))


def _read_row(row: dict[str, str | None]) -> SpecialDay:
    day_text, working, name, part = ((row.get(key) or "").strip() for key in (*COLUMNS, "part"))
    try:
        day = date.fromisoformat(day_text)
    except ValueError:
        raise BadRules(f"日期“{day_text}”应写成 2025-10-01 的样子") from None
    if working not in WORKING:
        raise BadRules(f"{day} 的 working 应为 1(上班)或 0(放假),不能是“{working}”")
    if len(name) > LONGEST_NAME:
        raise BadRules(f"{day} 的名称超过 {LONGEST_NAME} 个字")
    if part not in set(Part):
        raise BadRules(f"{day} 的 part 应为空、上午或下午,不能是“{part}”")
    return SpecialDay(day, WORKING[working], name, Part(part))


def check_days(days: Iterable[SpecialDay]) -> frozenset[int]:
    """The years these days publish; BadRules on duplicates, half-finished years and gaps between years."""
    rows = list(days)
    faults = [
        f"{day} 重复出现" for day, times in sorted(Counter(row.day for row in rows).items()) if times > 1
    ]
    by_year: dict[int, list[SpecialDay]] = defaultdict(list)
    for row in rows:
        by_year[row.day.year].append(row)
        faults.extend(_faults_of_day(row))
    published = set()
    for year, of_year in sorted(by_year.items()):
        missing = _missing(year, of_year)
        if not missing:
            published.add(year)
        elif not all(_is_spill(row.day) for row in of_year):
            faults.append(f"{year} 年的放假安排不完整:{missing}")
    if not published:
        faults.append("没有任何一年的完整放假安排")
    else:
        gaps = set(range(min(published), max(published))) - published
        faults.extend(f"缺少 {year} 年的放假安排,年份不能中断" for year in sorted(gaps))
    if faults:
        raise BadRules(*faults)
    return frozenset(published)


def _faults_of_day(row: SpecialDay) -> list[str]:
    faults = []
    if row.part and not row.working:
        faults.append(f"{row.day} 放假,不能再写半天班“{row.part.value}”")
    if not FIRST_DAY < row.day < LAST_DAY:
        faults.append(f"{row.day} 超出日历可计算的范围")
    return faults


def _missing(year: int, of_year: list[SpecialDay]) -> str:
    """What a published year must have and this one has not; empty when it is complete."""
    off = {row.day for row in of_year if not row.working}
    absent = [f"{month}月{day}日" for month, day in FIXED_HOLIDAYS if date(year, month, day) not in off]
    if absent:
        return "缺 " + "、".join(absent) + " 的放假"
    return "" if len(off) >= FEWEST_DAYS_OFF else f"放假只有 {len(off)} 天,少于法定的 {FEWEST_DAYS_OFF} 天"


def _is_spill(day: date) -> bool:
    """The turn of the year, where a notice may touch a day of the neighbouring year."""
    return (day.month == 12 and day.day > 23) or (day.month == 1 and day.day < 8)


def replace_years(old: Iterable[SpecialDay], new: Iterable[SpecialDay]) -> tuple[SpecialDay, ...]:
    """`old` with the years that `new` publishes replaced whole and its stray days at their edges laid over.

    The result is checked like any calendar: BadRules when it has a gap.
    """
    fresh = {row.day: row for row in new}
    years = check_days(fresh.values())
    kept = {row.day: row for row in old if row.day.year not in years}
    joined = tuple(sorted((kept | fresh).values()))
    check_days(joined)
    return joined
