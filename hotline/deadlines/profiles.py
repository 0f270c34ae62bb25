"""Limit profiles 时限方案: how long each step may take, read from TOML or JSON and checked. Pure."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import product
from types import MappingProxyType
from typing import Any

from .calendar import BadRules

NATURES = ("咨询", "求助", "投诉", "举报", "建议", "表扬")
NORMAL, URGENT = URGENCIES = ("普通", "紧急")
PRAISE = "表扬"
LONGEST = {"working_days": 250, "minutes": 365 * 24 * 60}  # a year: more is a slip of the pen
LONGEST_TEXT = {"name": 50, "source": 2000}


class ClockKind(StrEnum):
    """What a clock 时限 measures; `redo` limits the reply of a redo round."""

    SIGN = "sign"
    CONTACT = "contact"
    RETURN = "return"
    REPLY = "reply"
    AUDIT = "audit"
    CALLBACK = "callback"
    REDO = "redo"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    ClockKind.SIGN: "签收",
    ClockKind.CONTACT: "首次联系",
    ClockKind.RETURN: "退单",
    ClockKind.REPLY: "回复",
    ClockKind.AUDIT: "审核",
    ClockKind.CALLBACK: "回访",
    ClockKind.REDO: "重办",
}
INNER = (ClockKind.SIGN, ClockKind.CONTACT, ClockKind.RETURN)  # steps inside the time of the reply


@dataclass(frozen=True, slots=True)
class Amount:
    """A length of time: whole working days by the calendar, or minutes around the clock 24×7; exactly one is set."""

    working_days: int = 0
    minutes: int = 0
    note: str = ""

    @property
    def text(self) -> str:
        if self.working_days:
            return f"{self.working_days} 个工作日"
        return f"{self.minutes // 60} 小时" if self.minutes % 60 == 0 else f"{self.minutes} 分钟"

    def may_exceed(self, other: "Amount") -> bool:
        """Whether this limit can end after `other` started at the same instant."""
        if self.working_days:
            return bool(other.minutes) or self.working_days > other.working_days
        return self.minutes > (other.minutes or other.shortest_minutes())

    def shortest_minutes(self) -> int:
        """The least clock time n working days leave: dispatched just before midnight, next day is the first."""
        return (self.working_days - 1) * 24 * 60 + 17 * 60 + 30


Cell = tuple[ClockKind, str, str]


@dataclass(frozen=True, eq=False)
class Profile:
    """A limit profile 时限方案 in one version: an Amount for every kind × nature × urgency."""

    name: str
    version: int
    valid_from: date
    source: str
    warn_fraction: float
    amounts: Mapping[Cell, Amount]
    child_lead: Mapping[str, Amount]  # by urgency: how long before its parent a child's limit ends

    def amount(self, kind: ClockKind, nature: str, urgency: str) -> Amount:
        try:
            return self.amounts[kind, nature, urgency]
        except KeyError:
            raise BadRules(*_unknown(nature, urgency)) from None

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> "Profile":
        """The profile of a document; BadRules names all that is missing, doubled or out of order."""
        amounts, faults = _amounts(document.get("rules"))
        lead = _child_lead(document.get("child_lead"), faults)
        faults += _order_faults(amounts)
        name, source = (_text(document, key, faults) for key in ("name", "source"))
        version = _whole(document, "version", faults)
        warn = _warn_fraction(document.get("warn_fraction"), faults)
        valid_from = _valid_from(document.get("valid_from"), faults)
        if faults:
            raise BadRules(*faults)
        return cls(name, version, valid_from, source, warn, MappingProxyType(amounts), MappingProxyType(lead))


def read_document(text: str) -> dict[str, Any]:
    """The document in a TOML or JSON text (JSON when it opens with a brace); BadRules when it is neither."""
    try:
        document = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadRules(f"时限方案不是有效的 TOML 或 JSON:{error}") from None
    assert isinstance(document, dict)  # noqa: S101  both readers give an object here
    return document


def _amounts(rules: object) -> tuple[dict[Cell, Amount], list[str]]:
    """Every cell of the table, each given by exactly one rule."""
    amounts: dict[Cell, Amount] = {}
    faults: list[str] = []
    for number, rule in enumerate(rules if isinstance(rules, list) else [], 1):
        try:
            cells, amount = _rule(rule)
        except BadRules as error:
            faults += [f"第 {number} 条规则:{message}" for message in error.messages]
            continue
        faults += [f"第 {number} 条规则:{_cell_text(cell)} 重复规定" for cell in cells if cell in amounts]
        amounts |= dict.fromkeys(cells, amount)
    if not faults:
        every = product(ClockKind, NATURES, URGENCIES)
        faults += [f"缺少 {_cell_text(cell)} 的时限" for cell in every if cell not in amounts]
    return amounts, faults


def _rule(rule: object) -> tuple[list[Cell], Amount]:
    if not isinstance(rule, dict):
        raise BadRules("应为一组“名称 = 值”")
    kind = rule.get("kind")
    if kind not in set(ClockKind):
        raise BadRules(f"kind 应为 {'、'.join(ClockKind)} 之一,不能是“{kind}”")
    natures = _chosen(rule, "natures", NATURES)
    urgencies = _chosen(rule, "urgencies", URGENCIES)
    return list(product((ClockKind(kind),), natures, urgencies)), _amount(rule)


def _chosen(rule: Mapping[str, Any], key: str, known: Sequence[str]) -> Sequence[str]:
    chosen = rule.get(key, known)
    if not isinstance(chosen, Sequence) or isinstance(chosen, str) or not set(chosen) <= set(known):
        raise BadRules(f"{key} 只能从 {'、'.join(known)} 中选取")
    return chosen


def _amount(given: Mapping[str, Any]) -> Amount:
    lengths = {key: given[key] for key in LONGEST if key in given}
    if len(lengths) != 1:
        raise BadRules("working_days 与 minutes 应写且只写一个")
    for key, value in lengths.items():
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= LONGEST[key]:
            raise BadRules(f"{key} 应为 1 至 {LONGEST[key]} 的整数,不能是 {value}")
    return Amount(**lengths, note=str(given.get("note", "")))


def _child_lead(given: object, faults: list[str]) -> dict[str, Amount]:
    """A lead of nothing or less would let the child's limit end with or after its parent's."""
    lead: dict[str, Amount] = {}
    table = given if isinstance(given, dict) else {}
    for urgency in URGENCIES:
        try:
            lead[urgency] = _amount(table[urgency])
        except (KeyError, TypeError):
            faults.append(f"缺少{urgency}件的下级提前量 child_lead")
        except BadRules as error:
            faults += [f"{urgency}件的下级时限必须早于上级:{message}" for message in error.messages]
    return lead


def _order_faults(amounts: Mapping[Cell, Amount]) -> list[str]:
    faults = []
    for kind, nature, urgency in product(INNER, NATURES, URGENCIES):
        inner, reply = amounts.get((kind, nature, urgency)), amounts.get((ClockKind.REPLY, nature, urgency))
        if inner and reply and inner.may_exceed(reply):
            cell = _cell_text((kind, nature, urgency))
            faults.append(f"{cell} 的 {inner.text}可能晚于回复的 {reply.text}")
    return faults


def _text(document: Mapping[str, Any], key: str, faults: list[str]) -> str:
    value = document.get(key)
    if isinstance(value, str) and 0 < len(value.strip()) <= LONGEST_TEXT[key]:
        return value.strip()
    faults.append(f"{key} 不能为空,最多 {LONGEST_TEXT[key]} 字")
    return ""


def _whole(document: Mapping[str, Any], key: str, faults: list[str]) -> int:
    value = document.get(key)
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    faults.append(f"{key} 应为不小于 1 的整数")
    return 0


def _warn_fraction(value: object, faults: list[str]) -> float:
    if isinstance(value, float) and 0 < value < 1:
        return value
    faults.append("warn_fraction 应为 0 与 1 之间的小数")
    return 0.0


def _valid_from(value: object, faults: list[str]) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        faults.append("valid_from 应写成 2025-10-01 的样子")
        return date.min


def _cell_text(cell: Cell) -> str:
    kind, nature, urgency = cell
    return f"{kind.label}·{nature}·{urgency}"


def _unknown(nature: str, urgency: str) -> list[str]:
    faults = []
    if nature not in NATURES:
        faults.append(f"没有“{nature}”这种诉求性质,应为 {'、'.join(NATURES)} 之一")
    if urgency not in URGENCIES:
        faults.append(f"没有“{urgency}”这种紧急程度,应为 {'、'.join(URGENCIES)} 之一")
    return faults
