"""Reading process: one process that reads texts for the desk, and what is made of a text that it does not survive.

It is fed by a pipe whose other end only the desk holds: when the desk dies, however, the process reads the end of its
pipe and ends too. A text may end the process that reads it (a fault in a library, memory that runs out). So what it did
not survive is read again by its successor, then in halves, until the text is found; it is counted, and says nothing.
"""

from __future__ import annotations

import gc
import multiprocessing as mp
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Final

import msgspec

from pulih.model.errors import OutsideFailed
from pulih.model.reading import Evidence, Reading
from pulih.ports.live import Text
from pulih.understand.reader import Reader, Told

# So long a process may take for an answer; a text takes a thousandth of a second.
ANSWER_S: Final = 60.0
# So long its end may take, which needs only a signal.
_END_S: Final = 5.0
# A text ends as many processes that read nothing else before it is given up.
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

# Encode texts for `ReadingProcess.read`, and decode what it returns.
pack = msgspec.msgpack.Encoder().encode
unpack = msgspec.msgpack.Decoder(list[Reading]).decode
# The same on the other side, where a text is what a reader takes at once.
_told = msgspec.msgpack.Decoder(list[Told]).decode

# Processes are begun one at a time: what the machine keeps of them is not made for several threads.
_beginning = threading.Lock()


class ReadingProcess:
    """A process that reads; for one thread at a time, but `close`, which ends it, also while another thread waits.

    Args:
        make_reader: makes its reader; a function of a module, since it is sent there by name.
    """

    def __init__(self, make_reader: Callable[[], Reader]) -> None:
        self._make_reader = make_reader
        # A fork would take locks and threads of the desk along.
        self._context = mp.get_context("spawn")
        self._closed = False
        # Held while a thread reads: a pipe is not closed under it, its number could be another file's by then.
        self._busy = threading.Lock()
        self._process, self._pipe = self._begun()

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid or 0

    def read(self, texts: bytes) -> bytes:
        """Return the packed readings of packed texts, in order; those of a text that it does not survive as DEADLY.

        Raises: OutsideFailed when no process can be begun, and the same call works again; or when it was ended.
        """
        with self._busy:
            try:
                return self._answer(texts)
            except (OSError, EOFError) as problem:
                if self._closed:
                    raise ended() from problem
                # Nobody knows what still stands in the pipe.
                self._renew()
                why = problem or type(problem).__name__
                sys.stderr.write(
                    f"pulih: a process that reads texts has ended ({why}); the same texts are read again\n"
                )
            return pack(self._carefully(msgspec.msgpack.decode(texts, type=list[Text])))

    def close(self) -> None:
        """End the process; what it is reading is not read, and who waits for it hears that it has ended."""
        self._closed = True
        # It holds nothing that must be kept, and whoever reads sees the end of its pipe.
        self._process.terminate()
        if not self._busy.acquire(timeout=_END_S):
            return
        try:
            self._process.join(_END_S)
            self._pipe.close()
        finally:
            self._busy.release()

    def _answer(self, texts: bytes) -> bytes:
        self._pipe.send_bytes(texts)
        if not self._pipe.poll(ANSWER_S):
            raise TimeoutError(f"no answer within {ANSWER_S:.0f} s")
        return self._pipe.recv_bytes()

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
        """Return what the process reads, None when it does not survive that; another has begun then."""
        try:
            # A process that cannot begin is no fault of the texts.
            self._answer(pack([]))
        except (OSError, EOFError) as problem:
            self._renew()
            raise OutsideFailed(
                f"A process that reads texts has ended before it read any ({problem or type(problem).__name__}); "
                "others were started, and the same texts are read again. There must be memory for them."
            ) from problem
        try:
            return unpack(self._answer(pack(texts)))
        except (OSError, EOFError):
            self._renew()
            return None

    def _renew(self) -> None:
        self._pipe.close()
        self._process.terminate()
        self._process.join()
        if self._closed:
            raise ended()
        try:
            self._process, self._pipe = self._begun()
        except OSError as problem:
            raise OutsideFailed(
                f"A process that reads texts has ended, and another cannot be begun ({problem}); the same texts are "
                "read as soon as one can. There must be memory and open files for it."
            ) from problem
        if self._closed:
            # It was ended meanwhile, and may have ended the one before.
            self._process.terminate()

    def _begun(self) -> tuple[BaseProcess, Connection]:
        with _beginning:
            ours, theirs = self._context.Pipe()
            process = self._context.Process(
                target=_serve, args=(theirs, self._make_reader), name="pulih-reading", daemon=True
            )
            _begin_unasked(process)
            # Held by the process alone, so that either side sees the other end.
            theirs.close()
        return process, ours


def _begin_unasked(process: BaseProcess) -> None:
    """Begin a process that Ctrl-C does not ask: it is for the desk, which ends its readers.

    The signal is blocked from its first moment on, and comes to the desk a moment later.
    """
    # It opens what it blocks itself when it begins, so that is over.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def ended() -> OutsideFailed:
    """Return the error for texts that nobody reads any more."""
    return OutsideFailed(
        "The processes that read texts have been ended; the same texts are read when the desk runs again."
    )


def is_unread(reading: Reading) -> bool:
    """Return whether a text could not be read.

    >>> is_unread(UNREAD), is_unread(DEADLY), is_unread(msgspec.structs.replace(UNREAD, evidence=()))
    (True, True, False)
    """
    return bool(reading.evidence) and reading.evidence[0].rule.startswith(_READ)


def read_all(reader: Reader, texts: Sequence[Told]) -> list[Reading]:
    """Read texts; one that the reader cannot read says nothing, and keeps nobody from being heard."""
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


def _serve(pipe: Connection, make_reader: Callable[[], Reader]) -> None:
    """Read what comes through a pipe until it ends."""
    reader = make_reader()
    # What a reader knows lasts as long as its process; the collector need not look through it again and again.
    gc.freeze()
    while True:
        try:
            pipe.send_bytes(pack(read_all(reader, _told(pipe.recv_bytes()))))
        except (EOFError, OSError):
            return
