"""How the site speaks in one language: its sentences, numbers rounded to what they mean, moments in the desk's zone.

The sentences are data (texts/LANGUAGE.toml); a test holds both languages to the same keys and the same values. Moments
and spans are those of `communicate.speech`, so that a page says a time as the statement beside it does.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from pulih.communicate.addresses import LANGUAGES
from pulih.communicate.sentences import Sentences
from pulih.communicate.speech import Speech, duration, full_moment, listed, moment
from pulih.model.clock import from_micros, iso
from pulih.ports.channels import Language


class Tongue(Sentences, frozen=True):
    """One language of the site, with the clock that the desk reads."""

    speech: Speech

    def of(self, one: object, name: str) -> str:
        """Return what a struct says in this language: `name` "title" asks for its `title_id` or `title_en`."""
        return str(getattr(one, f"{name}_{self.language}"))

    def moment(self, at_us: int, now_us: int | None = None) -> str:
        """Name a moment, with its day unless it is that of `now_us`; what must not change by itself gives none."""
        pair = full_moment(at_us, self.speech) if now_us is None else moment(at_us, self.speech, now_us=now_us)
        return pair[self._side]

    def end(self, start_us: int, end_us: int, now_us: int | None = None) -> str:
        """Name the end of a time: the day again only where it is neither that of its start nor that of `now_us`."""
        day_us = now_us if now_us is not None and self.day(end_us) == self.day(now_us) else start_us
        return moment(end_us, self.speech, now_us=day_us)[self._side]

    def day(self, at_us: int) -> str:
        """Name the day of a moment."""
        return full_moment(at_us, self.speech)[self._side].rsplit(", ", 1)[0]

    def clock(self, at_us: int) -> str:
        """Return the time alone, as a clock shows it."""
        local = from_micros(at_us).astimezone(self.speech.zone)
        return f"{local:%H.%M}" if self.language == "id" else f"{local:%H:%M}"

    def zone_at(self, at_us: int) -> str:
        """Name the zone of the desk's clock, which is not that of every reader's."""
        return moment(at_us, self.speech, now_us=at_us)[self._side].rpartition(" ")[2]

    def zoned(self, at_us: int) -> str:
        """Return the time alone, with its zone."""
        return f"{self.clock(at_us)} {self.zone_at(at_us)}"

    def span(self, span_us: int) -> str:
        """Name a length of time in hours and minutes."""
        return duration(span_us)[self._side]

    def joined(self, names: list[str]) -> str:
        """Join names as the language does."""
        return listed([(name, name) for name in names])[self._side]

    def iso(self, at_us: int) -> str:
        """Write a moment for machines."""
        return iso(at_us)

    @property
    def _side(self) -> int:
        return LANGUAGES.index(self.language)


def about(count: float) -> int:
    """Round a count to what it means: two figures.

    >>> about(1_237), about(94.2), about(7), about(0)
    (1200, 94, 7, 0)
    """
    if count < 100:
        return round(count)
    step: int = 10 ** (int(math.log10(count)) - 1)
    return round(count / step) * step


def tongue(language: Language, zone: str) -> Tongue:
    """Return the language of a site whose desk reads the clock of `zone` (IANA name).

    >>> tongue("id", "Asia/Makassar").clock(0), tongue("en", "Asia/Makassar").zoned(0)
    ('08.00', '08:00 WITA')
    """
    return Tongue(language, sentences(language), Speech(zone=ZoneInfo(zone)))


@cache
def sentences(language: Language) -> Mapping[str, str]:
    """Return all sentences of a language by key; read once."""
    text = (files("pulih.adapters.site") / "texts" / f"{language}.toml").read_text(encoding="utf-8")
    return dict(_flat("", tomllib.loads(text)))


def _flat(above: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        key = f"{above}.{name}" if above else name
        if isinstance(value, str):
            yield key, value
        else:
            yield from _flat(key, value)
