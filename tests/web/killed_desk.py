"""A whole desk in a process of its own, with a clock that is set; it can be told to kill itself at a stage.

The header `x-now` of a request sets the clock (microseconds since 1970 UTC); GET /counted answers until when all that
was accepted is counted.
"""

from __future__ import annotations

import io
import socket
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from intake_desk import Killer
from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

from pulih.adapters.config import DeskSettings, DeskTable
from pulih.adapters.config.settings import ReadingTable, SiteTable
from pulih.adapters.data_folder import DataFolder
from pulih.adapters.journal.disk import Disk
from pulih.serve.clocks import ReplayClock
from pulih.serve.desk import Desk
from pulih.serve.running import server_of

# By the beginning of a statement: what is about to be written.
STATEMENTS = {
    "INSERT INTO ledger_frames": "settling",
    "INSERT INTO live_signals": "keeping rows",
    "INSERT INTO live_findings": "telling a finding",
    "INSERT INTO incident_entries": "writing an entry",
    "INSERT INTO live_announced": "noting that it was told",
    "DELETE FROM live_signals WHERE live_signals.frame": "going back to the snapshot",
}
# By what Python is about to do with a file of a snapshot.
FILES = {
    ("open", ".part"): "beginning a snapshot",
    ("os.rename", ".part"): "putting a snapshot in place",
    ("os.remove", ".state"): "dropping an old snapshot",
}
# What happens when a finding is told for the first time, and hardly ever else.
TELLING = ("telling a finding", "writing an entry", "an entry is written", "noting that it was told")
STAGES = (
    "before the write", "half written", "written", "synced", "before the answer", "answering", "answered",
    *STATEMENTS.values(), *FILES.values(), "committing", "behind a transaction", "an entry is written",
)  # fmt: skip
SETTINGS = DeskSettings(
    desk=DeskTable(operators=("smartfren",)), reading=ReadingTable(workers=1), site=SiteTable(on=False)
)


def watch_databases(killer: Killer) -> None:
    """Reach a stage before each statement and each commit, and behind each transaction."""

    def about_to(_: Any, __: Any, statement: str, *___: Any) -> None:
        for beginning, stage in STATEMENTS.items():
            if statement.startswith(beginning):
                killer.reached(stage)

    event.listen(Engine, "before_cursor_execute", about_to)
    event.listen(Engine, "commit", lambda _: killer.reached("committing"))
    event.listen(Pool, "checkin", lambda *_: killer.reached("behind a transaction"))


def watch_files(killer: Killer) -> None:
    """Reach a stage before each step of a snapshot."""

    def about_to(what: str, given: tuple[Any, ...]) -> None:
        if what in {"open", "os.rename", "os.remove"} and isinstance(given[0], str | Path):
            stage = FILES.get((what, Path(given[0]).suffix))
            if stage:
                killer.reached(stage)

    sys.addaudithook(about_to)


def watched(app: Any, desk: Desk, clock: ReplayClock, killer: Killer) -> Any:
    """Return the application of a desk that sets its clock first, and reaches a stage with each acknowledgement."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope["headers"]) if scope["type"] == "http" else {}
        if b"x-now" in headers:
            clock.set(int(headers[b"x-now"]))
        if scope.get("path") == "/counted":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": str(desk.counted_until_us()).encode()})
            return

        async def sent(message: Any) -> None:
            killer.reached("answering")
            await send(message)
            if message["type"] == "http.response.body":
                killer.reached("answered")

        await app(scope, receive, sent if scope.get("path") == "/v1/reports" else send)

    return answer


class Greeted(io.StringIO):
    """Where a desk writes its greeting, which it does as soon as it listens."""

    def __init__(self, tell: Callable[[], None]) -> None:
        super().__init__()
        self._tell = tell

    def write(self, text: str) -> int:
        self._tell()
        return super().write(text)


def serve(folder: Path, now_us: int, *, stage: str, at: int, told: Connection) -> None:
    """Serve until SIGTERM, or until killed when a stage is reached for the `at`th time.

    Args:
        folder: of the desk.
        now_us: where its clock begins.
        stage: one of STAGES, or "" to be killed at none.
        at: which time.
        told: is sent the port and a token when the desk listens.
    """
    killer, clock = Killer(stage, at), ReplayClock(now_us)
    watch_databases(killer)
    watch_files(killer)
    with DataFolder(folder) as data:
        desk = Desk(data, SETTINGS, clock, disk=Disk(write=killer.write, sync=killer.sync))
        desk.accepting.on_accepted(lambda: killer.reached("before the answer"))
        desk.incidents.on_change(lambda *_: killer.reached("an entry is written"))
        token = desk.people.tokens.create("feeder", "source", by="test").secret
        desk.app = watched(desk.app, desk, clock, killer)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        try:
            desk.start()
            server_of(desk, "127.0.0.1", port, Greeted(lambda: told.send((port, token)))).run()
        finally:
            desk.stop()
