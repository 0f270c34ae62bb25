"""Once a request: who acts (with the posts of today) and at what instant."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from hotline.organisation.actors import Actor, actor_of
from hotline.tickets.numbering import SHANGHAI

NOBODY = Actor("nobody", None, "未登录")


class ActorMiddleware:
    """Sets `request.now` (the edge's one reading of the clock) and `request.actor` (lazy: pages that need none pay none)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = timezone.now()  # type: ignore[attr-defined]
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def _actor(request: HttpRequest) -> Actor:
    if not request.user.is_authenticated:
        return NOBODY
    return actor_of(request.user, on=request.now.astimezone(SHANGHAI).date())  # type: ignore[attr-defined]
