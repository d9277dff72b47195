"""Times as people and programs write them, zones stated and not, and what is said about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from complaint_files import NOW_US, csv_of, heard, opened, refusals, sentence, times
from hypothesis import given, settings
from hypothesis import strategies as st

from pulih.adapters.files.reasons import ANCIENT_TIME, FUTURE_TIME, SWAPPED_DATE, UNREADABLE_TIME
from pulih.adapters.files.written_time import moment_of
from pulih.adapters.files.zones import zone_of
from pulih.model.clock import iso
from pulih.model.errors import RefusedInput
from pulih.model.raw_report import RawReport


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2025-10-03T08:48:00Z", "2025-10-03T08:48:00+00:00"),
        ("2025-10-03T08:48Z", "2025-10-03T08:48:00+00:00"),
        ("2025-10-03T08:48:00.123456789Z", "2025-10-03T08:48:00.123456+00:00"),
        ("2025-10-03 08:48", "2025-10-03T08:48:00"),
        ("2025-10-03 08:48:00 +0700", "2025-10-03T08:48:00+07:00"),
        ("2025-10-03 08:48:00+07", "2025-10-03T08:48:00+07:00"),
        ("2025-10-03 08:48:00 UTC", "2025-10-03T08:48:00+00:00"),
        ("2025-10-03 08:48:00 WITA", "2025-10-03T08:48:00+08:00"),
        ("2025/10/03 8:48:01 PM", "2025-10-03T20:48:01"),
        ("03/10/2025 08:48", "2025-10-03T08:48:00"),
        ("3/10/25 8.48", "2025-10-03T08:48:00"),
        ("03-10-2025 08:48:59", "2025-10-03T08:48:59"),
        ("03.10.2025 08.48 WIB", "2025-10-03T08:48:00+07:00"),
        ("3 Oktober 2025 pukul 08.48 WIB", "2025-10-03T08:48:00+07:00"),
        ("Jum'at, 3 Agustus 2025, 08:48", "2025-08-03T08:48:00"),
        ("03 Okt 2025 08:48", "2025-10-03T08:48:00"),
        ("Oct 3, 2025, 8:48 AM", "2025-10-03T08:48:00"),
        ("Fri, 03 Oct 2025 08:48:00 +0700", "2025-10-03T08:48:00+07:00"),
        ("Fri, 03 Oct 2025 08:48:00 GMT", "2025-10-03T08:48:00+00:00"),
        ("Wed Oct 10 20:19:24 +0000 2018", "2018-10-10T20:19:24+00:00"),
        ("Fri Oct 03 2025 08:48:00 GMT+0700 (Western Indonesia Time)", "2025-10-03T08:48:00+07:00"),
        ("1759456080", "2025-10-03T01:48:00+00:00"),
        ("1759456080.25", "2025-10-03T01:48:00.250000+00:00"),
        ("1759456080123", "2025-10-03T01:48:00.123000+00:00"),
        ("1759456080123456", "2025-10-03T01:48:00.123456+00:00"),
        ("1759456080123456789", "2025-10-03T01:48:00.123456+00:00"),
        ("20251003", "2025-10-03T00:00:00"),
        ("20251003084800", "2025-10-03T08:48:00"),
    ],
)
def test_times_are_read_as_they_are_meant(written: str, meant: str) -> None:
    assert moment_of(written).isoformat() == meant


@pytest.mark.parametrize(
    "written",
    [
        "", "kemarin", "08:48", "31/02/2025", "2025-13-01", "2025-10-03 25:00", "2025-10-03 08:48 IST", "12345",
        "-1759456080", "1e9", "３ Oktober 2025", "0/0/0", "2025", "13:00 PM", "2025-10-03 13:00 pm", "9" * 400,
    ],
)  # fmt: skip
def test_what_is_no_time_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        moment_of(written)


@given(st.text(max_size=90))
@settings(derandomize=True)
def test_any_text_is_a_time_or_refused(written: str) -> None:
    for order in ("day", "month"):
        try:
            assert isinstance(moment_of(written, order), datetime)
        except (ValueError, OverflowError):
            continue


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2025, 10, 31)), st.integers(-720, 840))  # noqa: DTZ001
@settings(derandomize=True)
def test_the_same_moment_is_read_from_every_way_to_write_it(naive: datetime, offset_min: int) -> None:
    offset = f"{'-' if offset_min < 0 else '+'}{abs(offset_min) // 60:02d}:{abs(offset_min) % 60:02d}"
    whole = naive.replace(microsecond=0)
    ways = (
        whole.isoformat() + offset,
        whole.strftime("%Y-%m-%d %H:%M:%S ") + offset,
        whole.strftime("%d/%m/%Y %H:%M:%S ") + offset,
        whole.strftime("%a, %d %b %Y %H:%M:%S ") + offset.replace(":", ""),
        whole.strftime("%a %b %d %H:%M:%S ") + offset.replace(":", "") + whole.strftime(" %Y"),
        whole.strftime("%d %b %Y %I:%M:%S %p ") + offset,
    )
    assert {moment_of(way) for way in ways} == {moment_of(ways[0])}
    assert moment_of(ways[0]).utcoffset() == timedelta(minutes=offset_min)


def column_of(tmp_path: Path, *moments: str) -> Path:
    return csv_of(tmp_path, "time;text\n" + "".join(f"{moment};sinyal hilang\n" for moment in moments))


@pytest.mark.parametrize(
    ("zone", "hour"), [("WIB", 1), ("wita", 0), ("Asia/Jakarta", 1), ("+07:00", 1), ("UTC+7", 1), ("UTC", 8)]
)
def test_zoneless_times_are_taken_in_the_zone_asked_for(tmp_path: Path, zone: str, hour: int) -> None:
    path = column_of(tmp_path, "2025-10-03 08:48", "2025-10-03T08:48:00Z")
    assert times(heard(path, zone=zone)) == [f"2025-10-03T{hour:02d}:48:00Z", "2025-10-03T08:48:00Z"]


@pytest.mark.parametrize("zone", ["Mars/Phobos", "", "Asia", "../../etc/passwd", "WIBB", "+99:00", "\0"])
def test_a_zone_that_is_not_there_is_refused(zone: str) -> None:
    with pytest.raises(RefusedInput, match=r"there is no time zone .* such as Asia/Jakarta, or WIB, WITA, WIT"):
        zone_of(zone)


def test_assuming_utc_is_said_with_how_to_tell_otherwise(tmp_path: Path) -> None:
    source = opened(column_of(tmp_path, "2025-10-03 08:48", "2025-10-03 08:50"))
    list(source.rows())
    assert "zone" in source.chosen.guessed
    [(english, indonesian)] = source.notes
    assert english == (
        "keluhan.csv: times without a zone (2) were taken as UTC; "
        "if they are local times, say so with --tz, for example --tz WIB."
    )
    assert "waktu tanpa zona (2) dibaca sebagai UTC" in indonesian


def test_nothing_is_said_when_times_or_user_or_column_state_the_zone(tmp_path: Path) -> None:
    zoned = opened(column_of(tmp_path, "2025-10-03T08:48:00Z", "1759456080"))
    list(zoned.rows())
    told = opened(column_of(tmp_path, "2025-10-03 08:48"), zone="WIB")
    named = opened(csv_of(tmp_path, "Waktu (WIB),teks\n2025-10-03 08:48,sinyal hilang\n", "b.csv"))
    assert (named.chosen.zone, times(named.rows())) == ("Asia/Jakarta", ["2025-10-03T01:48:00Z"])
    list(told.rows())
    assert [source.notes for source in (zoned, told, named)] == [[], [], []]


def test_a_mix_of_zones_is_read_row_by_row_and_said(tmp_path: Path) -> None:
    source = opened(
        column_of(tmp_path, "2025-10-03T08:48:00+07:00", "2025-10-03T08:48:00+08:00", "2025-10-03 08:48"), zone="WIT"
    )
    assert times(source.rows()) == ["2025-10-03T01:48:00Z", "2025-10-03T00:48:00Z", "2025-10-02T23:48:00Z"]
    mixed, offsets = [english for english, _ in source.notes]
    assert "state their zone (2) were read by it; times without a zone (1) were taken as Asia/Jayapura" in mixed
    assert "(+07:00: 1, +08:00: 1); each row was read by its own" in offsets


def test_summer_time_is_followed(tmp_path: Path) -> None:
    path = column_of(tmp_path, "2025-01-03 08:48", "2025-07-03 08:48")
    assert times(heard(path, zone="Australia/Sydney")) == ["2025-01-02T21:48:00Z", "2025-07-02T22:48:00Z"]


def test_a_column_that_proves_month_first_is_read_month_first(tmp_path: Path) -> None:
    path = column_of(tmp_path, "03/10/2025 08:48", *["03/11/2025 08:48"] * 1_200, "03/13/2025 08:48")
    assert times(heard(path))[0] == "2025-03-10T08:48:00Z"
    assert refusals(path) == []


def test_a_column_that_proves_day_first_refuses_rows_that_are_not(tmp_path: Path) -> None:
    path = column_of(tmp_path, "03/10/2025", "13/10/2025", "10/13/2025", "40/40/2025")
    assert times(heard(path)) == ["2025-10-03T00:00:00Z", "2025-10-13T00:00:00Z"]
    assert refusals(path) == [(4, SWAPPED_DATE), (5, UNREADABLE_TIME)]


def test_one_swapped_date_does_not_turn_the_whole_column(tmp_path: Path) -> None:
    path = column_of(tmp_path, "10/13/2025", "13/10/2025", "14/10/2025", "03/10/2025")
    assert times(heard(path))[-1] == "2025-10-03T00:00:00Z"
    assert refusals(path) == [(2, SWAPPED_DATE)]


def test_a_column_that_could_be_either_is_day_first_and_says_so(tmp_path: Path) -> None:
    source = opened(column_of(tmp_path, "03/10/2025 08:48"), zone="UTC")
    assert times(source.rows()) == ["2025-10-03T08:48:00Z"]
    assert 'dates in "time" such as 03/10/2025 were read day first' in source.notes[0][0]


def test_a_pipe_that_turns_out_month_first_is_read_month_first_as_a_file_is(tmp_path: Path) -> None:
    rows = ["03/10/2025 08:48"] * 1_200 + ["10/13/2025 08:48"]
    content = column_of(tmp_path, *rows).read_bytes()
    assert times(row for row in opened("-", stdin=content).rows() if isinstance(row, RawReport))[0] == (
        "2025-03-10T08:48:00Z"
    )


def test_dates_without_an_hour_are_said(tmp_path: Path) -> None:
    source = opened(column_of(tmp_path, "2025-10-03", "2025-10-04"), zone="UTC")
    assert len(list(source.rows())) == 2
    assert "rows with a date and no hour (2)" in source.notes[0][0]


def test_date_and_hour_in_two_columns_are_joined(tmp_path: Path) -> None:
    source = opened(csv_of(tmp_path, "date,time,tweet\n2025-10-03,08:48:05,sinyal hilang\n"), zone="UTC")
    assert source.chosen.time == "date + time"
    assert times(source.rows()) == ["2025-10-03T08:48:05Z"]
    assert 'the date comes from "date" and the hour from "time"' in source.notes[0][0]


def test_rows_of_the_future_and_of_long_ago_are_refused(tmp_path: Path) -> None:
    soon, later = iso(NOW_US + 299_000_000), iso(NOW_US + 301_000_000)
    path = column_of(
        tmp_path, soon, later, "2031-01-01T00:00:00Z", "1989-12-31T23:59:59Z", "0001-01-01", "9999-12-31T23:59:59Z"
    )
    assert times(heard(path)) == [soon]
    assert [reason for _, reason in refusals(path)] == [
        FUTURE_TIME,
        FUTURE_TIME,
        ANCIENT_TIME,
        ANCIENT_TIME,
        FUTURE_TIME,
    ]


def test_a_file_of_the_future_alone_is_refused(tmp_path: Path) -> None:
    path = column_of(tmp_path, "2031-01-01T00:00:00Z", "2031-01-02T00:00:00Z")
    assert sentence(path) == (
        f"{path}: none of its 2 rows can be used: time in the future (2); "
        'row 2: "2031-01-01T00:00:00Z"; times must not be later than now'
    )
    local = column_of(tmp_path, iso(NOW_US + 6 * 3_600_000_000).rstrip("Z"))
    assert sentence(local).endswith("were taken as UTC: if they are local times, say so with --tz")
