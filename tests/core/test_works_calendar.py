"""The calendar of planned works is read back by another reader with the same times, places and words."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from msgspec.structs import replace
from sample_bulletin import NOW_US, bulletin, works

from pulih.communicate.calendar import calendar_of, calendar_path
from pulih.communicate.edition import Edition, PageLanguage
from pulih.model.bulletin import Work
from pulih.model.clock import from_micros


def _written(*works: Work, language: PageLanguage = "en") -> bytes:
    return calendar_of(Edition(bulletin(works=works), ZoneInfo("Asia/Jakarta"), language))


def test_events_are_the_works_with_their_times() -> None:
    read = Calendar.from_ical(_written(*works()))
    events = {str(one["UID"]): one for one in read.walk("VEVENT")}
    assert set(events) == {"w1@status.example.net", "w2@status.example.net"}
    ahead = events["w2@status.example.net"]
    assert (ahead.start, ahead.end) == (from_micros(works()[0].start_us), from_micros(works()[0].end_us))
    assert ahead["SUMMARY"] == "XL: Core upgrade in Jakarta Selatan"
    assert ahead["LOCATION"] == "Jakarta Selatan"
    assert ahead["STATUS"] == "CONFIRMED"


def test_work_that_was_called_off_stays_as_cancelled() -> None:
    off = replace(works()[0], state="completed", cancelled_us=NOW_US, updated_us=NOW_US)
    event = Calendar.from_ical(_written(off)).walk("VEVENT")[0]
    assert event["STATUS"] == "CANCELLED"
    before = Calendar.from_ical(_written(works()[0])).walk("VEVENT")[0]
    assert int(event["SEQUENCE"]) > int(before["SEQUENCE"])


def test_a_calendar_without_works_has_the_component_that_the_standard_asks_for() -> None:
    read = Calendar.from_ical(_written())
    assert [one.name for one in read.subcomponents] == ["VTIMEZONE"]
    assert [one.name for one in Calendar.from_ical(_written(*works())).subcomponents] == ["VEVENT", "VEVENT"]


@pytest.mark.parametrize(("language", "path"), [("id", "kalender.ics"), ("en", "en/calendar.ics")])
def test_each_language_has_a_calendar_with_a_name(language: PageLanguage, path: str) -> None:
    edition = Edition(bulletin(), ZoneInfo("Asia/Jakarta"), language)
    assert calendar_path(edition) == path
    read = Calendar.from_ical(calendar_of(edition))
    assert str(read["X-WR-CALNAME"]).startswith("Pulih Contoh: ")


@given(st.text(max_size=200))
def test_no_text_adds_a_line_and_none_is_longer_than_75_octets(typed: str) -> None:
    hostile = replace(works()[0], title_en=f"{typed}\r\nATTENDEE:mailto:a@example.net", text_en=typed)
    lines = _written(hostile).split(b"\r\n")
    assert not [line for line in lines if line.startswith(b"ATTENDEE")]
    assert max(map(len, lines)) <= 75
