"""`manage.py limits` answers from the shipped files, without any database."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from hotline.deadlines.targets import ClockKind

ASKED = {"nature": "投诉", "at": "2025-09-30T16:00+08:00"}


def answer(**options):
    out = StringIO()
    call_command("limits", stdout=out, **(ASKED | options))  # no django_db mark: a query would fail the test
    return out.getvalue()


def test_json_is_one_object():
    shown = json.loads(answer(profile="default", urgency="普通", json=True))
    assert (shown["profile"], shown["version"]) == ("default", 1)
    assert list(shown["limits"]) == [kind.value for kind in ClockKind]
    assert shown["limits"]["sign"]["due_at"] == "2025-10-09T17:30:00+08:00"
    assert shown["limits"]["sign"]["warn_at"] == "2025-10-09T14:57:00+08:00"
    assert shown["limits"]["reply"]["due_at"] == "2025-10-21T17:30:00+08:00"
    assert shown["limits"]["reply"]["provisional"] is False
    assert "2025-10-01 至 10-08 国庆节、中秋节放假,不计" in shown["limits"]["reply"]["derivation"]


def test_utc_is_answered_on_the_citys_clock():
    shown = json.loads(answer(at="2025-09-30T08:00Z", json=True))
    assert shown["limits"]["reply"]["due_at"] == "2025-10-21T17:30:00+08:00"


def test_the_table_is_readable():
    text = answer()
    assert text.startswith("时限方案 default 第 1 版,投诉、普通")
    assert "签收:2025-10-09 17:30 届满,2025-10-09 14:57 预警\n" in text
    assert "回复:2027-01-14 17:30 届满,2027-01-11 17:03 预警(暂定)" in answer(at="2026-12-31T16:00+08:00")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"nature": ""}, "请用 --nature"),
        ({"nature": "牢骚"}, "没有“牢骚”这种诉求性质,应为 咨询"),
        ({"urgency": "特急"}, "没有“特急”这种紧急程度"),
        ({"profile": "../settings"}, "没有名为“../settings”的时限方案,现有:default"),
        ({"at": ""}, "请用 --at"),
        ({"at": "明天"}, "“明天”不是有效的时刻"),
        ({"at": "2025-09-30T16:00"}, "没有时区,请补上"),
        ({"at": "0001-01-01T00:00+08:00"}, "超出日历可计算的范围"),
        ({"at": "9999-12-31T23:00-08:00"}, "超出日历可计算的范围"),
        ({"at": "2099-12-31T23:00+08:00"}, "超出日历可计算的范围"),
        ({"at": "2105-09-30T16:00+08:00"}, "超出日历可计算的范围"),
    ],
)
def test_bad_input_is_answered_in_chinese(options, message):
    with pytest.raises(CommandError, match=message):
        answer(**options)
