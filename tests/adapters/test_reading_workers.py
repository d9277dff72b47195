"""Reading workers read what a reader in the same process reads, and neither outlive the desk nor lose a text."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import msgspec
import psutil
import pytest

from pulih.adapters.reading_process import DEADLY, UNREAD, ReadingProcess, is_unread, pack
from pulih.adapters.reading_workers import BEHIND_TEXTS, OneReader, ReadingWorkers
from pulih.main_reading import load_knowledge
from pulih.model.errors import OutsideFailed
from pulih.model.reading import Reading
from pulih.ports.live import Text
from pulih.understand.reader import Reader, Told

TEXTS = [
    Text("smartfren mati total di bandung dari pagi"),
    Text("sinyal hilang", operator="telkomsel", place="Surabaya"),
    Text("alhamdulillah indihome sudah normal"),
    Text(""),
] * 60
DESK = """
import os, time
from pulih.adapters.reading_workers import ReadingWorkers
from test_reading_workers import make_reader
if __name__ == "__main__":
    workers = ReadingWorkers(make_reader, 2)
    print(*workers.pids(), flush=True)
    time.sleep(60)
"""


def make_reader() -> Reader:
    return load_knowledge().reader


@pytest.fixture(scope="module")
def workers() -> Iterator[ReadingWorkers]:
    made = ReadingWorkers(make_reader, 2)
    yield made
    made.close()


def test_many_texts_are_read_as_by_one_reader_and_in_order(workers: ReadingWorkers) -> None:
    assert workers.read(TEXTS) == OneReader(make_reader()).read(TEXTS)
    assert workers.read(TEXTS[:1]) == workers.read(TEXTS)[:1]
    assert workers.read([]) == []


def test_after_a_worker_was_killed_the_same_texts_are_read_by_another(workers: ReadingWorkers) -> None:
    expected = workers.read(TEXTS)
    os.kill(workers.pids()[0], signal.SIGKILL)
    assert workers.read(TEXTS) == expected
    assert not any(map(is_unread, expected))


def test_what_is_asked_for_next_is_read_before_the_last_was_answered(workers: ReadingWorkers) -> None:
    expected = OneReader(make_reader()).read(TEXTS[:4])
    first, second = workers.begin(TEXTS), workers.begin(TEXTS[::-1])
    alone = workers.begin(TEXTS[:1])
    assert alone() == expected[:1]
    assert (second()[::-1], first()) == (expected * 60, expected * 60)


def test_while_more_waits_than_one_reads_soon_another_begins_and_what_waits_at_the_end_is_told() -> None:
    many = ReadingWorkers(make_deadly, 1, 2)
    texts = [Text(f"{number}") for number in range(2 * BEHIND_TEXTS)]
    assert len(many.pids()) == 1
    answers = [many.begin(texts) for _ in range(3)]
    assert len(many.pids()) == 2
    for answer in answers:
        assert [one.operator for one in answer()] == [one.text for one in texts]
    assert len(many.pids()) == 2
    unread = many.begin(texts * 3)
    many.close()
    with pytest.raises(OutsideFailed, match="have been ended"):
        unread()
    with pytest.raises(OutsideFailed, match="have been ended"):
        many.read(texts[:1])


class Deadly:
    """A reader whose process some texts end at once, as a fault in a library does."""

    def read_all(self, texts: Sequence[Told]) -> list[Reading]:
        if any("mematikan" in text.text for text in texts):
            os.kill(os.getpid(), signal.SIGKILL)
        return [msgspec.structs.replace(UNREAD, operator=text.text, evidence=()) for text in texts]


def make_deadly() -> Reader:
    return cast("Reader", Deadly())


def make_nothing() -> Reader:
    os.kill(os.getpid(), signal.SIGKILL)
    return make_deadly()


def test_a_text_that_ends_its_process_is_found_and_all_others_are_read(capfd: pytest.CaptureFixture[str]) -> None:
    deadly = ReadingWorkers(make_deadly, 1)
    names = ["a", "b", "teks mematikan", "d"]
    readings = deadly.read([Text(name) for name in names])
    assert [one.operator for one in readings] == ["a", "b", None, "d"]
    assert readings[2] == DEADLY
    assert [is_unread(one) for one in readings] == [False, False, True, False]
    assert [one.operator for one in deadly.read([Text("e")])] == ["e"]
    deadly.close()
    told = capfd.readouterr().err
    assert told.count("ended 2 processes") == 1
    assert "mematikan" not in told


def test_a_worker_that_cannot_begin_is_no_fault_of_the_texts() -> None:
    workers = ReadingWorkers(make_nothing, 1)
    with pytest.raises(OutsideFailed, match="before it read any"):
        workers.read([Text("a"), Text("b")])
    workers.close()


def test_a_desk_without_room_for_another_process_says_so_and_reads_once_there_is_some() -> None:
    workers = ReadingWorkers(make_reader, 1)
    [pid] = workers.pids()
    room = resource.getrlimit(resource.RLIMIT_NOFILE)
    psutil.Process(pid).kill()
    resource.setrlimit(resource.RLIMIT_NOFILE, (4, room[1]))
    try:
        with pytest.raises(OutsideFailed, match="cannot be begun"):
            workers.read(TEXTS[:2])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, room)
    assert len(workers.read(TEXTS[:2])) == 2
    workers.close()


class Slow:
    """A reader that does not answer before a test is over."""

    def read_all(self, texts: Sequence[Told]) -> list[Reading]:
        time.sleep(30)
        return []


def make_slow() -> Reader:
    return cast("Reader", Slow())


def test_a_process_that_is_ended_while_it_reads_again_what_another_did_not_survive_has_no_successor() -> None:
    slow, heard = ReadingProcess(make_slow), list[str]()

    def ask() -> None:
        with pytest.raises(OutsideFailed, match="have been ended"):
            slow.read(pack([Text("a")]))
        heard.append("told")

    before = {one.pid for one in psutil.Process().children()} - {slow.pid}
    asking = threading.Thread(target=ask)
    asking.start()
    first = slow.pid
    psutil.Process(first).kill()
    deadline = time.monotonic() + 20
    while slow.pid == first and time.monotonic() < deadline:
        time.sleep(0.01)
    slow.close()
    asking.join(20)
    assert heard == ["told"]
    assert {one.pid for one in psutil.Process().children()} <= before


class Picky:
    """A reader that cannot read some texts, as one with a fault in it."""

    def __init__(self, inner: Reader) -> None:
        self._inner = inner

    def read_all(self, texts: Sequence[Told]) -> list[Reading]:
        if any("pasti gagal" in text.text for text in texts):
            raise KeyError(texts[0].text)
        return self._inner.read_all(texts)


def make_picky() -> Reader:
    return cast("Reader", Picky(make_reader()))


def test_a_text_that_fails_the_reader_says_nothing_and_stops_nobody(capfd: pytest.CaptureFixture[str]) -> None:
    whole, failing = OneReader(make_reader()).read(TEXTS[:3]), Text("rahasia pasti gagal")
    picky = ReadingWorkers(make_picky, 1)
    pids = picky.pids()
    assert picky.read([*TEXTS[:2], failing, TEXTS[2]]) == [*whole[:2], UNREAD, whole[2]]
    assert picky.pids() == pids
    picky.close()
    told = capfd.readouterr().err
    assert "could not be read (KeyError)" in told
    assert "rahasia" not in told


def test_after_a_call_that_failed_in_the_desk_answers_belong_to_the_texts_of_the_next(workers: ReadingWorkers) -> None:
    unsendable = [*TEXTS[:120], *[Text("\ud800")] * 120]
    with pytest.raises(UnicodeEncodeError):
        workers.read(unsendable)
    assert workers.read(TEXTS[:1]) == OneReader(make_reader()).read(TEXTS[:1])
    assert workers.read(TEXTS) == OneReader(make_reader()).read(TEXTS)


def test_when_the_desk_is_killed_its_workers_end_too() -> None:
    here = Path(__file__).parent
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(here), str(here.parents[1] / "src")))}
    with subprocess.Popen([sys.executable, "-c", DESK], stdout=subprocess.PIPE, env=env, text=True) as desk:
        assert desk.stdout is not None
        pids = [int(one) for one in desk.stdout.readline().split()]
        assert len(pids) == 2
        desk.send_signal(signal.SIGKILL)
        desk.wait()
    until = time.monotonic() + 20
    while any(psutil.pid_exists(pid) for pid in pids) and time.monotonic() < until:
        time.sleep(0.1)
    assert [pid for pid in pids if psutil.pid_exists(pid)] == []
