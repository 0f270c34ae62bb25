"""Looking up the duty catalogue: category × district → the duty in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Q

from hotline.catalogue.models import Duty


def duty_for(category_id: int, district_ids: Sequence[int], *, on: date) -> Duty | None:
    """The most local duty in force on that day; `district_ids` from the narrowest to the widest place (one query)."""
    rows = (
        Duty.objects.filter(category_id=category_id, valid_from__lte=on)
        .filter(Q(valid_to=None) | Q(valid_to__gte=on))
        .filter(Q(district=None) | Q(district_id__in=district_ids))
        .select_related("lead", "lead__merged_into", "category", "district")
        .order_by("-valid_from", "pk")
    )
    rank = {district_id: position for position, district_id in enumerate(district_ids)}
    return min(rows, key=lambda duty: rank.get(duty.district_id or 0, len(rank)), default=None)
