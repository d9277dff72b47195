"""Reading workers: processes that read texts beside the desk, so that it answers while a flood is read (ports.live).

A reader is not made for several threads, and Python runs one of them at a time; so each worker is a process with a
reader of its own. What is to be read waits in parts, in one queue: a thread for each worker hands it the next part as
soon as it has answered, whatever the desk does meanwhile. Few texts are read by one worker; many are shared, and come
back in order. Where more wait than those at hand read soon, further workers begin, as many as may be, and stay.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Final

import msgspec

from pulih.adapters.reading_process import ReadingProcess, ended, pack, read_all, unpack
from pulih.model.reading import Reading
from pulih.ports.live import Text
from pulih.understand.reader import Reader, Told

# With fewer texts than this for each, sharing them costs more than it brings.
TEXTS_EACH_MIN: Final = 32
# A part holds so many at most, so that who reads the last of a flood is not long alone.
TEXTS_EACH_MAX: Final = 500
# So many parts may wait; whoever asks for more waits too. What is asked for at once may be more.
PARTS_MAX: Final = 128
# With so many texts waiting one worker more is begun: it takes a second to begin, and one reads these no faster.
BEHIND_TEXTS: Final = 4_000
# So long a worker may take to end with what it reads.
_END_S: Final = 5.0


class _Part(msgspec.Struct, frozen=True, eq=False):
    """Texts, packed, how many they are, and the readings that they will be, packed."""

    texts: bytes
    many: int
    readings: Future[bytes]


class ReadingWorkers:
    """Processes that read texts. May be used from any thread; `close` ends them.

    Args:
        make_reader: makes the reader of a process; a function of a module, since it is sent there by name.
        workers: how many processes begin at once; 1 or more.
        most: how many there may be while more waits than these read soon; as many as begin when 0.
    """

    def __init__(self, make_reader: Callable[[], Reader], workers: int, most: int = 0) -> None:
        self._make_reader = make_reader
        self._most = most
        self._lock = threading.Lock()
        self._came = threading.Condition(self._lock)
        self._went = threading.Condition(self._lock)
        self._waiting: deque[_Part] = deque()
        self._closing = False
        self._workers: list[tuple[ReadingProcess, threading.Thread]] = []
        for _ in range(max(1, workers)):
            self._begin_worker()

    def begin(self, texts: Sequence[Text]) -> Callable[[], list[Reading]]:
        """Have texts read; return what waits for the reading of each, in order, to be called once.

        A text that no worker survives comes back as DEADLY, one that fails its reader as UNREAD. It waits itself only
        while too much waits already.

        Raises: OutsideFailed, from either call, when workers cannot be begun or were ended; the same works again.
        """
        each = min(TEXTS_EACH_MAX, max(TEXTS_EACH_MIN, -(-len(texts) // len(self._workers))))
        batches = [texts[first : first + each] for first in range(0, len(texts), each)]
        # A text that cannot be packed fails here, before anything of it waits.
        parts = [_Part(pack(batch), len(batch), Future()) for batch in batches]
        with self._lock:
            self._went.wait_for(lambda: self._closing or len(self._waiting) < PARTS_MAX)
            if self._closing:
                raise ended()
            self._waiting.extend(parts)
            if len(self._workers) < self._most and sum(one.many for one in self._waiting) > BEHIND_TEXTS:
                # Without memory for another, those at hand go on.
                with contextlib.suppress(OSError):
                    self._begin_worker()
            self._came.notify(len(parts))
        return lambda: [reading for part in parts for reading in unpack(part.readings.result())]

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        """Return the reading of each text, in order, as `begin` does. Raises OutsideFailed."""
        return self.begin(texts)()

    def pids(self) -> list[int]:
        """Return the ids of the processes that read."""
        return [process.pid for process, _ in self._workers]

    def close(self) -> None:
        """End the processes; what still waits is not read."""
        with self._lock:
            self._closing = True
            left, self._waiting = self._waiting, deque()
            self._came.notify_all()
            self._went.notify_all()
        for part in left:
            part.readings.set_exception(ended())
        for process, thread in self._workers:
            thread.join(_END_S)
            process.close()
            thread.join(_END_S)

    def _begin_worker(self) -> None:
        process = ReadingProcess(self._make_reader)
        thread = threading.Thread(target=self._run, args=(process,), name="reading", daemon=True)
        self._workers.append((process, thread))
        thread.start()

    def _run(self, process: ReadingProcess) -> None:
        """Hand one process part after part, until all of them are ended."""
        while (part := self._next()) is not None:
            try:
                part.readings.set_result(process.read(part.texts))
            except Exception as problem:
                # Whoever asked hears of it, and the thread goes on.
                part.readings.set_exception(problem)

    def _next(self) -> _Part | None:
        with self._lock:
            self._came.wait_for(lambda: self._closing or self._waiting)
            if not self._waiting:
                return None
            self._went.notify()
            return self._waiting.popleft()


class OneReader:
    """Reads in the process that asks: for a replay that needs no workers, and for tests."""

    def __init__(self, reader: Reader) -> None:
        """Read with `reader`, one call at a time."""
        self._reader = reader
        self._lock = threading.Lock()

    def begin(self, texts: Sequence[Text]) -> Callable[[], list[Reading]]:
        """Return what reads each text, in order, once it is called."""
        return lambda: self.read(texts)

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        """Return the reading of each text, in order."""
        with self._lock:
            return read_all(self._reader, [Told(one.text, one.operator, one.place, one.role) for one in texts])
