"""The page of one ticket."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from hotline.pages import rows
from hotline.tickets.models import Ticket


@login_required
def page(request: HttpRequest, number: str) -> HttpResponse:
    ticket = get_object_or_404(Ticket.objects.visible_to(request.actor, at=request.now), number=number)
    return render(request, "tickets/page.html", {"ticket": ticket})


@login_required
def peek(request: HttpRequest, number: str) -> HttpResponse:
    """The quick look beside a list."""
    tickets = Ticket.objects.visible_to(request.actor, at=request.now).filter(number=number)
    ticket = get_object_or_404(tickets)
    row = rows.ticket_rows(tickets, request.actor, request.now)[0]
    return render(request, "tickets/_peek.html", {"ticket": ticket, "row": row})
