"""What a desk is compared with where FastAPI is at hand: its own handler that inserts a report into SQLite, durably.

FastAPI is no dependency of Pulih; `measure_intake.py --fastapi PYTHON` names an interpreter that has it with uvicorn.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

from fastapi import FastAPI  # type: ignore[import-not-found]
from pydantic import BaseModel  # type: ignore[import-not-found,unused-ignore]


class Report(BaseModel):
    """The fields of a report."""

    id: str
    source: str
    at: str = ""
    text: str = ""
    operator: str = ""
    author: str = ""


def _built(folder: Path) -> Any:
    base = sqlite3.connect(folder / "plain.db", check_same_thread=False, isolation_level=None)
    # The kindest settings that are durable; without a write-ahead log an insert costs several times as much.
    base.execute("PRAGMA journal_mode=WAL")
    base.execute("PRAGMA synchronous=FULL")
    base.execute("CREATE TABLE IF NOT EXISTS reports (source, id, at, text, operator, author, UNIQUE (source, id))")
    app = FastAPI()

    @app.post("/v1/reports", status_code=202)  # type: ignore[untyped-decorator,unused-ignore]
    def report(data: Report) -> dict[str, int]:
        row = (data.source, data.id, data.at, data.text, data.operator, data.author)
        base.execute("INSERT OR IGNORE INTO reports VALUES (?, ?, ?, ?, ?, ?)", row)
        return {"accepted": 1}

    return app


if folder := os.environ.get("PULIH_BENCH"):
    app = _built(Path(folder))
