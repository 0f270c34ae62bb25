"""One model measured on one file of labelled rows; the figures of `evaluate_router`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from routing.classifier import Model
from routing.learn import measures
from routing.learn.rows import Row, confidence_key, fit
from routing.learn.training import train

SINGLE_TEXTS: Final = 1_000  # answered one by one for p50 and p99
SEED: Final = 12345


def fitted(rows: Sequence[Row]) -> tuple[Model, float]:
    """A model of the rows and the seconds it took."""
    began = time.perf_counter()
    model = train(
        [row.text for row in rows], [row.title for row in rows], [row.label for row in rows], seed=SEED
    )
    return model, time.perf_counter() - began


def evaluated(model: Model, rows: Sequence[Row], names: dict[str, str]) -> dict[str, Any]:
    """Figures of the model on rows it has not seen; labels are met by code or by name of a level."""
    meeting = fit(model.labels, [row.label for row in rows], names)
    truth = meeting.truth([row.label for row in rows])
    began = time.perf_counter()
    chances = meeting.summed(model.probabilities([row.text for row in rows], [row.title for row in rows]))
    seconds = time.perf_counter() - began
    found = chances.argmax(1)
    levels = model.thresholds.get(confidence_key(meeting, model.labels), {})
    p50, p99 = _latencies(model, rows[:SINGLE_TEXTS])
    return {
        "n": len(rows),
        "accuracy": round(float((found == truth).mean()), 4),
        "macro_f1": round(measures.macro_f1(truth, found), 4),
        "top3": round(measures.top(chances, truth, 3), 4),
        "ece": round(measures.expected_calibration_error(chances, truth), 4),
        "coverage_at_precision": measures.coverage(chances, truth, levels),
        "texts_per_second": round(len(rows) / max(seconds, 1e-9)),
        "p50_ms": p50,
        "p99_ms": p99,
    }


def _latencies(model: Model, rows: Sequence[Row]) -> tuple[float, float]:
    model.predict("先答一句,免得把装载算进去")
    spent = []
    for row in rows:
        began = time.perf_counter()
        model.predict(row.text, row.title)
        spent.append(1000 * (time.perf_counter() - began))
    return round(float(np.quantile(spent, 0.5)), 3), round(float(np.quantile(spent, 0.99)), 3)
