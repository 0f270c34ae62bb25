"""Writing and verifying the chain of a ticket; nobody else inserts TicketEvent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hotline.organisation.actors import Actor
from hotline.tickets.models import Ticket, TicketEvent
from hotline.tickets.states import Action


@dataclass(frozen=True)
class Entry:
    """One event to append: `at` is when it became true."""

    ticket: Ticket
    action: Action
    at: datetime
    detail: dict[str, Any]


def canonical(instant: datetime) -> str:
    """UTC ISO with six decimals."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def append(
    ticket: Ticket, action: Action, *, by: Actor, at: datetime, recorded_at: datetime, detail: dict[str, Any]
) -> TicketEvent:
    """Append one event to a ticket whose row the caller has locked and will save (chain_seq, chain_head move)."""
    event = _built(Entry(ticket, action, at, detail), by=by, recorded_at=recorded_at)
    event.save(force_insert=True)
    return event


def append_many(entries: Iterable[Entry], *, by: Actor, recorded_at: datetime) -> int:
    """Append to many locked tickets and save their heads (two statements a thousand rows)."""
    entries = list(entries)
    TicketEvent.objects.bulk_create(
        [_built(entry, by=by, recorded_at=recorded_at) for entry in entries], batch_size=500
    )
    heads = {entry.ticket.pk: entry.ticket for entry in entries}
    Ticket.objects.bulk_update(heads.values(), ["chain_seq", "chain_head"], batch_size=500)
    return len(entries)


def _built(entry: Entry, *, by: Actor, recorded_at: datetime) -> TicketEvent:
    ticket = entry.ticket
    ticket.chain_seq += 1
    payload = json.dumps(
        {
            "ticket": ticket.number,
            "seq": ticket.chain_seq,
            "at": canonical(entry.at),
            "recorded_at": canonical(recorded_at),
            "action": entry.action.value,
            "actor": {
                "kind": by.kind,
                "id": by.user_id,
                "name": by.name,
                "units": [p.unit_name for p in by.posts],
            },
            "detail": entry.detail,
        },
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    ticket.chain_head = chained(ticket.chain_head, payload)
    return TicketEvent(
        ticket=ticket,
        seq=ticket.chain_seq,
        at=entry.at,
        recorded_at=recorded_at,
        action=entry.action,
        actor_id_text=str(by.user_id or ""),
        payload=payload,
        hash=ticket.chain_head,
    )


def chained(previous: str, payload: str) -> str:
    """sha256(previous hash ‖ payload), hex."""
    return hashlib.sha256((previous + payload).encode()).hexdigest()


@dataclass(frozen=True)
class Break:
    """Where a chain does not hold, and why (Chinese)."""

    number: str
    seq: int
    why: str


def breaks(tickets: Iterable[Ticket] | None = None) -> Iterator[Break]:
    """Walk the chains (all tickets, or these) and tell every place that does not hold."""
    heads = {
        pk: (number, seq, head)
        for pk, number, seq, head in Ticket.objects.filter(
            **({} if tickets is None else {"pk__in": [ticket.pk for ticket in tickets]})
        ).values_list("pk", "number", "chain_seq", "chain_head")
    }
    rows = TicketEvent.objects.order_by("ticket_id", "seq")
    if tickets is not None:
        rows = rows.filter(ticket_id__in=heads)
    last: dict[int, tuple[int, str]] = {}
    for event in rows.iterator(chunk_size=2000):
        seq, head = last.get(event.ticket_id, (0, ""))
        number = heads.get(event.ticket_id, ("?", 0, ""))[0]
        if event.seq != seq + 1:
            yield Break(number, event.seq, "序号不连续")
        elif event.hash != chained(head, event.payload):
            yield Break(number, event.seq, "哈希不符")
        elif why := _copy_differs(event, number):
            yield Break(number, event.seq, why)
        last[event.ticket_id] = (event.seq, event.hash)
    for pk, (number, seq, head) in heads.items():
        if last.get(pk, (0, "")) != (seq, head):
            yield Break(number, seq, "链尾与工单记录不符")


def _copy_differs(event: TicketEvent, number: str) -> str:
    told = json.loads(event.payload)
    if told["ticket"] != number or told["seq"] != event.seq:
        return "所属工单或序号被改"
    if told["action"] != event.action or told["at"] != canonical(event.at):
        return "行为或时间列被改"
    return ""
