"""Calls are read from a log that grows, is put away, cut off, packed and badly written; none is lost or told twice."""

from __future__ import annotations

import gzip
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from direct_sources import NOW_US, gaps, hears, items, last_cursor, means, opened, refusals, texts, told_between
from hypothesis import given
from hypothesis import strategies as st

from pulih.adapters.sources.people import call_log
from pulih.adapters.sources.people._call_rows import CallRows, whole_rows
from pulih.model.errors import OutsideFailed, RefusedInput

HEADING = "call_id,started_at,caller,catatan,kota\n"


def row(number: int, text: str) -> str:
    return f"c{number},2025-10-03 08:48:00,+6281200000001,{text},Depok\n"


def source(path: Path, **more: Any) -> Any:
    return opened(call_log.KIND, means(), **{"file": path, "zone": "WIB", "every_s": 0.01, **more})


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log with its heading and an old call."""
    path = tmp_path / "calls.csv"
    path.write_text(HEADING + row(0, "lama"))
    return path


def add(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def once(act: Callable[[], None], at: int = 1) -> Callable[[list[Any]], None]:
    return lambda batches: act() if len(batches) == at else None


def test_a_call_that_is_written_is_heard_with_what_its_columns_say(log: Path) -> None:
    [one] = items(hears(source(log, operator="smartfren"), between=once(lambda: add(log, row(1, "internet mati")))))
    assert (one.id, one.text, one.author, one.place) == ("c1", "internet mati", "+6281200000001", "Depok")
    assert (one.at_us, one.operator) == (NOW_US, "smartfren")


def test_half_a_line_waits_for_its_other_half_and_a_quoted_cell_for_its_end(log: Path) -> None:
    grown = source(log)
    heard = hears(
        grown,
        between=once(
            lambda: add(log, 'c1,2025-10-03 08:48:00,1,"mati\ntotal",Depok\nc2,2025-10-03'),
        ),
        enough=1,
    )
    assert texts(heard) == ["mati total"]
    add(log, " 08:48:00,1,padam,Bogor\n")
    assert texts(hears(source(log), last_cursor(heard))) == ["padam"]
    assert refusals(heard) == []


def test_a_quote_that_nobody_ends_costs_its_own_line_and_no_other(log: Path) -> None:
    lines = 'c0,2025-10-03 08:48:00,1,"mati,Depok\n' + "".join(row(number, f"mati {number}") for number in range(1, 31))
    heard = hears(source(log), between=once(lambda: add(log, lines)), enough=30)
    assert texts(heard) == [f"mati {number}" for number in range(1, 31)]
    assert len(refusals(heard)) == 1


def test_lines_of_json_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_text("")
    line = (
        '{"uniqueid": "1759.4", "started_at": 1759456080, "transcript": "wifi mati \\"total\\"",'
        ' "service": "fixed_broadband", "symptom": "los_red"}\n'
    )
    [one] = items(hears(source(path), between=once(lambda: add(path, line))))
    assert (one.id, one.at_us, one.text) == ("1759.4", NOW_US, 'wifi mati "total"')
    assert (one.service, one.symptom) == ("fixed_broadband", "los_red")


def test_a_log_that_is_put_away_is_read_to_its_end_and_then_its_successor(log: Path) -> None:
    def turn_over() -> None:
        add(log, row(1, "satu"))
        log.rename(log.with_name("calls.csv.1"))
        log.write_text(HEADING)
        # Whoever writes holds the old file for a moment longer.
        add(log.with_name("calls.csv.1"), row(2, "dua"))
        add(log, row(3, "tiga"))

    heard = hears(source(log), between=once(turn_over), enough=3)
    assert texts(heard) == ["satu", "dua", "tiga"]
    assert gaps(heard) == []


def test_what_was_put_away_twice_while_nobody_listened_is_found_again(log: Path) -> None:
    first = hears(source(log), enough=bool)
    add(log, row(1, "satu"))
    log.rename(log.with_name("calls.csv.2"))
    log.with_name("calls.csv.1").write_text(HEADING + row(2, "dua"))
    log.write_text(HEADING + row(3, "tiga"))
    for older, name in ((3, "calls.csv.2"), (2, "calls.csv.1"), (1, "calls.csv")):
        os.utime(log.with_name(name), (2_000_000_000 - older, 2_000_000_000 - older))
    heard = hears(source(log), last_cursor(first), enough=3)
    assert texts(heard) == ["satu", "dua", "tiga"]
    assert gaps(heard) == []


def test_a_log_that_is_copied_and_cut_off_is_read_anew_and_the_doubt_is_told(log: Path) -> None:
    def cut_off() -> None:
        log.write_text("")
        add(log, HEADING + row(2, "dua"))

    first = hears(source(log), between=once(lambda: add(log, row(1, "satu, yang panjang sekali".replace(",", " ")))))
    grown = source(log)
    heard = hears(grown, last_cursor(first), between=once(cut_off))
    assert texts(heard) == ["dua"]
    assert gaps(heard) == ["The log was cut off while it was read; calls written just before may be missing."]


def test_a_log_that_is_gone_is_a_gap_and_another_under_its_number_is_not_taken_for_it(log: Path) -> None:
    first = hears(source(log), between=once(lambda: add(log, row(1, "satu"))))
    with log.with_name("calls.csv.1.gz").open("wb") as packed:
        packed.write(gzip.compress(log.read_bytes()))
    content = HEADING + "".join(row(number, f"mati {number}") for number in range(2, 9))
    log.write_text(content)
    heard = hears(source(log), last_cursor(first), enough=7)
    assert len(items(heard)) == 7
    assert gaps(heard) == ["The log that was read last is not there any more; calls at its end may be missing."]


def test_a_log_that_comes_later_is_waited_for_and_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "later.csv"
    grown = source(path)
    with pytest.raises(OutsideFailed, match=r"There is no later\.csv yet"):
        hears(grown)
    path.write_text(HEADING + row(1, "satu"))
    assert texts(hears(grown)) == ["satu"]


def test_lines_that_cannot_be_read_are_told_without_their_words_and_the_rest_goes_on(log: Path) -> None:
    wrong = 'c1,besok,1,rahasia,Depok\nc2,rahasia\n{"rahasia\nc3,2025-10-03 08:48:00,1,"a"b",Depok\n'

    def write() -> None:
        add(log, wrong)
        with log.open("ab") as file:
            file.write(b"c4,2025-10-03 08:48:00,1,\xff\xfe,Depok\n")
        add(log, row(5, "baik") + "c6,2025-10-03 08:48:00,1,,Depok\n")

    heard = hears(source(log), between=once(write))
    assert texts(heard) == ["baik"]
    assert len(refusals(heard)) == 5
    assert not any("rahasia" in one for one in refusals(heard))


def test_calls_without_a_number_are_told_apart_by_where_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("waktu;keluhan\n")
    two = "2025-10-03 08:48:00;mati\n" * 2
    first = hears(source(path), between=once(lambda: add(path, two)), enough=2)
    assert len({one.id for one in items(first)}) == 2
    again = told_between(source(path), 0, NOW_US + 1)
    assert {one.id for one in items(again)} == {one.id for one in items(first)}


def test_columns_and_zones_that_are_none_are_refused_with_what_would_be_right(log: Path) -> None:
    with pytest.raises(RefusedInput, match='columns: "mood" is nothing a call has; right would be text, time'):
        source(log, columns={"mood": "x"})
    with pytest.raises(RefusedInput, match='zone: there is no zone "WIX"'):
        source(log, zone="WIX")
    with pytest.raises(RefusedInput, match="its cursor is none"):
        hears(source(log), "besok")
    named = source(log, columns={"text": "kota"})
    assert texts(hears(named, between=once(lambda: add(log, row(1, "x"))))) == ["Depok"]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_a_log_goes_through_no_call_is_lost_or_told_twice(log: Path, seed: int) -> None:
    chance = random.Random(seed)
    told: dict[str, str] = {}
    cursor, said, rotated = last_cursor(hears(source(log), enough=bool)), 0, 0
    for _ in range(12):
        act = chance.choice(["write", "write", "turn over", "fall"])
        if act == "write":
            for _ in range(chance.randrange(1, 4)):
                said += 1
                add(log, row(said, f"mati {said}"))
        elif act == "turn over" and log.stat().st_size > len(HEADING):
            rotated += 1
            log.rename(log.with_name(f"calls.csv.{rotated}"))
            os.utime(log.with_name(f"calls.csv.{rotated}"), ns=(rotated, 1_900_000_000_000_000_000 + rotated))
            log.write_text(HEADING)
        elif act == "fall":
            said += 1
            add(log, row(said, f"mati {said}"))
            heard = hears(
                source(log),
                cursor,
                enough=lambda batches, n=said: any(f"mati {n}" == one.text for one in items(batches)),
            )
            told.update({one.id: one.text for one in items(heard)})
            cursor = chance.choice([last_cursor(heard), cursor])
    said += 1
    add(log, row(said, f"mati {said}"))
    heard = hears(source(log), cursor, enough=lambda batches: any(f"mati {said}" == one.text for one in items(batches)))
    told.update({one.id: one.text for one in items(heard)})
    assert told == {f"c{number}": f"mati {number}" for number in range(1, said + 1)}


@given(lines=st.binary(max_size=300), heading=st.binary(max_size=40))
def test_any_bytes_are_calls_or_told(lines: bytes, heading: bytes) -> None:
    from datetime import UTC

    rows = CallRows({}, UTC, "", "here").read(heading, lines, 7)
    assert all(one.id and one.text for one in rows.items)
    assert 0 <= whole_rows(lines) <= len(lines)
