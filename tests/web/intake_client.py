"""Starts the desk of `intake_desk` in a process, posts to it, and looks at what it kept when it is gone."""

from __future__ import annotations

import contextlib
import http.client
import multiprocessing
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import msgspec
from intake_desk import Killer, opened_parts, serve

from pulih.listen.payload import report_of
from pulih.ports.intake import SourceCount
from pulih.service.heard_frames import heard_frames

# Each desk is forked from one process that has imported all it needs: to import it takes far longer than to serve.
# A whole desk (`killed_desk`) is started from the same one.
STARTS = multiprocessing.get_context("forkserver")
STARTS.set_forkserver_preload(
    [
        "pulih.adapters.sql.ledger", "pulih.adapters.sql.upgrading", "pulih.listen.payload", "pulih.serve.running",
        "pulih.web.intake.app",
        "sqlalchemy.dialects.sqlite", "uvicorn", "uvicorn.protocols.http.httptools_impl", "uvloop",
    ]
)  # fmt: skip


class Answer(msgspec.Struct):
    """What a desk answered."""

    status: int
    body: Any
    headers: Mapping[str, str]


class RunningDesk:
    """A desk that runs in a process."""

    def __init__(self, process: BaseProcess, port: int) -> None:
        self.process, self.port = process, port

    def post(self, body: bytes, path: str = "/v1/reports", *, method: str = "POST", **headers: str) -> Answer:
        """Send a request; `_` in names of headers stands for "-"."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            sent = {"authorization": "Bearer source-token", "content-type": "application/json"}
            sent |= {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, {name: value for name, value in sent.items() if value})
            answer = connection.getresponse()
            text = answer.read()
            as_json = answer.headers.get_content_type() == "application/json"
            return Answer(answer.status, msgspec.json.decode(text) if as_json else text, dict(answer.headers))
        finally:
            connection.close()

    def kill(self) -> None:
        """End it as by `kill -9`."""
        self.process.kill()
        self.process.join()


@contextlib.contextmanager
def running(folder: Path, *stage: Any) -> Iterator[RunningDesk]:
    """Run a desk on a folder, to be killed at a stage (see `Killer`), or else at the end."""
    ours, theirs = STARTS.Pipe(duplex=False)
    process = STARTS.Process(target=serve, args=(folder, Killer(*stage), theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        # A desk that was to be killed at its start has no port.
        port = 0
        with contextlib.suppress(EOFError):
            port = ours.recv()
        yield RunningDesk(process, port)
    finally:
        ours.close()
        process.kill()
        process.join()


def acknowledged_under_load(desk: RunningDesk, start: int, *, senders: int = 6, most: int = 100_000) -> set[str]:
    """Post ids from several threads until the desk is gone, some of them twice, and return those it acknowledged."""
    acknowledged: set[str] = set()

    def send(first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=30)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
            for number in range(first, start + most, senders):
                names = [str(number), str(max(start, number - senders * (number % 3)))]
                body = b"\n".join(b'{"id":"%s","source":"form","text":"mati"}' % one.encode() for one in names)
                kind = {"authorization": "Bearer source-token", "content-type": "application/x-ndjson"}
                connection.request("POST", "/v1/reports", body, kind)
                answer = connection.getresponse()
                answer.read()
                if answer.status == 202:
                    acknowledged.update(names)

    threads = [threading.Thread(target=send, args=(start + number,)) for number in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return acknowledged


def kept(folder: Path) -> tuple[Counter[str], list[SourceCount]]:
    """Return how often each id counts in what a desk left behind, and its counters."""
    journal, ledger = opened_parts(folder)
    counted: Counter[str] = Counter()
    for frame in heard_frames(journal, ledger, 0, 1_000_000):
        assert frame.received_us is not None
        counted.update(report_of(line).id for _, line in frame.reports)
    counts = ledger.counts()
    ledger._engine.dispose()
    return counted, counts
