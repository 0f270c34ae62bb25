"""train_router: train the router from the starter corpus or a file and put it in service."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from routing import registry
from routing.learn.rows import UnusableFile, read, starter
from routing.learn.training import UnusableRows


class Command(BaseCommand):
    help = "训练分派模型:默认用随项目的起步语料,或用 --from 指定的 CSV(列 text,label,可有 title)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="source", type=Path, help="训练用的 CSV")
        parser.add_argument("--by", default="命令行", help="记在模型上的训练人")
        parser.add_argument("--json", action="store_true", help="标准输出只有一个 JSON 对象")

    def handle(self, *args: Any, source: Path | None, by: str, **options: Any) -> None:
        began = time.perf_counter()
        try:
            rows = read(source) if source else starter()
            training = registry.train(rows, by=by, at=timezone.now())
        except (UnusableFile, UnusableRows) as error:
            raise CommandError(f"{error};在用的模型没有改变") from error
        except DatabaseError as error:
            raise CommandError("数据库还没有建好:请先运行 manage.py migrate") from error
        seconds = round(time.perf_counter() - began, 2)
        record = training.record
        if options["json"]:
            self.stdout.write(json.dumps(self._facts(training, seconds), ensure_ascii=False))
            return
        self.stdout.write(
            f"第 {record.version} 版:{record.rows} 条,{record.labels} 类,{seconds} 秒,"
            f"留出准确率 {record.metrics.get('accuracy', 0):.3f}。{training.note}。"
        )

    def _facts(self, training: registry.Training, seconds: float) -> dict[str, Any]:
        record = training.record
        return {
            "version": record.version,
            "active": record.active,
            "note": training.note,
            "rows": record.rows,
            "labels": record.labels,
            "data_hash": record.data_hash,
            "file": record.file_name,
            "model_mb": round((registry.directory() / record.file_name).stat().st_size / 1e6, 2),
            "metrics": record.metrics,
            "train_seconds": seconds,
        }
