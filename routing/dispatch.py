"""分派建议: what matter it is, where, whose duty, how urgent, with reasons; a person or a threshold decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from django.core.exceptions import ValidationError

from hotline.catalogue.duties import duty_for
from hotline.catalogue.models import Category, Duty
from hotline.organisation.models import Unit
from hotline.organisation.structure import successor
from routing import registry, signals
from routing.classifier import Model
from routing.jurisdiction import DISTRICT, Gazetteer, Places, gazetteer

CATEGORIES: Final = 4  # shown
ASKED: Final = 8  # of the model, so that three different units can be found
MASKED: Final = frozenset({DISTRICT, "road", "estate", "village", "bridge"})  # names that say where, not what
UNITS: Final = 3
PRECISION: Final = "0.95"
UNTRAINED: Final = "尚未训练模型:请管理员运行 manage.py train_router"
EMPTY: Final = "内容为空,无法建议"


@dataclass(frozen=True)
class CategoryOption:
    category_id: int
    code: str
    name: str
    probability: float
    words: tuple[str, ...]
    chosen: bool = False  # by a person, not by the model


@dataclass(frozen=True)
class UnitOption:
    """A lead unit with its co-units, and why it: the clause of the catalogue, the words, the place."""

    unit_id: int
    name: str
    co_units: tuple[tuple[int, str], ...]
    category_id: int
    district_id: int | None
    legal_basis: str
    probability: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    categories: tuple[CategoryOption, ...]
    places: Places
    district_id: int | None
    units: tuple[UnitOption, ...]
    signals: signals.Signals
    sure: bool
    note: str  # why there is no (sure) proposal; empty when it is sure
    model_version: int | None

    @property
    def unit(self) -> UnitOption | None:
        return self.units[0] if self.units else None


def propose(
    title: str, text: str, *, district_id: int | None = None, category_id: int | None = None, on: date
) -> Proposal:
    """Categories, places and units for an appeal; `category_id` and `district_id` are what a person already chose."""
    index = gazetteer()
    whole = f"{title}\n{text}".strip()
    places = index.agree(index.scan(whole))
    place = district_id if district_id is not None else places.best
    service = registry.active()
    known = _categories(
        service.model if service else None, _what(index, title), _what(index, text), category_id
    )
    units = _units(known, _districts(place, places), index, places, on)
    categories = known[:CATEGORIES]
    found = _at_home(signals.read(text, title), places)
    note = _doubt(service, whole, categories, places, place, units, found)
    return Proposal(
        categories=categories,
        places=places,
        district_id=place,
        units=units,
        signals=found,
        sure=not note,
        note=note,
        model_version=service.version if service else None,
    )


def _what(index: Gazetteer, text: str) -> str:
    """The text with names of places blanked: 创业街道 says nothing of 创业; positions stay."""
    for span in index.scan(text):
        if span.kind in MASKED:
            text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
    return text


def _categories(model: Model | None, title: str, text: str, chosen: int | None) -> tuple[CategoryOption, ...]:
    """A person's choice first, then the model's, likeliest first (at most two queries)."""
    options: list[CategoryOption] = []
    if chosen is not None and (picked := Category.objects.filter(pk=chosen).first()):
        options.append(CategoryOption(picked.pk, picked.code, picked.full_name, 1.0, (), chosen=True))
    if model is None or not (title.strip() or text.strip()):
        return tuple(options)
    answers = model.predict(text, title, top=ASKED)
    rows = {row.code: row for row in Category.objects.filter(code__in=[answer.label for answer in answers])}
    for answer in answers:
        row = rows.get(answer.label)
        if row is None or row.retired_on is not None or row.pk == chosen:
            continue
        shown = len(options) < CATEGORIES
        spoken = model.explain(f"{title}\n{text}", answer.label, limit=4) if shown else []
        words = tuple(spoke.word for spoke in spoken)
        options.append(CategoryOption(row.pk, row.code, row.full_name, answer.probability, words))
    return tuple(options)


def _districts(place: int | None, places: Places) -> tuple[int | None, ...]:
    """Where to look for duties: the known place, else each place the text may mean, else the whole city."""
    if place is not None:
        return (place,)
    return tuple(option.district_id for option in places.options[:2]) or (None,)


def _units(
    categories: Sequence[CategoryOption],
    districts: Sequence[int | None],
    index: Gazetteer,
    places: Places,
    on: date,
) -> tuple[UnitOption, ...]:
    """Lead units by the duty catalogue, one option a unit: local duties first, then the city's own."""
    options: dict[int, UnitOption] = {}
    for category, district_id in _tries(categories, districts):
        if len(options) == UNITS:
            break
        chain = index.chain(district_id) if district_id is not None else ()
        duty = duty_for(category.category_id, chain, on=on)
        option = _option(duty, category, district_id, index, places, on) if duty else None
        if option:
            options.setdefault(option.unit_id, option)
    return tuple(options.values())


def _tries(
    categories: Sequence[CategoryOption], districts: Sequence[int | None]
) -> Iterable[tuple[CategoryOption, int | None]]:
    for category in categories:
        for district_id in districts:
            yield category, district_id
    for category in categories:
        if districts != (None,):
            yield category, None


def _option(
    duty: Duty,
    category: CategoryOption,
    district_id: int | None,
    index: Gazetteer,
    places: Places,
    on: date,
) -> UnitOption | None:
    """The duty as an option; closed units stand in for by their heirs, without heir there is none."""
    try:
        lead = successor(duty.lead, on=on)
    except ValidationError:
        return None
    where = duty.district.name if duty.district else "全市"
    reasons = [f"派单目录:{duty.category.name}({where})由{lead}主办", f"依据:{duty.legal_basis}"]
    if lead.pk != duty.lead_id:
        reasons.append(f"原主办单位{duty.lead}已并入{lead}")
    if category.chosen:
        reasons.append("事项由人选定")
    elif category.words:
        said = "".join(f"“{word}”" for word in category.words)
        reasons.append(f"文中{said}指向该事项(把握 {category.probability:.0%})")
    reasons.append(_place_reason(district_id, index, places))
    return UnitOption(
        unit_id=lead.pk,
        name=str(lead),
        co_units=_co_units(duty, lead, on),
        category_id=category.category_id,
        district_id=duty.district_id,
        legal_basis=duty.legal_basis,
        probability=category.probability,
        reasons=tuple(reasons),
    )


def _place_reason(district_id: int | None, index: Gazetteer, places: Places) -> str:
    if district_id is None:
        return "市级职责" if places.spans else "属地不明,按全市职责"
    name = index.titles.get(district_id, "")
    line = set(index.chain(district_id))
    words = [
        span.word
        for span in places.spans
        if any(district_id in index.chain(one) or one in line for one in span.district_ids)
    ]
    said = "、".join(dict.fromkeys(words))
    return f"地点:文中“{said}”在{name}" if said else f"地点:{name}(由人选定)"


def _co_units(duty: Duty, lead: Unit, on: date) -> tuple[tuple[int, str], ...]:
    found: dict[int, str] = {}
    for unit in duty.co_units.select_related("merged_into"):
        try:
            heir = successor(unit, on=on)
        except ValidationError:
            continue
        if heir.pk != lead.pk:
            found[heir.pk] = str(heir)
    return tuple(found.items())


def _at_home(found: signals.Signals, places: Places) -> signals.Signals:
    """A place of this city in the text outweighs the name of another."""
    if not places.spans:
        return found
    return replace(found, exits=tuple(one for one in found.exits if one.code != "outside"))


def _doubt(
    service: registry.InService | None,
    whole: str,
    categories: Sequence[CategoryOption],
    places: Places,
    place: int | None,
    units: Sequence[UnitOption],
    found: signals.Signals,
) -> str:
    """Why a person should decide; empty when the proposal may stand on its own."""
    if not whole:
        return EMPTY
    if service is None and not categories:
        return UNTRAINED
    if not categories:
        return "没有可用的事项建议"
    if not units:
        return "派单目录中没有该事项的有效职责"
    if found.exits:
        return "可能应分类告知:" + "、".join(one.name for one in found.exits)
    if found.sensitive:
        return "内容敏感,须由人决定:" + "、".join(one.name for one in found.sensitive)
    if place is None:
        return "地点不唯一,请确认属地" if places.options else "没有认出地点,请确认属地"
    best = categories[0]
    if not best.chosen and service is not None and not service.model.sure(best.probability, PRECISION):
        return f"把握不足({best.probability:.0%}),请派单员确认"
    return ""
