"""The numbers behind the classifier: weighted n-grams, linear separation, calibration. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from routing.text import Codes, ngrams

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Counted = tuple[Codes, npt.NDArray[np.float32]]  # distinct n-grams of a text, 1 + log of how often

MARGIN = 0.05  # the weight a term keeps that is spread evenly over all classes
LOGISTIC_CLASSES = 20  # up to here, and with 40 rows a class, calibration may bend each class on its own
STRENGTH = 1.0


def counted(text: str, longest: int) -> Counted:
    codes, times = np.unique(ngrams(text, longest), return_counts=True)
    return codes, (1.0 + np.log(times)).astype(np.float32)


@dataclass(frozen=True)
class Vocabulary:
    """The n-grams known, sorted, and what each weighs."""

    codes: Codes
    weights: Floats
    longest: int

    def columns(self, document: Counted) -> tuple[npt.NDArray[np.intp], Floats]:
        """The document's known n-grams as columns and values of length 1."""
        codes, times = document
        if not len(self.codes):
            return np.zeros(0, np.intp), np.zeros(0, np.float32)
        places = np.searchsorted(self.codes, codes)
        places[places == len(self.codes)] = 0
        known = self.codes[places] == codes
        columns = places[known]
        values = times[known] * self.weights[columns]
        length = float(np.sqrt(values @ values))
        return columns, values / length if length else values

    def matrix(self, documents: Sequence[Counted]) -> csr_matrix:
        from scipy.sparse import csr_matrix

        rows = [self.columns(document) for document in documents]
        starts = np.concatenate([[0], np.cumsum([len(columns) for columns, _ in rows])])
        columns = np.concatenate([columns for columns, _ in rows]) if rows else np.zeros(0, np.intp)
        values = np.concatenate([values for _, values in rows]) if rows else np.zeros(0, np.float32)
        return csr_matrix((values, columns, starts), shape=(len(rows), len(self.codes)))


def vocabulary(
    documents: Sequence[Counted], classes: Integers, *, longest: int, least: int = 2
) -> Vocabulary:
    """N-grams in at least `least` documents, weighted by idf × √(.05 + 1 − entropy over the classes)."""
    codes = np.concatenate([codes for codes, _ in documents])
    known, frequency = np.unique(codes, return_counts=True)
    kept = frequency >= least
    if not kept.any():
        kept = frequency >= 1
    known, frequency = known[kept], frequency[kept]
    idf = np.log((1 + len(documents)) / (1 + frequency)) + 1
    owner = np.repeat(classes, [len(codes) for codes, _ in documents])
    total = max(2, int(classes.max()) + 1)
    places = np.searchsorted(known, codes)
    places[places == len(known)] = 0
    hit = known[places] == codes
    cells, cell_counts = np.unique(places[hit] * total + owner[hit], return_counts=True)
    share = cell_counts / frequency[cells // total]
    entropy = np.bincount(cells // total, weights=-share * np.log(share), minlength=len(known)) / np.log(
        total
    )
    weights = idf * np.sqrt(np.clip(MARGIN + 1 - entropy, MARGIN, None))
    return Vocabulary(known, weights.astype(np.float32), longest)


def separate(matrix: csr_matrix, classes: Integers, total: int, seed: int) -> tuple[Floats, Floats]:
    """Weights (columns × total) and offsets of one-against-rest linear separation, balanced classes."""
    from sklearn.svm import LinearSVC

    present = np.unique(classes)
    weights = np.zeros((matrix.shape[1], total), np.float32)
    offsets = np.full(total, -1.0, np.float32)
    if len(present) == 1:
        offsets[present[0]] = 1.0
        return weights, offsets
    fitted: Any = LinearSVC(C=STRENGTH, class_weight="balanced", random_state=seed, tol=1e-3, max_iter=300)
    fitted.fit(matrix, classes)
    if len(present) == 2:
        weights[:, present[1]] = fitted.coef_[0]
        weights[:, present[0]] = -fitted.coef_[0]
        offsets[present[1]], offsets[present[0]] = fitted.intercept_[0], -fitted.intercept_[0]
    else:
        weights[:, present] = fitted.coef_.T
        offsets[present] = fitted.intercept_
    return weights, offsets


def softmax(logits: Doubles) -> Doubles:
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    result: Doubles = shifted / shifted.sum(axis=-1, keepdims=True)
    return result


def temperature(scores: Doubles, classes: Integers) -> float:
    """The factor on the scores under which the classes are most likely (golden section on its logarithm)."""

    def loss(log_factor: float) -> float:
        chances = softmax(scores * np.exp(log_factor))
        return float(-np.log(chances[np.arange(len(classes)), classes] + 1e-12).mean())

    low, high = -2.0, 4.0
    ratio = (5**0.5 - 1) / 2
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = loss(left), loss(right)
    for _ in range(24):
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - ratio * (high - low)
            at_left = loss(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + ratio * (high - low)
            at_right = loss(right)
    return float(np.exp((low + high) / 2))


def calibration(scores: Doubles, classes: Integers) -> tuple[Doubles, Doubles]:
    """A linear map of held-out scores to logits: logistic where rows abound, else one temperature."""
    total = scores.shape[1]
    counts = np.bincount(classes, minlength=total)
    if 2 < total <= LOGISTIC_CLASSES and counts.min() >= 40:
        from sklearn.linear_model import LogisticRegression

        fitted: Any = LogisticRegression(C=1.0, max_iter=500)
        fitted.fit(scores, classes)
        return fitted.coef_.T.astype(np.float64), fitted.intercept_.astype(np.float64)
    factor = temperature(scores, classes) if len(classes) else 1.0
    return np.eye(total) * factor, np.zeros(total)


def threshold(confidence: Doubles, right: npt.NDArray[np.bool_], precision: float) -> float:
    """The lowest confidence above which held-out answers were right often enough; above 1 when none is.

    Thresholds learned out of fold promise a little too much, hence the aim a fifth above what is asked.
    """
    aim = min(0.999, precision + (1 - precision) * 0.22)
    order = np.argsort(-confidence, kind="stable")
    reached = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(reached >= aim)
    enough = enough[enough >= 9]
    return float(confidence[order][enough[-1]]) if len(enough) else 1.01
