"""Labelled rows from CSV files, the shipped starter corpus, and the names behind category codes; no ORM."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from routing.learn.linear import Doubles, Integers

CORPUS: Final = Path(__file__).resolve().parent.parent / "corpus"
CATEGORIES: Final = CORPUS.parent.parent / "hotline" / "simulation" / "city" / "categories.csv"
FIELD_LIMIT: Final = 4_000_000


class UnusableFile(ValueError):
    """The file cannot be read as labelled rows; the message says why, in Chinese."""


@dataclass(frozen=True)
class Row:
    text: str
    label: str
    title: str = ""


def _decoded(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnusableFile(f"读不到文件 {path}") from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnusableFile(f"{path.name} 的编码既不是 UTF-8 也不是 GB18030")


def read(path: Path) -> list[Row]:
    """Rows of a CSV with the columns text and/or title, and label; rows without label or text are left out."""
    csv.field_size_limit(FIELD_LIMIT)
    reader = csv.DictReader(io.StringIO(_decoded(path), newline=""))
    columns = set(reader.fieldnames or [])
    if "label" not in columns or not columns & {"text", "title"}:
        raise UnusableFile(f"{path.name} 缺少列:需要 label,以及 text 或 title")
    try:
        rows = [_row(values) for values in reader]
    except csv.Error as error:
        raise UnusableFile(f"{path.name} 第 {reader.line_num} 行不是有效的 CSV") from error
    rows = [row for row in rows if row.label and (row.text.strip() or row.title.strip())]
    if not rows:
        raise UnusableFile(f"{path.name} 中没有既有文字又有标签的行")
    return rows


def _row(values: dict[str, str | None]) -> Row:
    return Row(values.get("text") or "", (values.get("label") or "").strip(), values.get("title") or "")


def starter() -> list[Row]:
    """The corpus that ships with the project: every file of the folder, in citizens' own words."""
    rows = [row for path in sorted(CORPUS.glob("*.csv")) for row in read(path)]
    if not rows:
        raise UnusableFile("routing/corpus 中没有起步语料")
    return rows


def digest(rows: Iterable[Row]) -> str:
    """Which data a model was trained on."""
    found = hashlib.sha256()
    for row in rows:
        found.update("\x1f".join((row.title, row.text, row.label)).encode("utf-8", "surrogatepass") + b"\x1e")
    return found.hexdigest()


@cache
def category_names(path: Path = CATEGORIES) -> dict[str, str]:
    """Code → name of every level, from the sample city's file."""
    reader = csv.DictReader(io.StringIO(_decoded(path), newline=""))
    return {values["code"]: values["name"] for values in reader}


@dataclass(frozen=True)
class Fit:
    """How the labels of a file meet the labels of a model: columns of the model summed to `names`."""

    names: tuple[str, ...]
    owner: Integers  # per column of the model: the name it belongs to

    def summed(self, chances: Doubles) -> Doubles:
        return np.stack([chances[:, self.owner == number].sum(1) for number in range(len(self.names))], 1)

    def truth(self, labels: Sequence[str]) -> Integers:
        """Number of each label; one beyond the last for a label that the model does not know."""
        place = {name: number for number, name in enumerate(self.names)}
        return np.array([place.get(label, len(self.names)) for label in labels], np.int64)


def fit(model_labels: Sequence[str], file_labels: Iterable[str], names: dict[str, str]) -> Fit:
    """Equal labels, or codes of a level, or names of a level: whichever meets most labels of the file."""
    wanted = set(file_labels)
    best = Fit(tuple(model_labels), np.arange(len(model_labels)))
    most = len(wanted & set(best.names))
    for depth in (2, 4, 6):
        if any(len(label) < depth or not label.isdigit() for label in model_labels):
            break
        codes = [label[:depth] for label in model_labels]
        for known in (codes, [names.get(code, code) for code in codes]):
            met = len(wanted & set(known))
            if met > most:
                distinct = sorted(set(known))
                best, most = Fit(tuple(distinct), np.array([distinct.index(name) for name in known])), met
    if not most:
        raise UnusableFile("文件的标签与训练数据的标签(代码或名称)没有一个对得上")
    return best


def confidence_key(found: Fit, model_labels: Sequence[str]) -> str:
    """Which learned thresholds hold for the summed answers: those of labels or of first levels."""
    return "label" if len(found.names) == len(model_labels) else "first"
