"""Repeats of a matter: the same caller, the same place, the same words, and why each was matched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from django.db.models import Q

from hotline.tickets import search
from hotline.tickets.models import Ticket
from hotline.tickets.queries import TicketQuerySet
from hotline.tickets.states import TicketStatus
from routing.jurisdiction import DISTRICT, Gazetteer, gazetteer
from routing.text import Shingles, cosine, keywords, shingles

CANDIDATES: Final = 120
READ: Final = 600  # characters compared of each text
TITLE_WEIGHT: Final = 3
ALIKE: Final = 0.40  # content alone
ALIKE_THERE: Final = 0.25  # with the same place
ALIKE_CALLER: Final = 0.10  # with the same caller
FOR_CALLER: Final = 0.30
FOR_PLACE: Final = 0.15
_NO_LEAD = (TicketStatus.WITHDRAWN, TicketStatus.DISPOSED, TicketStatus.BUNDLED)


class Candidate(Protocol):
    """What comparing needs of a ticket."""

    pk: int
    number: str
    title: str
    text: str


@dataclass(frozen=True)
class Match:
    """疑似重复: a ticket that may be the same matter; `reasons` are for the reader."""

    ticket_id: int
    number: str
    title: str
    likeness: float
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Matter:
    """The new appeal, prepared once for many comparisons."""

    profile: Shingles
    places: frozenset[str]

    @classmethod
    def of(cls, title: str, text: str, index: Gazetteer) -> Matter:
        return cls(
            shingles(f"{title} " * TITLE_WEIGHT + text[:READ]), _names(f"{title} {text[:READ]}", index)
        )


def _names(text: str, index: Gazetteer) -> frozenset[str]:
    """Places finer than a district: half the city shares those."""
    return frozenset(span.word for span in index.scan(text) if span.kind != DISTRICT)


def compared(matter: Matter, candidate: Candidate, index: Gazetteer, *, same_caller: bool) -> Match | None:
    """The candidate as a match, or None when too little speaks for it."""
    other = Matter.of(candidate.title, candidate.text, index)
    likeness = cosine(matter.profile, other.profile)
    shared = sorted(matter.places & other.places)
    needed = ALIKE_CALLER if same_caller else ALIKE_THERE if shared else ALIKE
    if likeness < needed:
        return None
    reasons = []
    if same_caller:
        reasons.append("同一来电")
    if shared:
        reasons.append("同一地点:" + "、".join(shared))
    reasons.append(f"内容相似 {likeness:.0%}")
    score = likeness + FOR_CALLER * same_caller + FOR_PLACE * bool(shared)
    return Match(candidate.pk, candidate.number, candidate.title, likeness, score, tuple(reasons))


def similar(
    text: str,
    *,
    title: str = "",
    caller_digest: str | None = None,
    district_id: int | None = None,
    since: datetime | None = None,
    among: TicketQuerySet | None = None,
    limit: int = 5,
) -> list[Match]:
    """Lead tickets that may be the same matter, likeliest first.

    `among` is what the reader may see; without it restricted tickets are left out. `since` bounds how far back
    tickets that have ended are looked at. Another district than `district_id` is no repeat.
    """
    if not f"{title}{text}".strip():
        return []
    index = gazetteer()
    matter = Matter.of(title, text, index)
    rows = _leads(among, district_id, since)
    fields = ("pk", "number", "title", "text", "person__phone_digest")
    found: dict[int, Match] = {}
    near = search.matching_ids(" ".join(keywords(f"{title} {text[:READ]}")), limit=CANDIDATES, every=False)
    asked = Q(pk__in=near)
    if caller_digest:
        asked |= Q(person__phone_digest=caller_digest)
    for row in rows.filter(asked).order_by("-pk").values_list(*fields, named=True)[: CANDIDATES + 40]:
        same_caller = bool(caller_digest) and row.person__phone_digest == caller_digest
        match = compared(matter, row, index, same_caller=same_caller)
        if match:
            found[match.ticket_id] = match
    return _best(found.values(), limit)


def _leads(among: TicketQuerySet | None, district_id: int | None, since: datetime | None) -> TicketQuerySet:
    rows = Ticket.objects.filter(restricted=0) if among is None else among
    rows = rows.exclude(status__in=_NO_LEAD)
    if district_id is not None:
        rows = rows.filter(Q(district_id=district_id) | Q(district=None) | Q(district__parent_id=district_id))
    if since is not None:
        ended = (TicketStatus.ARCHIVED, TicketStatus.ANSWERED)
        rows = rows.exclude(status__in=ended, registered_at__lt=since)
    return rows


def _best(matches: Iterable[Match], limit: int) -> list[Match]:
    return sorted(matches, key=lambda match: (-match.score, -match.ticket_id))[:limit]
