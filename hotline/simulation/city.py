"""Loading the invented sample city from the files beside this module."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from hotline.catalogue import imports as catalogue
from hotline.catalogue.models import Category
from hotline.organisation import imports as organisation

FOLDER = Path(__file__).parent / "city"


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one file of the sample city, by its name without .csv."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@transaction.atomic
def load(*, password: str | None) -> dict[str, int]:
    """Districts, units, categories, duties and people with one password; returns rows by kind."""
    return {
        "districts": organisation.load_districts(rows("districts")),
        "units": organisation.load_units(rows("units")),
        "categories": catalogue.load_categories(rows("categories")),
        "duties": catalogue.load_duties(rows("duties")),
        "people": organisation.load_people(rows("users"), password=password),
    }


def loaded() -> bool:
    return Category.objects.exists()
