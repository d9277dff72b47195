"""How a desk speaks: what it calls operators and places, which clock it reads, and whether it speaks for an operator.

Every text is made in both languages at once, so that neither says more than the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Final

import msgspec

from pulih.model.clock import MICROS, from_micros
from pulih.model.notice import NoticeKind

# The same in Indonesian and in English.
Pair = tuple[str, str]

MONTHS: Final[tuple[Pair, ...]] = (
    ("Januari", "January"), ("Februari", "February"), ("Maret", "March"), ("April", "April"), ("Mei", "May"),
    ("Juni", "June"), ("Juli", "July"), ("Agustus", "August"), ("September", "September"), ("Oktober", "October"),
    ("November", "November"), ("Desember", "December"),
)  # fmt: skip
DAYS: Final[tuple[Pair, ...]] = (
    ("Senin", "Monday"), ("Selasa", "Tuesday"), ("Rabu", "Wednesday"), ("Kamis", "Thursday"), ("Jumat", "Friday"),
    ("Sabtu", "Saturday"), ("Minggu", "Sunday"),
)  # fmt: skip


class Speech(msgspec.Struct, frozen=True, kw_only=True):
    """What a desk needs to know to speak.

    Attributes:
        zone: time zone of the desk; a moment is named in it (WIB, WITA, WIT).
        operators: names of operators by catalogue id; `regions` of regions by code.
        parents: code of the region above each region.
        independent: the desk speaks as a regulator, consumer body or newsroom, and for no operator.
        speaker, office: who speaks for it unless a statement names another; "" nobody by name.
    """

    zone: tzinfo
    operators: Mapping[str, str] = {}
    regions: Mapping[str, str] = {}
    parents: Mapping[str, str] = {}
    independent: bool = False
    speaker: str = ""
    office: str = ""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A statement as the desk proposes it; a person reads it before it goes anywhere."""

    kind: NoticeKind
    text_id: str
    text_en: str
    next_update_by_us: int | None = None


def moment(at_us: int, speech: Speech, *, now_us: int) -> Pair:
    """Name a moment: the time with its zone, and the day where it is not today's.

    >>> from zoneinfo import ZoneInfo
    >>> moment(0, Speech(zone=ZoneInfo("Asia/Jakarta")), now_us=60_000_000)
    ('pukul 07.00 WIB', '07:00 WIB')
    """
    local = from_micros(at_us).astimezone(speech.zone)
    zone = _zone(local)
    indonesian, english = f"pukul {local:%H.%M} {zone}", f"{local:%H:%M} {zone}"
    if local.date() == from_micros(now_us).astimezone(speech.zone).date():
        return indonesian, english
    day = _day(local)
    return f"{day[0]} {indonesian}", f"{english} on {day[1]}"


def full_moment(at_us: int, speech: Speech) -> Pair:
    """Name a moment with its day.

    >>> from datetime import UTC
    >>> full_moment(0, Speech(zone=UTC))
    ('Kamis, 1 Januari 1970, pukul 00.00 UTC', 'Thursday, 1 January 1970, 00:00 UTC')
    """
    local = from_micros(at_us).astimezone(speech.zone)
    day, zone = _day(local), _zone(local)
    return f"{day[0]}, pukul {local:%H.%M} {zone}", f"{day[1]}, {local:%H:%M} {zone}"


def duration(span_us: int) -> Pair:
    """Name a span in hours and minutes.

    >>> duration(13_320_000_000), duration(60_000_000)
    (('3 jam 42 menit', '3 hours 42 minutes'), ('1 menit', '1 minute'))
    """
    hours, minutes = divmod(max(0, span_us) // (60 * MICROS), 60)
    indonesian = [f"{hours} jam"] * bool(hours) + [f"{minutes} menit"] * bool(minutes or not hours)
    english = [_plural(hours, "hour")] * bool(hours) + [_plural(minutes, "minute")] * bool(minutes or not hours)
    return " ".join(indonesian), " ".join(english)


def listed(names: Sequence[Pair]) -> Pair:
    """Join names as each language does.

    >>> listed([("Aceh", "Aceh"), ("Riau", "Riau"), ("Bali", "Bali")])
    ('Aceh, Riau, dan Bali', 'Aceh, Riau and Bali')
    """
    indonesian, english = [name for name, _ in names], [name for _, name in names]
    if len(names) < 3:
        return " dan ".join(indonesian), " and ".join(english)
    return f"{', '.join(indonesian[:-1])}, dan {indonesian[-1]}", f"{', '.join(english[:-1])} and {english[-1]}"


def joined(sentences: Iterable[Pair], *, between: str = "\n") -> Pair:
    """Join texts, one a line."""
    pairs = tuple(sentences)
    return between.join(one for one, _ in pairs), between.join(other for _, other in pairs)


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _day(local: datetime) -> Pair:
    weekday, month = DAYS[local.weekday()], MONTHS[local.month - 1]
    return (
        f"{weekday[0]}, {local.day} {month[0]} {local.year}",
        f"{weekday[1]}, {local.day} {month[1]} {local.year}",
    )


def _zone(local: datetime) -> str:
    name = local.tzname() or ""
    if name and name[0] not in "+-":
        return name
    minutes = (local.utcoffset() or timedelta()) // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
