"""When a connection is lost while a transaction is committed, nothing is written twice and nothing is left out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cut_connection import Cutter, cutting
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from pulih.adapters.sql.engine import open_engine
from pulih.adapters.sql.ledger import SqlLedger
from pulih.adapters.sql.schema import Role
from pulih.adapters.sql.signal_store import SqlSignalStore
from pulih.adapters.sql.upgrading import upgrade
from pulih.listen.payload import Cursor
from pulih.model.errors import OutsideFailed
from pulih.ports.files import Wanted
from pulih.ports.intake import Accepted, Keyed, SourceCount
from pulih.ports.live import Row


class Cut:
    """A prepared database behind a cutter: `engine` reaches it through that, `straight` past it."""

    def __init__(self, url: str, cutter: Cutter, socket: Path) -> None:
        self._url, self._socket, self.cutter = url, socket, cutter
        self._engines: list[Engine] = []

    def engine(self, role: Role, *, straight: bool = False) -> Engine:
        url = make_url(self._url)
        if not straight:
            url = url.update_query_dict({"unix_sock": str(self._socket)})
        engine = open_engine(url.render_as_string(hide_password=False), role)
        self._engines.append(engine)
        upgrade(engine, role)
        return engine

    def close(self) -> None:
        for engine in self._engines:
            engine.dispose()


@pytest.fixture
def cut(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cut]:
    # Addresses of such sockets are short.
    socket = tmp_path_factory.mktemp("s") / "s"
    server = Path(str(make_url(postgres_url).query["unix_sock"]))
    with cutting(server, socket) as cutter:
        made = Cut(postgres_url, cutter, socket)
        yield made
        made.close()


def keyed(*keys: int) -> list[Keyed]:
    return [Keyed(key, "form") for key in keys]


def test_a_ledger_finds_out_that_a_commit_whose_answer_was_lost_was_made(cut: Cut) -> None:
    ledger = SqlLedger(cut.engine("intake"))
    ledger.accept(1, keyed(1, 2, 2), [("form", 3)], at_us=9)
    cut.cutter.cut.set()
    with pytest.raises(OutsideFailed, match="could not be used"):
        ledger.settle()
    assert cut.cutter.lost == 1
    assert ledger.accept(2, keyed(2, 3), [("shop", 1)], at_us=10) == Accepted(2, (1,))
    ledger.settle()
    expected = [
        SourceCount("form", heard=8, counted=3, refused=3, repeated=2, last_heard_us=10),
        SourceCount("shop", heard=1, refused=1, last_heard_us=10),
    ]
    assert ledger.counts() == expected
    again = SqlLedger(cut.engine("intake", straight=True))
    assert again.counts() == expected
    assert again.accepted(0, 10) == [Accepted(1, (0, 1)), Accepted(2, (1,))]
    assert again.accept(3, keyed(1, 2, 3), (), at_us=11).counted == ()


def test_a_ledger_adds_refusals_alone_once_though_the_answer_was_lost_twice(cut: Cut) -> None:
    ledger = SqlLedger(cut.engine("intake"))
    for count in (1, 2):
        ledger.accept(0, (), [("form", count)], at_us=9)
        cut.cutter.cut.set()
        with pytest.raises(OutsideFailed):
            ledger.settle()
    ledger.settle()
    assert cut.cutter.lost == 2
    assert SqlLedger(cut.engine("intake", straight=True)).counts() == [
        SourceCount("form", heard=3, refused=3, last_heard_us=9)
    ]


@pytest.mark.parametrize("heard", [True, False], ids=["with reports", "alone"])
def test_the_newest_cursor_stands_whatever_became_of_the_commit_of_an_older_one(cut: Cut, *, heard: bool) -> None:
    ledger = SqlLedger(cut.engine("intake"))
    for number in (1, 2):
        reports = keyed(number) if heard else []
        ledger.accept(number * heard, reports, (), at_us=9, cursors=[Cursor("mail", str(number))])
        cut.cutter.cut.set()
        with pytest.raises(OutsideFailed):
            ledger.settle()
    assert ledger.cursor("mail") == "2"
    ledger.settle()
    again = SqlLedger(cut.engine("intake", straight=True))
    assert again.cursor("mail") == "2"
    assert [one.counted for one in again.counts()] == ([2] if heard else [])


@pytest.mark.parametrize("first", [[1, 2], []], ids=["reports", "refusals alone"])
def test_a_commit_that_is_still_under_way_when_it_is_tried_again_counts_once(cut: Cut, first: list[int]) -> None:
    ledger = SqlLedger(cut.engine("intake"))
    # What is there already is locked by who changes it, what is new is not.
    ledger.accept(0, (), [("form", 1)], at_us=8)
    ledger.settle()
    ledger.accept(1 if first else 0, keyed(*first), [("form", 3)], at_us=9)
    cut.cutter.hold.set()
    with pytest.raises(OutsideFailed):
        ledger.settle()
    ledger.accept(2, keyed(2, 3), [("shop", 1)], at_us=10)
    with ThreadPoolExecutor(1) as beside:
        settling = beside.submit(ledger.settle)
        wait_for_lock(cut.engine("intake", straight=True))
        cut.cutter.finish()
        with pytest.raises(OutsideFailed, match="still ended"):
            settling.result(30)
    ledger.settle()
    counted = {1, 2, 3} if first else {2, 3}
    form = SourceCount(
        "form", heard=6 + len(first), counted=len(counted), refused=4, repeated=2 + len(first) - len(counted),
        last_heard_us=10,
    )  # fmt: skip
    assert ledger.counts() == [form, SourceCount("shop", heard=1, refused=1, last_heard_us=10)]
    assert SqlLedger(cut.engine("intake", straight=True)).counts() == ledger.counts()


def wait_for_lock(engine: Engine) -> None:
    """Wait until somebody waits for somebody else's transaction."""
    asked = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    until = time.monotonic() + 30
    while True:
        with engine.connect() as connection:
            if connection.scalar(asked):
                return
        assert time.monotonic() < until, "Nobody waited for a lock within 30 s."
        time.sleep(0.02)


def test_a_ledger_writes_again_what_was_not_committed(cut: Cut) -> None:
    engine = cut.engine("intake")
    ledger = SqlLedger(engine)
    ledger.accept(1, keyed(1), (), at_us=9)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE ledger_frames RENAME TO elsewhere"))
    with pytest.raises(Exception, match="ledger_frames"):
        ledger.settle()
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO ledger_frames"))
    ledger.settle()
    assert SqlLedger(cut.engine("intake", straight=True)).accepted(0, 9) == [Accepted(1, (0,))]


def test_a_signal_store_keeps_rows_once_though_the_answer_was_lost(cut: Cut) -> None:
    store = SqlSignalStore(cut.engine("desk"))
    rows = [Row(frame=1, position=place, at_us=place, window_us=1, source="form", weight=1.0) for place in range(5)]
    cut.cutter.cut.set()
    with pytest.raises(OutsideFailed):
        store.keep(rows)
    store.keep(rows)
    cut.cutter.cut.set()
    with pytest.raises(OutsideFailed):
        store.announce("f1", "opened")
    store.announce("f1", "opened")
    assert cut.cutter.lost == 2
    assert store.count(Wanted(start_us=0, end_us=10)).total == 5
    assert store.was_announced("f1", "opened")
