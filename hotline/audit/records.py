"""Writing the access record; an entry without its facts is refused."""

from __future__ import annotations

from datetime import datetime, timedelta

from hotline.audit.models import Access, AccessKind
from hotline.organisation.actors import Actor

DAILY_REVEALS = 60  # a handler's quota of numbers revealed in 24 hours


class QuotaUsedUp(Exception):
    """今日查看号码次数已用完."""


def record(
    kind: AccessKind, *, by: Actor, at: datetime, reason: str, ticket_number: str = "", detail: str = ""
) -> Access:
    """Write one access; ValueError when the person or the reason is missing."""
    if by.user_id is None or not reason.strip():
        raise ValueError("an access record needs a person and a reason")
    if kind != AccessKind.EXPORT and not ticket_number:
        raise ValueError("this access is about a ticket: name it")
    return Access.objects.create(
        at=at,
        kind=kind,
        user_id_text=str(by.user_id),
        user_name=by.name,
        ticket_number=ticket_number,
        reason=reason.strip()[:100],
        detail=detail[:200],
    )


def reveal(*, by: Actor, at: datetime, reason: str, ticket_number: str) -> Access:
    """A number is shown: recorded, and refused above the daily quota."""
    used = Access.objects.filter(
        user_id_text=str(by.user_id), kind=AccessKind.REVEAL, at__gt=at - timedelta(days=1)
    ).count()
    if used >= DAILY_REVEALS:
        raise QuotaUsedUp(f"24 小时内已查看 {used} 次号码,达到上限;确需继续请联系管理员")
    return record(AccessKind.REVEAL, by=by, at=at, reason=reason, ticket_number=ticket_number)
