"""Calendars that are meant to keep the desk busy, or that nobody checked: read in seconds or refused, no more."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest
from test_maintenance import WORDS

from pulih.adapters.maintenance import Read, Understood, read_calendar
from pulih.model.clock import to_micros
from pulih.model.errors import RefusedInput

NOW_US = to_micros(datetime(2025, 10, 3, 12, tzinfo=UTC))
SOUND = "UID:8\nDTSTART:20251003T170000Z\nDURATION:PT1H"
ZONE = """BEGIN:VTIMEZONE
TZID:{0}
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0700
TZOFFSETTO:+0800
RRULE:{1}
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700101T000000
TZOFFSETFROM:+0800
TZOFFSETTO:+0700
RRULE:{1}
END:DAYLIGHT
END:VTIMEZONE
"""


def read(*events: str, before: str = "") -> Read:
    inside = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\n{before}{inside}END:VCALENDAR\n"
    data = text.replace("\n", "\r\n").encode()
    return read_calendar(data, "changes", WORDS, zone=ZoneInfo("Asia/Jakarta"), now_us=NOW_US)


@pytest.mark.parametrize(
    ("rule", "start"),
    [
        ("FREQ=DAILY", "00010101T000000Z"),
        ("FREQ=DAILY", "19700101T000000Z"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", "20000101T010000"),
    ],
)
def test_five_hundred_series_that_begin_early_or_never_come_are_worked_out_in_seconds(rule: str, start: str) -> None:
    events = [f"UID:{number}\nDTSTART:{start}\nDURATION:PT2H\nRRULE:{rule}" for number in range(499)]
    begun_s = time.process_time()
    found = read(*events, SOUND)
    assert time.process_time() - begun_s < 30
    assert len(found.changes) >= 1
    assert any("take too long to work out" in one for one in found.unusable)


def test_the_words_of_a_series_are_understood_once_however_often_it_comes() -> None:
    asked: list[str] = []

    def region(text: str) -> None:
        asked.append(text)

    event = "UID:1\nSUMMARY:Migrasi\nDTSTART:20250901T010000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"
    data = f"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\n{event}\nEND:VEVENT\nEND:VCALENDAR\n".replace("\n", "\r\n")
    words = Understood(operator=lambda _: "", region=region)
    found = read_calendar(data.encode(), "changes", words, zone=ZoneInfo("Asia/Jakarta"), now_us=NOW_US)
    assert len(found.changes) > 100
    assert len({change.id for change in found.changes}) == len(found.changes)
    assert asked == ["Migrasi"]


def test_a_series_that_never_comes_is_named() -> None:
    found = read("UID:1\nDTSTART:20251003T170000Z\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", SOUND)
    assert len(found.changes) == 1
    assert "its recurrence never comes" in found.unusable[0]


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=YEARLY;BYHOUR=1,2;BYSECOND=1", "FREQ=DAILY"])
def test_a_zone_whose_clocks_change_without_end_is_refused_before_it_is_asked(rule: str) -> None:
    with pytest.raises(RefusedInput, match=r"changes: the time zone 'Evil' changes its clocks by .*; right would be"):
        read("UID:1\nDTSTART;TZID=Evil:20251003T170000\nDURATION:PT1H", before=ZONE.format("Evil", rule))


def test_a_zone_of_many_rules_is_refused() -> None:
    part = "BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0700\nTZOFFSETTO:+0800\nEND:STANDARD\n"
    zone = f"BEGIN:VTIMEZONE\nTZID:Evil\n{part * 101}END:VTIMEZONE\n"
    with pytest.raises(RefusedInput, match="changes its rules 101 times"):
        read(SOUND, before=zone)


def test_a_zone_of_its_own_holds_for_its_calendar_and_for_no_other() -> None:
    event = "UID:1\nDTSTART;TZID=Own:20251003T170000\nDURATION:PT1H"
    yearly = "FREQ=YEARLY;BYMONTH={};BYDAY=1SU"
    own = ZONE.format("Own", yearly.format(3)).replace("+0700", "+0300").replace("+0800", "+0300")
    other = own.replace("+0300", "+0500")
    starts = [read(event, before=zone).changes[0].start_us for zone in (own, other)]
    assert starts[0] - starts[1] == 2 * 3_600_000_000


@pytest.mark.parametrize(
    "event",
    [
        "UID:1\nDTSTART;TZID=../../../etc/passwd:20251003T170000\nDURATION:PT1H",
        "UID:1\nDTSTART;TZID=/dev/zero:20251003T170000\nDURATION:PT1H",
        "UID:1\nDTSTART:20251003T170000Z\nDURATION:PT1H\nRRULE:COUNT=3",
        "UID:1\nDTSTART:20251003T170000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=99999999999999999999",
        "UID:1\nDTSTART:20251003T170000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;INTERVAL=99999999999999",
        "UID:1\nDTSTART:20251003T170000Z\nDURATION:PT1H\nRECURRENCE-ID:yesterday",
        "UID:1\nDTSTART:20251003T170000Z\nDURATION:PT1H\nRECURRENCE-ID:20251003T170000Z\nRECURRENCE-ID:20251004T170000Z",
        "UID:1\nDTSTART:20251003T170000Z\nDTSTART:20251004T170000Z\nDURATION:PT1H",
        "UID:1\nDTSTART:20251003T170000Z\nDURATION:PT1H\nEXDATE:soon\nRDATE;VALUE=PERIOD:20251003T170000Z/PT1H",
        "UID:1\nDTSTART:99991231T235959Z\nDURATION:P30D\nRRULE:FREQ=YEARLY",
        "UID:1\nURL:http://169.254.169.254/latest\nATTACH:file:///etc/passwd\nDTSTART:20251003T170000Z\nDURATION:PT1H",
    ],
)
def test_whatever_stands_in_an_event_the_others_are_read(event: str) -> None:
    found = read(event, SOUND)
    assert found.changes[-1].text == ""
    assert len(found.changes) + len(found.unusable) >= 2 or len(found.changes) == 1


def test_calendars_cut_and_mixed_anywhere_are_read_or_refused_in_a_sentence() -> None:
    sound = ZONE.format("Own", "FREQ=YEARLY;BYMONTH=3;BYDAY=1SU").encode() + (
        b"BEGIN:VEVENT\nUID:7\nDTSTART;TZID=Own:20251001T010000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\n"
        b"EXDATE;TZID=Own:20251002T010000\nRDATE:20251009T010000Z\nCATEGORIES:a,b\nEND:VEVENT\n"
        b"BEGIN:VEVENT\nUID:7\nRECURRENCE-ID;TZID=Own:20251002T010000\nDTSTART:20251002T050000Z\nDURATION:PT1H\n"
        b"STATUS:CANCELLED\nEND:VEVENT\n"
    )
    chance, lines = Random(7), sound.splitlines()
    for _ in range(400):
        mixed = list(lines)
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(mixed))
            line = bytearray(mixed[place])
            deed = chance.randrange(4)
            if deed == 0:
                del mixed[place]
            elif deed == 1:
                mixed.insert(chance.randrange(len(mixed)), bytes(line))
            elif line:
                line[chance.randrange(len(line))] = chance.choice(b'0;:=,ZT"-\\ FX')
                mixed[place] = bytes(line)
        data = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + b"\r\n".join(mixed) + b"\r\nEND:VCALENDAR\r\n"
        try:
            read_calendar(data, "changes", WORDS, zone=ZoneInfo("Asia/Jakarta"), now_us=NOW_US)
        except RefusedInput as refusal:
            assert "right would be" in str(refusal)
