"""The files of the invented city agree with one another; no database is needed."""

import csv
import re
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

CITY = Path(__file__).resolve().parents[2] / "hotline" / "simulation" / "city"

HEADERS = {
    "districts": ["code", "name", "level", "parent_code", "aliases"],
    "gazetteer": ["name", "kind", "district_code"],
    "units": [
        "code", "name", "short_name", "parent_code", "level", "group", "kind", "district_code", "phone", "duty_text",
    ],
    "duties": [
        "category_code", "district_code", "lead_unit_code", "co_unit_codes", "legal_basis", "valid_from", "valid_to",
    ],
    "users": ["username", "full_name", "role", "unit_code", "valid_from", "valid_to", "stand_in_for"],
    "contacts": ["name", "phone", "sex", "district_code"],
    "categories": ["code", "name", "parent_code"],
}  # fmt: skip

KEYS = {
    "districts": ("code",),
    "gazetteer": ("name", "kind", "district_code"),
    "units": ("code",),
    "duties": ("category_code", "district_code", "valid_from"),
    "users": ("username",),
    "contacts": ("phone",),
    "categories": ("code",),
}

ROLES = {
    "agent", "dispatcher", "auditor", "callback_agent", "shift_leader", "liaison", "section", "handler", "head",
    "supervisor", "inspector", "leader", "secretary", "analyst", "evaluator", "observer", "knowledge_editor",
    "administrator",
}  # fmt: skip

EASY_NAMES = {
    "agent1": "agent", "dispatcher1": "dispatcher", "auditor1": "auditor", "callback1": "callback_agent",
    "shift1": "shift_leader", "liaison1": "liaison", "handler1": "handler", "head1": "head", "section1": "section",
    "supervisor1": "supervisor", "inspector1": "inspector", "leader1": "leader", "secretary1": "secretary",
    "analyst1": "analyst", "evaluator1": "evaluator", "observer1": "observer", "editor1": "knowledge_editor",
    "admin1": "administrator", "county_agent1": "agent", "county_dispatcher1": "dispatcher",
    "county_auditor1": "auditor", "town_liaison1": "liaison",
}  # fmt: skip


@cache
def table(name):
    with open(CITY / f"{name}.csv", encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


@cache
def by_code(name):
    return {row["code"]: row for row in table(name)}


def leaves():
    return {row["code"] for row in table("categories") if len(row["code"]) == 6}


def units_of(duty):
    return [duty["lead_unit_code"], *filter(None, duty["co_unit_codes"].split(";"))]


@cache
def role_holders():
    """Posts that somebody holds in his own right, without an end, per unit and role."""
    return Counter(
        (row["unit_code"], row["role"])
        for row in table("users")
        if not row["valid_to"] and not row["stand_in_for"]
    )


def ancestors(units, code):
    seen = []
    while code:
        assert code not in seen, f"cycle at {code}"
        seen.append(code)
        code = units[code]["parent_code"]
    return seen[1:]


@pytest.mark.parametrize("name", HEADERS)
def test_file_is_plain_utf8_with_its_header(name):
    raw = (CITY / f"{name}.csv").read_bytes()
    assert b"\r" not in raw
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert raw.endswith(b"\n")
    assert raw.decode("utf-8").splitlines()[0].split(",") == HEADERS[name]
    for row in table(name):
        assert None not in row, f"too many fields: {row}"
        assert None not in row.values(), f"too few fields: {row}"
        assert all(value == value.strip() for value in row.values()), row


@pytest.mark.parametrize("name", KEYS)
def test_no_row_twice(name):
    counts = Counter(tuple(row[key] for key in KEYS[name]) for row in table(name))
    assert [key for key, n in counts.items() if n > 1] == []


def test_sizes():
    levels = Counter(row["level"] for row in table("districts"))
    assert levels["city"] == 1
    assert levels["county"] >= 11
    assert levels["town"] >= 66
    assert levels["village"] >= 5
    groups = Counter(row["group"] for row in table("units"))
    assert groups["县区"] == levels["county"]
    assert groups["市直部门"] + groups["公共服务企业"] >= 40
    assert groups["乡镇街道"] >= 60
    assert len(table("gazetteer")) >= 500
    assert len(table("contacts")) == 300
    assert len(leaves()) == 288


def test_districts_nest_by_code():
    districts = by_code("districts")
    length = {"city": 6, "county": 6, "town": 9, "village": 12}
    above = {"county": "city", "town": "county", "village": "town"}
    for row in table("districts"):
        assert len(row["code"]) == length[row["level"]], row
        if row["level"] == "city":
            assert row["parent_code"] == ""
            continue
        assert districts[row["parent_code"]]["level"] == above[row["level"]], row
        if row["level"] != "county":
            assert row["code"].startswith(row["parent_code"]), row


def test_sibling_districts_have_different_names_and_aliases():
    for key in {row["parent_code"] for row in table("districts")}:
        words = Counter(
            word
            for row in table("districts")
            if row["parent_code"] == key
            for word in {row["name"], *filter(None, row["aliases"].split(";"))}
        )
        assert [word for word, n in words.items() if n > 1] == []


def test_unit_tree():
    units, districts = by_code("units"), by_code("districts")
    assert [code for code, row in units.items() if not row["parent_code"]] == ["LL"]
    kinds = {"government", "centre", "county_office", "unit", "section", "company", "inspection"}
    groups = {"", "县区", "市直部门", "公共服务企业", "乡镇街道"}
    for code, row in units.items():
        assert "LL" in [code, *ancestors(units, code)]
        assert row["kind"] in kinds
        assert row["group"] in groups
        assert row["level"] in {"city", "county", "town", "village"}
        assert districts[row["district_code"]]["level"] == row["level"], row
        assert row["duty_text"]
    assert len({row["name"] for row in units.values()}) == len(units)


def test_units_lie_in_the_district_of_their_government():
    units, districts = by_code("units"), by_code("districts")
    for code, row in units.items():
        governments = [a for a in ancestors(units, code) if units[a]["kind"] == "government"]
        if governments and governments[0] != "LL":
            inside = ancestors(districts, row["district_code"])
            assert units[governments[0]]["district_code"] in [row["district_code"], *inside], code


def test_every_county_has_its_office_departments_and_towns():
    for government in [row for row in table("units") if row["group"] == "县区"]:
        below = [row for row in table("units") if row["parent_code"] == government["code"]]
        kinds = Counter((row["kind"], row["level"]) for row in below)
        assert government["kind"] == "government"
        assert kinds["county_office", "county"] == 1
        assert kinds["unit", "county"] >= 10
        assert kinds["unit", "town"] >= 5


def test_every_city_department_has_two_or_three_sections():
    sections = Counter(row["parent_code"] for row in table("units") if row["kind"] == "section")
    departments = {row["code"] for row in table("units") if row["group"] in {"市直部门", "公共服务企业"}}
    assert set(sections) == departments
    assert set(sections.values()) <= {2, 3}
    assert departments == {
        row["code"] for row in table("units") if row["level"] == "city" and row["kind"] == "unit"
    }


def test_every_leaf_has_a_city_wide_duty():
    assert {duty["category_code"] for duty in table("duties") if not duty["district_code"]} == leaves()


def test_territorial_leaves_have_one_duty_a_county():
    counties = {row["code"] for row in table("districts") if row["level"] == "county"}
    local = {}
    for duty in table("duties"):
        if duty["district_code"]:
            local.setdefault(duty["category_code"], set()).add(duty["district_code"])
    assert len(local) >= 120
    assert all(places == counties for places in local.values())


def test_duties_resolve_and_never_fall_on_towns():
    units = by_code("units")
    for duty in table("duties"):
        named = units_of(duty)
        assert len(named) == len(set(named)), duty
        for code in named:
            assert units[code]["kind"] in {"unit", "government", "county_office", "inspection"}, duty
            assert units[code]["level"] not in {"town", "village"}, duty
            if duty["district_code"]:
                assert units[code]["district_code"] == duty["district_code"], duty
            else:
                assert units[code]["level"] == "city", duty
        assert duty["legal_basis"]
        assert date.fromisoformat(duty["valid_from"]) == date(2023, 1, 1)
        assert duty["valid_to"] == ""


def test_every_receiving_unit_has_its_people():
    named = {code for duty in table("duties") for code in units_of(duty)}
    receiving = named | {row["code"] for row in table("units") if row["kind"] in {"unit", "county_office"}}
    missing = [
        (code, role)
        for code in sorted(receiving)
        for role in ("liaison", "handler", "head")
        if not role_holders()[code, role]
    ]
    assert missing == []


def test_sections_and_county_offices_are_staffed():
    for row in table("units"):
        if row["kind"] == "section":
            assert role_holders()[row["code"], "section"] >= 1
        if row["kind"] == "county_office":
            assert all(role_holders()[row["code"], role] for role in ("agent", "dispatcher", "auditor"))


def test_users_resolve():
    users, units = {row["username"]: row for row in table("users")}, by_code("units")
    for row in table("users"):
        assert re.fullmatch(r"[a-z][a-z0-9_.]*", row["username"])
        assert row["role"] in ROLES
        assert row["unit_code"] in units
        start = date.fromisoformat(row["valid_from"])
        if row["valid_to"]:
            assert date.fromisoformat(row["valid_to"]) > start
        if row["stand_in_for"]:
            other = users[row["stand_in_for"]]
            assert other["username"] != row["username"]
            assert (other["role"], other["unit_code"]) == (row["role"], row["unit_code"])
    assert {row["role"] for row in table("users")} == ROLES
    assert len({row["full_name"] for row in table("users")}) == len(users)


def test_one_easily_named_account_a_role():
    users = {row["username"]: row for row in table("users")}
    assert {name: users[name]["role"] for name in EASY_NAMES} == EASY_NAMES
    units = by_code("units")
    assert users["liaison1"]["unit_code"] == "LL-CGJ"
    assert units[users["section1"]["unit_code"]]["parent_code"] == "LL-CGJ"
    assert {users[f"county_{role}1"]["unit_code"] for role in ("agent", "dispatcher", "auditor")} == {
        "LL-YL-RX"
    }
    town = units[users["town_liaison1"]["unit_code"]]
    assert (town["level"], town["parent_code"]) == ("town", "LL-YL")


def test_company_people_only_answer_and_call_back():
    companies = {row["code"] for row in table("units") if row["kind"] == "company"}
    roles = {row["role"] for row in table("users") if row["unit_code"] in companies}
    assert "agent" in roles
    assert roles <= {"agent", "callback_agent", "shift_leader"}


def test_places_resolve_and_some_names_are_ambiguous():
    districts = by_code("districts")
    places = {}
    for row in table("gazetteer"):
        assert row["kind"] in {"road", "estate", "village", "school", "hospital", "market", "park", "bridge"}
        county = [row["district_code"], *ancestors(districts, row["district_code"])][-2:][0]
        places.setdefault((row["name"], row["kind"]), set()).add(county)
    assert len(places["人民路", "road"]) >= 2
    assert sum(len(counties) > 1 for counties in places.values()) >= 5


def test_telephone_numbers_are_fictional():
    for row in table("contacts"):
        assert re.fullmatch(r"1990000\d{4}", row["phone"])
        assert re.fullmatch(r".(先生|女士)", row["name"])
        assert row["sex"] == ("male" if row["name"].endswith("先生") else "female")
        assert row["district_code"] in by_code("districts")
    assert all(re.fullmatch(r"0190-555\d{4}", row["phone"]) for row in table("units"))
