"""The sentences of all pages, in Indonesian and English, as data: web/words/LANGUAGE/ROOM.toml.

A sentence is asked for by its key and filled in with values; whole numbers are written as the language writes them. A
key that ends in `.one` is used where `n` is 1. A test holds both languages to the same keys and the same values.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pulih.communicate.sentences import Sentences
from pulih.web.frame.rooms import Language

LANGUAGES: tuple[Language, ...] = ("id", "en")


class Words(Sentences, frozen=True):
    """The sentences of the desk's own pages."""


@cache
def words(language: Language) -> Words:
    """Return all sentences of a language; read once.

    >>> words("en").language
    'en'
    """
    sentences: dict[str, str] = {}
    folder = files("pulih.web") / "words" / language
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        for key, sentence in _flat("", tomllib.loads(file.read_text(encoding="utf-8"))):
            if key in sentences:
                raise KeyError(f"{file.name} ({language}) says {key!r} again; each key stands in one file.")
            sentences[key] = sentence
    return Words(language, sentences)


def about(count: float) -> int:
    """Round a count to what it means in a sentence: two digits that count from 1,000 on.

    >>> about(1237), about(412), about(98_765)
    (1200, 412, 99000)
    """
    whole = round(count)
    if whole < 1_000:
        return whole
    step: int = 10 ** (len(str(whole)) - 2)
    return round(whole / step) * step


def _flat(above: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        key = f"{above}.{name}" if above else name
        if isinstance(value, str):
            yield key, value
        else:
            yield from _flat(key, value)
