"""What a desk is compared with: a framework's handler that checks a report and inserts it into SQLite, durably.

Litestar stands in for FastAPI, which is no dependency; it answers faster than FastAPI does, so the bar is no lower.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
from litestar import Litestar, post


class Report(msgspec.Struct):
    """The fields of a report."""

    id: str
    source: str
    at: str = ""
    text: str = ""
    operator: str = ""
    author: str = ""


def _built(folder: Path) -> Any:
    base = sqlite3.connect(folder / "plain.db", check_same_thread=False, isolation_level=None)
    base.execute("PRAGMA journal_mode=WAL")
    base.execute("PRAGMA synchronous=FULL")
    base.execute("CREATE TABLE IF NOT EXISTS reports (source, id, at, text, operator, author, UNIQUE (source, id))")

    @post("/v1/reports", status_code=202, sync_to_thread=False)
    def report(data: Report) -> dict[str, int]:
        row = (data.source, data.id, data.at, data.text, data.operator, data.author)
        base.execute("INSERT OR IGNORE INTO reports VALUES (?, ?, ?, ?, ?, ?)", row)
        return {"accepted": 1}

    return Litestar([report])


if folder := os.environ.get("PULIH_BENCH"):
    app = _built(Path(folder))
