"""The intake of a desk as `pulih serve` runs it, alone: `uvicorn desk_app:app` with the folder in PULIH_BENCH."""

from __future__ import annotations

import os
import time
from pathlib import Path

from pulih.adapters.journal.keys import DayKeys
from pulih.adapters.journal.log import SegmentJournal
from pulih.adapters.sql.engine import open_engine, sqlite_url
from pulih.adapters.sql.ledger import SqlLedger
from pulih.adapters.sql.upgrading import upgrade
from pulih.listen.payload import PayloadReader
from pulih.model.person import TokenView
from pulih.serve.interpreter import share_evenly
from pulih.service.accepting import Accepting
from pulih.web.hooks.door import Hooks
from pulih.web.intake.app import IntakeApp

TOKEN = "pulih_bench"


class _WorldClock:
    def now_us(self) -> int:
        return time.time_ns() // 1000


def _allow(token: str) -> TokenView | None:
    return TokenView(id="1", name="bench", role="source") if token == TOKEN else None


def build(folder: Path) -> IntakeApp:
    """Return the intake of a desk in an empty folder."""
    for name in ("journal", "keys"):
        (folder / name).mkdir(mode=0o700, exist_ok=True)
    engine = open_engine(sqlite_url(folder / "intake.db"), "intake")
    upgrade(engine, "intake")
    ledger = SqlLedger(engine)
    journal = SegmentJournal(folder / "journal", DayKeys(folder / "keys"), ledger_at=ledger.position())
    reader = PayloadReader(b"bench" * 5)
    accepting = Accepting(journal, ledger, _WorldClock(), reader)
    accepting.start()
    return IntakeApp(accepting, reader, _WorldClock(), allow=_allow, hooks=Hooks(), world_s=time.time)


if folder := os.environ.get("PULIH_BENCH"):
    app = build(Path(folder))
    share_evenly()
