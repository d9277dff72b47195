"""The papers of credits on the desk: written one batch after the other beside it, and found again to be fetched.

They stand in `papers/BATCH` beside the batches. Writing steps back behind everything else and ends when the desk does;
at its next start the desk wishes for what is missing again. The port `CreditPapers`.
"""

from __future__ import annotations

import multiprocessing as mp
import os
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final, get_args

import msgspec

from pulih.model.errors import OutsideFailed, PulihError
from pulih.ports.credit_desk import Paper, PaperGroup, PapersTold
from pulih.serve.credit_press import NICE, end_with_the_desk
from pulih.serve.paper_work import PapersOrder, write_papers

_END_S: Final = 5.0
_KEY: Final = "report.key"
_GROUPS: Final[tuple[PaperGroup, ...]] = get_args(PaperGroup)


class DeskPapers:
    """Writes papers in a thread; every method may be called from any thread.

    Args:
        root: folder of the desk's credits.
        subscribers: table of the operator; "" where none is named.
        write: writes the papers of one order, and is only ever called for one at a time.
    """

    def __init__(self, root: Path, subscribers: str, write: Callable[[PapersOrder], None]) -> None:
        self._root, self._subscribers, self._write = root, subscribers, write
        self._lock = threading.Lock()
        # Batches that are written or wait for it, with their incident and whether they were handed over.
        self._wished: dict[str, tuple[str, bool]] = {}
        self._failed: dict[str, str] = {}
        self._thread: threading.Thread | None = None
        self._ended = False
        self._listeners: list[Callable[[str], None]] = []

    def on_change(self, listener: Callable[[str], None]) -> None:
        """Call `listener` when papers are written; see `CreditPapers.on_change`."""
        self._listeners.append(listener)

    def wish(self, incident: str, batch: str, *, handed_over: bool) -> None:
        """Have what is missing written; see `CreditPapers.wish`."""
        last: PaperGroup = "settled" if handed_over else "approved"
        with self._lock:
            if self._ended or not self._subscribers or (self._folder(batch) / last).exists():
                return
            self._wished[batch] = (incident, handed_over)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()

    def told(self, batch: str) -> PapersTold:
        """Return how the papers of a batch stand."""
        with self._lock:
            running, says = batch in self._wished, self._failed.get(batch, "")
        papers = tuple(
            Paper(group, path.name, path.stat().st_size)
            for group in _GROUPS
            for path in sorted((self._folder(batch) / group).glob("[!.]*"))
        )
        return PapersTold(running, "" if running else says, papers)

    def path(self, batch: str, group: str, name: str) -> str:
        """Return the path of a finished paper, "" when there is none of that name."""
        there = any((one.group, one.name) == (group, name) for one in self.told(batch).papers)
        return str(self._folder(batch) / group / name) if there else ""

    def close(self) -> None:
        """End for good."""
        with self._lock:
            self._ended = True
            thread = self._thread
        if thread is not None:
            thread.join(_END_S)

    def _folder(self, batch: str) -> Path:
        return self._root / "papers" / batch

    def _work(self) -> None:
        while True:
            with self._lock:
                if self._ended or not self._wished:
                    self._thread = None
                    return
                batch, wished = next(iter(self._wished.items()))
            incident, handed_over = wished
            says = self._written(batch, handed_over=handed_over)
            with self._lock:
                self._failed[batch] = says
                # It may have been handed over meanwhile.
                if says or self._wished[batch] == wished:
                    del self._wished[batch]
            for listener in self._listeners:
                listener(incident)

    def _written(self, batch: str, *, handed_over: bool) -> str:
        """Write the papers of a batch; return why that failed, "" when it did not."""
        order = PapersOrder(
            credits=str(self._root / "batches" / batch),
            subscribers=self._subscribers,
            out=str(self._folder(batch)),
            key=str(self._root / _KEY),
            handed_over=handed_over,
        )
        try:
            self._write(order)
        except PulihError as refusal:
            return str(refusal)
        return ""


def write_apart(order: PapersOrder) -> None:
    """Write papers in a process of their own, and wait for it.

    Raises: OutsideFailed, with what went wrong there.
    """
    # A fork would take locks and threads of the desk along.
    context = mp.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_apart, args=(there, msgspec.msgpack.encode(order)), daemon=True)
    try:
        process.start()
        there.close()
        says = here.recv_bytes().decode()
    except EOFError:
        says = "The process that writes them ended; ask for them again."
    except OSError as error:
        says = f"No process could be begun ({error.strerror}); ask for them again."
    finally:
        here.close()
    if says:
        raise OutsideFailed(says)


def _apart(pipe: Connection, order: bytes) -> None:
    """What the process does: answer with nothing, or why it failed."""
    os.nice(NICE)
    threading.Thread(target=end_with_the_desk, args=(pipe,), daemon=True).start()
    says = ""
    try:
        write_papers(msgspec.msgpack.decode(order, type=PapersOrder))
    except PulihError as refusal:
        says = str(refusal)
    pipe.send_bytes(says.encode())
