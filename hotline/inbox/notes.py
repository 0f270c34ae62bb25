"""Writing, counting and reading the notes of a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from hotline.broadcast import bus
from hotline.inbox.models import Note

COUNT_CAP = 999


def tell(user_ids: Iterable[int], text: str, *, at: datetime, ticket_number: str = "") -> None:
    """A note to each person, in the caller's transaction; their bells ring on commit."""
    people = sorted(set(user_ids))
    Note.objects.bulk_create(
        [Note(user_id=pk, at=at, text=text[:200], ticket_number=ticket_number) for pk in people]
    )
    bus.announce([bus.user_group(pk) for pk in people], kind="inbox", id="", version=0)


def unread_count(user_id: int) -> int:
    return Note.objects.filter(user_id=user_id, read_at=None)[: COUNT_CAP + 1].count()


def notes_of(user_id: int) -> QuerySet[Note]:
    return Note.objects.filter(user_id=user_id)


def mark_read(user_id: int, *, at: datetime, ids: Iterable[int] | None = None) -> int:
    """Mark these (all when None) as read; returns how many were unread."""
    rows = Note.objects.filter(user_id=user_id, read_at=None)
    changed = (rows if ids is None else rows.filter(pk__in=ids)).update(read_at=at)
    bus.announce([bus.user_group(user_id)], kind="inbox", id="", version=0)
    return changed
