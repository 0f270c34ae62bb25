"""Rules that read a text for its nature, urgency, exits and sensitive matter, with the words that spoke. Pure.

Urgency and sensitive matter err on the safe side: a needless alarm costs a glance, a missed one may cost a life.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from routing.signal_rules import (
    CHATTER,
    DANGERS,
    DISCIPLINE,
    ELSEWHERE,
    HELP,
    MINORS,
    NATURES,
    NOT_PUBLIC,
    NOW,
    ORDER,
    PASSING,
    PRAISE,
    PROGRESS,
    RESCUE,
    SECRET,
    STATUTORY,
    UNHAPPY,
    UNLAWFUL,
)

READ: Final = 8_000  # characters of one text that are read
LONG: Final = 150  # from here on a text tells a story, and its past dangers are not today's
NEARBY: Final = 30


@dataclass(frozen=True)
class Signal:
    """What was found (a kind of danger, an exit, a sensitive matter) and the words that say so."""

    code: str
    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Signals:
    nature: str
    nature_words: tuple[str, ...]
    urgent: bool
    dangers: tuple[Signal, ...]
    exits: tuple[Signal, ...]
    sensitive: tuple[Signal, ...]


def read(text: str, title: str = "") -> Signals:
    """All that the rules find in one appeal."""
    whole = f"{title}\n{text}"[:READ] if title else text[:READ]
    nature, nature_words = _nature(whole)
    dangers = tuple(_dangers(whole))
    sensitive = tuple(_sensitive(whole, dangers))
    return Signals(
        nature=nature,
        nature_words=nature_words,
        urgent=bool(dangers),
        dangers=dangers,
        exits=tuple(_exits(whole, dangers)),
        sensitive=sensitive,
    )


def _words(pattern: re.Pattern[str], text: str, limit: int = 4) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for match in pattern.finditer(text):
        found[match.group().strip()] = None
        if len(found) == limit:
            break
    return tuple(found)


def _found(text: str, rules: Iterable[tuple[str, tuple[str, re.Pattern[str]]]]) -> Iterable[Signal]:
    for code, (name, pattern) in rules:
        if words := _words(pattern, text):
            yield Signal(code, name, words)


def _dangers(text: str) -> Iterable[Signal]:
    """Dangers to life and property; in a long text a passing word counts only beside a word of the present."""
    for code, (name, pattern) in DANGERS.items():
        words: dict[str, None] = {}
        for match in pattern.finditer(text):
            around = text[max(0, match.start() - NEARBY) : match.end() + NEARBY]
            if len(text) < LONG or not PASSING.fullmatch(match.group()) or NOW.search(around):
                words[match.group()] = None
        if words:
            yield Signal(code, name, tuple(words)[:4])


def _nature(text: str) -> tuple[str, tuple[str, ...]]:
    """诉求性质: the nature whose words weigh most; help where nothing speaks."""
    scores = dict.fromkeys(ORDER, 0.0)
    spoke: dict[str, tuple[str, ...]] = {}
    for nature, rules in NATURES.items():
        for weight, pattern in rules:
            if words := _words(pattern, text, 3):
                scores[nature] += weight * (1 + 0.25 * (len(words) - 1))
                spoke[nature] = (*spoke.get(nature, ()), *words)
    if UNHAPPY.search(text):
        scores[PRAISE] -= 4
    best = max(ORDER, key=lambda nature: scores[nature])
    if scores[best] <= 0:
        return HELP, ()
    return best, spoke.get(best, ())


def _exits(text: str, dangers: tuple[Signal, ...]) -> Iterable[Signal]:
    """Codes of `hotline.catalogue.models.Exit` that may apply; a person decides."""
    rescue = [danger for danger in dangers if danger.code in RESCUE]
    if rescue and NOW.search(text):
        yield Signal(
            "emergency", "可能须移交 110/119/120/122", tuple(w for danger in rescue for w in danger.words)
        )
    yield from _found(
        text,
        (
            ("statutory", ("可能应走诉讼、仲裁、复议、信访等法定渠道", STATUTORY)),
            ("in_progress", ("可能是同一事项的催问", PROGRESS)),
            ("secret", ("可能涉及秘密或他人隐私", SECRET)),
            ("not_public", ("可能不属于政务服务", NOT_PUBLIC)),
            ("unlawful", ("可能违反法律或公序良俗", UNLAWFUL)),
            ("outside", ("可能不在本市", ELSEWHERE)),
            ("discipline", ("公职人员检举控告,告知 12388", DISCIPLINE)),
        ),
    )
    if CHATTER.fullmatch(text.strip()):
        yield Signal("no_substance", "没有实质内容", (text.strip()[:20],))


def _sensitive(text: str, dangers: tuple[Signal, ...]) -> Iterable[Signal]:
    yield from _found(
        text, (("discipline", ("公职人员检举控告", DISCIPLINE)), ("minors", ("未成年人", MINORS)))
    )
    names = {"self_harm": "自伤轻生", "mass": "涉稳"}
    codes = {"self_harm": "self_harm", "mass": "stability"}
    for danger in dangers:
        if danger.code in codes:
            yield Signal(codes[danger.code], names[danger.code], danger.words)
