"""The tree of units: placing, merging, closing, and the frozen ancestors of an assignment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from hotline.organisation.models import Level, Unit, UnitKind


@dataclass(frozen=True)
class Ancestors:
    """Unit ids above (or equal to) a unit that see its work, frozen at dispatch."""

    city: int | None
    county: int | None
    town: int | None


def ancestors_of(unit: Unit) -> Ancestors:
    """City: the city-level department above it; county: the county government; town: the town (one query)."""
    found: dict[str, int] = {}
    for above in Unit.objects.filter(pk__in=unit.ancestor_ids()).order_by("path"):
        if above.parent_id is None:
            continue
        if above.level == Level.CITY:
            found.setdefault("city", above.pk)
        elif above.level == Level.COUNTY and above.kind == UnitKind.GOVERNMENT:
            found.setdefault("county", above.pk)
        elif above.level == Level.TOWN:
            found.setdefault("town", above.pk)
    return Ancestors(found.get("city"), found.get("county"), found.get("town"))


@transaction.atomic
def place(units: Iterable[Unit] | None = None) -> int:
    """Recompute the paths of all units from their parents; returns how many changed. A cycle raises."""
    rows = {unit.pk: unit for unit in (units or Unit.objects.all())}
    changed = []
    for unit in rows.values():
        chain: list[int] = []
        node: Unit | None = unit
        while node is not None:
            if node.pk in chain:
                raise ValidationError(f"单位“{unit.name}”的上级关系成环")
            chain.append(node.pk)
            node = rows.get(node.parent_id) if node.parent_id else None
        path = "/" + "/".join(str(pk) for pk in reversed(chain)) + "/"
        if unit.path != path:
            unit.path = path
            changed.append(unit)
    Unit.objects.bulk_update(changed, ["path"], batch_size=500)
    return len(changed)


def successor(unit: Unit, *, on: date) -> Unit:
    """The unit itself, or the heir after mergers; raises when it was closed without one."""
    seen: set[int] = set()
    while unit.closed_on is not None and unit.closed_on <= on:
        if unit.merged_into is None or unit.pk in seen:
            raise ValidationError(f"“{unit.name}”已于 {unit.closed_on} 撤销,请另选承办单位")
        seen.add(unit.pk)
        unit = unit.merged_into
    return unit
