"""`pulih serve` in a process of its own that kills itself at a stage, as by `kill -9`.

    python killed_listening.py STAGE TIME serve --data FOLDER --config FILE

At the TIMEth time that STAGE is reached the process ends; "" is never reached.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

from pulih.cli import run

# By the beginning of a statement: what is about to be written.
STATEMENTS = {
    "INSERT INTO ledger_keys": "learning keys",
    "INSERT INTO ledger_frames": "noting frames",
    "INSERT INTO ledger_sources": "counting",
    "INSERT INTO ledger_cursors": "going on",
    "INSERT INTO live_signals": "keeping rows",
    "INSERT INTO listening_forgotten": "forgetting",
}
STAGES = (*STATEMENTS.values(), "committing", "behind a transaction")


class Killer:
    """Ends the process at the given time that a stage is reached."""

    def __init__(self, stage: str, at: int) -> None:
        self._stage, self._left = stage, at

    def reached(self, stage: str) -> None:
        if stage == self._stage:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Reach a stage before each statement and each commit, and behind each transaction."""

        def about_to(_: Any, __: Any, statement: str, *___: Any) -> None:
            for beginning, stage in STATEMENTS.items():
                if statement.startswith(beginning):
                    self.reached(stage)

        event.listen(Engine, "before_cursor_execute", about_to)
        event.listen(Engine, "commit", lambda _: self.reached("committing"))
        event.listen(Pool, "checkin", lambda *_: self.reached("behind a transaction"))


if __name__ == "__main__":
    Killer(sys.argv[1], int(sys.argv[2])).watch()
    run(sys.argv[3:])
