"""What recovery is judged by comes out of the database as it went in: reports, answers, signs of life."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from pulih.adapters.sql.engine import open_engine
from pulih.adapters.sql.signal_store import SqlSignalStore
from pulih.adapters.sql.upgrading import upgrade
from pulih.model.clock import MICROS
from pulih.ports.files import Wanted
from pulih.ports.live import Answered, Aside, Row, Spell

STEP_US = 300 * MICROS
WANTED = Wanted(start_us=0, end_us=10 * STEP_US, operators=frozenset({"alpha"}))


@pytest.fixture
def store(database_url: str) -> Iterator[SqlSignalStore]:
    engine = open_engine(database_url, "desk")
    upgrade(engine, "desk")
    yield SqlSignalStore(engine)
    engine.dispose()


def row(number: int, step: int, **fields: object) -> Row:
    at_us = step * STEP_US + number
    plain = Row(
        frame=number, position=0, at_us=at_us, window_us=at_us, source="x", author=f"a{number}", counts_for="alpha",
        operator="alpha", service="mobile_data", symptom="no_internet", region="31.74", p_report=0.9, weight=1.0,
        evidence=0.9,
    )  # fmt: skip
    return msgspec.structs.replace(plain, **fields)


def test_reports_and_texts_of_recovery_are_counted_by_step_source_service_and_region(store: SqlSignalStore) -> None:
    back = {"evidence": 0.0, "counts_for": None, "recovered": True, "symptom": "none"}
    store.keep(
        [
            row(1, 0),
            row(2, 0),
            row(3, 0, region=None),
            row(4, 1, **back),
            row(5, 1, operator="beta", **back),
            row(6, 2, evidence=0.0),
            row(7, 2, counts_for="beta"),
            row(8, 3, kind="probe", recovered=True),
        ]
    )
    assert sorted(store.spells(WANTED, 300), key=lambda one: (one.start_us, one.region or "")) == [
        Spell(0, "x", "mobile_data", None, 1, 0),
        Spell(0, "x", "mobile_data", "31.74", 2, 0),
        Spell(STEP_US, "x", "mobile_data", "31.74", 0, 1),
    ]


def test_whoever_writes_again_and_again_that_it_is_back_counts_once_by_their_last_text(store: SqlSignalStore) -> None:
    back = {"evidence": 0.0, "counts_for": None, "recovered": True, "symptom": "none"}
    loud = [row(number, number % 3, author="loud", **back) for number in range(1, 9)]
    elsewhere = row(9, 1, author="loud", region=None, source="y", **back)
    other = {**back, "operator": "beta"}
    store.keep([*loud, elsewhere, row(10, 9, author="loud", **other), row(11, 0, **back), row(12, 1, **back)])
    unsigned = [row(number, 4, author="", **back) for number in (13, 14)]
    store.keep(unsigned)
    told = [(one.start_us // STEP_US, one.recoveries) for one in store.spells(WANTED, 300)]
    assert sorted(told) == [(0, 1), (1, 1), (2, 1), (4, 2)]


def test_answers_are_those_of_some_sources_newest_first_kept_oldest_first_told(store: SqlSignalStore) -> None:
    store.keep(
        [
            row(1, 0, source="form"),
            row(2, 1, source="form", kind="recovered", recovered=True, evidence=0.0),
            row(3, 2, source="form", author=""),
            row(4, 2),
            row(5, 3, source="telegram", symptom="slow"),
            row(6, 2, source="form", reason="network"),
        ]
    )
    told = store.answers(WANTED, {"form", "telegram"}, 10)
    assert told == [
        Answered(1, "a1", "31.74", "mobile_data", False, operator="alpha", symptom="no_internet"),
        Answered(STEP_US + 2, "a2", "31.74", "mobile_data", True, operator="alpha", symptom="no_internet"),
        Answered(3 * STEP_US + 5, "a5", "31.74", "mobile_data", False, operator="alpha", symptom="slow"),
    ]
    assert store.answers(WANTED, {"form"}, 1) == told[1:2]


def test_each_source_was_heard_last_when_it_said_anything_of_anybody(store: SqlSignalStore) -> None:
    store.keep([row(1, 0), row(2, 3, operator="beta", counts_for="beta"), row(3, 1, source="form"), row(4, 20)])
    assert store.last_said(0, 10 * STEP_US) == {"x": 3 * STEP_US + 2, "form": STEP_US + 3}


def test_other_talk_by_step_is_what_is_no_report_of_the_operator_and_tells_what_speaks_of_others(
    store: SqlSignalStore,
) -> None:
    quiet = {"evidence": 0.0, "counts_for": None}
    store.keep(
        [
            row(1, 0),
            row(2, 0, **quiet),
            row(3, 1, operator="beta", counts_for="beta"),
            row(4, 1, source="form", operator=None, **quiet),
            row(5, 2, kind="probe", **quiet),
            row(6, 20, **quiet),
            row(7, 2, counts_for="beta", also_for="alpha"),
            row(8, 1, operator="beta", counts_for="beta"),
        ]
    )
    told = sorted(store.asides(WANTED, 300), key=lambda one: (one.start_us, one.source))
    assert told == [
        Aside(0, "x", False, 1),
        Aside(STEP_US, "form", True, 1),
        Aside(STEP_US, "x", True, 2),
    ]
