"""Fitting a model: out-of-fold scores give calibration and thresholds, all rows give the weights. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from routing.classifier import Model, documents_of, quantised, tree_chances, tree_of
from routing.learn.linear import (
    Counted,
    Doubles,
    Floats,
    Integers,
    Vocabulary,
    bent,
    calibration,
    separate,
    threshold,
    vocabulary,
)
from routing.learn.measures import expected_calibration_error, macro_f1
from routing.text import normalise

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

FOLDS = 5
HELD_OUT_ROWS = 30_000  # above this many rows one held-out fifth is enough for calibration
_FIRST_LEVEL = re.compile(r"[0-9]{2}")
PRECISIONS = ("0.95", "0.98")


class UnusableRows(ValueError):
    """The rows cannot train a model; the message says why, in Chinese."""


Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Rows:
    """The training side: documents (one a filled field) and the class of every row."""

    documents: list[Counted]
    row_of: Integers
    classes: Integers  # per row, numbers into `labels`; -1 where only the first level is known
    firsts: Integers  # per row, numbers into `groups`
    labels: tuple[str, ...]
    groups: tuple[str, ...]
    group_of: Integers  # per label
    count: int
    longest: int


def train(
    texts: Sequence[str], titles: Sequence[str] | None, labels: Sequence[str], *, seed: int, longest: int = 2
) -> Model:
    """A calibrated model of these rows; rows without any text are left out."""
    rows = _prepared(texts, titles, labels, longest)
    folds = _folds(texts, titles or [""] * len(texts), labels, seed)
    scores, held = _held_out(rows, folds, seed)
    sharp, lift, shift = _calibrated(rows, scores, held, seed)
    chances = tree_chances(bent(scores[held] + shift, sharp, lift), len(rows.groups), rows.group_of)
    known, weights, offsets = _fitted(rows, np.ones(rows.count, bool), seed)
    numbers, scale = quantised(weights)
    return Model(
        labels=rows.labels,
        groups=rows.groups,
        vocabulary=known,
        weights=numbers,
        scale=scale,
        offsets=(offsets + shift).astype(np.float32),
        sharp=sharp,
        lift=lift,
        thresholds=_thresholds(rows, chances, held),
        parameters={"seed": seed, "longest": longest, "folds": FOLDS, "rows": rows.count},
        metrics=_metrics(rows, chances, held),
    )


def _prepared(
    texts: Sequence[str], titles: Sequence[str] | None, labels: Sequence[str], longest: int
) -> _Rows:
    heads = list(titles) if titles is not None else [""] * len(texts)
    if not len(texts) == len(heads) == len(labels):
        raise UnusableRows("文本、标题和标签的行数不一致")
    labels = [label.strip() for label in labels]
    if not all(labels):
        raise UnusableRows("有的行没有标签")
    names, groups = _named(labels)
    documents, row_of = documents_of(texts, heads, longest)
    if not any(len(codes) for codes, _ in documents):
        raise UnusableRows("训练数据中没有可用的文字")
    place = {name: number for number, name in enumerate(names)}
    classes = np.array([place.get(label, -1) for label in labels], np.int64)
    group_of = np.array([groups.index(name[:2]) if groups else 0 for name in names], np.int64)
    firsts = np.array([groups.index(label[:2]) if groups else 0 for label in labels], np.int64)
    return _Rows(
        documents, np.array(row_of, np.int64), classes, firsts, names, groups, group_of, len(texts), longest
    )


def _named(labels: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The labels to learn and their first levels; two-digit codes beside longer ones are first levels only."""
    names = tuple(sorted(set(labels)))
    longer = tuple(name for name in names if not _FIRST_LEVEL.fullmatch(name))
    groups = tree_of(longer)
    if groups and len(longer) < len(names):
        alone = sorted(set(names) - set(longer) - set(groups))
        if alone:
            raise UnusableRows(f"一级分类 {alone[0]} 没有末级事项的训练文本")
        names = longer
    if len(names) < 2:
        raise UnusableRows("训练数据至少要有两个不同的标签")
    return names, tree_of(names)


def _folds(texts: Sequence[str], titles: Sequence[str], labels: Sequence[str], seed: int) -> Integers:
    """A fold for each row, spread evenly within each class; equal texts share theirs."""
    shuffled = np.random.default_rng(seed).permutation(len(texts))
    fold_of: dict[str, int] = {}
    seen: Counter[str] = Counter()
    folds = np.zeros(len(texts), np.int64)
    for row in shuffled:
        key = normalise(titles[row] + "\n" + texts[row])
        if key not in fold_of:
            fold_of[key] = seen[labels[row]] % FOLDS
            seen[labels[row]] += 1
        folds[row] = fold_of[key]
    return folds


def _fitted(rows: _Rows, chosen: Mask, seed: int) -> tuple[Vocabulary, Floats, Floats]:
    """Vocabulary, weights and offsets from the chosen rows: first levels, then labels within each."""
    mine = np.flatnonzero(chosen[rows.row_of])
    documents = [rows.documents[number] for number in mine]
    classes = rows.classes[rows.row_of[mine]]
    outer = rows.firsts[rows.row_of[mine]] if rows.groups else classes
    known = vocabulary(documents, outer, longest=rows.longest)
    matrix = known.matrix(documents)
    parts = [separate(matrix, outer, len(rows.groups) or len(rows.labels), seed)]
    if rows.groups:
        parts += [_within(matrix, classes, outer, members, seed) for members in _members(rows)]
    return known, np.concatenate([part[0] for part in parts], 1), np.concatenate([part[1] for part in parts])


def _members(rows: _Rows) -> list[Integers]:
    return [np.flatnonzero(rows.group_of == group) for group in range(len(rows.groups))]


def _within(
    matrix: csr_matrix, classes: Integers, outer: Integers, members: Integers, seed: int
) -> tuple[Floats, Floats]:
    """Labels of one first level told apart on its own rows."""
    mine = np.flatnonzero(np.isin(classes, members))
    if not len(mine):
        return np.zeros((matrix.shape[1], len(members)), np.float32), np.zeros(len(members), np.float32)
    return separate(matrix[mine], np.searchsorted(members, classes[mine]), len(members), seed)


def _held_out(rows: _Rows, folds: Integers, seed: int) -> tuple[Doubles, Mask]:
    """Scores of rows by models that have not seen them, and which rows have such scores."""
    wanted = range(FOLDS) if rows.count <= HELD_OUT_ROWS else range(1)
    width = len(rows.groups) + len(rows.labels)
    scores = np.zeros((rows.count, width))
    held = np.zeros(rows.count, bool)
    for fold in wanted:
        apart = folds == fold
        if not apart.any() or apart.all():
            continue
        known, weights, offsets = _fitted(rows, ~apart, seed)
        mine = np.flatnonzero(apart[rows.row_of])
        found = known.matrix([rows.documents[number] for number in mine]) @ weights
        np.add.at(scores, rows.row_of[mine], found)
        fields = np.bincount(rows.row_of[mine], minlength=rows.count)[apart]
        scores[apart] = scores[apart] / np.sqrt(np.maximum(fields, 1))[:, None] + offsets
        held |= apart
    return scores, held


def _calibrated(rows: _Rows, scores: Doubles, held: Mask, seed: int) -> tuple[Doubles, Doubles, Doubles]:
    """Sharpness, lift and shift of every column: one curve for the first levels and one within each."""
    first = len(rows.groups)
    blocks = [(np.arange(first or len(rows.labels)), rows.firsts if first else rows.classes, held)]
    for members in _members(rows) if first else []:
        mine = held & np.isin(rows.classes, members)
        blocks.append((members + first, rows.classes - members[0], mine))
    sharp, lift, shift = (np.zeros(scores.shape[1]) for _ in range(3))
    for columns, classes, mine in blocks:
        curve = calibration(scores[np.ix_(mine, columns)], classes[mine], seed)
        sharp[columns], lift[columns], shift[columns] = curve.sharp, curve.lift, curve.shift
    return sharp, lift, shift


def _thresholds(rows: _Rows, chances: Doubles, held: Mask) -> dict[str, dict[str, float]]:
    """For labels and for first levels: the confidence that held a precision on held-out rows."""
    leaf = rows.classes[held] >= 0
    result = {"label": _levels(chances[leaf], rows.classes[held][leaf])}
    if rows.groups:
        result["first"] = _levels(_summed(rows, chances), rows.firsts[held])
    return result


def _summed(rows: _Rows, chances: Doubles) -> Doubles:
    return np.stack([chances[:, rows.group_of == group].sum(1) for group in range(len(rows.groups))], 1)


def _levels(chances: Doubles, truth: Integers) -> dict[str, float]:
    if not len(chances):
        return dict.fromkeys(PRECISIONS, 1.01)
    right = chances.argmax(1) == truth
    return {name: threshold(chances.max(1), right, float(name)) for name in PRECISIONS}


def _metrics(rows: _Rows, chances: Doubles, held: Mask) -> dict[str, Any]:
    """What the held-out rows say of the model; thin classes by name."""
    leaf = rows.classes[held] >= 0
    truth, answers = rows.classes[held][leaf], chances[leaf]
    counts = np.bincount(rows.classes[rows.classes >= 0], minlength=len(rows.labels))
    result: dict[str, Any] = {"thin": [rows.labels[number] for number in np.flatnonzero(counts < FOLDS)]}
    if len(truth):
        found = answers.argmax(1)
        result["accuracy"] = round(float((found == truth).mean()), 4)
        result["macro_f1"] = round(macro_f1(truth, found), 4)
        result["ece"] = round(expected_calibration_error(answers, truth), 4)
    if rows.groups and len(chances):
        right = _summed(rows, chances).argmax(1) == rows.firsts[held]
        result["first_level_accuracy"] = round(float(right.mean()), 4)
    return result
