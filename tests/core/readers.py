"""A reader of the packaged data without places, and the labelled texts that it is measured on."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

from pulih.adapters.catalogue import load_catalogue
from pulih.adapters.lexicon import load_lexicon
from pulih.understand.phrasebook import Phrasebook
from pulih.understand.places import NOWHERE, Sighting
from pulih.understand.reader import Reader


def nowhere(text: str, *, hint: str = "", footprint: frozenset[str] | None = None) -> Sighting:
    """Find no place in any text."""
    return NOWHERE


@cache
def phrasebook() -> Phrasebook:
    """Return the phrases of the packaged lexicon, as all readers of a process share them."""
    return Phrasebook(load_lexicon())


@cache
def reader(default_operator: str | None = None) -> Reader:
    """Return a reader of the packaged data; the same one for the same operator."""
    return Reader(
        lexicon=phrasebook().lexicon,
        catalogue=load_catalogue(),
        find_places=nowhere,
        default_operator=default_operator,
        phrasebook=phrasebook(),
    )


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One labelled text; `*_any` marks a label that the definitions leave open."""

    text: str
    report: bool = False
    acute: bool = False
    service: str | None = None
    symptom: str = "none"
    operator: str | None = None
    groups: tuple[str, ...] = ()
    recovered: bool = False
    language: str | None = None
    report_any: bool = False
    operator_any: bool = False


def cases() -> Iterator[Case]:
    """Yield the labelled texts of reader_cases.toml."""
    kinds = tomllib.loads((Path(__file__).parent / "reader_cases.toml").read_text(encoding="utf-8"))
    for kind, rows in kinds.items():
        for row in rows:
            yield msgspec.convert({"report": kind == "reports", "recovered": kind == "recoveries", **row}, Case)
