"""Loading districts, units and people from rows (CSV or XLSX); a second run updates, nothing is deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction

from hotline.organisation import structure
from hotline.organisation.models import District, Level, Post, RankingGroup, Role, Unit, UnitKind, User

Row = Mapping[str, str]


class BadRows(Exception):
    """Every mistake of a file at once: (row number from 2, Chinese message); nothing was written."""

    def __init__(self, problems: list[tuple[int, str]]) -> None:
        super().__init__("\n".join(f"第 {number} 行:{text}" for number, text in problems))
        self.problems = problems


class _Problems:
    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []

    def add(self, number: int, text: str) -> None:
        self.found.append((number, text))

    def choice(
        self, number: int, row: Row, column: str, allowed: Iterable[str], *, empty: bool = False
    ) -> None:
        value = row.get(column, "")
        if not (empty and not value) and value not in set(allowed):
            self.add(number, f"{column}“{value}”不是可用的值")

    def raise_any(self) -> None:
        if self.found:
            raise BadRows(self.found)


def numbered(rows: Iterable[Row], *columns: str) -> list[tuple[int, Row]]:
    """(row number in the file, row); raises when a column is missing or the file is empty."""
    listed = [(number, row) for number, row in enumerate(rows, start=2)]
    if not listed:
        raise BadRows([(1, "文件没有数据行")])
    if missing := [column for column in columns if column not in listed[0][1]]:
        raise BadRows([(1, f"缺少列:{'、'.join(missing)}")])
    return listed


@transaction.atomic
def load_districts(rows: Iterable[Row]) -> int:
    """Columns code, name, level, parent_code, aliases; returns the number of rows."""
    listed, problems = numbered(rows, "code", "name", "level", "parent_code"), _Problems()
    known = {**dict(District.objects.values_list("code", "pk"))} | {row["code"]: 0 for _, row in listed}
    for number, row in listed:
        problems.choice(number, row, "level", Level.values)
        if row["parent_code"] and row["parent_code"] not in known:
            problems.add(number, f"上级代码“{row['parent_code']}”不存在")
    problems.raise_any()
    District.objects.bulk_create(
        [
            District(code=row["code"], name=row["name"], level=row["level"], aliases=row.get("aliases", ""))
            for _, row in listed
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "level", "aliases"],
    )
    by_code = {district.code: district for district in District.objects.all()}
    for _, row in listed:
        by_code[row["code"]].parent = by_code[row["parent_code"]] if row["parent_code"] else None
    District.objects.bulk_update([by_code[row["code"]] for _, row in listed], ["parent"], batch_size=500)
    return len(listed)


@transaction.atomic
def load_units(rows: Iterable[Row]) -> int:
    """Columns code, name, short_name, parent_code, level, group, kind, district_code, phone, duty_text."""
    listed, problems = numbered(rows, "code", "name", "parent_code", "level", "kind"), _Problems()
    districts = dict(District.objects.values_list("code", "pk"))
    known = set(Unit.objects.values_list("code", flat=True)) | {row["code"] for _, row in listed}
    for number, row in listed:
        problems.choice(number, row, "level", Level.values)
        problems.choice(number, row, "kind", UnitKind.values)
        problems.choice(number, row, "group", RankingGroup.values, empty=True)
        if row["parent_code"] and row["parent_code"] not in known:
            problems.add(number, f"上级编码“{row['parent_code']}”不存在")
        if row.get("district_code") and row["district_code"] not in districts:
            problems.add(number, f"区划代码“{row['district_code']}”不存在")
    problems.raise_any()
    fields = [
        "name",
        "short_name",
        "level",
        "ranking_group",
        "kind",
        "district",
        "phone",
        "duty_text",
        "requires_signoff",
    ]
    Unit.objects.bulk_create(
        [_unit(row, districts) for _, row in listed],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=fields,
    )
    by_code = {unit.code: unit for unit in Unit.objects.all()}
    for _, row in listed:
        by_code[row["code"]].parent = by_code[row["parent_code"]] if row["parent_code"] else None
    Unit.objects.bulk_update([by_code[row["code"]] for _, row in listed], ["parent"], batch_size=500)
    try:
        structure.place()
    except ValidationError as error:
        raise BadRows([(0, error.messages[0])]) from None
    return len(listed)


def _unit(row: Row, districts: dict[str, int]) -> Unit:
    return Unit(
        code=row["code"],
        name=row["name"],
        short_name=row.get("short_name") or row["name"],
        level=row["level"],
        ranking_group=row.get("group", ""),
        kind=row["kind"],
        district_id=districts.get(row.get("district_code", "")),
        phone=row.get("phone", ""),
        duty_text=row.get("duty_text", "")[:300],
        requires_signoff=row.get("requires_signoff", "") in {"1", "是", "true"},
    )


@transaction.atomic
def load_people(rows: Iterable[Row], *, password: str | None = None) -> int:
    """Columns username, full_name, role, unit_code, valid_from, valid_to, stand_in_for; one post a row.

    New people get `password` (None: none, they cannot log in until the administrator sets one).
    """
    listed, problems = numbered(rows, "username", "full_name", "role", "unit_code", "valid_from"), _Problems()
    units = dict(Unit.objects.values_list("code", "pk"))
    for number, row in listed:
        problems.choice(number, row, "role", Role.values)
        problems.choice(number, row, "unit_code", units)
        for column in ("valid_from", "valid_to"):
            if row.get(column) and _day(row[column]) is None:
                problems.add(number, f"{column}“{row[column]}”不是日期(如 2026-01-01)")
        if not row["valid_from"]:
            problems.add(number, "缺少任职起始日期")
    problems.raise_any()
    sealed = make_password(password)  # one hash for a whole file: argon2 is slow on purpose
    existing = set(User.objects.values_list("username", flat=True))
    names = {row["username"]: row for _, row in listed}
    User.objects.bulk_create(
        [
            User(
                username=name,
                full_name=row["full_name"],
                password=sealed,
                is_staff=row["role"] == Role.ADMINISTRATOR,
                is_superuser=row["role"] == Role.ADMINISTRATOR,
            )
            for name, row in names.items()
            if name not in existing
        ]
    )
    people = dict(User.objects.values_list("username", "pk"))
    Post.objects.bulk_create(
        [
            Post(
                user_id=people[row["username"]],
                unit_id=units[row["unit_code"]],
                role=row["role"],
                valid_from=_day(row["valid_from"]),
                valid_to=_day(row.get("valid_to", "")),
            )
            for _, row in listed
        ],
        ignore_conflicts=True,
    )
    _link_stand_ins(listed, people)
    return len(listed)


def _link_stand_ins(listed: list[tuple[int, Row]], people: dict[str, int]) -> None:
    posts = {(post.user_id, post.role): post for post in Post.objects.all()}
    changed = []
    for _, row in listed:
        principal = people.get(row.get("stand_in_for", ""))
        if principal is None:
            continue
        post, other = posts.get((people[row["username"]], row["role"])), posts.get((principal, row["role"]))
        if post is not None and other is not None:
            post.stand_in_for = other
            changed.append(post)
    Post.objects.bulk_update(changed, ["stand_in_for"])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
