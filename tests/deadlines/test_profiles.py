"""Reading and checking limit profiles."""

import json
from copy import deepcopy
from itertools import product

import pytest

from hotline.deadlines import shipped
from hotline.deadlines.calendar import BadRules
from hotline.deadlines.profiles import NATURES, URGENCIES, Amount, ClockKind, Profile, read_document
from hotline.tickets import states

DEFAULT = shipped.document("default")


def changed(**changes):
    return deepcopy(DEFAULT) | changes


def with_rule(kind, **amount):
    """The default with its ordinary rule of one kind replaced."""
    document = deepcopy(DEFAULT)
    [rule] = [
        rule for rule in document["rules"] if rule["kind"] == kind and rule.get("urgencies") == ["普通"]
    ]
    rule.pop("working_days")
    rule |= amount
    return document


def faults_of(document):
    with pytest.raises(BadRules) as caught:
        Profile.parse(document)
    return "\n".join(caught.value.messages)


def test_the_default_profile_is_that_of_the_loop_issue():
    profile = shipped.profile("default")
    normal = {
        (kind.value, nature): profile.amount(kind, nature, "普通")
        for kind, nature in product(ClockKind, NATURES)
    }
    for nature, reply in zip(NATURES, (3, 5, 10, 10, 5, 1), strict=True):
        row = {kind.value: normal[kind.value, nature].working_days for kind in ClockKind}
        expected = {
            "sign": 1,
            "contact": 1,
            "return": 1,
            "reply": reply,
            "audit": 1,
            "callback": 3,
            "redo": 3,
        }
        assert row == expected, nature
        urgent = {kind.value: profile.amount(kind, nature, "紧急") for kind in ClockKind}
        assert {kind: amount.minutes for kind, amount in urgent.items() if amount.minutes} == {
            "sign": 30,
            "contact": 120,
            "return": 1440,
            "reply": 1440,
        }
    assert profile.warn_fraction == 0.7
    assert profile.child_lead == {"普通": Amount(working_days=1), "紧急": Amount(minutes=120)}


def test_the_words_are_those_of_the_ticket_states():
    assert set(NATURES) == {str(nature) for nature in states.Nature}
    assert set(URGENCIES) == {str(urgency) for urgency in states.Urgency}


def test_every_kind_has_a_chinese_label():
    assert [kind.label for kind in ClockKind] == ["签收", "首次联系", "退单", "回复", "审核", "回访", "重办"]


def test_json_and_toml_are_read_alike():
    assert read_document(json.dumps(DEFAULT)) == DEFAULT
    for text in ("{", "name = ", "[" * 9, '{"a":' * 100_000):
        with pytest.raises(BadRules, match="不是有效的"):
            read_document(text)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rules": None}, "缺少 签收·咨询·普通 的时限"),
        ({"rules": ["x"]}, "第 1 条规则:应为一组"),
        ({"rules": [{"kind": "nap", "minutes": 1}]}, "kind 应为 sign、contact"),
        ({"rules": [{"kind": "sign", "minutes": 1, "natures": ["牢骚"]}]}, "natures 只能从 咨询"),
        ({"rules": [{"kind": "sign", "minutes": 1, "urgencies": "普通"}]}, "urgencies 只能从 普通、紧急"),
        ({"rules": [{"kind": "sign", "minutes": 1, "urgencies": 3}]}, "urgencies 只能从"),
        ({"rules": [*DEFAULT["rules"], {"kind": "redo", "minutes": 9}]}, "重办·咨询·普通 重复规定"),
        ({"rules": [{"kind": "sign"}]}, "应写且只写一个"),
        ({"rules": [{"kind": "sign", "minutes": 1, "working_days": 1}]}, "应写且只写一个"),
        ({"rules": [{"kind": "sign", "working_days": 0}]}, "1 至 250 的整数,不能是 0"),
        ({"rules": [{"kind": "sign", "minutes": True}]}, "1 至 525600 的整数"),
        ({"rules": [{"kind": "sign", "minutes": 1.5}]}, "1 至 525600 的整数"),
        ({"rules": [{"kind": "sign", "working_days": 251}]}, "1 至 250 的整数"),
        ({"child_lead": None}, "缺少普通件的下级提前量"),
        ({"child_lead": {"普通": 3, "紧急": {"minutes": 1}}}, "缺少普通件的下级提前量"),
        (
            {"child_lead": {"普通": {"working_days": 0}, "紧急": {"minutes": 1}}},
            "普通件的下级时限必须早于上级",
        ),
        (
            {"child_lead": {"普通": {"working_days": 1}, "紧急": {"minutes": -5}}},
            "紧急件的下级时限必须早于上级",
        ),
        ({"name": " "}, "name 不能为空"),
        ({"name": "长" * 51}, "name 不能为空,最多 50 字"),
        ({"source": 3}, "source 不能为空"),
        ({"version": 0}, "version 应为"),
        ({"version": True}, "version 应为"),
        ({"warn_fraction": 1.0}, "warn_fraction"),
        ({"warn_fraction": 70}, "warn_fraction"),
        ({"valid_from": "明天"}, "valid_from"),
    ],
)
def test_faulty_profiles_are_refused(changes, message):
    assert message in faults_of(changed(**changes))


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (with_rule("sign", working_days=4), "签收·咨询·普通 的 4 个工作日可能晚于回复的 3 个工作日"),
        (with_rule("contact", minutes=3 * 1440), "首次联系·咨询·普通 的 72 小时可能晚于"),
        (with_rule("sign", minutes=1051), "签收·表扬·普通 的 1051 分钟可能晚于回复的 1 个工作日"),
    ],
)
def test_a_step_must_not_outlast_the_reply(document, message):
    assert message in faults_of(document)


def test_steps_inside_the_reply_are_accepted():
    assert (
        Profile.parse(with_rule("sign", minutes=1050)).amount(ClockKind.SIGN, "表扬", "普通").minutes == 1050
    )


def test_days_may_outlast_any_minutes():
    assert Amount(working_days=1).may_exceed(Amount(minutes=10**6))
    assert not Amount(minutes=30).may_exceed(Amount(minutes=30))


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Amount(working_days=3), "3 个工作日"),
        (Amount(minutes=30), "30 分钟"),
        (Amount(minutes=120), "2 小时"),
        (Amount(minutes=90), "90 分钟"),
    ],
)
def test_amounts_are_told_in_chinese(amount, text):
    assert amount.text == text


@pytest.mark.parametrize(
    ("nature", "urgency", "message"), [("牢骚", "普通", "牢骚"), ("咨询", "特急", "特急")]
)
def test_unknown_words_are_refused(nature, urgency, message):
    with pytest.raises(BadRules, match=message):
        shipped.profile("default").amount(ClockKind.SIGN, nature, urgency)


def test_an_unknown_profile_is_refused_with_the_known_ones():
    with pytest.raises(BadRules, match="没有名为“nope”的时限方案,现有:default"):
        shipped.profile("nope")
