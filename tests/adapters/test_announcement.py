"""Announced work is known by the names it is announced with."""

from __future__ import annotations

import pytest

from pulih.adapters.announcement import understood_by
from pulih.adapters.catalogue import load_catalogue
from pulih.adapters.gazetteer import load_gazetteer
from pulih.adapters.maintenance import Understood
from pulih.understand.places import PlaceFinder


@pytest.fixture(scope="module")
def understood() -> Understood:
    """The packaged names."""
    finder = PlaceFinder(load_gazetteer())
    return understood_by(load_catalogue(), lambda: finder)


@pytest.mark.parametrize(
    ("text", "operator", "region"),
    [
        ("Pemeliharaan jaringan IndiHome Kota Bandung", "indihome", "32.73"),
        ("Migrasi core XL Axiata · Jakarta Selatan", "xl", "31.74"),
        ("Migrasi core XL · Jakarta Selatan", "xl", "31.74"),
        ("Upgrade OLT Depok", "", "32.76"),
        ("Peningkatan kapasitas Tri Jawa Barat", "tri", "32"),
        ("Maintenance INDOSAT OOREDOO backbone", "indosat", None),
        ("Potong kabel ukuran xl, axis putar", "", None),
        ("32.73", "", "32.73"),
        ("", "", None),
    ],
)
def test_names_are_found_as_they_are_announced(
    understood: Understood, text: str, operator: str, region: str | None
) -> None:
    assert (understood.operator(text), understood.region(text)) == (operator, region)
