"""The front door, the way home by role, and health."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from hotline.pages import frame


def front_door(request: HttpRequest) -> HttpResponse:
    """Staff goes to the desk, everybody else to the citizens' pages."""
    return redirect("home" if request.user.is_authenticated else "portal:start")


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The first page of the person's own navigation."""
    return redirect(frame.first_page(request))


def healthz(request: HttpRequest) -> JsonResponse:
    """The process serves."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """The process can reach its database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return JsonResponse({"status": "unavailable", "why": type(error).__name__}, status=503)
    return JsonResponse({"status": "ready"})
