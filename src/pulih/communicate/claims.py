"""What a text claims that can be held against facts: times of day, dates, numbers, promises, causes.

It reads both languages of a statement by small patterns, each written for the way a duty desk writes. What they miss a
second person still reads; what they find wrongly costs whoever drafts one more look, and is told with its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from pulih.communicate.speech import DAYS, MONTHS

Language = Literal["id", "en"]
_PAIR: Final[Mapping[Language, int]] = MappingProxyType({"id": 0, "en": 1})


class Clock(msgspec.Struct, frozen=True):
    """A time of day as a text has it: minutes after midnight, and the words that name it."""

    minute: int
    quote: str


class Day(msgspec.Struct, frozen=True):
    """A date: day, month, year (None where none is written), and the words that name it."""

    day: int
    month: int
    year: int | None
    quote: str


class Number(msgspec.Struct, frozen=True):
    """A number that is neither time nor date, and the words around it; `span` where it counts hours or minutes."""

    value: float
    quote: str
    span: bool = False


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What one text claims.

    Attributes:
        clocks, days, numbers: see there; `begun` those times that say since when.
        promises: sentences that promise a next word. `hopes`: those that promise that it will work again.
        causes: sentences that name a cause.
    """

    clocks: tuple[Clock, ...] = ()
    begun: tuple[Clock, ...] = ()
    days: tuple[Day, ...] = ()
    numbers: tuple[Number, ...] = ()
    promises: tuple[str, ...] = ()
    hopes: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()


_CLOCK: Final = re.compile(r"(?<![\d.,:])(?P<hour>[01]?\d|2[0-3])[.:](?P<minute>[0-5]\d)(?![\d.,:]*\d)")
_SLASHED: Final = re.compile(r"(?<![\d/])(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>\d{4}))?(?![\d/])")
# A number is written with its language's marks: 1.200,5 or 1,200.5. Letters right before make it a name: 4G, B2B, IM3.
_NUMBER: Final[Mapping[Language, re.Pattern[str]]] = MappingProxyType(
    {
        "id": re.compile(r"(?<![\w.,])(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?(?![\w])"),
        "en": re.compile(r"(?<![\w.,])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w])"),
    }
)
_SPAN: Final = re.compile(r"\s*(?:jam|menit|hari|hours?|minutes?|mins?|days?)\b", re.IGNORECASE)
_SENTENCE: Final = re.compile(r"[^\n.!?]+(?:\.(?=\d)[^\n.!?]+)*[.!?]?")
_BEGUN: Final[Mapping[Language, re.Pattern[str]]] = MappingProxyType(
    {
        "id": re.compile(r"\b(?:sejak|mulai|berawal)\b[^\d.;:\n]{0,60}$", re.IGNORECASE),
        "en": re.compile(r"\b(?:since|began|started|starting)\b[^\d.;:\n]{0,60}$", re.IGNORECASE),
    }
)
_PROMISE: Final[Mapping[Language, re.Pattern[str]]] = MappingProxyType(
    {
        "id": re.compile(
            r"\b(?:kabar|pembaruan|informasi|perkembangan|keterangan)\s+(?:berikutnya|selanjutnya|lanjutan|lagi)\b"
            r"|\b(?:akan|segera)\s+(?:segera\s+|kembali\s+|kami\s+)*"
            r"(?:kabarkan|mengabarkan|mengabari|menginformasikan|sampaikan|menyampaikan|memberitahu\w*|memberi\s+kabar"
            r"|memperbarui|umumkan|mengumumkan)\b",
            re.IGNORECASE,
        ),
        "en": re.compile(
            r"\b(?:next|further)\s+(?:update|news|word|information|statement)\b"
            r"|\b(?:we(?:'ll|\s+will|\s+shall))\s+(?:\w+\s+){0,2}?"
            r"(?:update|inform|tell|report|announce|let\s+you\s+know|keep\s+you)\b",
            re.IGNORECASE,
        ),
    }
)
_HOPE: Final[Mapping[Language, re.Pattern[str]]] = MappingProxyType(
    {
        "id": re.compile(
            r"\b(?:akan|segera|diperkirakan|perkiraan|target)\s+(?:\w+\s+){0,2}?(?:pulih|normal|selesai)\b",
            re.IGNORECASE,
        ),
        "en": re.compile(
            r"\b(?:will|expected\s+to|should|shall)\s+(?:\w+\s+)?be\s+(?:\w+\s+)?(?:restored|back|fixed|repaired|normal)\b"
            r"|\b(?:restoration|repair)\s+(?:is\s+)?expected\b",
            re.IGNORECASE,
        ),
    }
)
_CAUSE: Final[Mapping[Language, re.Pattern[str]]] = MappingProxyType(
    {
        "id": re.compile(
            r"\bpenyebab\w*\s*(?::|adalah|ialah|yaitu|karena)|\b(?:disebabkan|diakibatkan|dipicu)\b|\bakibat\b"
            r"|\bkarena\s+(?:ada\w*\s+)?(?:kabel|listrik|perangkat|serat|cuaca|banjir|petir|server|vendor|pihak)\b",
            re.IGNORECASE,
        ),
        "en": re.compile(
            r"\bcause\s*(?::|is|was)\s|\b(?:caused|triggered)\s+by\b|\b(?:due\s+to|because\s+of|as\s+a\s+result\s+of)\b",
            re.IGNORECASE,
        ),
    }
)
_UNKNOWN: Final[Mapping[Language, re.Pattern[str]]] = MappingProxyType(
    {
        "id": re.compile(r"\b(?:belum|tidak|bukan|mencari|menyelidiki|memeriksa)\b", re.IGNORECASE),
        "en": re.compile(r"\b(?:not|no|unknown|looking|investigating|checking|neither|nor)\b", re.IGNORECASE),
    }
)


def claims_of(text: str, language: Language) -> Claims:
    """Return what a text claims.

    >>> found = claims_of("Sejak pukul 08.48 WIB ada 1.240 laporan. Kabar berikutnya pukul 10.30.", "id")
    >>> [clock.minute for clock in found.clocks], [number.value for number in found.numbers], len(found.promises)
    ([528, 630], [1240.0], 1)
    """
    days, rest = _days(text, language)
    sentences = [one.strip() for one in _SENTENCE.findall(rest) if one.strip()]
    clocks = [(_clock(found), found.start()) for found in _CLOCK.finditer(rest)]
    begun = tuple(clock for clock, at in clocks if _BEGUN[language].search(rest[max(0, at - 80) : at]))
    return Claims(
        clocks=tuple(clock for clock, _ in clocks),
        begun=begun,
        days=days,
        numbers=tuple(_numbers(_CLOCK.sub(lambda found: " " * len(found[0]), rest), language)),
        promises=_matching(sentences, _PROMISE[language]),
        hopes=_matching(sentences, _HOPE[language], unless=_UNKNOWN[language]),
        causes=_matching(sentences, _CAUSE[language], unless=_UNKNOWN[language]),
    )


def _matching(
    sentences: list[str], wanted: re.Pattern[str], *, unless: re.Pattern[str] | None = None
) -> tuple[str, ...]:
    return tuple(one for one in sentences if wanted.search(one) and not (unless and unless.search(one)))


def _clock(found: re.Match[str]) -> Clock:
    return Clock(int(found["hour"]) * 60 + int(found["minute"]), found[0])


def _days(text: str, language: Language) -> tuple[tuple[Day, ...], str]:
    """Return the dates of a text, and the text with blanks where they stood."""
    months = {pair[_PAIR[language]].casefold(): number for number, pair in enumerate(MONTHS, 1)}
    months |= {name[:3]: number for name, number in months.items()}
    named = "|".join(sorted(months, key=len, reverse=True))
    weekdays = "|".join(pair[_PAIR[language]] for pair in DAYS)
    written = re.compile(
        rf"(?:\b(?:{weekdays}),?\s+)?(?<![\w.])(?P<day>\d{{1,2}})\s+(?P<month>{named})\b\.?(?:\s+(?P<year>\d{{4}})\b)?,?",
        re.IGNORECASE,
    )
    days: list[Day] = []

    def taken(found: re.Match[str]) -> str:
        month = found["month"].casefold()
        number = int(month) if month.isdecimal() else months[month]
        year = int(found["year"]) if found["year"] else None
        days.append(Day(int(found["day"]), number, year, found[0].strip(" ,")))
        return " " * len(found[0])

    rest = _SLASHED.sub(taken, written.sub(taken, text))
    return tuple(days), rest


def _numbers(text: str, language: Language) -> Iterator[Number]:
    group, point = (".", ",") if language == "id" else (",", ".")
    for found in _NUMBER[language].finditer(text):
        value = float(found[0].replace(group, "").replace(point, "."))
        yield Number(value, _around(text, found), bool(_SPAN.match(text, found.end())))


def _around(text: str, found: re.Match[str]) -> str:
    """Return a number with the words beside it, of its own sentence."""
    before = re.search(r"[^\s.!?]+[ \t]+$", text[: found.start()])
    after = re.match(r"[ \t]*[^\s.!?]+", text[found.end() :])
    return f"{before[0] if before else ''}{found[0]}{after[0] if after else ''}"
