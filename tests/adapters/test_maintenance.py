"""Planned changes: what a calendar announces, occurrence by occurrence, and kept in step with the files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pulih.adapters.calendar_files import CalendarFile, CalendarFiles
from pulih.adapters.maintenance import Read, Understood, read_calendar
from pulih.model.clock import DAY_S, MICROS, iso, to_micros
from pulih.model.errors import RefusedInput
from pulih.ports.live import PlannedChange

WIB = ZoneInfo("Asia/Jakarta")
NOW_US = to_micros(datetime(2025, 10, 3, 12, tzinfo=UTC))
WORDS = Understood(
    operator=lambda text: "indihome" if "indihome" in text.lower() else "",
    region=lambda text: "32.73" if "bandung" in text.lower() else None,
)


def _calendar(*events: str) -> bytes:
    inside = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test\n{inside}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def _read(*events: str, operator: str = "") -> Read:
    return read_calendar(_calendar(*events), "changes", WORDS, zone=WIB, now_us=NOW_US, operator=operator)


def _starts(*events: str) -> list[str]:
    return [iso(change.start_us) for change in _read(*events).changes]


def test_an_event_becomes_a_change_with_its_times_words_operator_and_region() -> None:
    read = _read(
        "UID:7\nSUMMARY:Pemeliharaan IndiHome\nLOCATION:Kota Bandung\nDESCRIPTION:Migrasi\\n perangkat\n"
        "CATEGORIES:fixed,core\nDTSTART:20251003T170000Z\nDTEND:20251003T190000Z"
    )
    (change,) = read.changes
    assert (iso(change.start_us), iso(change.end_us)) == ("2025-10-03T17:00:00Z", "2025-10-03T19:00:00Z")
    assert (change.operator, change.region) == ("indihome", "32.73")
    assert change.text == "Pemeliharaan IndiHome · Kota Bandung · fixed · core · Migrasi perangkat"
    assert read.unusable == ()


def test_the_operator_of_the_settings_holds_where_the_words_name_none() -> None:
    event = "UID:7\nSUMMARY:Core upgrade\nDTSTART:20251003T170000Z\nDURATION:PT2H"
    assert _read(event, operator="xl").changes[0].operator == "xl"
    assert _read(event.replace("Core", "IndiHome core"), operator="xl").changes[0].operator == "indihome"


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("DTSTART:20251003T170000Z", "2025-10-03T17:00:00Z"),
        ("DTSTART:20251003T170000", "2025-10-03T10:00:00Z"),
        ("DTSTART;TZID=Asia/Jayapura:20251003T170000", "2025-10-03T08:00:00Z"),
    ],
)
def test_a_time_without_zone_is_taken_in_the_zone_of_the_desk(start: str, expected: str) -> None:
    assert _starts(f"UID:7\n{start}\nDURATION:PT1H") == [expected]


def test_a_day_lasts_from_midnight_to_midnight_on_the_wall() -> None:
    (change,) = _read("UID:7\nDTSTART;VALUE=DATE:20251004").changes
    assert (iso(change.start_us), iso(change.end_us)) == ("2025-10-03T17:00:00Z", "2025-10-04T17:00:00Z")


def test_a_series_is_made_occurrence_by_occurrence_near_the_present_only() -> None:
    starts = _starts("UID:7\nDTSTART;TZID=Asia/Jakarta:20200107T010000\nDURATION:PT3H\nRRULE:FREQ=WEEKLY;BYDAY=TU")
    assert starts[0] == "2025-09-22T18:00:00Z"
    assert len(starts) == 28
    assert all(one.endswith("T18:00:00Z") for one in starts)


def test_a_series_ends_when_it_says_and_leaves_out_what_it_says() -> None:
    until = "UID:7\nDTSTART:20251001T010000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20251004T010000Z\n"
    assert len(_starts(until)) == 4
    assert len(_starts(until + "EXDATE:20251002T010000Z,20251003T010000Z")) == 2
    assert len(_starts("UID:7\nDTSTART:20251001T010000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3")) == 3
    assert len(_starts("UID:7\nDTSTART:20251001T010000Z\nDURATION:PT1H\nRDATE:20251009T010000Z")) == 2


def test_an_occurrence_that_was_moved_stands_where_it_was_moved_to() -> None:
    series = "UID:7\nDTSTART:20251001T010000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3"
    moved = "UID:7\nRECURRENCE-ID:20251002T010000Z\nDTSTART:20251002T050000Z\nDURATION:PT1H"
    assert _starts(series, moved) == ["2025-10-01T01:00:00Z", "2025-10-02T05:00:00Z", "2025-10-03T01:00:00Z"]
    off = moved.replace("20251002T050000Z", "20251002T010000Z") + "\nSTATUS:CANCELLED"
    assert _starts(series, off) == ["2025-10-01T01:00:00Z", "2025-10-03T01:00:00Z"]


def test_what_was_called_off_is_no_change() -> None:
    assert _starts("UID:7\nSTATUS:CANCELLED\nDTSTART:20251003T170000Z\nDURATION:PT1H") == []


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ("DTSTART:20251003T170000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY", "FREQ=SECONDLY"),
        ("DTSTART:20251003T170000Z\nDURATION:PT1S\nRRULE:FREQ=DAILY;BYHOUR=1,2,3", "BYHOUR with FREQ=DAILY"),
        ("DTSTART:20251003T170000Z\nDURATION:PT1S\nRRULE:FREQ=DAILY;INTERVAL=0", "INTERVAL"),
        ("DTSTART:20251003T170000Z\nDURATION:P60D", "at most 31 days"),
        ("DTSTART:20251003T170000Z\nDTEND:20251003T160000Z", "more than nothing"),
        ("DTSTART:yesterday\nDURATION:PT1H", "DTSTART"),
        ("SUMMARY:without any time", "DTSTART"),
    ],
)
def test_an_event_that_cannot_be_used_is_named_and_the_others_stand(event: str, why: str) -> None:
    read = _read(f"UID:7\nSUMMARY:Odd\n{event}", "UID:8\nDTSTART:20251003T170000Z\nDURATION:PT1H")
    assert len(read.changes) == 1
    assert len(read.unusable) == 1
    assert why in read.unusable[0]
    assert read.unusable[0].startswith("changes, event ")


@pytest.mark.parametrize(
    "rule", ["FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;INTERVAL=7;BYDAY=TU", "FREQ=YEARLY"]
)
def test_a_rule_that_never_or_hardly_recurs_ends_soon(rule: str) -> None:
    assert len(_starts(f"UID:7\nDTSTART:20000101T010000\nDURATION:PT2H\nRRULE:{rule}")) <= 1


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", b"\xff\xfe", b"BEGIN:VCALENDAR\r\n"]
)
def test_what_is_no_calendar_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedInput, match="changes is no iCalendar file"):
        read_calendar(data, "changes", WORDS, zone=WIB, now_us=NOW_US)


def test_too_large_a_calendar_is_refused() -> None:
    with pytest.raises(RefusedInput, match="at most 4,194,304"):
        read_calendar(b" " * (5 << 20), "changes", WORDS, zone=WIB, now_us=NOW_US)


class _Store:
    """Planned changes in memory (ports.PlannedChangeStore)."""

    def __init__(self) -> None:
        self.held: dict[str, PlannedChange] = {}

    def put(self, changes: Sequence[PlannedChange]) -> None:
        self.held |= {change.id: change for change in changes}

    def drop(self, ids: Collection[str]) -> None:
        for one in ids:
            self.held.pop(one, None)

    def get(self, change: str) -> PlannedChange | None:
        return self.held.get(change)

    def between(self, start_us: int, end_us: int) -> list[PlannedChange]:
        return [one for one in self.held.values() if one.start_us < end_us and one.end_us > start_us]


class _Clock:
    now = NOW_US

    def now_us(self) -> int:
        return self.now


FIRST = "UID:7\nDTSTART:20251003T170000Z\nDURATION:PT1H"
SECOND = "UID:8\nDTSTART:20251004T170000Z\nDURATION:PT1H"


def _files(folder: Path, store: _Store, *files: CalendarFile, clock: _Clock | None = None) -> CalendarFiles:
    return CalendarFiles(files, folder, store, understood=WORDS, zone=WIB, clock=clock or _Clock())


def test_the_store_follows_the_files(tmp_path: Path) -> None:
    store, path = _Store(), tmp_path / "own.ics"
    files = _files(tmp_path / "calendars", store, CalendarFile(path, "xl"))
    path.write_bytes(_calendar(FIRST, SECOND))
    assert files.refresh() == []
    assert {change.operator for change in store.held.values()} == {"xl"}
    assert len(store.held) == 2
    path.write_bytes(_calendar(SECOND))
    files.refresh()
    assert [iso(change.start_us) for change in store.held.values()] == ["2025-10-04T17:00:00Z"]


def test_a_file_that_broke_leaves_what_it_said_before(tmp_path: Path) -> None:
    store, path = _Store(), tmp_path / "own.ics"
    files = _files(tmp_path / "calendars", store, CalendarFile(path))
    path.write_bytes(_calendar(FIRST))
    files.refresh()
    path.write_bytes(b"half a fi")
    assert "its last planned changes stay" in files.refresh()[0]
    path.unlink()
    assert "cannot be read (No such file" in files.refresh()[0]
    assert len(store.held) == 1


def test_a_series_goes_on_as_days_pass(tmp_path: Path) -> None:
    store, path, clock = _Store(), tmp_path / "own.ics", _Clock()
    files = _files(tmp_path / "calendars", store, CalendarFile(path), clock=clock)
    path.write_bytes(_calendar(FIRST + "\nRRULE:FREQ=DAILY"))
    files.refresh()
    last = max(change.start_us for change in store.held.values())
    clock.now += 3 * DAY_S * MICROS
    files.refresh()
    assert max(change.start_us for change in store.held.values()) == last + 3 * DAY_S * MICROS


def test_a_calendar_by_webhook_takes_the_place_of_the_last_one_of_its_name(tmp_path: Path) -> None:
    store, folder = _Store(), tmp_path / "calendars"
    folder.mkdir()
    files = _files(folder, store)
    assert files.keep("board", _calendar(FIRST)) == []
    files.keep("board", _calendar(SECOND))
    assert [iso(change.start_us) for change in store.held.values()] == ["2025-10-04T17:00:00Z"]
    again = _files(folder, _Store())
    assert again.refresh() == []
    with pytest.raises(RefusedInput, match="no iCalendar"):
        files.keep("board", b"nonsense")
    with pytest.raises(RefusedInput, match="no name of a calendar"):
        files.keep("../secret", _calendar(FIRST))
    assert len(store.held) == 1
    (folder / "board.ics").unlink()
    files.refresh()
    assert store.held == {}


def test_a_data_folder_that_moved_or_a_calendar_that_went_while_the_desk_was_stopped_leaves_nothing_behind(
    tmp_path: Path,
) -> None:
    store, own, gone = _Store(), tmp_path / "own.ics", tmp_path / "gone.ics"
    (tmp_path / "calendars").mkdir()
    for path in (own, gone):
        path.write_bytes(_calendar(FIRST))
    before = _files(tmp_path / "calendars", store, CalendarFile(own, "xl"), CalendarFile(gone, "xl"))
    before.refresh()
    before.keep("board", _calendar(SECOND))
    # Work that people announced has ids of another kind.
    store.held["w20251003-k7qm/32"] = next(iter(store.held.values()))
    assert len(store.held) == 4
    (tmp_path / "calendars").rename(tmp_path / "restored")
    own.unlink()
    _files(tmp_path / "restored", store, CalendarFile(own, "xl")).refresh()
    kept = sorted(one.partition(".")[0] for one in store.held)
    assert kept == ["board", "own", "w20251003-k7qm/32"], "what is named and cannot be read stays"


def test_more_calendars_than_may_be_are_refused_and_not_taken_and_forgotten(tmp_path: Path) -> None:
    store, folder = _Store(), tmp_path / "calendars"
    folder.mkdir()
    for number in range(200):
        (folder / f"a{number}.ics").write_bytes(_calendar(SECOND))
    files = _files(folder, store)
    files.refresh()
    files.keep("a7", _calendar(FIRST))
    with pytest.raises(RefusedInput, match="keeps 200 calendars already; right would be one of these names"):
        files.keep("one-more", _calendar(FIRST))
    assert len(store.held) == 200
