"""Moments as people of the desk's zone write them: 09.06 WIB in Indonesian, 09:06 WIB in English."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from pulih.model.clock import from_micros
from pulih.web.frame.rooms import Language

MONTHS: dict[Language, tuple[str, ...]] = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


class Moments(msgspec.Struct, frozen=True):
    """How one reader sees times: language, zone, and the present."""

    language: Language
    zone: ZoneInfo
    now_us: int

    def clock(self, at_us: int) -> str:
        """Write the time of day with its zone.

        >>> Moments("id", ZoneInfo("Asia/Jakarta"), 0).clock(0)
        '07.00 WIB'
        """
        moment = self._local(at_us)
        return f"{self.bare(at_us)} {_zone_name(moment)}"

    def bare(self, at_us: int) -> str:
        """Write the time of day without its zone, where that is said nearby.

        >>> Moments("en", ZoneInfo("Asia/Jakarta"), 0).bare(0)
        '07:00'
        """
        return self._local(at_us).strftime("%H:%M" if self.language == "en" else "%H.%M")

    def day(self, at_us: int) -> str:
        """Write the date.

        >>> Moments("id", ZoneInfo("Asia/Jakarta"), 0).day(10_000_000_000_000)
        '27 Apr 1970'
        """
        moment = self._local(at_us)
        return f"{moment.day} {MONTHS[self.language][moment.month - 1]} {moment.year}"

    def moment(self, at_us: int) -> str:
        """Write the time of day, and the date where it is not today's.

        >>> Moments("en", ZoneInfo("Asia/Makassar"), 0).moment(100_000_000_000)
        '2 Jan 1970, 11:46 WITA'
        """
        same = self._local(at_us).date() == self._local(self.now_us).date()
        return self.clock(at_us) if same else f"{self.day(at_us)}, {self.clock(at_us)}"

    def zone_name(self) -> str:
        """Name the zone in which times are filled in.

        >>> Moments("id", ZoneInfo("Asia/Jayapura"), 0).zone_name()
        'WIT'
        """
        return _zone_name(self._local(self.now_us))

    def iso(self, at_us: int) -> str:
        """Write a moment for the `datetime` of a `time` element.

        >>> Moments("id", ZoneInfo("Asia/Jakarta"), 0).iso(0)
        '1970-01-01T07:00:00+07:00'
        """
        return self._local(at_us).isoformat(timespec="seconds")

    def _local(self, at_us: int) -> datetime:
        return from_micros(at_us).astimezone(self.zone)


def _zone_name(moment: datetime) -> str:
    """Name the zone as people there do, else by its distance from UTC."""
    name = moment.tzname() or ""
    if name and name[0] not in "+-":
        return name
    minutes = (moment.utcoffset() or timedelta()) // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
