"""How good answers are: accuracy, macro-F1, calibration error, coverage at a stated precision. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from routing.learn.linear import Doubles, Integers

BINS = 15


def macro_f1(truth: Integers, found: Integers) -> float:
    """Mean F1 over the classes that occur in the truth."""
    total = int(max(truth.max(initial=0), found.max(initial=0))) + 1
    right = np.bincount(truth[truth == found], minlength=total)
    real = np.bincount(truth, minlength=total)
    both = real + np.bincount(found, minlength=total)
    present = real > 0
    return float((2 * right[present] / both[present]).mean()) if present.any() else 0.0


def expected_calibration_error(chances: Doubles, truth: Integers) -> float:
    """Mean gap between confidence and accuracy in 15 equal bins of confidence, weighted by rows."""
    if not len(truth):
        return 0.0
    confidence = chances.max(1)
    right = chances.argmax(1) == truth
    bins = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    rows = np.bincount(bins, minlength=BINS)
    gaps = np.abs(
        np.bincount(bins, weights=confidence, minlength=BINS)
        - np.bincount(bins, weights=right, minlength=BINS)
    )
    return float(gaps.sum() / rows.sum())


def top(chances: Doubles, truth: Integers, count: int) -> float:
    """Share of rows whose true class is among the likeliest `count`."""
    if not len(truth):
        return 0.0
    best = np.argsort(-chances, axis=1, kind="stable")[:, :count]
    return float((best == truth[:, None]).any(1).mean())


def coverage(
    chances: Doubles, truth: Integers, thresholds: Mapping[str, float]
) -> dict[str, dict[str, float | None]]:
    """Share of rows at or above each threshold and the precision they reach."""
    confidence = chances.max(1)
    right = chances.argmax(1) == truth
    result: dict[str, dict[str, float | None]] = {}
    for name, level in thresholds.items():
        taken = confidence >= level
        precision = round(float(right[taken].mean()), 4) if taken.any() else None
        result[name] = {"coverage": round(float(taken.mean()), 4), "precision": precision}
    return result
