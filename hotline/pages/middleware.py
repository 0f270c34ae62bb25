"""Once a request: who acts (with the posts of today) and at what instant."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from hotline.organisation.actors import Actor, actor_of
from hotline.tickets.errors import Forbidden, Refused
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


class RefusalMiddleware:
    """A refusal that no form caught becomes a page that says why: 403 who, 409 when or stale, 404 not there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Forbidden):
            return render(request, "403.html", {"message": str(error)}, status=403)
        if isinstance(error, Refused):
            return render(request, "409.html", {"message": str(error)}, status=409)
        if isinstance(error, ObjectDoesNotExist):
            return render(request, "404.html", {"message": ""}, status=404)
        return None
