"""Light rows: what they say, to whom, and that their cost does not grow with their number."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hotline.pages.rows import assignment_rows, ticket_rows
from hotline.tickets import lifecycle, queries
from hotline.tickets.lifecycle import Order
from hotline.tickets.models import Assignment, Ticket
from tests.conftest import MONDAY_9AM

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def dispatched(make_ticket, person, unit):
    def make(code="LL-CGJ", **said):
        ticket = make_ticket(**said)
        lifecycle.dispatch(ticket.pk, by=person("dispatcher1"), at=MONDAY_9AM, lead=Order(unit(code), "目录"))
        return Ticket.objects.get(pk=ticket.pk)

    return make


def test_a_waiting_ticket_has_no_light(make_ticket, person):
    make_ticket()

    row = ticket_rows(Ticket.objects.all(), person("dispatcher1"), MONDAY_9AM)[0]

    assert row["light"] == "grey"
    assert row["due"] == ""
    assert row["status"] == "待派工"


def test_a_dispatched_ticket_shows_its_nearest_duty(dispatched, person):
    ticket = dispatched()

    row = ticket_rows(Ticket.objects.all(), person("dispatcher1"), MONDAY_9AM + HOUR)[0]

    assert row["number"] == ticket.number
    assert row["unit"] == "市城管局"
    assert row["light"] == "green"
    assert row["due"] == "06-02 17:30"
    assert row["due_kind"] in {"签收", "首次联系"}
    assert row["light_text"] == "剩 1个工作日"


@pytest.mark.parametrize(("after", "light"), [(1, "green"), (30, "yellow"), (33, "red")])
def test_the_light_of_rows_is_the_light_of_sql(dispatched, person, after, light):
    dispatched()
    at = MONDAY_9AM + after * HOUR

    assert ticket_rows(Ticket.objects.all(), person("dispatcher1"), at)[0]["light"] == light
    assert Ticket.objects.with_light(at=at).get().light == light
    assert queries.assignments_with_light(Assignment.objects.all(), at=at).get().light == light


def test_the_return_window_never_counts(dispatched, person):
    ticket = dispatched()
    ticket.clocks.exclude(kind="return").update(stopped_at=MONDAY_9AM)
    at = MONDAY_9AM + 24 * 10 * HOUR

    assert ticket_rows(Ticket.objects.all(), person("dispatcher1"), at)[0]["light"] == "grey"
    assert Ticket.objects.with_light(at=at).get().light == "none"
    assert Ticket.objects.with_light(at=at).get().due_at is None


def test_flags_say_what_is_special(dispatched, make_ticket, person):
    ticket = dispatched(urgency="紧急", anonymous=True)
    member = make_ticket()
    lifecycle.bundle(member.pk, into_id=ticket.pk, by=person("dispatcher1"), at=MONDAY_9AM)
    lifecycle.urge(ticket.pk, by=person("agent1"), at=MONDAY_9AM)
    Ticket.objects.filter(pk=ticket.pk).update(round=2)

    rows = {
        row["number"]: row for row in ticket_rows(Ticket.objects.all(), person("dispatcher1"), MONDAY_9AM)
    }

    assert rows[ticket.number]["flags"] == ["紧急", "重办1", "催单1", "并单1", "匿名"]
    assert rows[member.number]["unit"] == "市城管局"  # a member is handled with its lead


def test_numbers_in_titles_are_masked(make_ticket, person):
    make_ticket(title="请回电13912345678")

    assert ticket_rows(Ticket.objects.all(), person("agent1"), MONDAY_9AM)[0]["title"] == "请回电139****5678"


def test_assignment_rows_speak_of_the_unit_share(dispatched, person):
    dispatched()
    liaison = person("liaison1")

    row = assignment_rows(queries.unit_assignments(liaison), liaison, MONDAY_9AM + HOUR)[0]

    assert (row["unit"], row["role"], row["status"]) == ("市城管局", "主办", "待签收")
    assert row["light"] == "green"


def test_assignment_rows_hide_restricted_tickets_from_the_unnamed(dispatched, person):
    ticket = dispatched(restricted=1)
    ticket.grants.filter(user_id=person("handler1").user_id).delete()
    held = Assignment.objects.filter(ticket=ticket)

    assert assignment_rows(held, person("handler1"), MONDAY_9AM) == []
    assert len(assignment_rows(held, person("liaison1"), MONDAY_9AM)) == 1


def test_the_number_of_queries_does_not_grow(dispatched, person):
    actor = person("liaison1")
    dispatched()
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as told:
            ticket_rows(Ticket.objects.all(), actor, MONDAY_9AM)
            assignment_rows(Assignment.objects.all(), actor, MONDAY_9AM)
        counts.append(len(told))
        for _ in range(5):
            dispatched()

    assert counts[0] == counts[1]
    assert counts[0] <= 9
