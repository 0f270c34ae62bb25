"""Ticket numbers: YYYYMMDD of the Shanghai day and six digits, unique, not gapless."""

from __future__ import annotations

import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from hotline.tickets.models import DayCounter

SHANGHAI = ZoneInfo("Asia/Shanghai")
# 32 letters and digits that are not mistaken for one another on the phone; 13 of them are 65 bits.
QUERY_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
QUERY_LENGTH = 13


def take(*, at: datetime) -> str:
    """The next number of the day; call it last before the insert, it locks the day's row."""
    day = at.astimezone(SHANGHAI).date()
    for _ in range(2):
        row = DayCounter.objects.select_for_update().filter(day=day).first()
        if row is not None:
            row.last += 1
            row.save(update_fields=["last"])
            return f"{day:%Y%m%d}{row.last:06d}"
        try:
            with transaction.atomic():
                DayCounter.objects.create(day=day, last=0)
        except IntegrityError:  # another took the first number of the day meanwhile
            continue
    raise RuntimeError("day counter could not be made")


def query_code() -> str:
    """A fresh query code for a contact (65 bits)."""
    return "".join(secrets.choice(QUERY_ALPHABET) for _ in range(QUERY_LENGTH))
