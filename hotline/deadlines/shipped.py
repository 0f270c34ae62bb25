"""The calendar and the profiles that ship with the software, read from files without any database."""

import json
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from .calendar import BadRules, SpecialDay, WorkCalendar
from .days import check_days, read_days
from .profiles import Profile, read_document

DATA = Path(__file__).parent / "data"
CALENDAR_VERSION = 1
PROFILES = tuple(sorted(path.stem for path in DATA.glob("*.toml")))


@cache
def special_days() -> tuple[SpecialDay, ...]:
    files = sorted(DATA.glob("holidays-*.csv"))
    return tuple(sorted(row for file in files for row in read_days(file.read_text(encoding="utf-8"))))


@cache
def calendar() -> WorkCalendar:
    """The shipped working calendar; the seeding migration makes the same days version 1 of the database."""
    return WorkCalendar(special_days(), version=CALENDAR_VERSION, years=check_days(special_days()))


def document(name: str) -> dict[str, Any]:
    """The document of a shipped profile; BadRules when there is none of that name."""
    if name not in PROFILES:
        raise BadRules(f"没有名为“{name}”的时限方案,现有:{'、'.join(PROFILES)}")
    return read_document((DATA / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def profile(name: str) -> Profile:
    return Profile.parse(document(name))


def canonical(given: dict[str, Any]) -> str:
    """The one JSON text of a document: sorted keys, no spaces; a TOML date becomes its text."""
    return json.dumps(given, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def digest_of_days(days: Iterable[SpecialDay]) -> str:
    return digest("\n".join(f"{row.day} {row.working:d} {row.part} {row.name}" for row in sorted(days)))


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
