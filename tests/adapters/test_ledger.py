"""One contract for every ledger: in memory, on SQLite and on a real PostgreSQL (requirements L2, P1, P2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intake_in_memory import MemoryLedger
from sqlalchemy import Engine, event, text

from pulih.adapters.sql import ledger as sql_ledger
from pulih.adapters.sql.early_deletions import KEPT_MAX, KEPT_US
from pulih.adapters.sql.engine import open_engine, sqlite_url
from pulih.adapters.sql.ledger import SqlLedger
from pulih.adapters.sql.upgrading import upgrade
from pulih.listen.payload import Cursor
from pulih.model.errors import OutsideFailed
from pulih.ports.intake import Accepted, Keyed, Ledger, SourceCount

# Opens the ledger as a process that starts does; the one of before was killed, or had settled.
Opened = Callable[[], Ledger]


@pytest.fixture
def prepared() -> Iterator[Callable[[str], Engine]]:
    """Give a way to open a prepared database by its address, closed when the test is over."""
    engines: list[Engine] = []

    def prepare(url: str) -> Engine:
        engines.append(open_engine(url, "intake"))
        upgrade(engines[-1], "intake")
        return engines[-1]

    yield prepare
    for engine in engines:
        engine.dispose()


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path, prepared: Callable[[str], Engine]) -> Opened:
    """Give a way to open the same ledger again."""
    if request.param == "memory":
        kept = MemoryLedger()
        return lambda: kept
    url = sqlite_url(tmp_path / "intake.db") if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    return lambda: SqlLedger(prepared(url))


def keyed(*keys: int, source: str = "form", late: bool = False) -> list[Keyed]:
    return [Keyed(key, source, late) for key in keys]


def balances(counts: Sequence[SourceCount]) -> bool:
    return all(one.heard == one.counted + one.refused + one.repeated + one.late for one in counts)


def test_a_report_counts_once_whether_it_comes_again_in_the_same_frame_or_later(opened: Opened) -> None:
    ledger = opened()
    assert ledger.accept(1, keyed(5, 6, 5), (), at_us=9) == Accepted(1, (0, 1))
    assert ledger.accept(2, keyed(7, 6), (), at_us=9) == Accepted(2, (0,))
    ledger.settle()
    assert ledger.accept(3, keyed(8, 7, 6, 5), (), at_us=9) == Accepted(3, (0,))


def test_the_extremes_of_64_bits_are_keys_like_others(opened: Opened) -> None:
    ledger = opened()
    extremes = (-(2**63), 2**63 - 1, 0, -1, 2**53 + 1, 2**53)
    assert ledger.accept(1, keyed(*extremes), (), at_us=9).counted == (0, 1, 2, 3, 4, 5)
    ledger.settle()
    assert ledger.accept(2, keyed(*extremes, 2**53 + 2), (), at_us=9).counted == (6,)


def test_a_late_report_is_not_counted_and_does_not_make_one_in_time_a_repeat(opened: Opened) -> None:
    ledger = opened()
    assert ledger.accept(1, keyed(5, late=True), (), at_us=9).counted == ()
    assert ledger.accept(2, keyed(5) + keyed(5, late=True), (), at_us=9).counted == (0,)
    [count] = ledger.counts()
    assert (count.heard, count.counted, count.late) == (3, 1, 2)


def test_a_frame_taken_again_changes_nothing_and_gives_the_same(opened: Opened) -> None:
    ledger = opened()
    first = ledger.accept(1, keyed(5, 5, 6), [("form", 2)], at_us=9)
    before = ledger.counts()
    assert ledger.accept(1, keyed(5, 5, 6), [("form", 2)], at_us=10) == first
    ledger.settle()
    assert ledger.accept(1, keyed(5, 5, 6), [("form", 2)], at_us=11) == first
    assert ledger.counts() == before


def test_counters_balance_by_source_and_tell_when_it_was_last_heard(opened: Opened) -> None:
    ledger = opened()
    ledger.accept(1, keyed(1, 2, 2) + keyed(3, source="chat", late=True), [("form", 2), ("", 1)], at_us=9)
    ledger.accept(0, (), [("chat", 1), ("chat", 1)], at_us=10)
    expected = [
        SourceCount("", heard=1, refused=1, last_heard_us=9),
        SourceCount("chat", heard=3, refused=2, late=1, last_heard_us=10),
        SourceCount("form", heard=5, counted=2, refused=2, repeated=1, last_heard_us=9),
    ]
    assert ledger.counts() == expected
    ledger.settle()
    assert ledger.counts() == expected
    assert opened().counts() == expected


def test_what_was_accepted_is_told_in_order_before_and_after_it_is_written(opened: Opened) -> None:
    ledger = opened()
    ledger.accept(1, keyed(1), (), at_us=9)
    ledger.settle()
    ledger.accept(2, keyed(1), (), at_us=9)
    ledger.accept(4, keyed(2, 1, 3), (), at_us=9)
    expected = [Accepted(1, (0,)), Accepted(2, ()), Accepted(4, (0, 2))]
    for _ in range(2):
        assert ledger.accepted(0, 10) == expected
        assert ledger.accepted(1, 1) == expected[1:2]
        assert ledger.accepted(4, 10) == []
        assert ledger.position() == 4
        ledger.settle()


def test_a_ledger_opened_again_knows_what_was_settled(opened: Opened) -> None:
    ledger = opened()
    assert ledger.position() == 0
    ledger.accept(3, keyed(*range(20)), (), at_us=9)
    ledger.settle()
    again = opened()
    assert again.position() == 3
    assert again.accept(4, keyed(19, 20), (), at_us=9).counted == (1,)
    assert again.accepted(0, 1) == [Accepted(3, tuple(range(20)))]


def test_refusals_alone_need_no_frame(opened: Opened) -> None:
    ledger = opened()
    assert ledger.accept(0, (), [("", 3)], at_us=9) == Accepted(0, ())
    assert (ledger.position(), ledger.accepted(0, 10)) == (0, [])
    assert ledger.counts() == [SourceCount("", heard=3, refused=3, last_heard_us=9)]


def test_names_of_sources_in_any_writing_are_kept_apart_and_sorted_by_letter(opened: Opened) -> None:
    ledger = opened()
    names = ["Form", "form", "fôrm", "表", "form ", "😀"]
    ledger.accept(1, [Keyed(key, name) for key, name in enumerate(names)], (), at_us=9)
    ledger.settle()
    assert [one.source for one in opened().counts()] == sorted(names)


def test_a_cursor_is_known_at_once_and_kept_with_the_reports_before_it(opened: Opened) -> None:
    ledger = opened()
    assert ledger.cursor("bluesky") == ""
    ledger.accept(1, keyed(1), (), at_us=9, cursors=[Cursor("bluesky", "a"), Cursor("mail", "7")])
    assert (ledger.cursor("bluesky"), ledger.cursor("mail")) == ("a", "7")
    ledger.settle()
    ledger.accept(2, keyed(2), (), at_us=9, cursors=[Cursor("bluesky", "b")])
    ledger.settle()
    assert (opened().cursor("bluesky"), opened().cursor("mail")) == ("b", "7")


def test_a_cursor_alone_is_kept_and_is_nothing_heard(opened: Opened) -> None:
    ledger = opened()
    assert ledger.accept(0, (), (), at_us=9, cursors=[Cursor("bluesky", "a")]) == Accepted(0, ())
    ledger.settle()
    assert opened().cursor("bluesky") == "a"
    assert (opened().position(), opened().counts()) == (0, [])


def test_what_was_taken_back_early_is_known_at_once_and_kept_with_the_cursor(opened: Opened) -> None:
    ledger = opened()
    ledger.accept(0, [], [], at_us=1, cursors=[Cursor("bluesky", "a", (7, -8))])
    assert ledger.early([7, -8, 9]) == {7, -8}
    ledger.settle()
    # Said again, as after a kill.
    ledger.accept(0, [], [], at_us=2, cursors=[Cursor("bluesky", "a", (7,))])
    ledger.settle()
    assert opened().early([7, -8, 9]) == {7, -8}


def test_what_was_taken_back_early_is_forgotten_in_time_and_beyond_a_number(
    tmp_path: Path, prepared: Callable[[str], Engine]
) -> None:
    engine = prepared(sqlite_url(tmp_path / "intake.db"))
    ledger = SqlLedger(engine)
    ledger.accept(0, [], [], at_us=1, cursors=[Cursor("sky", "a", (1, 2))])
    ledger.settle()
    ledger.accept(0, [], [], at_us=KEPT_US + 2, cursors=[Cursor("sky", "b", (3,))])
    assert ledger.early([1, 2, 3]) == {3}
    ledger.settle()
    assert SqlLedger(engine).early([1, 2, 3]) == {3}
    many = tuple(range(10, KEPT_MAX + 10))
    ledger.accept(0, [], [], at_us=KEPT_US + 3, cursors=[Cursor("sky", "c", many)])
    assert ledger.early([3, *many]) == set(many)


def test_a_ledger_killed_before_it_wrote_goes_on_from_the_older_cursor_and_drops_what_it_hears_again(
    tmp_path: Path, prepared: Callable[[str], Engine]
) -> None:
    url = sqlite_url(tmp_path / "intake.db")
    killed = SqlLedger(prepared(url))
    killed.accept(1, keyed(1), (), at_us=9, cursors=[Cursor("bluesky", "a")])
    killed.settle()
    killed.accept(2, keyed(2), (), at_us=9, cursors=[Cursor("bluesky", "b")])
    again = SqlLedger(prepared(url))
    assert (again.position(), again.cursor("bluesky")) == (1, "a")
    again.accept(2, keyed(2), (), at_us=9)
    assert again.accept(3, keyed(2, 3), (), at_us=9, cursors=[Cursor("bluesky", "c")]).counted == (1,)
    again.settle()
    assert SqlLedger(prepared(url)).cursor("bluesky") == "c"


frames = st.lists(
    st.lists(st.tuples(st.integers(0, 12), st.sampled_from(("form", "chat")), st.booleans()), min_size=1, max_size=8),
    max_size=8,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frames, st.data())
def test_a_ledger_that_was_killed_anywhere_ends_as_one_that_was_not(
    tmp_path_factory: pytest.TempPathFactory,
    prepared: Callable[[str], Engine],
    drawn: list[list[tuple[int, str, bool]]],
    data: st.DataObject,
) -> None:
    url = sqlite_url(tmp_path_factory.mktemp("ledger") / "intake.db")
    steady, killed = MemoryLedger(), SqlLedger(prepared(url))
    told = {}
    for number, reports in enumerate(drawn, start=1):
        reports_keyed = [Keyed(*one) for one in reports]
        expected = steady.accept(number, reports_keyed, (), at_us=number)
        told[number] = reports_keyed
        cursors = [Cursor("mail", str(number))]
        assert killed.accept(number, reports_keyed, (), at_us=number, cursors=cursors) == expected
        what = data.draw(st.sampled_from(("go on", "settle", "kill")))
        if what == "settle":
            killed.settle()
        if what == "kill":
            killed = SqlLedger(prepared(url))
            # Never ahead of what it knows, or something would be passed over; what is between is heard again.
            assert killed.cursor("mail") == str(killed.position() or "")
            for again in range(killed.position() + 1, number + 1):
                killed.accept(again, told[again], (), at_us=again)
    assert killed.counts() == steady.counts()
    assert balances(killed.counts())
    assert killed.accepted(0, 100) == steady.accepted(0, 100)


def test_more_than_may_wait_is_written_without_being_asked(tmp_path: Path, prepared: Callable[[str], Engine]) -> None:
    url = sqlite_url(tmp_path / "intake.db")
    ledger = SqlLedger(prepared(url))
    ledger.accept(1, keyed(*range(sql_ledger.PENDING_MAX)), (), at_us=9)
    ledger.accept(2, keyed(-1), (), at_us=9)
    assert SqlLedger(prepared(url)).position() == 1


def test_what_could_not_be_written_is_kept_and_written_the_next_time(
    tmp_path: Path, prepared: Callable[[str], Engine]
) -> None:
    url = sqlite_url(tmp_path / "intake.db")
    engine = prepared(url)
    ledger = SqlLedger(engine)
    ledger.accept(1, keyed(5), (), at_us=9)

    def fail(connection: object) -> None:
        raise OutsideFailed("the disk is full")

    event.listen(engine, "commit", fail)
    with pytest.raises(OutsideFailed, match="full"):
        ledger.settle()
    assert ledger.accept(2, keyed(5, 6), (), at_us=9).counted == (1,)
    assert SqlLedger(prepared(url)).position() == 0
    event.remove(engine, "commit", fail)
    ledger.settle()
    again = SqlLedger(prepared(url))
    assert again.accepted(0, 10) == [Accepted(1, (0,)), Accepted(2, (1,))]
    assert again.counts() == [SourceCount("form", heard=3, counted=2, repeated=1, last_heard_us=9)]


def test_a_database_that_may_not_be_written_is_told_in_a_sentence(
    tmp_path: Path, prepared: Callable[[str], Engine]
) -> None:
    engine = prepared(sqlite_url(tmp_path / "intake.db"))
    ledger = SqlLedger(engine)
    ledger.accept(1, keyed(5), (), at_us=9)
    with engine.connect() as connection:
        connection.execute(text("PRAGMA query_only=ON"))
    with pytest.raises(OutsideFailed, match="could not be used: attempt to write a readonly database"):
        ledger.settle()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_frames_are_forgotten_but_never_the_last_and_never_a_key(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, prepared: Callable[[str], Engine]
) -> None:
    url = sqlite_url(tmp_path / "intake.db") if kind == "sqlite" else request.getfixturevalue("postgres_url")
    ledger = SqlLedger(prepared(url))
    for frame in (1, 2, 3):
        ledger.accept(frame, keyed(frame), (), at_us=9)
    assert ledger.forget_frames(1) == 1
    assert ledger.forget_frames(9) == 1
    again = SqlLedger(prepared(url))
    assert again.accepted(0, 10) == [Accepted(3, (0,))]
    assert again.accept(4, keyed(1, 2, 3, 4), (), at_us=9).counted == (3,)
