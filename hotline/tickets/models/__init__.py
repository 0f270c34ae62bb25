"""The rows of a ticket's life."""

from hotline.tickets.models.assignments import Assignment, Reply, ReturnRequest
from hotline.tickets.models.attachments import Attachment
from hotline.tickets.models.records import Clock, DayCounter, Outbox, TicketEvent
from hotline.tickets.models.tickets import Contact, Person, Restriction, Ticket, TicketGrant

__all__ = [
    "Assignment",
    "Attachment",
    "Clock",
    "Contact",
    "DayCounter",
    "Outbox",
    "Person",
    "Reply",
    "Restriction",
    "ReturnRequest",
    "Ticket",
    "TicketEvent",
    "TicketGrant",
]
