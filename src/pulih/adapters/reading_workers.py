"""Reading workers: processes that read texts beside the desk, so that it answers while a flood is read (ports.Readers).

A reader is not made for several threads, and Python runs one of them at a time; so each worker is a process with a
reader of its own. Each is fed by a pipe whose other end only the desk holds: when the desk dies, however, its workers
read the end of their pipe and end too. Few texts are read by one worker; many are shared, and come back in order.

A text may end the process that reads it (a fault in a library, memory that runs out). So what a worker did not survive
is read again by another, then in halves, until the text is found; it is counted, and says nothing.
"""

from __future__ import annotations

import gc
import multiprocessing as mp
import sys
import threading
from collections.abc import Callable, Sequence
from itertools import pairwise
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Final

import msgspec

from pulih.model.errors import OutsideFailed
from pulih.model.reading import Evidence, Reading
from pulih.ports.live import Text
from pulih.understand.reader import Reader, Told

# With fewer texts than this for each, sharing them costs more than it brings.
TEXTS_EACH_MIN: Final = 32
# A batch to a worker holds so many at most, so that pipes never fill from both ends.
TEXTS_EACH_MAX: Final = 500
# So long a worker may take for a batch; a text takes a thousandth of a second.
ANSWER_S: Final = 60.0

# A text ends as many workers that read nothing else before it is given up.
KILLS_ALONE: Final = 2
# What is made of a text that fails a reader, and of one that ends its process; the rule says why nothing was read.
_READ: Final = "read."
UNREAD: Final = Reading(
    is_report=False,
    p_report=0.0,
    acute=False,
    service=None,
    symptom="none",
    operator=None,
    evidence=(Evidence("", f"{_READ}failed.001"),),
)
DEADLY: Final = msgspec.structs.replace(UNREAD, evidence=(Evidence("", f"{_READ}ended.001"),))

_encode = msgspec.msgpack.Encoder().encode
_texts = msgspec.msgpack.Decoder(list[Text]).decode
_readings = msgspec.msgpack.Decoder(list[Reading]).decode


class ReadingWorkers:
    """Processes that read texts. `close` ends them.

    Args:
        make_reader: makes the reader of a process; a function of a module, since it is sent there by name.
        workers: how many processes; 1 or more.
    """

    def __init__(self, make_reader: Callable[[], Reader], workers: int) -> None:
        self._make_reader = make_reader
        # A fork would take locks and threads of the desk along.
        self._context = mp.get_context("spawn")
        self._lock = threading.Lock()
        self._workers = [self._begun() for _ in range(max(1, workers))]

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        """Return the reading of each text, in order.

        A text that no worker survives comes back as DEADLY, one that fails its reader as UNREAD.

        Raises: OutsideFailed when workers cannot be begun; the same call works again.
        """
        if not texts:
            return []
        with self._lock:
            result: list[Reading] = []
            for first in range(0, len(texts), TEXTS_EACH_MAX * len(self._workers)):
                result += self._shared(texts[first : first + TEXTS_EACH_MAX * len(self._workers)])
            return result

    def pids(self) -> list[int]:
        """Return the ids of the processes that read."""
        return [process.pid for process, _ in self._workers if process.pid is not None]

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            for process, pipe in self._workers:
                pipe.close()
                process.join(timeout=5)
                if process.is_alive():
                    process.terminate()
            self._workers = []

    def _shared(self, texts: Sequence[Text]) -> list[Reading]:
        """Share texts evenly among as many workers as are worth it, and gather what they read."""
        many = max(1, min(len(self._workers), len(texts) // TEXTS_EACH_MIN))
        edges = [len(texts) * part // many for part in range(many + 1)]
        parts = [texts[low:high] for low, high in pairwise(edges)]
        asked = list(zip(parts, range(many), strict=True))
        try:
            for part, number in asked:
                self._workers[number][1].send_bytes(_encode(part))
            return [reading for _, number in asked for reading in self._answer(number)]
        except Exception as problem:
            # Else the next answers would be those to texts of this time.
            self._replace()
            if not isinstance(problem, OSError | EOFError):
                raise
            why = problem or type(problem).__name__
            sys.stderr.write(f"pulih: a process that reads texts has ended ({why}); the same texts are read again\n")
        return [reading for part in parts for reading in self._carefully(part)]

    def _carefully(self, texts: Sequence[Text]) -> list[Reading]:
        """Read texts of which some may end the process: in ever smaller parts, until those are known."""
        for _ in range(KILLS_ALONE if len(texts) == 1 else 1):
            readings = self._survived(texts)
            if readings is not None:
                return readings
        if len(texts) == 1:
            sys.stderr.write(
                f"pulih: a text ended {KILLS_ALONE} processes that read it alone; it counts as no report\n"
            )
            return [DEADLY]
        middle = len(texts) // 2
        return self._carefully(texts[:middle]) + self._carefully(texts[middle:])

    def _survived(self, texts: Sequence[Text]) -> list[Reading] | None:
        """Return what the first worker reads, None when it does not survive that; another has begun then."""
        pipe = self._workers[0][1]
        try:
            # A worker that cannot begin is no fault of the texts.
            pipe.send_bytes(_encode([]))
            self._answer(0)
        except (OSError, EOFError) as problem:
            self._replace()
            raise OutsideFailed(
                f"A process that reads texts has ended before it read any ({problem or type(problem).__name__}); "
                "others were started, and the same texts are read again. There must be memory for them."
            ) from problem
        try:
            pipe.send_bytes(_encode(texts))
            return self._answer(0)
        except (OSError, EOFError):
            self._renew(0)
            return None

    def _answer(self, number: int) -> list[Reading]:
        pipe = self._workers[number][1]
        if not pipe.poll(ANSWER_S):
            raise TimeoutError(f"no answer within {ANSWER_S:.0f} s")
        return _readings(pipe.recv_bytes())

    def _replace(self) -> None:
        """Begin all workers anew: after a failure nobody knows what still stands in the pipes."""
        for number in range(len(self._workers)):
            self._renew(number)

    def _renew(self, number: int) -> None:
        process, pipe = self._workers[number]
        pipe.close()
        process.terminate()
        process.join()
        self._workers[number] = self._begun()

    def _begun(self) -> tuple[BaseProcess, Connection]:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=_serve, args=(theirs, self._make_reader), name="pulih-reading", daemon=True
        )
        process.start()
        # Held by the worker alone, so that either side sees the other end.
        theirs.close()
        return process, ours


class OneReader:
    """Reads in the process that asks: for a replay that needs no workers, and for tests."""

    def __init__(self, reader: Reader) -> None:
        """Read with `reader`, one call at a time."""
        self._reader = reader
        self._lock = threading.Lock()

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        """Return the reading of each text, in order."""
        with self._lock:
            return _read_all(self._reader, [_told(text) for text in texts])


def is_unread(reading: Reading) -> bool:
    """Return whether a text could not be read.

    >>> is_unread(UNREAD), is_unread(DEADLY), is_unread(msgspec.structs.replace(UNREAD, evidence=()))
    (True, True, False)
    """
    return bool(reading.evidence) and reading.evidence[0].rule.startswith(_READ)


def _serve(pipe: Connection, make_reader: Callable[[], Reader]) -> None:
    """Read what comes through a pipe until it ends."""
    reader = make_reader()
    # What a reader knows lasts as long as its process; the collector need not look through it again and again.
    gc.freeze()
    while True:
        try:
            texts = _texts(pipe.recv_bytes())
            pipe.send_bytes(_encode(_read_all(reader, [_told(text) for text in texts])))
        except (EOFError, OSError, KeyboardInterrupt):
            return


def _read_all(reader: Reader, texts: Sequence[Told]) -> list[Reading]:
    """Read texts; one that no reader can read says nothing, and keeps nobody from being heard."""
    try:
        return reader.read_all(texts)
    except Exception:
        return [_read_one(reader, text) for text in texts]


def _read_one(reader: Reader, text: Told) -> Reading:
    try:
        return reader.read_all([text])[0]
    except Exception as problem:
        # What went wrong may quote the text, so only its kind is told.
        sys.stderr.write(f"pulih: a text could not be read ({type(problem).__name__}); it counts as no report\n")
        return UNREAD


def _told(text: Text) -> Told:
    return Told(text.text, text.operator, text.place, text.role)
