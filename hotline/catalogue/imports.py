"""Loading the category tree and the duty catalogue from rows (CSV or XLSX)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from hotline.catalogue.models import Category, Duty
from hotline.organisation.imports import BadRows, Row, numbered
from hotline.organisation.models import District, Unit


@transaction.atomic
def load_categories(rows: Iterable[Row]) -> int:
    """Columns code, name, parent_code; a parent stands before or after its children."""
    listed = numbered(rows, "code", "name", "parent_code")
    names = {row["code"]: row for _, row in listed}
    if problems := [
        (number, f"上级代码“{row['parent_code']}”不存在")
        for number, row in listed
        if row["parent_code"] and row["parent_code"] not in names
    ]:
        raise BadRows(problems)
    chains = {code: _chain(code, names) for code in names}
    Category.objects.bulk_create(
        [
            Category(code=code, name=names[code]["name"], depth=len(chain), full_name="/".join(chain))
            for code, chain in chains.items()
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "depth", "full_name"],
    )
    by_code = {category.code: category for category in Category.objects.all()}
    for code, row in names.items():
        by_code[code].parent = by_code[row["parent_code"]] if row["parent_code"] else None
    Category.objects.bulk_update([by_code[code] for code in names], ["parent"], batch_size=500)
    return len(listed)


def _chain(code: str, names: dict[str, Row]) -> list[str]:
    chain: list[str] = []
    seen: set[str] = set()
    while code:
        if code in seen:
            raise BadRows([(0, f"分类“{code}”的上级关系成环")])
        seen.add(code)
        chain.insert(0, names[code]["name"])
        code = names[code]["parent_code"]
    return chain


@transaction.atomic
def load_duties(rows: Iterable[Row]) -> int:
    """Columns category_code, district_code, lead_unit_code, co_unit_codes (;), legal_basis, valid_from, valid_to."""
    listed = numbered(rows, "category_code", "district_code", "lead_unit_code", "legal_basis", "valid_from")
    categories = dict(Category.objects.values_list("code", "pk"))
    districts = dict(District.objects.values_list("code", "pk"))
    units = dict(Unit.objects.values_list("code", "pk"))
    problems = []
    for number, row in listed:
        co = [code for code in row.get("co_unit_codes", "").split(";") if code]
        if row["category_code"] not in categories:
            problems.append((number, f"事项“{row['category_code']}”不存在"))
        if row["district_code"] and row["district_code"] not in districts:
            problems.append((number, f"区划“{row['district_code']}”不存在"))
        problems += [
            (number, f"单位“{code}”不存在") for code in [row["lead_unit_code"], *co] if code not in units
        ]
    if problems:
        raise BadRows(problems)
    have = {(duty.category_id, duty.district_id, duty.valid_from): duty for duty in Duty.objects.all()}
    made = []
    for _, row in listed:
        key = (
            categories[row["category_code"]],
            districts.get(row["district_code"]),
            date.fromisoformat(row["valid_from"]),
        )
        if key not in have:
            duty = Duty(
                category_id=key[0],
                district_id=key[1],
                valid_from=key[2],
                legal_basis=row["legal_basis"][:200],
                lead_id=units[row["lead_unit_code"]],
                valid_to=date.fromisoformat(row["valid_to"]) if row.get("valid_to") else None,
            )
            made.append((duty, [units[code] for code in row.get("co_unit_codes", "").split(";") if code]))
    Duty.objects.bulk_create([duty for duty, _ in made], batch_size=500)
    through = Duty.co_units.through
    through.objects.bulk_create(
        [through(duty_id=duty.pk, unit_id=unit_id) for duty, co in made for unit_id in co], batch_size=500
    )
    return len(listed)
