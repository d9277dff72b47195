"""Planned works as an iCalendar that people subscribe to, so that work stands among their own appointments.

Source: RFC 5545 (iCalendar), sections 3.6.1, 3.8.1.11 (a cancelled event stays, marked) and 3.8.7.4 (sequence);
RFC 7986 (name and refresh of a published calendar).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from icalendar import Calendar, Event, Timezone, TimezoneStandard, vDuration, vText

from pulih.communicate.edition import Edition, work_changed_us
from pulih.communicate.speech import Pair
from pulih.model.bulletin import Work
from pulih.model.clock import MICROS, from_micros

_NAME: Final[Pair] = ("{0}: pemeliharaan terencana", "{0}: planned maintenance")
_REFRESH: Final = timedelta(hours=1)


def calendar_path(edition: Edition) -> str:
    """Return the path of the calendar below the root of the site."""
    return edition.pick(("kalender.ics", "en/calendar.ics"))


def calendar_of(edition: Edition) -> bytes:
    """Return the calendar of all planned works.

    Args:
        edition: what the public may know.
    """
    calendar = Calendar()
    name = edition.pick(_NAME).format(edition.bulletin.desk)
    calendar.add("prodid", f"-//Pulih//{edition.host}//{edition.language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar["NAME"] = vText(name)
    calendar["X-WR-CALNAME"] = vText(name)
    refresh = vDuration(_REFRESH)
    refresh.params["VALUE"] = "DURATION"
    calendar["REFRESH-INTERVAL"] = refresh
    for work in edition.bulletin.works:
        calendar.add_component(_event(edition, work))
    if not edition.bulletin.works:
        calendar.add_component(_utc_zone())
    written: bytes = calendar.to_ical()
    return written


def _utc_zone() -> Timezone:
    """Return what stands in a calendar without works: RFC 5545 wants one component at least, and strict readers too."""
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", "UTC")
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 - RFC 5545: a local time without a zone
    standard.add("tzoffsetfrom", timedelta(0))
    standard.add("tzoffsetto", timedelta(0))
    zone.add_component(standard)
    return zone


def _event(edition: Edition, work: Work) -> Event:
    event = Event()
    changed_us = work_changed_us(work)
    event.add("uid", f"{work.id}@{edition.host}")
    event.add("dtstamp", _utc(changed_us))
    event.add("last-modified", _utc(changed_us))
    event.add("sequence", max(0, changed_us - (work.announced_us or changed_us)) // (60 * MICROS))
    # In UTC no reader needs a table of time zones, and each shows it by its own clock.
    event.add("dtstart", _utc(work.start_us))
    event.add("dtend", _utc(work.end_us))
    event.add("summary", edition.work_title(work))
    text = edition.pick((work.text_id, work.text_en))
    if text:
        event.add("description", text)
    if work.regions:
        event.add("location", ", ".join(edition.place(code) for code in work.regions))
    if work.services:
        event.add("categories", [edition.service(one) for one in work.services])
    event.add("url", edition.page_of_work(work))
    event.add("status", "CANCELLED" if work.cancelled_us is not None else "CONFIRMED")
    # Nobody is busy because a network is worked on.
    event.add("transp", "TRANSPARENT")
    return event


def _utc(at_us: int) -> datetime:
    return from_micros(at_us).replace(microsecond=0)
