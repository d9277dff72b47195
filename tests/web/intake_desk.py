"""The intake of a desk for a process of its own, on a free port; it may kill itself at a stage of a commit."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import event

from pulih.adapters.journal.disk import Disk
from pulih.adapters.journal.keys import DayKeys
from pulih.adapters.journal.log import SegmentJournal
from pulih.adapters.sql.engine import open_engine, sqlite_url
from pulih.adapters.sql.ledger import SqlLedger
from pulih.adapters.sql.upgrading import upgrade
from pulih.listen.payload import Cursor, PayloadReader
from pulih.model.person import TokenView
from pulih.ports.intake import Accepted, Keyed
from pulih.service.accepting import Accepting
from pulih.web.hooks.door import Hook, Hooks
from pulih.web.intake.app import IntakeApp

STAGES = (
    "before the write", "half written", "written", "synced", "in the ledger", "before the answer", "settling",
    "settled", "answering", "answered",
)  # fmt: skip
SECRET = b"secret of the test desk"
HOOK_TOKEN = "alarms may come in with this"
TOKENS = {
    "source-token": TokenView(id="1", name="any source", role="source"),
    "form-token": TokenView(id="2", name="only the form", role="source", source="form"),
    "duty-token": TokenView(id="3", name="somebody on duty", role="duty"),
    "viewer-token": TokenView(id="4", name="somebody who looks", role="viewer"),
}


class WorldClock:
    """The clock of this machine."""

    def now_us(self) -> int:
        return time.time_ns() // 1000


class Killer:
    """Ends the process as by `kill -9` at the given time that a stage is reached; without a stage never."""

    def __init__(self, stage: str = "", at: int = 0) -> None:
        self._stage, self._left = stage, at

    def reached(self, stage: str) -> None:
        if self._due(stage):
            os.kill(os.getpid(), signal.SIGKILL)

    def write(self, file: int, data: bytes) -> int:
        self.reached("before the write")
        if self._due("half written"):
            os.write(file, data[: len(data) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        written = os.write(file, data)
        self.reached("written")
        return written

    def sync(self, file: int) -> None:
        os.fsync(file)
        self.reached("synced")

    def _due(self, stage: str) -> bool:
        self._left -= stage == self._stage
        return stage == self._stage and self._left == 0


class KilledLedger(SqlLedger):
    """A ledger whose process may be killed behind each of its steps."""

    killer: Killer

    def accept(
        self,
        frame: int,
        reports: Sequence[Keyed],
        refused: Sequence[tuple[str, int]],
        *,
        at_us: int,
        cursors: Sequence[Cursor] = (),
    ) -> Accepted:
        accepted = super().accept(frame, reports, refused, at_us=at_us, cursors=cursors)
        self.killer.reached("in the ledger")
        return accepted

    def settle(self) -> None:
        super().settle()
        self.killer.reached("settled")


def opened_parts(folder: Path, killer: Killer | None = None) -> tuple[SegmentJournal, SqlLedger]:
    """Open the journal and the ledger of a folder, or make them."""
    for name in ("journal", "keys"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    engine = open_engine(sqlite_url(folder / "intake.db"), "intake")
    upgrade(engine, "intake")
    ledger = SqlLedger(engine)
    disk = Disk()
    if killer:
        ledger = KilledLedger(engine)
        ledger.killer = killer
        disk = Disk(write=killer.write, sync=killer.sync)
        event.listen(engine, "commit", lambda _: killer.reached("settling"))
    keys = DayKeys(folder / "keys", disk)
    return SegmentJournal(folder / "journal", keys, ledger_at=ledger.position(), disk=disk), ledger


def served(folder: Path, killer: Killer) -> Callable[..., Any]:
    """Return the ASGI application of the desk in a folder."""
    journal, ledger = opened_parts(folder, killer)
    reader = PayloadReader(SECRET)
    accepting = Accepting(journal, ledger, WorldClock(), reader)
    accepting.start()
    accepting.on_accepted(lambda: killer.reached("before the answer"))
    hooks = Hooks([Hook(source="noc", adapter="alertmanager", secrets=(HOOK_TOKEN,), operator="smartfren")])
    app = IntakeApp(accepting, reader, WorldClock(), allow=TOKENS.get, hooks=hooks, world_s=time.time)

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        async def sent(message: Any) -> None:
            killer.reached("answering")
            await send(message)
            if message["type"] == "http.response.body":
                killer.reached("answered")

        await app(scope, receive, sent)

    return watched


def serve(folder: Path, killer: Killer, told: Connection) -> None:
    """Serve until killed; tell the port when it listens."""
    config = uvicorn.Config(served(folder, killer), port=0, lifespan="off", log_level="warning", access_log=False)
    socket = config.bind_socket()
    socket.listen()
    told.send(socket.getsockname()[1])
    uvicorn.Server(config).run(sockets=[socket])
