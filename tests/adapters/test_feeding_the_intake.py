"""The desk's own intake takes what is fed to it: files that are sent, answers of probes; and a backup holds it."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
import uvicorn
from database_here import database_in

from pulih.adapters.backup import back_up, restore
from pulih.adapters.config import ProbeTable
from pulih.adapters.data_folder import DataFolder, Layout
from pulih.adapters.desk_client import DeskClient
from pulih.adapters.feeding import Feed, Sent, send_file, tail_file
from pulih.adapters.journal.keys import DayKeys
from pulih.adapters.journal.log import SegmentJournal
from pulih.adapters.probes.asking import Answer
from pulih.adapters.probes.schedule import ProbeReport, Schedule, report_of
from pulih.adapters.sql.ledger import SqlLedger
from pulih.listen.payload import PayloadReader, raw_report
from pulih.listen.payload import report_of as kept_report
from pulih.model.clock import MICROS, iso, to_micros
from pulih.model.errors import RefusedInput
from pulih.model.person import TokenView
from pulih.service.accepting import Accepting
from pulih.web.hooks.door import Hooks
from pulih.web.intake.app import IntakeApp

TOKEN = "source-token-1"
SOURCE = TokenView(id="1", name="test", role="source")


class _Clock:
    def now_us(self) -> int:
        return time.time_ns() // 1000


class _Desk:
    """An intake on this machine: journal, ledger, committing thread and server."""

    def __init__(self, folder: DataFolder) -> None:
        self.layout = folder.layout
        engine = database_in(self.layout.intake_db, "intake")
        self.ledger = SqlLedger(engine)
        self.journal = SegmentJournal(self.layout.journal, DayKeys(self.layout.keys), ledger_at=self.ledger.position())
        self.reader = PayloadReader(folder.secret)
        self.accepting = Accepting(self.journal, self.ledger, _Clock(), self.reader)
        self.accepting.start()
        self.app = IntakeApp(
            self.accepting, self.reader, _Clock(),
            allow=lambda token: SOURCE if token == TOKEN else None, hooks=Hooks(), world_s=time.time,
        )  # fmt: skip
        self.address = ""
        self._engine = engine

    def close(self) -> None:
        self.accepting.close()
        self.journal.close()
        self.app.close()
        self._engine.dispose()

    def take(self, reports: list[ProbeReport]) -> None:
        """Hand reports of probes in, as the desk does."""
        self.accepting.accept(self.reader.batch(b"\n".join(map(msgspec.json.encode, reports)), _Clock().now_us()))

    def counted(self) -> dict[str, int]:
        return {count.source: count.counted for count in self.ledger.counts()}


@contextmanager
def _opened(root: Path) -> Iterator[_Desk]:
    """Open the intake of a folder, and answer over HTTP."""
    with DataFolder(root) as folder:
        desk = _Desk(folder)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            settings = uvicorn.Config(desk.app, lifespan="off", log_level="error", ws="none")
            server = uvicorn.Server(settings)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
            thread.start()
            desk.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
            try:
                yield desk
            finally:
                server.should_exit = True
                thread.join()
                desk.close()


def _file(folder: Path, count: int) -> Path:
    now_us = time.time_ns() // 1000
    rows = (f"{iso(now_us - number * MICROS)},mati total nomor {number},indihome,Bandung\n" for number in range(count))
    path = folder / "posts.csv"
    path.write_text("time,text,operator,place\n" + "".join(rows))
    return path


def _heard(desk: _Desk, reports: int) -> None:
    """Wait until so many reports were counted."""
    end_s = time.monotonic() + 10
    while sum(desk.counted().values()) < reports:
        assert time.monotonic() < end_s
        time.sleep(0.02)


def _settled(desk: _Desk) -> None:
    """Wait until the ledger has all that the journal has."""
    end_s = time.monotonic() + 5
    while desk.ledger.position() < desk.journal.last():
        assert time.monotonic() < end_s
        time.sleep(0.01)


def test_a_file_that_is_sent_twice_is_counted_once_by_the_real_intake(tmp_path: Path) -> None:
    path = _file(tmp_path, 12_000)
    with _opened(tmp_path / "desk") as desk:
        feed = Feed(DeskClient(desk.address, TOKEN, patience_s=10))
        assert send_file(str(path), feed, now_us=_Clock().now_us()) == Sent(rows=12_000, accepted=12_000)
        assert send_file(str(path), feed, now_us=_Clock().now_us()) == Sent(rows=12_000, repeated=12_000)
        _settled(desk)
        assert desk.counted() == {"posts.csv": 12_000}


def test_names_of_sources_and_files_in_any_script_are_made_to_fit(tmp_path: Path) -> None:
    now = iso(time.time_ns() // 1000)
    path = tmp_path / "keluhan è.csv"
    path.write_text("time,text,source\n" + "".join(f"{now},mati total {n},café {n % 2}\n" for n in range(20)))
    other = tmp_path / "ジャカルタ.csv"
    other.write_text("time,text\n" + "".join(f"{now},mati lagi {n}\n" for n in range(20)))
    with _opened(tmp_path / "desk") as desk:
        feed = Feed(DeskClient(desk.address, TOKEN, patience_s=10))
        assert send_file(str(path), feed, now_us=_Clock().now_us()).accepted == 20
        assert send_file(str(other), feed, now_us=_Clock().now_us()).accepted == 20
        _settled(desk)
        assert desk.counted() == {"caf_ 0": 10, "caf_ 1": 10, "_____.csv": 20}


def test_rows_older_than_a_day_are_late_and_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text("time,text\n" + "".join(f"2025-10-03T08:00:{n:02}Z,mati total {n}\n" for n in range(20)))
    with _opened(tmp_path / "desk") as desk:
        feed = Feed(DeskClient(desk.address, TOKEN, patience_s=10))
        assert send_file(str(path), feed, now_us=_Clock().now_us()) == Sent(rows=20, late=20)


def test_lines_that_do_not_say_when_they_were_said_are_taken_as_of_now_by_the_real_intake(tmp_path: Path) -> None:
    at = iso(time.time_ns() // 1000 // MICROS * MICROS - 60 * MICROS)
    lines = [
        {"id": "1759456080", "source": "form", "text": "internet mati di Depok"},
        {"id": "1759456081", "source": "form", "text": "wifi LOS merah", "service": "fixed_broadband", "at": None},
        {"id": "1759456082", "source": "form", "text": "sinyal hilang dari pagi", "at": at},
    ]
    path = tmp_path / "reports.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in lines))
    with _opened(tmp_path / "desk") as desk:
        feed = Feed(DeskClient(desk.address, TOKEN, patience_s=10))
        assert send_file(str(path), feed, now_us=_Clock().now_us()) == Sent(rows=3, accepted=3)
        assert send_file(str(path), feed, now_us=_Clock().now_us()) == Sent(rows=3, repeated=3)
        (frame,) = list(desk.journal.frames(0))[:1]
    kept = [kept_report(line) for line in frame.reports]
    assert [one.at is None for one in kept] == [True, True, False]
    assert [raw_report(one, frame.received_us).at_us == frame.received_us for one in kept] == [True, True, False]
    assert kept[1].service == "fixed_broadband"


def test_a_followed_file_whose_first_lines_say_no_time_keeps_the_times_of_further_ones(tmp_path: Path) -> None:
    path = tmp_path / "reports.jsonl"
    line = '{{"id": "{0}", "source": "form", "text": "mati total nomor {0}"{1}}}\n'
    path.write_text(line.format(1, ""))
    said = iso(time.time_ns() // 1000 // MICROS * MICROS - 60 * MICROS)
    stopping = threading.Event()
    with _opened(tmp_path / "desk") as desk:
        feed = Feed(DeskClient(desk.address, TOKEN, patience_s=10))
        following = threading.Thread(
            target=tail_file,
            args=(path, feed),
            kwargs={"now_us": _Clock().now_us, "stopping": stopping, "look_s": 0.02},
        )
        following.start()
        _heard(desk, 1)
        with path.open("a") as file:
            file.write(line.format(2, f', "at": "{said}"'))
        _heard(desk, 2)
        stopping.set()
        following.join()
        kept = [kept_report(one) for frame in desk.journal.frames(0) for one in frame.reports]
    assert [None if one.at is None else iso(to_micros(one.at)) for one in kept] == [None, said]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("old.jsonl", '{"id": "1", "text": "mati total dari pagi"}\n'),
        ("old.jsonl", '{"id": "1", "source": "form", "text": "mati total", "tanggal": "kemarin sore"}\n'),
        ("old.csv", "id,source,text\n1,form,mati total dari pagi\n2,form,wifi mati total\n"),
    ],
)
def test_what_is_no_line_of_the_intake_still_needs_a_time(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    with _opened(tmp_path / "desk") as desk:
        feed = Feed(DeskClient(desk.address, TOKEN, patience_s=10))
        with pytest.raises(RefusedInput, match="no readable time"):
            send_file(str(tmp_path / name), feed, now_us=_Clock().now_us())


@pytest.mark.parametrize("well", [True, False])
def test_the_answer_of_a_probe_is_a_report_that_the_intake_takes(well: bool) -> None:
    probe = ProbeTable(name="a" * 50, kind="tcp", target="a.example:1", operator="xl", place="31")
    line = msgspec.json.encode(report_of(probe, Answer(well, 0.5, "connected"), 1_759_500_000_123_456))
    parcel = PayloadReader(b"k" * 16).one(line, 1_759_500_000_123_456)
    assert parcel.refused == ()
    report = kept_report(parcel.heard[0].line)
    assert (report.kind, report.symptom) == ("probe", "none" if well else "no_internet")


def test_probes_are_heard_by_the_real_intake(tmp_path: Path) -> None:
    probe = ProbeTable(name="web", kind="tcp", target="a.example:1", operator="xl", every_s=0.05, timeout_s=0.01)
    with _opened(tmp_path / "desk") as desk:
        schedule = Schedule([probe], lambda one: Answer(True, 0.0, "ok"), desk.take, clock=_Clock(), at_once=1)
        schedule.start()
        while schedule.states()[0].asked < 4:
            time.sleep(0.01)
        schedule.stop()
        _settled(desk)
        assert desk.counted()["probe-web"] == schedule.states()[0].asked
        assert schedule.states()[0].not_taken == 0


def test_a_backup_of_a_desk_under_load_holds_all_that_was_acknowledged(tmp_path: Path) -> None:
    path = _file(tmp_path, 20_000)
    sent: list[Sent] = []
    with _opened(tmp_path / "desk") as desk:
        feed = Feed(DeskClient(desk.address, TOKEN, patience_s=10), told=sent.append)
        sending = threading.Thread(target=send_file, args=(str(path), feed), kwargs={"now_us": _Clock().now_us()})
        sending.start()
        while not sent:
            time.sleep(0.005)
        acknowledged = sent[-1].accepted
        back_up(Layout(tmp_path / "desk"), tmp_path / "b.tar.zst", version="1", now_us=0)
        sending.join()
    restore(tmp_path / "b.tar.zst", tmp_path / "new")
    with _opened(tmp_path / "new") as desk:
        assert acknowledged <= desk.counted()["posts.csv"] <= 20_000
        # The sources send again what came after the backup, and all of it is there once.
        feed = Feed(DeskClient(desk.address, TOKEN, patience_s=10))
        again = send_file(str(path), feed, now_us=_Clock().now_us())
        assert again.accepted + again.repeated == 20_000
        _settled(desk)
        assert desk.counted() == {"posts.csv": 20_000}
