"""全文检索: word tokens in FTS5 on SQLite and in a tsvector with GIN on PostgreSQL; never names or phones."""

from __future__ import annotations

import re

import rjieba
from django.db import connection
from django.db.models import QuerySet

from hotline.audit.masking import masked_text
from hotline.tickets.models import Ticket

TABLE = "tickets_search"
_WORD = re.compile(r"[\w]+")
MOST_TOKENS = 400


def tokens(text: str) -> list[str]:
    """Search words of a text, lower case, without punctuation; masked numbers are no words."""
    return [word.lower() for word in rjieba.cut_for_search(masked_text(text)) if _WORD.fullmatch(word)]


def index(ticket: Ticket) -> None:
    """Write (again) the words of one ticket, in the caller's transaction."""
    words = " ".join(tokens(f"{ticket.title} {ticket.text[:4000]} {ticket.place}")[:MOST_TOKENS])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"INSERT INTO {TABLE} (ticket_id, words) VALUES (%s, to_tsvector('simple', %s)) "  # noqa: S608
                "ON CONFLICT (ticket_id) DO UPDATE SET words = excluded.words",
                [ticket.pk, words],
            )
        else:
            cursor.execute(f"DELETE FROM {TABLE} WHERE rowid = %s", [ticket.pk])  # noqa: S608
            cursor.execute(f"INSERT INTO {TABLE} (rowid, words) VALUES (%s, %s)", [ticket.pk, words])  # noqa: S608


def matching_ids(text: str, *, limit: int = 200, every: bool = True) -> list[int]:
    """Ids of tickets that hold every (or any) word of the text, newest first."""
    words = list(dict.fromkeys(tokens(text)))[:12]
    if not words:
        return []
    if connection.vendor == "postgresql":
        query = (" & " if every else " | ").join(f"'{word}'" for word in words)
        sql = f"SELECT ticket_id FROM {TABLE} WHERE words @@ to_tsquery('simple', %s) ORDER BY ticket_id DESC LIMIT %s"  # noqa: S608
    else:
        query = (" AND " if every else " OR ").join(f'"{word}"' for word in words)
        sql = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s ORDER BY rowid DESC LIMIT %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [query, limit])
        return [row[0] for row in cursor.fetchall()]


def candidates(text: str, *, limit: int = 200) -> QuerySet[Ticket]:
    """Tickets that share words with a text: where repeats are looked for."""
    return Ticket.objects.filter(pk__in=matching_ids(text, limit=limit, every=False))
