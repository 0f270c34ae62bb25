"""evaluate_router: how well a model answers the rows of a file, as figures. Needs no database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from routing.learn.evaluation import evaluated, fitted
from routing.learn.rows import UnusableFile, category_names, read, starter
from routing.learn.training import UnusableRows

NAMES = {
    "n": "条数",
    "accuracy": "准确率",
    "macro_f1": "宏平均 F1",
    "top3": "前三命中率",
    "ece": "校准误差",
    "coverage_at_precision": "达到目标精度的可派比例",
    "texts_per_second": "每秒条数(批量)",
    "p50_ms": "单条耗时中位数(毫秒)",
    "p99_ms": "单条耗时 99 分位(毫秒)",
    "train_seconds": "训练秒数",
    "model_mb": "模型大小(MB)",
}


class Command(BaseCommand):
    help = "在一个 CSV(列 title,text,label)上测量分派模型;不加 --train 时先用起步语料训练"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="要测量的 CSV")
        parser.add_argument("--train", type=Path, help="训练用的 CSV;它的标签就是类别")
        parser.add_argument("--json", action="store_true", help="标准输出只有一个 JSON 对象")

    def handle(self, *args: Any, file: Path, train: Path | None, **options: Any) -> None:
        try:
            rows = read(file)
            model, seconds = fitted(read(train) if train else starter())
            figures = evaluated(model, rows, category_names())
        except (UnusableFile, UnusableRows) as error:
            raise CommandError(str(error)) from error
        figures["train_seconds"] = round(seconds, 2)
        figures["model_mb"] = round(len(model.dump()) / 1e6, 2)
        if options["json"]:
            self.stdout.write(json.dumps(figures, ensure_ascii=False))
            return
        for key, value in figures.items():
            self.stdout.write(f"{NAMES[key]}:{value}")
