"""The rules in force: seeded, published in versions, cached, never changed."""

import json
from datetime import UTC, date, datetime
from unittest.mock import patch

import pytest
from django.db import IntegrityError, models, transaction

from hotline.deadlines import rules, shipped
from hotline.deadlines.calendar import SHANGHAI, BadRules, Part, SpecialDay
from hotline.deadlines.models import CalendarVersion, LimitProfile
from hotline.deadlines.models import SpecialDay as Row
from hotline.deadlines.targets import ClockKind

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)
OFF_2027 = [
    date(2027, 1, 1),
    *(date(2027, 5, n) for n in range(1, 6)),
    *(date(2027, 10, n) for n in range(1, 8)),
]
DAYS_2027 = [SpecialDay(day, False, "节") for day in OFF_2027]


def publish_2027(**given):
    days = [*shipped.special_days(), *DAYS_2027]
    return rules.publish_calendar(days, **({"by": "管理员", "at": NOON, "note": "2027 年"} | given))


def profile_text(**changes):
    return json.dumps(shipped.document("default") | changes)


def empty_all():
    for model in (Row, CalendarVersion, LimitProfile):
        models.QuerySet(model)._raw_delete("default")


def test_the_seed_is_what_ships():
    seeded = rules.current(NOON)
    assert seeded.versions == rules.shipped().versions == (1, "default", 1)
    assert seeded.calendar.days == shipped.special_days()
    assert seeded.calendar.years == {2024, 2025, 2026}
    assert seeded.profile.amounts == rules.shipped().profile.amounts
    assert CalendarVersion.objects.get().digest == shipped.digest_of_days(shipped.special_days())


def test_rules_reckon_limits():
    start = datetime(2025, 9, 30, 16, tzinfo=SHANGHAI)
    one = rules.current(NOON).limit(ClockKind.REPLY, nature="投诉", urgency="普通", start=start)
    assert one.due_at == datetime(2025, 10, 21, 17, 30, tzinfo=SHANGHAI)
    child = rules.current(NOON).limit(
        ClockKind.REPLY, nature="投诉", urgency="普通", start=start, parent_due=one.due_at
    )
    assert child.due_at == datetime(2025, 10, 20, 17, 30, tzinfo=SHANGHAI)


def test_asking_again_costs_one_small_query(django_assert_num_queries):
    first = rules.current(NOON)
    with django_assert_num_queries(1):
        again = rules.current(NOON)
    assert again.calendar is first.calendar
    assert again.profile is first.profile


def test_a_published_calendar_is_in_force_at_once_and_the_old_one_stays():
    before = rules.current(NOON)
    new = publish_2027()
    after = rules.current(NOON)
    assert (new.number, after.versions.calendar) == (2, 2)
    assert after.calendar.covers(2027)
    assert not after.calendar.is_working_day(date(2027, 10, 1))
    assert rules.of(before.versions).calendar.is_working_day(date(2027, 10, 1))
    assert rules.newest_days() == tuple(sorted([*shipped.special_days(), *DAYS_2027]))
    assert Row.objects.filter(calendar__number=1).count() == len(shipped.special_days())


def test_a_number_rolled_back_may_come_again_with_other_days():
    with transaction.atomic():
        publish_2027()
        assert rules.current(NOON).calendar.covers(2027)
        transaction.set_rollback(True)
    rules.publish_calendar(shipped.special_days(), by="管理员", at=NOON, note="同样内容")
    assert not rules.current(NOON).calendar.covers(2027)


def test_half_days_are_kept():
    publish_2027()
    half = SpecialDay(date(2027, 12, 31), True, "年末", Part.MORNING)
    rules.publish_calendar([*rules.newest_days(), half], by="管理员", at=NOON, note="半天")
    assert rules.current(NOON).calendar.special[half.day] == half


@pytest.mark.parametrize(
    ("days", "message"),
    [
        ([*DAYS_2027, DAYS_2027[0]], "重复"),
        (DAYS_2027[:3], "不完整"),
        ([], "没有任何一年"),
        (
            [*shipped.special_days(), *(SpecialDay(d.day.replace(year=2028), False) for d in DAYS_2027)],
            "缺少 2027 年",
        ),
    ],
)
def test_faulty_calendars_are_not_published(days, message):
    with pytest.raises(BadRules, match=message):
        rules.publish_calendar(days, by="管理员", at=NOON, note="x")
    assert CalendarVersion.objects.count() == 1


def test_publishing_needs_an_instant_with_a_zone():
    with pytest.raises(BadRules, match="没有时区"):
        publish_2027(at=datetime(2026, 11, 22))  # noqa: DTZ001
    with pytest.raises(BadRules, match="没有时区"):
        rules.current(datetime(2026, 11, 22))  # noqa: DTZ001


def test_a_published_profile_holds_from_its_day_in_shanghai():
    row = rules.publish_profile(profile_text(valid_from="2026-12-01", version=77), by="管理员", at=NOON)
    assert (row.version, row.made_by) == (2, "管理员")
    assert rules.current(datetime(2026, 11, 30, 15, 59, tzinfo=UTC)).versions.profile_version == 1
    assert rules.current(datetime(2026, 11, 30, 16, 0, tzinfo=UTC)).versions.profile_version == 2
    assert rules.of(rules.Versions(1, "default", 2)).profile.valid_from == date(2026, 12, 1)


def test_a_toml_date_is_stored_as_text():
    toml = (shipped.DATA / "default.toml").read_text(encoding="utf-8").replace('"2000-01-01"', "2026-12-01")
    assert '"valid_from":"2026-12-01"' in rules.publish_profile(toml, by="管理员", at=NOON).rules


def test_a_profile_of_another_name_counts_for_itself():
    rules.publish_profile(profile_text(name="四川", valid_from="2026-01-01"), by="管理员", at=NOON)
    assert rules.current(NOON, "四川").versions == (1, "四川", 1)
    assert rules.current(NOON).versions == (1, "default", 1)
    with pytest.raises(BadRules, match="在 2025-12-31 没有适用的版本"):
        rules.current(datetime(2025, 12, 31, 12, tzinfo=SHANGHAI), "四川")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "不是有效的"),
        (profile_text(child_lead={}), "下级提前量"),
        (profile_text(rules=[]), "缺少"),
        ("{}", "name"),
    ],
)
def test_faulty_profiles_are_not_published(text, message):
    with pytest.raises(BadRules, match=message):
        rules.publish_profile(text, by="管理员", at=NOON)
    assert LimitProfile.objects.count() == 1


def test_the_second_of_two_publishers_is_told_to_look_again():
    with patch.object(rules, "Max", lambda field: models.Min(models.Value(0))):
        with pytest.raises(BadRules, match="另一人刚刚发布了新的日历版本"):
            publish_2027()
        with pytest.raises(BadRules, match="另一人刚刚发布了新的时限方案版本"):
            rules.publish_profile(profile_text(), by="管理员", at=NOON)
    assert CalendarVersion.objects.count() == LimitProfile.objects.count() == 1


def test_without_any_row_the_shipped_files_hold():
    empty_all()
    assert rules.current(NOON).calendar is shipped.calendar()
    assert rules.newest_days() == shipped.special_days()
    assert rules.of(rules.Versions(1, "default", 1)).calendar is shipped.calendar()


@pytest.mark.parametrize("versions", [(9, "default", 1), (1, "default", 9), (1, "nope", 1)])
def test_versions_never_published_are_refused(versions):
    with pytest.raises(BadRules, match="找不到"):
        rules.of(rules.Versions(*versions))


def test_versions_are_neither_changed_nor_deleted():
    for row in (CalendarVersion.objects.get(), Row.objects.first(), LimitProfile.objects.get()):
        with pytest.raises(TypeError, match="不可修改"):
            row.save()
        with pytest.raises(TypeError, match="不可删除"):
            row.delete()


@pytest.mark.parametrize(
    "breach",
    [
        lambda v: CalendarVersion(number=1, made_at=NOON, made_by="x", note="x", digest="x").save(),
        lambda v: CalendarVersion(number=0, made_at=NOON, made_by="x", note="x", digest="x").save(),
        lambda v: Row(calendar=v, day=date(2025, 10, 1), working=True).save(),
        lambda v: Row(calendar=v, day=date(2025, 3, 8), working=False, part="上午").save(),
        lambda v: Row(calendar=v, day=date(2025, 3, 8), working=True, part="夜里").save(),
        lambda v: LimitProfile(
            name="default",
            version=1,
            valid_from=NOON,
            source="x",
            rules="{}",
            made_at=NOON,
            made_by="x",
            digest="x",
        ).save(),
        lambda v: LimitProfile(
            name="default",
            version=0,
            valid_from=NOON,
            source="x",
            rules="{}",
            made_at=NOON,
            made_by="x",
            digest="x",
        ).save(),
    ],
)
def test_constraints_hold_in_the_database(breach):
    with pytest.raises(IntegrityError), transaction.atomic():
        breach(CalendarVersion.objects.get())


def test_rows_name_themselves():
    assert str(CalendarVersion.objects.get()) == "日历第 1 版"
    assert str(LimitProfile.objects.get()) == "default 第 1 版"
    assert str(Row.objects.get(day=date(2025, 10, 11))) == "2025-10-11 上班 国庆节、中秋节"
    assert str(Row(day=date(2025, 1, 2), working=False)) == "2025-01-02 放假"
