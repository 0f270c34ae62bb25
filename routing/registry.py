"""The models trained so far and the one in service; training is never part of a request."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from hotline.catalogue.models import Category
from routing.classifier import Model, UnreadableModel, load
from routing.learn.rows import Row, digest, starter
from routing.learn.training import train as fit
from routing.models import TrainedModel

logger = logging.getLogger(__name__)
SEED: Final = 12345


@dataclass(frozen=True)
class InService:
    version: int
    model: Model


@dataclass(frozen=True)
class Training:
    """A finished training: its record, and why it is (not) in service."""

    record: TrainedModel
    model: Model
    note: str


_lock = threading.Lock()
_loaded: dict[str, Model] = {}


def directory() -> Path:
    return Path(settings.MODEL_DIR)


def active() -> InService | None:
    """The model in service, read from its file once a process; None when there is none or its file is lost."""
    found = TrainedModel.objects.filter(active=True).values_list("version", "file_name").first()
    if found is None:
        return None
    version, file_name = found
    key = str(directory() / file_name)
    with _lock:
        if key not in _loaded:
            try:
                model = load(Path(key))
            except (OSError, UnreadableModel):
                logger.exception("router model %s cannot be read", file_name)
                return None
            _loaded.clear()
            _loaded[key] = model
        return InService(version, _loaded[key])


def train(rows: Sequence[Row], *, by: str, at: datetime, activate: bool = True) -> Training:
    """Train, keep, and put in service if the labels are matters of the catalogue; else the old model stays."""
    mapped, note, usable = _as_categories(rows)
    model = fit(
        [row.text for row in mapped], [row.title for row in mapped], [row.label for row in mapped], seed=SEED
    )
    content = model.dump()
    directory().mkdir(parents=True, exist_ok=True)
    with transaction.atomic():
        version = (TrainedModel.objects.aggregate(last=Max("version"))["last"] or 0) + 1
        data_hash = digest(mapped)
        record = TrainedModel.objects.create(
            version=version,
            made_at=at,
            made_by=by,
            data_hash=data_hash,
            rows=len(mapped),
            labels=len(model.labels),
            parameters=dict(model.parameters),
            metrics=dict(model.metrics),
            file_name=f"router-{version:04d}-{data_hash[:8]}.npz",
        )
        _write(directory() / record.file_name, content)
        if usable and activate:
            switch_to(record)
    return Training(record, model, note)


@transaction.atomic
def switch_to(record: TrainedModel) -> None:
    """Put this model in service; also the way back to an older one."""
    TrainedModel.objects.select_for_update().filter(active=True).exclude(pk=record.pk).update(active=False)
    TrainedModel.objects.filter(pk=record.pk).update(active=True)
    record.active = True


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: a reader never meets half a file."""
    draft = path.with_suffix(f".{os.getpid()}.part")
    draft.write_bytes(content)
    os.replace(draft, path)


def _as_categories(rows: Sequence[Row]) -> tuple[list[Row], str, bool]:
    """The rows with category codes for labels; with first-level labels the starter corpus adds the leaves."""
    codes = _codes_by_label()
    labels = {row.label for row in rows}
    unknown = sorted(label for label in labels if label not in codes)
    if unknown:
        shown = "、".join(unknown[:3])
        return (
            list(rows),
            f"有 {len(unknown)} 个标签不是事项分类的代码或名称(如 {shown}),模型已保存但未启用",
            False,
        )
    mapped = [Row(row.text, codes[row.label], row.title) for row in rows]
    leaves = {code for code in codes.values() if len(code) >= 6}
    if {row.label for row in mapped} <= leaves:
        return mapped, "已启用", True
    coarse = [Row(row.text, row.label if row.label in leaves else row.label[:2], row.title) for row in mapped]
    added = [row for row in starter() if row.label in leaves]
    note = f"标签含上级事项:这些行只用于判断一级分类,末级分类另用起步语料 {len(added)} 条;已启用"
    return [*added, *coarse], note, True


def _codes_by_label() -> dict[str, str]:
    """Code, full name and (where only one matter bears it, the upper level first) plain name → code."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    depth_of: dict[str, int] = {}
    rows = Category.objects.filter(retired_on=None).order_by("depth", "code")
    for code, name, full_name, depth in rows.values_list("code", "name", "full_name", "depth"):
        if depth_of.get(name) == depth:
            twice.add(name)
        if name not in found:
            found[name], depth_of[name] = code, depth
        found[full_name] = found[code] = code
    return {label: code for label, code in found.items() if label not in twice}
