"""How reports and reviews write moments, lengths of time, numbers and names, in Indonesian and English at once.

A report names its zone and its date always: who reads it reads it elsewhere and later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from pulih.model.clock import MICROS, from_micros
from pulih.model.impact import Bounds
from pulih.model.incident import EmergencyCalls
from pulih.model.reading import Service

# The same in Indonesian and in English.
Pair = tuple[str, str]

MONTHS: Final[tuple[Pair, ...]] = (
    ("Januari", "January"), ("Februari", "February"), ("Maret", "March"), ("April", "April"), ("Mei", "May"),
    ("Juni", "June"), ("Juli", "July"), ("Agustus", "August"), ("September", "September"), ("Oktober", "October"),
    ("November", "November"), ("Desember", "December"),
)  # fmt: skip
SERVICES: Final[Mapping[Service, Pair]] = MappingProxyType(
    {
        "mobile_data": ("internet seluler", "mobile data"),
        "mobile_voice": ("telepon seluler", "mobile calls"),
        "sms": ("SMS", "SMS"),
        "fixed_broadband": ("internet rumah", "fixed broadband"),
        "tv": ("TV", "TV"),
        "app": ("aplikasi", "the app"),
        "billing": ("tagihan dan kuota", "billing and quota"),
        "any": ("layanan, belum dirinci", "services, not specified"),
    }
)
EMERGENCY: Final[Mapping[EmergencyCalls, Pair]] = MappingProxyType(
    {
        "unknown": ("belum diketahui", "not known"),
        "reachable": ("dapat dihubungi", "can be reached"),
        "not_reachable": ("tidak dapat dihubungi", "cannot be reached"),
    }
)


def moment(at_us: int, zone: str) -> Pair:
    """Write a moment with its date and zone.

    >>> moment(0, "Asia/Jakarta")
    ('1 Januari 1970 pukul 07.00 WIB', '1 January 1970, 07:00 WIB')
    """
    local = from_micros(at_us).astimezone(ZoneInfo(zone))
    name, month = _zone_name(local.tzname() or "", local.utcoffset() or timedelta()), MONTHS[local.month - 1]
    return (
        f"{local.day} {month[0]} {local.year} pukul {local:%H.%M} {name}",
        f"{local.day} {month[1]} {local.year}, {local:%H:%M} {name}",
    )


def short_moment(at_us: int, zone: str) -> Pair:
    """Write a moment for a narrow column: the day of the month and the time, and its zone where that time comes twice.

    >>> short_moment(0, "Asia/Jakarta"), short_moment(1_793_511_000_000_000, "America/New_York")
    (('1 Jan 07.00', '1 Jan 07:00'), ('1 Nov 01.30 EDT', '1 Nov 01:30 EDT'))
    """
    local = from_micros(at_us).astimezone(ZoneInfo(zone))
    month = MONTHS[local.month - 1]
    offset = local.utcoffset()
    twice = local.replace(fold=1 - local.fold).utcoffset() != offset
    which = f" {_zone_name(local.tzname() or '', offset or timedelta())}" if twice else ""
    return f"{local.day} {month[0][:3]} {local:%H.%M}{which}", f"{local.day} {month[1][:3]} {local:%H:%M}{which}"


def span(length_us: int) -> Pair:
    """Write a length of time: seconds below a minute, days beyond two.

    >>> span(222 * 60_000_000), span(5_000_000)
    (('3 jam 42 menit', '3 h 42 min'), ('5 detik', '5 s'))
    """
    seconds = max(0, length_us) // MICROS
    if seconds < 60:
        return f"{seconds} detik", f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    if hours >= 48:
        days, hours = divmod(hours, 24)
        return _both((days, "hari", "d"), (hours, "jam", "h"))
    return _both((hours, "jam", "h"), (minutes, "menit", "min"))


def _both(*parts: tuple[int, str, str]) -> Pair:
    said = [one for one in parts if one[0]]
    return " ".join(f"{n} {one}" for n, one, _ in said), " ".join(f"{n} {other}" for n, _, other in said)


def whole(number: int) -> Pair:
    """Write a whole number with its thousands apart.

    >>> whole(1234567)
    ('1.234.567', '1,234,567')
    """
    return f"{number:,}".replace(",", "."), f"{number:,}"


def decimal(number: float, places: int = 1) -> Pair:
    """Write a number with some places.

    >>> decimal(1234.56)
    ('1.234,6', '1,234.6')
    """
    english = f"{number:,.{places}f}"
    return english.translate(str.maketrans(",.", ".,")), english


def between(bounds: Bounds) -> Pair:
    """Write a number with its bounds, or alone where they are one.

    >>> between(Bounds(5, 7, 9)), between(Bounds(5, 5, 5))
    (('antara 5 dan 9', 'between 5 and 9'), ('5', '5'))
    """
    low, high = whole(bounds.low), whole(bounds.high)
    if bounds.low == bounds.high:
        return low
    return f"antara {low[0]} dan {high[0]}", f"between {low[1]} and {high[1]}"


def services_told(services: Iterable[Service | None]) -> Pair:
    """Write what is hit, each once; "" where nobody knows.

    >>> services_told(["sms", "sms", None])
    ('SMS', 'SMS')
    """
    return listed([SERVICES[one] for one in dict.fromkeys(services) if one is not None])


def listed(names: Sequence[Pair]) -> Pair:
    """Join names as each language does.

    >>> listed([("Aceh", "Aceh"), ("Riau", "Riau"), ("Bali", "Bali")])
    ('Aceh, Riau, dan Bali', 'Aceh, Riau and Bali')
    """
    one, other = [name[0] for name in names], [name[1] for name in names]
    if len(names) < 3:
        return " dan ".join(one), " and ".join(other)
    return f"{', '.join(one[:-1])}, dan {one[-1]}", f"{', '.join(other[:-1])} and {other[-1]}"


def _zone_name(name: str, offset: timedelta) -> str:
    if name and name[0] not in "+-":
        return name
    minutes = offset // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
