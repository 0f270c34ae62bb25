"""Keyset pages of a list: a cursor over a unique ordering, no OFFSET and no COUNT; rows alone for live lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

PAGE = 50
NEWEST_FIRST = ("-pk",)
Cursor = list[Any]


@dataclass(frozen=True)
class Page:
    """The ids of one page in order, and where the neighbours are (empty: there is none)."""

    ids: list[int]
    older_url: str
    newer_url: str

    @property
    def shown(self) -> str:
        return f"本页 {len(self.ids)} 件" if self.ids else ""


def page(
    request: HttpRequest, rows: QuerySet[Any], *, order: Sequence[str] = NEWEST_FIRST, size: int = PAGE
) -> Page:
    """One page (one query). `order`: field names as for order_by, the last one unique, none of them null.

    `?before=` goes on downwards (older), `?after=` upwards (newer); `?row=` narrows the list to one ticket.
    """
    if "row" in request.GET:
        return Page([found[-1] for found in _read(wanted(request, rows), order, 1)], "", "")
    down = _decoded(request.GET.get("before", ""), len(order))
    up = _decoded(request.GET.get("after", ""), len(order)) if down is None else None
    if up is not None:
        found = _read(rows.filter(_beyond(_turned(order), up)), _turned(order), size + 1)
        more_up, more_down = len(found) > size, True
        found = found[:size][::-1]
    else:
        found = _read(rows if down is None else rows.filter(_beyond(order, down)), order, size + 1)
        more_up, more_down = down is not None, len(found) > size
        found = found[:size]
    return Page(
        [row[-1] for row in found],
        _url(request, before=found[-1][:-1]) if found and more_down else "",
        _url(request, after=found[0][:-1]) if found and more_up else (_url(request) if more_up else ""),
    )


def wanted(request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
    """A live list asks for one row by its ticket's number."""
    number = request.GET.get("row", "")
    if not number:
        return rows
    name = "number" if rows.model._meta.model_name == "ticket" else "ticket__number"
    return rows.filter(**{name: number})


def answer(
    request: HttpRequest, whole: str, rows_only: str, context: dict[str, Any], *, rows: Sequence[Any]
) -> HttpResponse:
    """The page, or for htmx its rows alone (204 when the wanted row is not in the list)."""
    if not getattr(request, "htmx", False):
        response = render(request, whole, context)
    elif "row" in request.GET and not rows:
        response = HttpResponse(status=204)
    else:
        response = render(request, rows_only, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def query_without(request: HttpRequest, *names: str, **changed: str) -> str:
    """The address of this list with some parameters dropped or set; paging always starts anew."""
    params = request.GET.copy()
    for name in (*names, "before", "after", "row"):
        params.pop(name, None)
    for name, value in changed.items():
        params[name] = value
    return f"{request.path}?{params.urlencode()}" if params else request.path


def _url(request: HttpRequest, **cursor: Sequence[Any]) -> str:
    return query_without(request, **{name: _encoded(values) for name, values in cursor.items()})


def _read(rows: QuerySet[Any], order: Sequence[str], size: int) -> list[tuple[Any, ...]]:
    names = [name.lstrip("-") for name in order]
    return list(rows.order_by(*order).values_list(*names, "pk")[:size])


def _turned(order: Sequence[str]) -> list[str]:
    return [name[1:] if name.startswith("-") else f"-{name}" for name in order]


def _beyond(order: Sequence[str], cursor: Cursor) -> Q:
    """Rows that come after the cursor in this order, compared member by member."""
    beyond, same = Q(), Q()
    for name, value in zip(order, cursor, strict=True):
        field, side = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        beyond |= same & Q(**{f"{field}__{side}": value})
        same &= Q(**{field: value})
    return beyond


def _encoded(values: Sequence[Any]) -> str:
    return "~".join(
        f"t{value.isoformat()}"
        if isinstance(value, datetime)
        else f"i{value}"
        if isinstance(value, int)
        else f"s{value}"
        for value in values
    )


def _decoded(text: str, length: int) -> Cursor | None:
    """The values of a cursor; None for none, and for one that somebody made up."""
    parts = text.split("~")
    if len(parts) != length:
        return None
    try:
        return [_value(part) for part in parts]
    except ValueError:
        return None


def _value(part: str) -> Any:
    kind, rest = part[:1], part[1:]
    if kind == "i" and len(rest) <= 18:
        return int(rest)
    if kind == "t":
        instant = datetime.fromisoformat(rest)
        if instant.tzinfo is not None:
            return instant
    if kind == "s" and "\x00" not in rest:
        return rest
    raise ValueError(part)
