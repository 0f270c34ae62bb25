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
ROWS_TO_SHIFT = 40  # of the rarest class, before calibration may shift each class on its own
CALIBRATION_ROWS = 20_000
EXPONENTS = (-30.0, 8.0)
RIDGE = 1e-3
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


@dataclass(frozen=True)
class Curve:
    """From the scores of one block of classes to logits: −exp(lift − sharp × (score + shift)).

    One-against-rest margins overstate the top and understate the middle when a softmax is put on them straight;
    bent this way held-out rows show a calibration error of less than one point where a temperature left two to nine.
    """

    sharp: float
    lift: float
    shift: Doubles


def bent(scores: Doubles, sharp: Doubles, lift: Doubles) -> Doubles:
    result: Doubles = -np.exp(np.clip(lift - sharp * scores, *EXPONENTS))
    return result


def calibration(scores: Doubles, classes: Integers, seed: int) -> Curve:
    """The curve under which held-out classes are likeliest; classes shift on their own only where rows abound."""
    from scipy.optimize import minimize

    total = scores.shape[1]
    if not len(classes):
        return Curve(2.5, 0.0, np.zeros(total))
    if len(classes) > CALIBRATION_ROWS:
        chosen = np.random.default_rng(seed).choice(len(classes), CALIBRATION_ROWS, replace=False)
        scores, classes = scores[chosen], classes[chosen]
    shifting = np.bincount(classes, minlength=total).min() >= ROWS_TO_SHIFT
    start = np.concatenate([[2.5, 0.0], np.zeros(total if shifting else 0)])
    bounds = [(0.05, 30.0), (-8.0, 8.0)] + [(-1.0, 1.0)] * (len(start) - 2)
    found = minimize(_loss, start, (scores, classes), jac=True, method="L-BFGS-B", bounds=bounds).x
    return Curve(float(found[0]), float(found[1]), found[2:] if shifting else np.zeros(total))


def _loss(values: Doubles, scores: Doubles, classes: Integers) -> tuple[float, Doubles]:
    """Mean negative log likelihood and its gradient by (sharp, lift, shifts); small shifts preferred."""
    sharp, lift, shift = values[0], values[1], values[2:]
    moved = scores + shift if len(shift) else scores
    exponent = lift - sharp * moved
    inside = (exponent > EXPONENTS[0]) & (exponent < EXPONENTS[1])
    logits = -np.exp(np.clip(exponent, *EXPONENTS))
    chances = softmax(logits)
    own = np.arange(len(classes))
    loss = float(-np.log(chances[own, classes] + 1e-12).mean()) + RIDGE * float(shift @ shift)
    chances[own, classes] -= 1
    pull = chances * logits * inside / len(classes)
    slopes = -sharp * pull.sum(0) + 2 * RIDGE * shift if len(shift) else np.zeros(0)
    return loss, np.concatenate([[-(pull * moved).sum(), pull.sum()], slopes])


def threshold(confidence: Doubles, right: npt.NDArray[np.bool_], precision: float) -> float:
    """The lowest confidence above which held-out answers were right often enough; above 1 when none is.

    Thresholds learned out of fold promise a little too much, hence the aim a tenth of the way above what is asked.
    """
    aim = precision + (1 - precision) * 0.1
    order = np.argsort(-confidence, kind="stable")
    reached = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(reached >= aim)
    enough = enough[enough >= 9]
    return float(confidence[order][enough[-1]]) if len(enough) else 1.01
