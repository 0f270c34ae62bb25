"""The sample city once a run, its people as actors, and instants with names."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase

from hotline.catalogue.models import Category
from hotline.organisation.actors import Actor, actor_of
from hotline.organisation.models import District, Unit, User
from hotline.simulation import city
from hotline.tickets import guards, lifecycle, numbering
from hotline.tickets.models import Contact, Ticket

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY_9AM = datetime(2026, 6, 1, 9, 0, tzinfo=SHANGHAI)
PASSWORD = "hotline-12345"  # noqa: S105


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """REQUIRE_ALL=1: what cannot be reached fails instead of being skipped."""
    if os.environ.get("REQUIRE_ALL") == "1":
        for item in items:
            item.add_marker(pytest.mark.required)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("REQUIRE_ALL") == "1":
        report.outcome = "failed"
        report.longrepr = f"REQUIRE_ALL=1 and skipped: {report.longrepr}"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "required: set by REQUIRE_ALL=1")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> None:  # type: ignore[no-untyped-def]
    """The sample city is there in every test that touches the database."""
    with django_db_blocker.unblock():
        if not city.loaded():
            city.load(password=PASSWORD)


def _flush(case: TransactionTestCase) -> None:
    """Empty the tables after a transactional test, the search index too, then bring the sample city back."""
    with guards.lifted(connection):
        call_command("flush", verbosity=0, interactive=False, allow_cascade=True, reset_sequences=False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM tickets_search")
    city.load(password=PASSWORD)


TransactionTestCase._fixture_teardown = _flush


@pytest.fixture(autouse=True)
def _own_folders(settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings.MEDIA_ROOT = tmp_path / "attachments"
    settings.AXES_ENABLED = False


@pytest.fixture
def person(db: None) -> Callable[[str], Actor]:
    """The actor of a username of the sample city."""
    return lambda username: actor_of(User.objects.get(username=username), on=MONDAY_9AM.date())


@pytest.fixture
def unit(db: None) -> Callable[[str], Unit]:
    return lambda code: Unit.objects.get(code=code)


@pytest.fixture
def make_ticket(db: None, person: Callable[[str], Actor]) -> Callable[..., Ticket]:
    """A registered ticket of the city centre (or `office`), waiting for dispatch."""

    def make(
        *, at: datetime = MONDAY_9AM, by: str = "agent1", office: str = "LL-RX", **said: object
    ) -> Ticket:
        matter = {
            "title": "小区门口路灯不亮",
            "text": "小区东门口的三盏路灯一周没亮,老人晚上出门看不清路。",
            "nature": "求助",
            "category_id": Category.objects.get(code="010201").pk,
            "district_id": District.objects.get(name="澜东区").pk,
        } | said
        contact = Contact.objects.create(
            office=Unit.objects.get(code=office),
            channel="phone",
            started_at=at,
            key=numbering.query_code(),
            query_digest=numbering.query_code(),
            query_sealed="",
        )
        return lifecycle.register(contact, lifecycle.Matter(**matter), by=person(by), at=at)  # type: ignore[arg-type]

    return make


@pytest.fixture
def postgres_only() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("runs on PostgreSQL")
