"""Makes the shipped calendar and profiles version 1: the same files that `shipped` reads."""

from typing import Any

from django.db import migrations
from django.utils import timezone

from hotline.deadlines import shipped


def seed(apps: Any, schema_editor: Any) -> None:
    using, now = schema_editor.connection.alias, timezone.now()
    calendars = apps.get_model("deadlines", "CalendarVersion").objects.using(using)
    days = shipped.special_days()
    version = calendars.create(
        number=shipped.CALENDAR_VERSION,
        made_at=now,
        made_by="系统",
        note="随软件附带:国务院办公厅公布的放假安排",
        digest=shipped.digest_of_days(days),
    )
    special_day = apps.get_model("deadlines", "SpecialDay")
    special_day.objects.using(using).bulk_create(
        special_day(calendar=version, day=day.day, working=day.working, part=day.part.value, name=day.name)
        for day in days
    )
    for name in shipped.PROFILES:
        profile, rules = shipped.profile(name), shipped.canonical(shipped.document(name))
        apps.get_model("deadlines", "LimitProfile").objects.using(using).create(
            name=name,
            version=profile.version,
            valid_from=profile.valid_from,
            source=profile.source,
            rules=rules,
            made_at=now,
            made_by="系统",
            digest=shipped.digest(rules),
        )


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0001_calendar_and_profiles")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
