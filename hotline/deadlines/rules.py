"""The rules in force: the newest calendar and the profile valid at an instant; publishing new versions of both."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Max, Subquery

from . import shipped as files
from .calendar import BadRules, Part, WorkCalendar, in_shanghai
from .calendar import SpecialDay as Day
from .days import check_days
from .models import CalendarVersion, LimitProfile, SpecialDay
from .profiles import ClockKind, Profile, read_document
from .targets import Limit, limit_for


class Versions(NamedTuple):
    """What a clock stores, so that its limit can be derived again with `rules.of`."""

    calendar: int
    profile: str
    profile_version: int


@dataclass(frozen=True, eq=False)
class Rules:
    """A calendar and a profile together, each in one version; safe to keep and to share between threads."""

    calendar: WorkCalendar
    profile: Profile

    @property
    def versions(self) -> Versions:
        return Versions(self.calendar.version, self.profile.name, self.profile.version)

    def limit(
        self,
        kind: ClockKind,
        *,
        nature: str,
        urgency: str,
        start: datetime,
        parent_due: datetime | None = None,
    ) -> Limit:
        """See `targets.limit_for`."""
        return limit_for(
            self.profile,
            self.calendar,
            kind,
            nature=nature,
            urgency=urgency,
            start=start,
            parent_due=parent_due,
        )


def shipped(profile: str = "default") -> Rules:
    """The rules in the files of the project, without any database."""
    return Rules(files.calendar(), files.profile(profile))


def current(at: datetime, profile: str = "default") -> Rules:
    """The newest calendar and the newest version of the profile that is valid on the Shanghai day of `at`.

    One small query a call sees whether another process has published; the tables are built once per version. An
    empty calendar table (nothing seeded, tests that flush) stands for the shipped files. BadRules when the profile
    has no version valid at `at`.
    """
    day = in_shanghai(at).date()
    valid = LimitProfile.objects.filter(name=profile, valid_from__lte=day).order_by("-version")
    head = (
        CalendarVersion.objects.order_by("-number")
        .values_list(
            "number", "digest", Subquery(valid.values("version")[:1]), Subquery(valid.values("digest")[:1])
        )
        .first()
    )
    if head is None:
        return shipped(profile)
    number, calendar_digest, version, profile_digest = head
    if version is None:
        raise BadRules(f"时限方案“{profile}”在 {day} 没有适用的版本")
    return Rules(_calendar(number, calendar_digest), _profile(profile, version, profile_digest))


def of(versions: Versions) -> Rules:
    """The rules of stored versions, to derive an old limit again; BadRules when they were never published."""
    calendar = CalendarVersion.objects.filter(number=versions.calendar).first()
    profile = LimitProfile.objects.filter(name=versions.profile, version=versions.profile_version).first()
    if calendar and profile:
        return Rules(
            _calendar(calendar.number, calendar.digest),
            _profile(profile.name, profile.version, profile.digest),
        )
    if versions.profile in files.PROFILES and shipped(versions.profile).versions == versions:
        return shipped(versions.profile)
    raise BadRules(
        f"找不到日历第 {versions.calendar} 版或时限方案“{versions.profile}”第 {versions.profile_version} 版"
    )


def newest_days() -> tuple[Day, ...]:
    """The special days of the newest calendar, for the editor to start from."""
    newest = CalendarVersion.objects.order_by("-number").first()
    return special_days(newest.number) if newest else files.special_days()


def special_days(number: int) -> tuple[Day, ...]:
    """The special days of one calendar version, by date; empty when there is none of that number."""
    rows = SpecialDay.objects.filter(calendar__number=number).values_list("day", "working", "name", "part")
    return tuple(sorted(Day(day, working, name, Part(part)) for day, working, name, part in rows))


@lru_cache(maxsize=4)
def _calendar(number: int, digest: str) -> WorkCalendar:
    """Keyed by content too: a number that was rolled back may come again with other days."""
    days = special_days(number)
    return WorkCalendar(days, version=number, years=check_days(days))


@lru_cache(maxsize=16)
def _profile(name: str, version: int, digest: str) -> Profile:
    return Profile.parse(read_document(LimitProfile.objects.get(name=name, version=version).rules))


def publish_calendar(days: Iterable[Day], *, by: str, at: datetime, note: str) -> CalendarVersion:
    """A new calendar version that holds exactly `days`; BadRules on duplicates, gaps and a race with another."""
    rows = sorted(days)
    check_days(rows)
    number = (CalendarVersion.objects.aggregate(newest=Max("number"))["newest"] or 0) + 1
    version = CalendarVersion(
        number=number, made_at=in_shanghai(at), made_by=by, note=note, digest=files.digest_of_days(rows)
    )
    with _one_at_a_time("日历"), transaction.atomic():
        version.save(force_insert=True)
        SpecialDay.objects.bulk_create(
            [
                SpecialDay(
                    calendar=version, day=row.day, working=row.working, part=row.part.value, name=row.name
                )
                for row in rows
            ]
        )
    return version


def publish_profile(text: str, *, by: str, at: datetime) -> LimitProfile:
    """A new version of the profile in a TOML or JSON text; its number is given here, whatever the text says."""
    document = read_document(text)
    name = document.get("name")
    newest = LimitProfile.objects.filter(name=str(name)).aggregate(newest=Max("version"))["newest"] or 0
    document["version"] = newest + 1
    profile = Profile.parse(document)
    rules = files.canonical(document)
    row = LimitProfile(
        name=profile.name,
        version=profile.version,
        valid_from=profile.valid_from,
        source=profile.source,
        rules=rules,
        made_at=in_shanghai(at),
        made_by=by,
        digest=files.digest(rules),
    )
    with _one_at_a_time("时限方案"), transaction.atomic():
        row.save(force_insert=True)
    return row


@contextmanager
def _one_at_a_time(what: str) -> Iterator[None]:
    """The unique number lets one of two publishers through; the other is told to look again."""
    try:
        yield
    except IntegrityError:
        raise BadRules(f"另一人刚刚发布了新的{what}版本,请核对后重新发布") from None
