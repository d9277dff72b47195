"""The signal store counts and finds what is wanted, forgets what will be kept again, and remembers what was told."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from sqlalchemy import event

from pulih.adapters.sql.engine import open_engine
from pulih.adapters.sql.paces import Paces
from pulih.adapters.sql.signal_store import ROWS_AT_ONCE, SqlSignalStore
from pulih.adapters.sql.upgrading import upgrade
from pulih.model.errors import OutsideFailed
from pulih.model.finding import Finding
from pulih.ports.files import Wanted
from pulih.ports.live import Row

WANTED = Wanted(start_us=0, end_us=1_000, operators=frozenset({"alpha"}))
FINDING = Finding(
    id="f1", incident="f1", operator="alpha", operator_name="Alpha", service=None, region=None, region_name=None,
    symptom=None, onset_us=1, alarm_us=2, peak_us=None, cleared_us=None, signals=3, expected=0.5, evidence_nats=9.0,
    false_alarms_per_week=0.1,
)  # fmt: skip


@pytest.fixture
def store(database_url: str) -> Iterator[SqlSignalStore]:
    engine = open_engine(database_url, "desk")
    upgrade(engine, "desk")
    yield SqlSignalStore(engine)
    engine.dispose()


def row(number: int, **fields: object) -> Row:
    """Return a report of "alpha" at that microsecond, changed as told."""
    plain = Row(
        frame=number, position=0, at_us=number, window_us=number, source="form", author=f"a{number % 3}",
        counts_for="alpha", operator="alpha", service="mobile_data", symptom="no_internet", region="31.74",
        p_report=0.9, weight=1.0, evidence=0.9, said="sym.dead.001\tmati total\ntime.now.001\tbarusan",
    )  # fmt: skip
    return msgspec.structs.replace(plain, **fields)


def test_what_is_wanted_is_counted_by_what_it_says(store: SqlSignalStore) -> None:
    store.keep(
        [
            row(1),
            row(2, symptom="slow", service=None, said="sym.slow.001\tlemot\nsym.slow.001\tlemot"),
            row(3, region="32.01"),
            row(4, counts_for="beta"),
            row(5, weight=0.0),
            row(6, counts_for=None),
            row(1_000),
        ]
    )
    told = store.count(WANTED)
    assert (told.total, told.last_us) == (3, 3)
    assert told.symptoms == {"no_internet": 2, "slow": 1}
    assert told.services == {"mobile_data": 2}
    assert told.regions == {"31.74": 2, "32.01": 1}
    assert told.phrases == {"mati total": 2, "lemot": 1}
    assert told.rules == {"sym.dead.001": 2, "time.now.001": 2, "sym.slow.001": 1}
    inside = msgspec.structs.replace(WANTED, within=lambda code: code.startswith("32"))
    assert store.count(inside).total == 1
    assert store.count(msgspec.structs.replace(WANTED, operators=None)).total == 5


def test_what_counts_for_several_operators_is_wanted_by_each_and_by_no_other(store: SqlSignalStore) -> None:
    store.keep([row(1, also_for="beta 100%"), row(2, counts_for="beta"), row(3, also_for="betas")])
    for operators, total in (
        ({"alpha"}, 2),
        ({"beta"}, 2),
        ({"100%"}, 1),
        ({"alpha", "beta"}, 3),
        ({"bet"}, 0),
        ({""}, 0),
    ):
        wanted = msgspec.structs.replace(WANTED, operators=frozenset(operators))
        assert store.count(wanted).total == total
        assert int(store.told(wanted, since_us=0).inside.sum()) == total


def test_the_loudest_come_first_and_the_oldest_of_equals(store: SqlSignalStore) -> None:
    rows = [row(5), row(2), row(9, evidence=0.95), row(1, evidence=0.2)]
    store.keep(rows)
    assert [one.at_us for one in store.loudest(WANTED, 3)] == [9, 2, 5]
    assert store.loudest(WANTED, 1) == [rows[2]]


def test_the_last_reports_that_count_begin_behind_the_one_before_them(store: SqlSignalStore) -> None:
    store.keep([row(1), row(4), row(6, evidence=0.0), row(7), row(20)])
    assert [store.since(9, most) for most in (1, 2, 3)] == [5, 2, 0]


def test_who_reported_is_told_around_and_inside_of_what_is_wanted(store: SqlSignalStore) -> None:
    store.keep([row(1), row(4, counts_for="beta", reason="young"), row(7, author=""), row(8, evidence=0.0)])
    told = store.told(Wanted(start_us=3, end_us=9, operators=frozenset({"alpha"})), since_us=0)
    assert told.author.tolist() == [0, 0, -1]
    assert told.inside.tolist() == [False, False, True]
    assert told.doubtful.tolist() == [False, True, False]


def test_who_reported_is_told_alike_whatever_was_asked_before(database_url: str) -> None:
    engine = open_engine(database_url, "desk")
    upgrade(engine, "desk")
    store = SqlSignalStore(engine)
    moments = [(10, 20), (12, 40), (12, 45), (5, 45), (30, 45), (30, 60)]
    for turn, (since_us, end_us) in enumerate(moments):
        # Most of it comes in the order of time, some is said earlier than what was asked for last.
        store.keep([row(10 * turn + place, author=f"a{turn * place % 5}") for place in range(10)])
        store.keep([row(100 + turn, at_us=8 + 3 * turn, evidence=0.5)])
        wanted = msgspec.structs.replace(WANTED, start_us=since_us + 2, end_us=end_us)
        told, anew = (one.told(wanted, since_us=since_us) for one in (store, SqlSignalStore(engine)))
        assert told.evidence.tolist() == anew.evidence.tolist()
        assert told.inside.tolist() == anew.inside.tolist()
        assert _alike(told.author.tolist()) == _alike(anew.author.tolist())
    engine.dispose()


def test_after_a_rewind_rows_can_be_kept_again(store: SqlSignalStore) -> None:
    store.keep([row(1), row(2, window_us=60), row(3)])
    store.rewind(3, frame=2, open_us=60)
    assert store.count(WANTED).total == 1
    store.keep([row(2, window_us=60), row(3)])
    assert store.count(WANTED).total == 3


def test_many_rows_are_written_in_several_transactions_and_expire(store: SqlSignalStore) -> None:
    store.keep([row(number, at_us=number % 900) for number in range(2 * ROWS_AT_ONCE + 5)])
    assert store.count(WANTED).total == 2 * ROWS_AT_ONCE + 5
    gone = store.expire(450)
    assert store.count(WANTED).total == 2 * ROWS_AT_ONCE + 5 - gone


def test_states_and_paces_tell_probes_from_people(store: SqlSignalStore) -> None:
    store.keep([row(second * 1_000_000, kind="probe", source="probes") for second in (0, 60, 120)])
    store.keep([row(second * 1_000_000 + 1) for second in (0, 100)])
    assert [one.source for one in store.states(0, 100_000_000)] == ["probes", "probes"]
    paces = store.paces(0)
    assert (paces["probes"].gap_s, paces["probes"].signals, paces["probes"].probes) == (60.0, 3, True)
    assert (paces["form"].gap_s, paces["form"].probes) == (100.0, False)


def test_hours_tell_how_often_one_source_spoke_in_each(store: SqlSignalStore) -> None:
    hour_us = 3_600_000_000
    store.keep([row(at_us, source="hook") for at_us in (5, 2 * hour_us, 2 * hour_us + 9, 3 * hour_us)])
    store.keep([row(2 * hour_us + 1)])
    assert store.hours("hook", 2 * hour_us + 7) == {2 * hour_us: 2, 3 * hour_us: 1}
    assert store.hours("hook", 0) == {0: 1, 2 * hour_us: 2, 3 * hour_us: 1}
    assert store.hours("nobody", 0) == {}


def test_paces_are_asked_of_the_database_once_and_follow_what_is_kept_and_forgotten(database_url: str) -> None:
    engine = open_engine(database_url, "desk")
    upgrade(engine, "desk")
    store, asked = SqlSignalStore(engine), list[str]()
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    hour_us = 3_600_000_000

    def truth(since_us: int) -> object:
        return SqlSignalStore(engine).paces(since_us)

    store.keep([row(number, at_us=number * hour_us // 3) for number in range(1, 30)])
    assert store.paces(0)["form"].signals == 29
    asked.clear()
    for number in range(30, 60):
        store.keep([row(number, at_us=(number % 41) * hour_us // 5, kind="probe", source=f"s{number % 2}")])
    asked.clear()
    kept = [store.paces(since_us * hour_us) for since_us in (0, 0, 2, 3)]
    assert asked == []
    assert kept == [truth(0), truth(0), truth(2 * hour_us), truth(3 * hour_us)]
    store.rewind(40, frame=0, open_us=1 << 60)
    assert store.paces(3 * hour_us) == truth(3 * hour_us) != kept[3]
    store.expire(5 * hour_us)
    assert store.paces(3 * hour_us) == truth(3 * hour_us)
    asked.clear()
    store.expire(5 * hour_us)
    assert store.paces(3 * hour_us) == truth(3 * hour_us)
    assert sum("SELECT" in one for one in asked) == 1
    engine.dispose()


def test_rows_of_which_nobody_knows_whether_they_were_written_are_counted_anew(database_url: str) -> None:
    engine = open_engine(database_url, "desk")
    upgrade(engine, "desk")
    store, paces = SqlSignalStore(engine), Paces(engine)
    assert paces.since(0) == {}
    with pytest.raises(OutsideFailed), paces.keeping([row(1), row(2)]):
        store.keep([row(1), row(2)])
        raise OutsideFailed("The answer to the commit was lost.")
    assert paces.since(0)["form"].signals == 2
    engine.dispose()


def test_findings_announcements_and_held_frames_are_remembered(store: SqlSignalStore) -> None:
    store.tell([FINDING])
    changed = msgspec.structs.replace(FINDING, signals=9)
    store.tell([changed])
    assert store.findings() == [changed]
    store.announce("f1", "opened")
    store.announce("f1", "opened")
    assert store.was_announced("f1", "opened")
    assert not store.was_announced("f1", "cleared")
    store.hold(7, 1)
    store.hold(7, 2)
    assert store.held(6) == {7: 2}
    assert store.held(7) == {}


def _alike(numbers: list[int]) -> list[int]:
    """Return for each number the place of the first like it."""
    return [numbers.index(one) for one in numbers]


def test_what_somebody_said_is_found_where_it_may_be_taken_back(store: SqlSignalStore) -> None:
    store.keep([row(1, key=11), row(2, key=12), row(3), row(4, key=14), row(5, key=15, source="sky")])
    assert store.keys_of("form", ["a1"]) == {11, 14}
    assert store.keys_of("form", ["a2", *(f"n{number}" for number in range(1_200)), "a1"]) == {11, 12, 14}
    assert store.keys_of("sky", ["a2"]) == {15}
    assert store.keys_of("form", []) == store.keys_of("form", ["nobody"]) == set()
