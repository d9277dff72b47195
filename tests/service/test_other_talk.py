"""Other talk is asked from the store once for hours that are over, and held against days before the outage."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from database_here import database_in
from msgspec.structs import replace

from pulih.adapters.sql.signal_store import SqlSignalStore
from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.ports.files import Wanted
from pulih.ports.live import Aside, Row
from pulih.service.other_talk import OtherTalk

HOUR_US, DAY_US, STEP_US = HOUR_S * MICROS, DAY_S * MICROS, 300 * MICROS
ONSET_US = 20_000 * DAY_US + 10 * HOUR_US + 7 * 60 * MICROS
SMARTFREN = frozenset({"smartfren"})


class AskedStore(SqlSignalStore):
    """A store that notes for which hours it was asked."""

    hours: list[int]

    def asides(self, wanted: Wanted, step_s: int) -> list[Aside]:
        self.hours += range(wanted.start_us // HOUR_US, wanted.end_us // HOUR_US)
        return super().asides(wanted, step_s)


def store_in(folder: Path) -> AskedStore:
    store = AskedStore(database_in(folder / "desk.db"))
    store.hours = []
    return store


def said(at_us: int, number: int) -> Row:
    return Row(
        frame=number, position=0, at_us=at_us, window_us=at_us, source="x", operator="xl", p_report=0.0, weight=1.0
    )


def talk(store: AskedStore, start_us: int, steps: int, each: int) -> None:
    """Keep so much talk of another operator in each step of a time."""
    first = start_us // STEP_US
    store.keep([said(start_us + at * STEP_US + one, first * 100 + at * 100 + one)
                for at in range(steps) for one in range(each)])  # fmt: skip


def span(hours: int) -> Wanted:
    start_us = ONSET_US - ONSET_US % STEP_US
    return Wanted(start_us=start_us, end_us=ONSET_US + hours * HOUR_US, operators=SMARTFREN)


def test_hours_that_are_over_are_asked_once_and_the_one_that_goes_on_each_time(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    talk(store, ONSET_US - DAY_US, 36, 5)
    other = OtherTalk(store)
    other.thin(span(3), ONSET_US)
    assert len(store.hours) == len(set(store.hours)) == 4 * 4
    store.hours.clear()
    other.thin(span(3), ONSET_US)
    assert store.hours == [(ONSET_US + 3 * HOUR_US) // HOUR_US]
    store.hours.clear()
    later = replace(span(4), operators=frozenset({"xl"}))
    other.thin(later, ONSET_US)
    assert len(store.hours) == 4 * 5, "other operators have other talk"


def test_a_stretch_stays_thin_after_it_and_what_is_said_later_does_not_move_it(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    for days in (1, 2, 7):
        talk(store, ONSET_US - days * DAY_US, 12 * 6, 6)
    talk(store, ONSET_US, 12, 6)
    talk(store, ONSET_US + 3 * HOUR_US, 12 * 3, 6)
    other = OtherTalk(store)
    now, later = (other.thin(span(hours), ONSET_US)["x"] for hours in (3, 6))
    assert np.flatnonzero(now).tolist() == np.flatnonzero(later).tolist() == [*range(12, 36)]


def test_of_three_days_one_may_have_been_silent_or_loud_and_says_nothing_of_what_is_usual(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    talk(store, ONSET_US - DAY_US, 36, 6)
    assert OtherTalk(store).thin(span(3), ONSET_US) == {}
    talk(store, ONSET_US - 2 * DAY_US, 36, 1)
    talk(store, ONSET_US, 36, 1)
    assert OtherTalk(store).thin(span(3), ONSET_US) == {}
    talk(store, ONSET_US - 7 * DAY_US, 36, 6)
    assert OtherTalk(store).thin(span(3), ONSET_US)["x"].sum() >= 35


def test_before_anything_passed_nothing_is_thin(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    start_us = ONSET_US - ONSET_US % STEP_US
    assert OtherTalk(store).thin(Wanted(start_us=start_us, end_us=start_us, operators=SMARTFREN), ONSET_US) == {}
