"""Feeds the desk of `killed_desk` a day in steps of its clock, kills it on the way, and looks at what it kept.

A step is a moment and the reports that are sent at it. What was not acknowledged when the desk was killed is sent
again, at the same moment; so an undisturbed desk and one that was killed hear the same at the same time.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import http.client
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import msgspec
from intake_client import STARTS
from killed_desk import SETTINGS, serve
from sqlalchemy import select

from pulih.adapters.data_folder import KEY_BYTES, Layout, write_private
from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.live_tables import signals
from pulih.adapters.sql.signal_store import SqlSignalStore
from pulih.listen.payload import report_of
from pulih.model.clock import MICROS, to_micros
from pulih.model.finding import Finding
from pulih.ports.intake import SourceCount
from pulih.serve.storage import Storage
from pulih.service.incidents import ENDED, OPEN

BUNDLED = Path(__file__).parents[2] / "src/pulih/data/demo/smartfren-2025-10-03-simulated.csv.gz"
# Quiet days are sent in large steps, the outage in small ones.
FROM, HIT, UNTIL = (
    datetime.fromisoformat(f"2025-{one}+07:00") for one in ("10-02T00:00", "10-03T08:30", "10-03T10:00")
)
QUIET_S, HIT_S = 1800, 60
ENDS_WITHIN_S = 10


class Step(msgspec.Struct, frozen=True):
    """A moment (microseconds since 1970 UTC) and the lines that are sent at it."""

    now_us: int
    lines: tuple[bytes, ...]


class End(msgspec.Struct, frozen=True):
    """How a desk ends: when `stage` is reached for the `at`th time, or `after_s` behind its last step; by kill -9."""

    stage: str = ""
    at: int = 0
    after_s: float = 0.0


class Kept(msgspec.Struct):
    """What a desk left behind.

    Attributes:
        rows: each counted report by its id, without where it stands in the journal; `times` how often each id counts.
        counters: of each source.
        findings: by id.
        incidents: the facts of each timeline in order, without ids of incidents, sorted.
    """

    rows: dict[str, dict[str, Any]]
    times: Counter[str]
    counters: list[SourceCount]
    findings: dict[str, Finding]
    incidents: list[list[Any]]


def outage() -> list[Step]:
    """Return a quiet day and the first hour of the outage of the bundled day, and three silent hours behind it."""
    with gzip.open(BUNDLED, "rt", encoding="utf-8", newline="") as lines:
        rows = [(datetime.fromisoformat(row["time"]), row) for row in csv.DictReader(lines)]
    said = sorted(((to_micros(at), row) for at, row in rows if FROM <= at < UNTIL), key=lambda one: one[0])
    steps = []
    for now_us, group in groupby(said, key=lambda one: _moment(one[0])):
        told = [
            {name: row[name] for name in ("id", "source", "text", "author", "place") if row[name]} | {"at": row["time"]}
            for _, row in group
        ]
        steps.append(Step(now_us, tuple(msgspec.json.encode(one) for one in told)))
    last_us = steps[-1].now_us
    # Windows close though nobody speaks any more.
    return [*steps, *(Step(last_us + quarter * 900 * MICROS, ()) for quarter in range(1, 13))]


def ids(steps: Sequence[Step]) -> set[str]:
    """Return the ids of all that is sent."""
    return {report_of(line).id for step in steps for line in step.lines}


def feed(folder: Path, steps: Sequence[Step], ends: Sequence[tuple[int, End]] = ()) -> list[str]:
    """Feed a desk all steps; it is killed once for each of `ends`, at the latest when the step of that number was sent.

    Returns: for each end, by what it ended.
    """
    _with_one_secret(folder)
    sent, how = 0, []
    for until, end in ends:
        with _running(folder, steps[min(sent, len(steps) - 1)].now_us, end) as desk:
            sent += desk.send(steps[sent:until])
            how.append(desk.end(end, steps[max(sent - 1, 0)].now_us))
    with _running(folder, steps[min(sent, len(steps) - 1)].now_us, End()) as desk:
        assert desk.send(steps[sent:]) == len(steps) - sent
        desk.wait_until_counted(steps[-1].now_us)
        desk.process.terminate()
        desk.process.join(timeout=30)
        assert desk.process.exitcode == 0
    return how


def told_at(steps: Sequence[Step], peaceful: Kept) -> int:
    """Return the number of the step by which a desk has surely told the first finding."""
    alarm_us = min(one.alarm_us for one in peaceful.findings.values())
    return step_at(steps, alarm_us) + 8


def step_at(steps: Sequence[Step], at_us: int) -> int:
    """Return the number of the first step behind a moment."""
    return next(number for number, step in enumerate(steps) if step.now_us > at_us)


def _with_one_secret(folder: Path) -> None:
    """Make the folder with a secret that all desks share, so that they give everybody the same pseudonym."""
    folder.mkdir(mode=0o700)
    write_private(Layout(folder).secret, b"s" * KEY_BYTES)


def kept(folder: Path) -> Kept:
    """Return what a desk that ended left behind."""
    storage = Storage(Layout(folder), SETTINGS)
    try:
        frames = {frame.number: frame for frame in storage.journal.frames(0)}
        rows: dict[str, dict[str, Any]] = {}
        times: Counter[str] = Counter()
        with storage.desk.connect() as connection:
            for row in connection.execute(select(signals)).mappings():
                told = dict(row)
                name = report_of(frames[told.pop("frame")].reports[told.pop("position")]).id
                times[name] += 1
                rows[name] = told
        store = SqlIncidentStore(storage.desk)
        heads = store.heads(OPEN | ENDED, limit=1_000)
        return Kept(
            rows,
            times,
            storage.ledger.counts(),
            {one.id: one for one in SqlSignalStore(storage.desk).findings()},
            sorted(([entry.fact for entry in store.entries(head.incident)] for head in heads), key=repr),
        )
    finally:
        storage.close()


class _Desk:
    """A desk that runs."""

    def __init__(self, process: BaseProcess, port: int, token: str) -> None:
        self.process, self._port, self._token = process, port, token

    def send(self, steps: Sequence[Step]) -> int:
        """Send steps until the desk is gone; return how many it acknowledged."""
        for number, step in enumerate(steps):
            try:
                if step.lines:
                    self._post(step)
                else:
                    self._counted(step.now_us)
            except (OSError, http.client.HTTPException):
                return number
        return len(steps)

    def end(self, end: End, now_us: int) -> str:
        """See to it that the desk ends; return whether its stage did it, or the clock."""
        if end.stage:
            # By then it has counted and told all that it was sent, and has no reason left to reach its stage.
            try:
                self.wait_until_counted(now_us)
            except (OSError, http.client.HTTPException):
                # Its port closes a moment before the process can be seen to have ended.
                self.process.join(timeout=ENDS_WITHIN_S)
        else:
            time.sleep(end.after_s)
        ended = self.process.exitcode is not None
        self.process.kill()
        self.process.join()
        return end.stage if ended else "the clock"

    def wait_until_counted(self, now_us: int) -> None:
        """Wait until all that was accepted is counted, and all windows closed that are over."""
        until_s = time.monotonic() + 60
        while self._counted(now_us) < now_us:
            assert time.monotonic() < until_s, "the desk does not get on with counting"
            time.sleep(0.05)

    def _post(self, step: Step) -> None:
        kind = {"authorization": f"Bearer {self._token}", "content-type": "application/x-ndjson"}
        status, body = self._asked("POST", b"\n".join(step.lines), kind | {"x-now": str(step.now_us)}, "/v1/reports")
        assert status == 202, body

    def _counted(self, now_us: int) -> int:
        return int(self._asked("GET", None, {"x-now": str(now_us)}, "/counted")[1])

    def _asked(self, method: str, body: bytes | None, headers: dict[str, str], path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()


@contextlib.contextmanager
def _running(folder: Path, now_us: int, end: End) -> Iterator[_Desk]:
    ours, theirs = STARTS.Pipe(duplex=False)
    ways = {"stage": end.stage, "at": end.at, "told": theirs}
    process = STARTS.Process(target=serve, args=(folder, now_us), kwargs=ways)
    process.start()
    theirs.close()
    try:
        # A desk that is killed at its start says nothing.
        port, token = 0, "none"
        with contextlib.suppress(EOFError):
            port, token = ours.recv()
        yield _Desk(process, port, token)
    finally:
        ours.close()
        process.kill()
        process.join()


def _moment(at_us: int) -> int:
    """Return the moment at which a report is sent: the end of the step in which it was said."""
    width_us = (HIT_S if at_us >= to_micros(HIT) else QUIET_S) * MICROS
    return at_us // width_us * width_us + width_us
