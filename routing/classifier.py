"""From text to classes with honest probabilities: a linear model over character n-grams. Pure."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import rjieba

from routing.learn.linear import Counted, Doubles, Floats, Vocabulary, bent, counted, softmax
from routing.text import aligned, ngrams_by_place

FORMAT: Final = 1
TEXT_LIMIT: Final = 6_000  # characters read of one text; what follows repeats itself
_TREE_CODE = re.compile(r"[0-9]{4,}")


@dataclass(frozen=True)
class Answer:
    label: str
    probability: float


@dataclass(frozen=True)
class Spoke:
    """A word that spoke for a class, with its place in the original text."""

    word: str
    start: int
    end: int
    weight: float


class UnreadableModel(ValueError):
    """The file is not a model of this format."""


def tree_of(labels: Sequence[str]) -> tuple[str, ...]:
    """The first levels behind hierarchical codes (two digits a level), () for any other label set."""
    if not labels or not all(_TREE_CODE.fullmatch(label) for label in labels):
        return ()
    groups = tuple(sorted({label[:2] for label in labels}))
    return groups if 1 < len(groups) < len(labels) else ()


@dataclass(frozen=True)
class Model:
    """Fitted weights: the columns are the first levels (if the labels are tree codes) and then the labels."""

    labels: tuple[str, ...]
    groups: tuple[str, ...]
    vocabulary: Vocabulary
    weights: npt.NDArray[np.int16]
    scale: Floats
    offsets: Floats
    sharp: Doubles  # with `lift`: how scores bend to logits, see `linear.Curve`
    lift: Doubles
    thresholds: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def group_of(self) -> npt.NDArray[np.intp]:
        """Which first level each label belongs to; all to one when the labels are flat."""
        if not self.groups:
            return np.zeros(len(self.labels), np.intp)
        place = {group: number for number, group in enumerate(self.groups)}
        return np.array([place[label[:2]] for label in self.labels], np.intp)

    def scores(self, text: str, title: str = "") -> Doubles:
        fields = [part[:TEXT_LIMIT] for part in (title, text) if part.strip()]
        total = np.zeros(len(self.scale), np.float32)
        for part in fields:
            columns, values = self.vocabulary.columns(counted(part, self.vocabulary.longest))
            total += values @ self.weights[columns].astype(np.float32)
        result: Doubles = (total * self.scale / max(1, len(fields)) ** 0.5 + self.offsets).astype(np.float64)
        return result

    def batch_scores(self, texts: Sequence[str], titles: Sequence[str]) -> Doubles:
        dense = self.weights.astype(np.float32) * self.scale
        total = np.zeros((len(texts), len(self.scale)), np.float32)
        filled = np.zeros(len(texts), np.float32)
        for column in (titles, texts):
            rows = [number for number, part in enumerate(column) if part.strip()]
            if rows:
                documents = [counted(column[row][:TEXT_LIMIT], self.vocabulary.longest) for row in rows]
                total[rows] += self.vocabulary.matrix(documents) @ dense
                filled[rows] += 1
        result: Doubles = (total / np.maximum(filled, 1)[:, None] ** 0.5 + self.offsets).astype(np.float64)
        return result

    def chances(self, scores: Doubles) -> Doubles:
        """Probabilities of the labels: first level × label within it."""
        return tree_chances(bent(scores, self.sharp, self.lift), len(self.groups), self.group_of)

    def probabilities(
        self, texts: Sequence[str], titles: Sequence[str] | None = None, *, chunk: int = 2_000
    ) -> Doubles:
        """One row a text, one column a label."""
        heads = list(titles) if titles is not None else [""] * len(texts)
        parts = [
            self.chances(self.batch_scores(texts[start : start + chunk], heads[start : start + chunk]))
            for start in range(0, len(texts), chunk)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.labels)))

    def predict(self, text: str, title: str = "", *, top: int = 3) -> list[Answer]:
        """The likeliest labels, best first."""
        chances = self.chances(self.scores(text, title))
        best = np.argsort(-chances, kind="stable")[:top]
        return [Answer(self.labels[number], float(chances[number])) for number in best]

    def first_levels(self, answers_or_chances: Doubles) -> Doubles:
        """Label probabilities summed to the first level."""
        count = max(1, len(self.groups))
        return np.stack(
            [answers_or_chances[..., self.group_of == group].sum(-1) for group in range(count)], -1
        )

    def sure(self, probability: float, precision: str = "0.95") -> bool:
        """Whether held-out answers this confident were right often enough; if not, a person decides."""
        return probability >= self.thresholds.get("label", {}).get(precision, 1.01)

    def explain(self, text: str, label: str, *, limit: int = 5) -> list[Spoke]:
        """The words of the text that spoke most for the label, with their places."""
        number = self.labels.index(label)
        column = len(self.groups) + number
        plain, origin = aligned(text[:TEXT_LIMIT])
        share = self._spoken(plain, column)
        if self.groups:
            share = share + self._spoken(plain, int(self.group_of[number]))
        found: dict[str, Spoke] = {}
        cursor = 0
        for word in rjieba.cut(plain):
            start, cursor = cursor, cursor + len(word)
            weight = float(share[start:cursor].sum())
            if weight <= 0 or not any(character.isalnum() for character in word):
                continue
            if word not in found or found[word].weight < weight:
                found[word] = Spoke(word, origin[start], origin[cursor - 1] + 1, weight)
        return sorted(found.values(), key=lambda spoke: -spoke.weight)[:limit]

    def _spoken(self, plain: str, column: int) -> Doubles:
        """How much each character of the normalised text adds to one column, against the others' mean."""
        share = np.zeros(len(plain) + 1)
        peers = self._peers(column)
        for codes, length in ngrams_by_place(plain, self.vocabulary.longest):
            places = np.searchsorted(self.vocabulary.codes, codes)
            places[places == len(self.vocabulary.codes)] = 0
            known = np.flatnonzero((codes != 0) & (self.vocabulary.codes[places] == codes))
            rows = places[known]
            own = self.weights[rows, column] * self.scale[column]
            others = (self.weights[rows, peers] * self.scale[peers]).mean(1)
            gain = (own - others) * self.vocabulary.weights[rows] / length
            for step in range(length):
                np.add.at(share, known + step, gain)
        return share[: len(plain)]

    def _peers(self, column: int) -> slice:
        """The columns a column competes with; sibling labels stand together because labels are sorted."""
        first = len(self.groups)
        if column < first:
            return slice(0, first)
        siblings = np.flatnonzero(self.group_of == self.group_of[column - first])
        return slice(first + int(siblings[0]), first + int(siblings[-1]) + 1)

    def dump(self) -> bytes:
        about = {
            "format": FORMAT,
            "labels": self.labels,
            "groups": self.groups,
            "longest": self.vocabulary.longest,
            "thresholds": self.thresholds,
            "parameters": self.parameters,
            "metrics": self.metrics,
        }
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer,
            about=np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), np.uint8),
            codes=self.vocabulary.codes,
            term_weights=self.vocabulary.weights,
            weights=self.weights,
            scale=self.scale,
            offsets=self.offsets,
            sharp=self.sharp,
            lift=self.lift,
        )
        return buffer.getvalue()


def tree_chances(logits: Doubles, groups: int, group_of: npt.NDArray[np.intp]) -> Doubles:
    """Softmax over the first levels times softmax within each; labels of a first level stand together."""
    inner = logits[..., groups:]
    if not groups:
        return softmax(inner)
    outer = softmax(logits[..., :groups])
    result = np.empty_like(inner)
    edges = [*np.flatnonzero(np.diff(group_of, prepend=-1)), len(group_of)]
    for number, (start, end) in enumerate(pairwise(edges)):
        result[..., start:end] = softmax(inner[..., start:end]) * outer[..., number : number + 1]
    return result


def load(source: Path | bytes) -> Model:
    """A model from its file; nothing in the file is executed."""
    content = source.read_bytes() if isinstance(source, Path) else source
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            about = json.loads(bytes(stored["about"]).decode())
            if about["format"] != FORMAT:
                raise UnreadableModel(f"模型格式版本为 {about['format']},本程序只认 {FORMAT}")
            return Model(
                labels=tuple(about["labels"]),
                groups=tuple(about["groups"]),
                vocabulary=Vocabulary(stored["codes"], stored["term_weights"], about["longest"]),
                weights=stored["weights"],
                scale=stored["scale"],
                offsets=stored["offsets"],
                sharp=stored["sharp"],
                lift=stored["lift"],
                thresholds=about["thresholds"],
                parameters=about["parameters"],
                metrics=about["metrics"],
            )
    except UnreadableModel:
        raise
    except (ValueError, KeyError, OSError, EOFError) as error:
        raise UnreadableModel("文件不是本系统保存的分派模型") from error


def quantised(weights: Doubles | Floats) -> tuple[npt.NDArray[np.int16], Floats]:
    """Weights as 16-bit whole numbers and the scale of each column."""
    scale = np.maximum(np.abs(weights).max(axis=0, initial=0.0), 1e-9) / 32_000
    return np.round(weights / scale).astype(np.int16), scale.astype(np.float32)


def documents_of(
    texts: Sequence[str], titles: Sequence[str], longest: int
) -> tuple[list[Counted], list[int]]:
    """Every filled field as a document of its own, and the row it came from."""
    documents: list[Counted] = []
    rows: list[int] = []
    for column in (titles, texts):
        for row, part in enumerate(column):
            if part.strip():
                documents.append(counted(part[:TEXT_LIMIT], longest))
                rows.append(row)
    return documents, rows
