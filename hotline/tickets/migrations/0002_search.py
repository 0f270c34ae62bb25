"""The search table: FTS5 on SQLite, a tsvector with GIN on PostgreSQL."""

from django.db import migrations

LITE = "CREATE VIRTUAL TABLE IF NOT EXISTS tickets_search USING fts5(words, tokenize = 'unicode61');"
POSTGRES = """
CREATE TABLE IF NOT EXISTS tickets_search (
    ticket_id bigint PRIMARY KEY REFERENCES tickets_ticket (id) DEFERRABLE INITIALLY DEFERRED,
    words tsvector NOT NULL
);
CREATE INDEX IF NOT EXISTS tickets_search_words ON tickets_search USING gin (words);
"""


def make(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(POSTGRES if postgres else LITE)


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE IF EXISTS tickets_search")


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]
    operations = [migrations.RunPython(make, drop)]
