"""触发器: the database itself refuses to change or delete events; installed after every migrate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "tickets_ticketevent"
_PG_INSTALL = f"""
CREATE OR REPLACE FUNCTION {TABLE}_keep() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'events are append-only'; END; $$ LANGUAGE plpgsql;
DROP TRIGGER IF EXISTS {TABLE}_keep_rows ON {TABLE};
CREATE TRIGGER {TABLE}_keep_rows BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {TABLE}_keep();
DROP TRIGGER IF EXISTS {TABLE}_keep_all ON {TABLE};
CREATE TRIGGER {TABLE}_keep_all BEFORE TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_keep();
"""
_PG_REMOVE = f"DROP TRIGGER IF EXISTS {TABLE}_keep_rows ON {TABLE}; DROP TRIGGER IF EXISTS {TABLE}_keep_all ON {TABLE};"
_LITE_INSTALL = [
    f"CREATE TRIGGER IF NOT EXISTS {TABLE}_keep_{verb.lower()} BEFORE {verb} ON {TABLE} "
    "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;"
    for verb in ("UPDATE", "DELETE")
]
_LITE_REMOVE = [f"DROP TRIGGER IF EXISTS {TABLE}_keep_{verb};" for verb in ("update", "delete")]
EXPECTED = {"postgresql": 2, "sqlite": 2}


def install(connection: BaseDatabaseWrapper) -> None:
    """Idempotent; SQLite loses triggers when a table is rebuilt, hence after every migrate."""
    with connection.cursor() as cursor:
        for statement in [_PG_INSTALL] if connection.vendor == "postgresql" else _LITE_INSTALL:
            cursor.execute(statement)


def installed(connection: BaseDatabaseWrapper) -> int:
    """How many of the guards stand."""
    query = (
        "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE %s"
        if connection.vendor == "postgresql"
        else "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [f"{TABLE}_keep%"])
        return int(cursor.fetchone()[0])


def install_after_migrate(*, using: str, **_: Any) -> None:
    connection = connections[using]
    if TABLE in connection.introspection.table_names():
        install(connection)


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """For the flush between transactional tests only."""
    with connection.cursor() as cursor:
        for statement in [_PG_REMOVE] if connection.vendor == "postgresql" else _LITE_REMOVE:
            cursor.execute(statement)
    try:
        yield
    finally:
        install(connection)
