"""Reading and joining the yearly notices."""

from datetime import date

import pytest

from hotline.deadlines import shipped
from hotline.deadlines.calendar import BadRules, Part, SpecialDay
from hotline.deadlines.days import check_days, read_days, replace_years

HEAD = "day,working,name,part\n"


def year_of_days(year: int, *, without: tuple[tuple[int, int], ...] = ()) -> list[SpecialDay]:
    """A complete invented year: New Year, May 1-5, October 1-7."""
    off = [(1, 1), *((5, day) for day in range(1, 6)), *((10, day) for day in range(1, 8))]
    return [SpecialDay(date(year, *one), False, "节") for one in off if one not in without]


def test_the_shipped_files_publish_three_years():
    assert check_days(shipped.special_days()) == {2024, 2025, 2026}


def test_a_file_is_read_with_remarks_marks_and_halves():
    rows = [f"{row.day},放假,节," for row in year_of_days(2027)]
    text = "\ufeff# 通知\n" + HEAD + "\n".join(rows) + "\n2027-12-31,1,年末,上午\n\n2027-02-06,上班,春节,\n"
    days = read_days(text)
    assert days[-1] == SpecialDay(date(2027, 12, 31), True, "年末", Part.MORNING)
    assert SpecialDay(date(2027, 2, 6), True, "春节") in days
    assert len(days) == 15


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "首行应为"),
        ("日期,上班\n", "首行应为"),
        (HEAD + "2027-2-30,0,节\n", "应写成"),
        (HEAD + "2027-01-01,休,元旦\n", "working 应为"),
        (HEAD + "2027-01-01,1,元旦,夜里\n", "part 应为"),
        (HEAD + "2027-01-01\n", "working 应为"),
        (HEAD + f"2027-01-01,0,{'长' * 51}\n", "名称超过 50"),
        pytest.param(HEAD + f'2027-01-01,0,"{"长" * 140_000}"\n', "不是有效的 CSV", id="huge field"),
    ],
)
def test_faulty_files_are_refused_by_line(text, message):
    with pytest.raises(BadRules, match=message):
        read_days(text)


def test_every_faulty_line_is_named():
    with pytest.raises(BadRules) as caught:
        read_days(HEAD + "x,0,a\n2027-01-01,0,元旦\ny,0,b\n")
    assert [message[:5] for message in caught.value.messages] == ["第 2 条", "第 4 条"]


def test_a_day_given_twice_is_refused():
    with pytest.raises(BadRules, match="2027-01-01 重复出现"):
        check_days([*year_of_days(2027), SpecialDay(date(2027, 1, 1), True)])


def test_a_year_between_two_others_must_not_be_missing():
    with pytest.raises(BadRules, match="缺少 2028 年"):
        check_days([*year_of_days(2027), *year_of_days(2029)])


def test_a_half_finished_year_is_refused():
    with pytest.raises(BadRules, match="2027 年的放假安排不完整:缺 5月1日、10月3日"):
        check_days(year_of_days(2027, without=((5, 1), (10, 3))))
    few = [row for row in year_of_days(2027) if row.day.month != 5 or row.day.day == 1]
    with pytest.raises(BadRules, match="只有 9 天"):
        check_days(few)


def test_days_at_the_turn_of_the_year_do_not_publish_their_year():
    edges = [SpecialDay(date(2028, 1, 2), False), SpecialDay(date(2026, 12, 27), True)]
    assert check_days([*year_of_days(2027), *edges]) == {2027}
    with pytest.raises(BadRules, match="没有任何一年"):
        check_days(edges)


def test_a_day_off_has_no_half_and_lies_in_the_span():
    with pytest.raises(BadRules, match="放假,不能再写半天班“上午”"):
        check_days([*year_of_days(2027), SpecialDay(date(2027, 3, 8), False, "", Part.MORNING)])
    with pytest.raises(BadRules, match="1999-05-01 超出"):
        check_days([*year_of_days(2027), SpecialDay(date(1999, 5, 1), False)])


def test_a_new_notice_replaces_its_own_year_only():
    old = shipped.special_days()
    new = [*year_of_days(2027), SpecialDay(date(2026, 12, 27), True, "元旦")]
    joined = replace_years(old, new)
    assert set(old) | set(new) == set(joined)
    corrected = replace_years(joined, year_of_days(2026))
    assert [row for row in corrected if row.day.year == 2026] == year_of_days(2026)


def test_joining_that_leaves_a_gap_is_refused():
    with pytest.raises(BadRules, match="缺少 2027 年"):
        replace_years(shipped.special_days(), year_of_days(2028))
