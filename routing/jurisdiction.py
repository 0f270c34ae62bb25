"""Where a matter lies: districts and places of the gazetteer found in free text, never guessed."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Max, Sum
from django.db.models.functions import Length
from django.db.models.signals import post_delete, post_save

from hotline.organisation.models import District
from routing.models import Place

SHORTEST: Final = 2
DISTRICT: Final = "district"


@dataclass(frozen=True)
class Span:
    """A name in the text, and the districts it may mean."""

    word: str
    start: int
    end: int
    kind: str
    district_ids: tuple[int, ...]


@dataclass(frozen=True)
class Option:
    district_id: int
    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Places:
    """What the text says of the place: `best` is what the names agree on, be it only the county of two towns."""

    best: int | None
    options: tuple[Option, ...]
    spans: tuple[Span, ...]

    @property
    def ambiguous(self) -> bool:
        return len(self.options) > 1


@dataclass(frozen=True)
class Gazetteer:
    """Names by first character, longest first; districts as a tree."""

    names: Mapping[str, tuple[int, ...]]
    kinds: Mapping[str, str]
    lengths: Mapping[str, tuple[int, ...]]
    parents: Mapping[int, int | None]
    titles: Mapping[int, str]
    stamp: tuple[Any, ...] = field(default=(), compare=False)

    def chain(self, district_id: int) -> tuple[int, ...]:
        """The district and those around it, narrowest first."""
        found: list[int] = []
        here: int | None = district_id
        while here is not None and here not in found:
            found.append(here)
            here = self.parents.get(here)
        return tuple(found)

    def scan(self, text: str) -> list[Span]:
        """Names from left to right, the longest at each place; a name inside a longer one does not count."""
        spans: list[Span] = []
        position = 0
        while position < len(text):
            for length in self.lengths.get(text[position], ()):
                word = text[position : position + length]
                if word in self.names:
                    spans.append(Span(word, position, position + length, self.kinds[word], self.names[word]))
                    position += length - 1
                    break
            position += 1
        return spans

    def agree(self, spans: Sequence[Span]) -> Places:
        """The narrowest district that most names support; a tie between different places stays open.

        A district named outright counts twice: a road or an estate of that name may be missing in the gazetteer.
        """
        meanings = {span.word: span.district_ids for span in spans}
        support: dict[int, list[str]] = {}
        for candidate in sorted({district_id for ids in meanings.values() for district_id in ids}):
            line = set(self.chain(candidate))
            support[candidate] = [
                word
                for word, ids in meanings.items()
                if any(other in line or candidate in self.chain(other) for other in ids)
            ]
        if not support:
            return Places(None, (), tuple(spans))
        weight = {word: 2 if self.kinds[word] == DISTRICT else 1 for word in meanings}
        votes = {candidate: sum(weight[word] for word in words) for candidate, words in support.items()}
        leading = [candidate for candidate, count in votes.items() if count == max(votes.values())]
        outer = {above for candidate in leading for above in self.chain(candidate)[1:]}
        narrowest = [candidate for candidate in leading if candidate not in outer]
        options = tuple(Option(one, self.titles[one], tuple(support[one])) for one in narrowest)
        return Places(self._shared(narrowest), options, tuple(spans))

    def _shared(self, district_ids: Sequence[int]) -> int | None:
        """The one district, or the narrowest around all of them unless that is the whole city."""
        if len(district_ids) == 1:
            return district_ids[0]
        chains = [self.chain(district_id) for district_id in district_ids]
        common = [one for one in chains[0] if all(one in chain for chain in chains)]
        return next((one for one in common if self.parents.get(one) is not None), None)


def build(
    districts: Iterable[tuple[int, str, str, int | None]],
    places: Iterable[tuple[str, str, int]],
    stamp: tuple[Any, ...] = (),
) -> Gazetteer:
    """From rows (id, name, aliases, parent) and (name, kind, district)."""
    meanings: dict[str, dict[int, None]] = {}
    kinds: dict[str, str] = {}
    parents: dict[int, int | None] = {}
    titles: dict[int, str] = {}
    for district_id, title, aliases, parent_id in districts:
        parents[district_id], titles[district_id] = parent_id, title
        for name in (title, *aliases.replace(";", ";").split(";")):
            if len(name := name.strip()) >= SHORTEST:
                meanings.setdefault(name, {})[district_id] = None
                kinds[name] = DISTRICT
    for name, kind, district_id in places:
        if len(name) >= SHORTEST:
            meanings.setdefault(name, {})[district_id] = None
            kinds.setdefault(name, kind)
    lengths: dict[str, set[int]] = {}
    for name in meanings:
        lengths.setdefault(name[0], set()).add(len(name))
    return Gazetteer(
        names={name: tuple(ids) for name, ids in meanings.items()},
        kinds=kinds,
        lengths={first: tuple(sorted(all_, reverse=True)) for first, all_ in lengths.items()},
        parents=parents,
        titles=titles,
        stamp=stamp,
    )


_lock = threading.Lock()
_kept: Gazetteer | None = None


def _forget(**_: Any) -> None:
    global _kept
    _kept = None


for _model in (District, Place):
    post_save.connect(_forget, sender=_model, dispatch_uid=f"routing.forget.save.{_model.__name__}")
    post_delete.connect(_forget, sender=_model, dispatch_uid=f"routing.forget.delete.{_model.__name__}")


def _stamp() -> tuple[Any, ...]:
    """Changes of any process show here: counts, last ids and lengths of names (two queries)."""
    districts = District.objects.aggregate(
        n=Count("pk"),
        last=Max("pk"),
        latest=Max("name"),
        size=Sum(Length("name")),
        also=Sum(Length("aliases")),
    )
    places = Place.objects.aggregate(
        n=Count("pk"), last=Max("pk"), latest=Max("name"), size=Sum(Length("name"))
    )
    return (*districts.values(), *places.values())


def gazetteer() -> Gazetteer:
    """The index of names, built once a process and again when districts or places have changed."""
    global _kept
    stamp = _stamp()
    kept = _kept
    if kept is None or kept.stamp != stamp:
        with _lock:
            kept = build(
                District.objects.values_list("pk", "name", "aliases", "parent_id"),
                Place.objects.values_list("name", "kind", "district_id"),
                stamp,
            )
            _kept = kept
    return kept


def districts_in(text: str) -> Places:
    """The districts a text speaks of: one best, or several to choose from, with the words that say so."""
    index = gazetteer()
    return index.agree(index.scan(text))


class UnknownDistrict(ValueError):
    """A row of the gazetteer names a district that is not there."""


@transaction.atomic
def load_places(rows: Iterable[Mapping[str, str]]) -> int:
    """Fill the gazetteer from rows (name, kind, district_code); rows already there stay. Returns how many are new."""
    by_code = dict(District.objects.values_list("code", "pk"))
    known = set(Place.objects.values_list("name", "district_id"))
    fresh: dict[tuple[str, int], Place] = {}
    for row in rows:
        code = row["district_code"].strip()
        if code not in by_code:
            raise UnknownDistrict(f"地名“{row['name']}”的区划代码 {code} 不存在")
        key = (row["name"].strip(), by_code[code])
        if key not in known and key[0]:
            fresh[key] = Place(name=key[0], kind=row["kind"].strip(), district_id=key[1])
    Place.objects.bulk_create(fresh.values(), batch_size=500)
    _forget()
    return len(fresh)
