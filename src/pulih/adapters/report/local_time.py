"""Moments as people write them: the local zone by its name, 09:06 in English and 09.06 in Indonesian."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pulih.adapters.report.texts import Language
from pulih.model.clock import from_micros
from pulih.model.errors import RefusedInput

MONTHS: dict[Language, tuple[str, ...]] = {
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ),
    "id": (
        "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
        "November", "Desember",
    ),
}  # fmt: skip
SHORT_MONTHS: dict[Language, tuple[str, ...]] = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
}


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone called `name`.

    Raises: RefusedInput when there is none of that name.

    >>> zone_of("Asia/Jakarta").key
    'Asia/Jakarta'
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RefusedInput(
            f"There is no time zone called {name!r}; a name such as Asia/Jakarta would be right."
        ) from error


def zone_name(at_us: int, zone: ZoneInfo) -> str:
    """Name `zone` as people there do at that moment, else by its distance from UTC.

    >>> [zone_name(0, ZoneInfo(z)) for z in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")]
    ['WIB', 'WITA', 'WIT']
    >>> zone_name(1_700_000_000_000_000, ZoneInfo("Asia/Kathmandu"))
    'UTC+5:45'
    """
    moment = _local(at_us, zone)
    name = moment.tzname() or ""
    if name and name[0] not in "+-":
        return name
    minutes = (moment.utcoffset() or timedelta()) // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def clock(at_us: int, zone: ZoneInfo, language: Language) -> str:
    """Write the time of day.

    >>> clock(0, ZoneInfo("Asia/Jakarta"), "en"), clock(0, ZoneInfo("Asia/Jakarta"), "id")
    ('07:00', '07.00')
    """
    return _local(at_us, zone).strftime("%H:%M" if language == "en" else "%H.%M")


def day(at_us: int, zone: ZoneInfo, language: Language, *, year: bool = True) -> str:
    """Write the date in full, for sentences.

    >>> day(0, ZoneInfo("UTC"), "id"), day(0, ZoneInfo("UTC"), "en", year=False)
    ('1 Januari 1970', '1 January')
    """
    moment = _local(at_us, zone)
    text = f"{moment.day} {MONTHS[language][moment.month - 1]}"
    return f"{text} {moment.year}" if year else text


def short_day(at_us: int, zone: ZoneInfo, language: Language, *, year: bool = True) -> str:
    """Write the date in short, for tables and axes.

    >>> short_day(19_000_000_000_000, ZoneInfo("UTC"), "id"), short_day(0, ZoneInfo("UTC"), "en", year=False)
    ('8 Agu 1970', '1 Jan')
    """
    moment = _local(at_us, zone)
    text = f"{moment.day} {SHORT_MONTHS[language][moment.month - 1]}"
    return f"{text} {moment.year}" if year else text


def short_month(at_us: int, zone: ZoneInfo, language: Language) -> str:
    """Write month and year in short, for long axes.

    >>> short_month(0, ZoneInfo("UTC"), "en")
    'Jan 1970'
    """
    moment = _local(at_us, zone)
    return f"{SHORT_MONTHS[language][moment.month - 1]} {moment.year}"


def same_day(first_us: int, second_us: int, zone: ZoneInfo) -> bool:
    """Tell whether two moments fall on one calendar day of `zone`.

    >>> same_day(0, 3_600_000_000, ZoneInfo("UTC"))
    True
    """
    return _local(first_us, zone).date() == _local(second_us, zone).date()


def same_year(first_us: int, second_us: int, zone: ZoneInfo) -> bool:
    """Tell whether two moments fall in one calendar year of `zone`.

    >>> same_year(0, 31_536_000_000_000, ZoneInfo("UTC"))
    False
    """
    return _local(first_us, zone).year == _local(second_us, zone).year


def _local(at_us: int, zone: ZoneInfo) -> datetime:
    return from_micros(at_us).astimezone(zone)
