"""The press: one process beside the desk that works credits out, so that pages are answered meanwhile.

It ends when it is cancelled, and when the desk dies: its pipe then reads as ended. It steps back behind everything
else, since the desk must notice an outage while it computes the last one's credits. The port `CreditPress`.
"""

from __future__ import annotations

import contextlib
import multiprocessing as mp
import os
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Final

import msgspec

from pulih.model.errors import ForbiddenMove, OutsideFailed, PulihError
from pulih.ports.credit_desk import PreviewOrder, Told
from pulih.serve.credit_work import encoded, preview, told_as

# Open pages are told so often at most.
_TOLD_EVERY_S: Final = 0.5
NICE: Final = 10
_END_S: Final = 5.0


class ProcessPress:
    """Begins a process for each preview; every method may be called from any thread."""

    def __init__(self) -> None:
        # A fork would take locks and threads of the desk along.
        self._context = mp.get_context("spawn")
        self._lock = threading.Lock()
        self._process: BaseProcess | None = None
        self._thread: threading.Thread | None = None
        self._cancelled = False

    def begin(self, order: PreviewOrder, told: Callable[[Told], None]) -> None:
        """Begin; see `CreditPress.begin`."""
        with self._lock:
            if self._process is not None:
                raise ForbiddenMove(
                    "Another preview of credits is being worked out; wait for its end, or cancel it.", key="credit.busy"
                )
            here, there = self._context.Pipe()
            process = self._context.Process(target=_work, args=(there, msgspec.msgpack.encode(order)), daemon=True)
            try:
                process.start()
            except OSError as error:
                raise OutsideFailed(f"No process could be begun ({error.strerror}); try again.") from None
            there.close()
            self._process, self._cancelled = process, False
            self._thread = threading.Thread(target=self._listen, args=(here, process, told), daemon=True)
            self._thread.start()

    def cancel(self) -> None:
        """End what is under way."""
        with self._lock:
            process = self._process
            if process is not None and process.is_alive():
                self._cancelled = True
                process.kill()

    def close(self) -> None:
        """End for good, and wait for it."""
        self.cancel()
        if self._thread is not None:
            self._thread.join(_END_S)

    def _listen(self, pipe: Connection, process: BaseProcess, told: Callable[[Told], None]) -> None:
        last = Told()
        with contextlib.suppress(EOFError, OSError):
            while last.state == "running":
                last = msgspec.json.decode(pipe.recv_bytes(), type=Told)
                if last.state == "running":
                    told(last)
        pipe.close()
        process.join(_END_S)
        if last.state == "running":
            ended = f"The process ended ({process.exitcode})."
            last = msgspec.structs.replace(
                last, state="cancelled" if self._cancelled else "failed", says="" if self._cancelled else ended
            )
        with self._lock:
            self._process = None
        told(last)


def _work(pipe: Connection, order: bytes) -> None:
    """What the process does."""
    os.nice(NICE)
    threading.Thread(target=end_with_the_desk, args=(pipe,), daemon=True).start()
    asked = msgspec.msgpack.decode(order, type=PreviewOrder)
    sent_s, step = 0.0, ""

    def tell(told: Told) -> None:
        nonlocal sent_s, step
        now_s = time.monotonic()
        if told.step != step or now_s - sent_s >= _TOLD_EVERY_S:
            sent_s, step = now_s, told.step
            pipe.send_bytes(encoded(told))

    try:
        last = told_as(preview(asked, tell), asked)
    except PulihError as error:
        last = Told(state="failed", scenarios=len(asked.scenarios), says=str(error))
    pipe.send_bytes(encoded(last))


def end_with_the_desk(pipe: Connection) -> None:
    """Wait in a thread for the desk's end of a pipe to close, and end the process then."""
    try:
        pipe.recv_bytes()
    except (EOFError, OSError):
        os._exit(1)
