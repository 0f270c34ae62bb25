"""`manage.py limits`: every limit of the shipped rules for one nature, urgency and instant, without any database."""

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hotline.deadlines import shipped
from hotline.deadlines.calendar import BadRules
from hotline.deadlines.targets import ClockKind, Limit, limit_for


class Command(BaseCommand):
    help = "按随软件附带的日历和时限方案,推算各环节的预警与届满时刻(不读数据库)"
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--profile", default="default", help="时限方案,默认 default")
        parser.add_argument("--nature", default="", help="诉求性质:咨询 求助 投诉 举报 建议 表扬")
        parser.add_argument("--urgency", default="普通", help="紧急程度:普通 紧急,默认普通")
        parser.add_argument("--at", default="", help="起算时刻,须带时区,如 2025-09-30T16:00+08:00")
        parser.add_argument("--json", action="store_true", help="只输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        start = _instant(options["at"])
        if not options["nature"]:
            raise CommandError("请用 --nature 给出诉求性质,如 --nature 投诉")
        try:
            profile = shipped.profile(options["profile"])
            limits = {
                kind: limit_for(
                    profile,
                    shipped.calendar(),
                    kind,
                    nature=options["nature"],
                    urgency=options["urgency"],
                    start=start,
                )
                for kind in ClockKind
            }
        except BadRules as error:
            raise CommandError("\n".join(error.messages)) from None
        if options["json"]:
            shown = {kind.value: _as_json(limit) for kind, limit in limits.items()}
            answer = {"profile": profile.name, "version": profile.version, "limits": shown}
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        self.stdout.write(
            f"时限方案 {profile.name} 第 {profile.version} 版,{options['nature']}、{options['urgency']}"
        )
        for limit in limits.values():
            self.stdout.write("\n".join(_as_text(limit)))


def _instant(text: str) -> datetime:
    """CommandError when the text is no instant or has no zone."""
    if not text:
        raise CommandError("请用 --at 给出起算时刻,如 --at 2025-09-30T16:00+08:00")
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--at “{text}”不是有效的时刻,应写成 2025-09-30T16:00+08:00 的样子") from None
    if instant.tzinfo is None:
        raise CommandError(f"--at “{text}”没有时区,请补上 +08:00")
    return instant


def _as_json(limit: Limit) -> dict[str, Any]:
    return {
        "due_at": limit.due_at.isoformat(),
        "warn_at": limit.warn_at.isoformat(),
        "provisional": limit.provisional,
        "derivation": list(limit.derivation),
    }


def _as_text(limit: Limit) -> list[str]:
    doubt = "(暂定)" if limit.provisional else ""
    head = (
        f"\n{limit.kind.label}:{limit.due_at:%Y-%m-%d %H:%M} 届满,{limit.warn_at:%Y-%m-%d %H:%M} 预警{doubt}"
    )
    return [head, *(f"  {line}" for line in limit.derivation)]
