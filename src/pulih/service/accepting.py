"""Accepting: takes parcels of reports from any thread, and tells what became of each once it is on the disk.

One thread commits. While it waits for the disk, parcels gather, and the next commit takes all of them: one frame of
the journal, one fsync, one transaction of the ledger (group commit; Gray and Reuter, "Transaction Processing", 9.4).
The order holds everything together: the journal first, since a frame can be taken into the ledger again and again with
the same result, and the answer last. Whatever ends the process in between, an acknowledged report is in the journal,
and what the ledger lacks is taken in at the next start, before anything new (requirement P2).
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Final

import msgspec

from pulih.listen.payload import Cursor, Heard, Parcel, PayloadReader, is_late
from pulih.model.errors import OutsideFailed, PulihError, RefusedInput
from pulih.ports.clock import Clock
from pulih.ports.intake import Journal, Keyed, Ledger

# What may wait for the disk; beyond that, senders are asked to come again.
WAITING_PARCELS_MAX: Final = 20_000
WAITING_BYTES_MAX: Final = 64 << 20
# What is committed at once.
GROUP_REPORTS_MAX: Final = 100_000
GROUP_BYTES_MAX: Final = 24 << 20
# A commit costs the same for one parcel as for a hundred; it waits at most so long for as many as the last one held.
GATHER_S: Final = 0.004
# The ledger is written so long after a commit at the latest; the journal has it all meanwhile.
SETTLE_S: Final = 0.25
# Names of sources are rows of counters; a sender that invents names is told so before they fill the desk.
SOURCES_MAX: Final = 4_096


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What became of the reports of one parcel that were not refused."""

    accepted: int = 0
    repeated: int = 0
    late: int = 0


# Is told what became of a parcel, in the committing thread: at once, and without waiting for anything.
Told = Callable[[Outcome | PulihError], None]


class _Waiting(msgspec.Struct, frozen=True):
    parcel: Parcel
    size: int
    told: Told


class Accepting:
    """Accepts parcels. `start` before use and `close` after."""

    def __init__(self, journal: Journal, ledger: Ledger, clock: Clock, reader: PayloadReader) -> None:
        """Join a journal and its ledger.

        Args:
            journal: open, used by nobody else for writing.
            ledger: of that journal.
            clock: the desk's.
            reader: with the secret that keys were made with.
        """
        self._journal = journal
        self._ledger = ledger
        self._clock = clock
        self._reader = reader
        self._lock = threading.Lock()
        self._wake = threading.Condition(self._lock)
        self._waiting: deque[_Waiting] = deque()
        self._waiting_bytes = 0
        # The committing thread sleeps until so many parcels wait; 0 while it works.
        self._wanted = 0
        self._closing = False
        # The ledger may lack frames of the journal.
        self._behind = True
        self._last_group = 0
        # When the ledger is to be written, by the monotonic clock; None when it lacks nothing.
        self._settle_at: float | None = None
        self._sources: set[str] = set()
        self._listeners: list[Callable[[], None]] = []
        self._trouble = ""
        self._thread = threading.Thread(target=self._run, name="accepting", daemon=True)

    def start(self) -> None:
        """Take into the ledger what a stopped desk left in the journal alone, and begin to accept.

        Raises: OutsideFailed.
        """
        self._catch_up()
        self._sources = {one.source for one in self._ledger.counts()}
        self._thread.start()

    def on_accepted(self, listener: Callable[[], None]) -> None:
        """Call `listener` in the committing thread after each commit that brought reports; it must not wait."""
        self._listeners.append(listener)

    def know(self, sources: Sequence[str]) -> None:
        """Count by name what of these sources is refused, even before anything of them was accepted; once started."""
        with self._lock:
            self._sources.update(sources)

    def submit(self, parcel: Parcel, told: Told) -> None:
        """Hand in a parcel; `told` is called once, with what became of it, when it is on the disk or could not be.

        Raises: OutsideFailed when too much waits or the desk is being stopped; RefusedInput when it names more sources
            than the desk keeps counters for. Then `told` is not called.
        """
        heard = parcel.heard
        size = len(heard[0].line) if len(heard) == 1 else sum([len(one.line) for one in heard])
        waiting = _Waiting(parcel, size, told)
        with self._lock:
            self._admit(parcel, size)
            self._waiting.append(waiting)
            self._waiting_bytes += size
            if 0 < self._wanted <= len(self._waiting):
                self._wake.notify()

    def accept(self, parcel: Parcel) -> Outcome:
        """Hand in a parcel and wait for what became of it; for threads that may wait.

        Raises: as `submit`, and OutsideFailed when it could not be kept.
        """
        settled: Future[Outcome | PulihError] = Future()
        self.submit(parcel, settled.set_result)
        outcome = settled.result()
        if isinstance(outcome, PulihError):
            raise outcome
        return outcome

    def trouble(self) -> str:
        """Return why the last commit failed, "" when it did not."""
        return self._trouble

    def close(self) -> None:
        """Commit what waits and stop; who comes later is refused."""
        with self._lock:
            self._closing = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join()

    def _admit(self, parcel: Parcel, size: int) -> None:
        if self._closing:
            raise OutsideFailed("The desk is being stopped; send the same again when it runs.")
        # One parcel may be larger than all that may wait beside others.
        if len(self._waiting) >= WAITING_PARCELS_MAX or (
            self._waiting and self._waiting_bytes + size > WAITING_BYTES_MAX
        ):
            raise OutsideFailed("More reports wait for the disk than may wait; send the same again in a second.")
        for one in parcel.heard:
            if one.source not in self._sources:
                if len(self._sources) >= SOURCES_MAX:
                    raise RefusedInput(
                        f'source: "{one.source}" is new, and the desk knows {SOURCES_MAX:,} sources already; '
                        "right would be a name for where reports come from, and not for each of them."
                    )
                self._sources.add(one.source)

    def _run(self) -> None:
        while not self._closing or self._waiting or self._settle_at is not None:
            if group := self._gathered():
                self._try(lambda: self._commit(group), group)
            if self._settle_at is not None and (self._closing or self._settle_at <= time.monotonic()):
                self._try(self._settle, ())
                if self._closing and not self._waiting:
                    return

    def _try(self, step: Callable[[], None], group: Sequence[_Waiting]) -> None:
        """Do a step; whatever fails, the senders concerned hear of it and the thread goes on."""
        try:
            step()
        except Exception as problem:
            failure = problem if isinstance(problem, PulihError) else _unforeseen(problem)
            self._trouble = str(failure)
            for one in group:
                one.told(failure)
        else:
            self._trouble = ""

    def _settle(self) -> None:
        # Where it fails, it is tried again as late.
        self._settle_at = time.monotonic() + SETTLE_S
        self._ledger.settle()
        self._settle_at = None

    def _gathered(self) -> list[_Waiting]:
        """Return what is committed next, once there is something; nothing when it is time to settle or to stop."""
        with self._lock:
            while not self._waiting and not self._closing:
                left_s = None if self._settle_at is None else self._settle_at - time.monotonic()
                if left_s is not None and left_s <= 0:
                    return []
                self._sleep_until(1, left_s)
            if len(self._waiting) < self._last_group and not self._closing:
                self._sleep_until(self._last_group, GATHER_S)
            group = self._taken()
        self._last_group = len(group)
        return group

    def _sleep_until(self, wanted: int, most_s: float | None) -> None:
        self._wanted = wanted
        self._wake.wait(most_s)
        self._wanted = 0

    def _taken(self) -> list[_Waiting]:
        """Take what waits out of the queue, as much as may be committed at once."""
        group: list[_Waiting] = []
        reports = size = 0
        while self._waiting:
            following = self._waiting[0]
            reports += len(following.parcel.heard)
            size += following.size
            if group and (reports > GROUP_REPORTS_MAX or size > GROUP_BYTES_MAX):
                break
            group.append(self._waiting.popleft())
            self._waiting_bytes -= following.size
        return group

    def _commit(self, group: list[_Waiting]) -> None:
        if self._behind:
            self._catch_up()
        received_us = self._clock.now_us()
        heard = [one for waiting in group for one in waiting.parcel.heard]
        keyed = _keyed(heard, received_us)
        refused = self._refused(group)
        frame = self._journal.append([one.line for one in heard], received_us) if heard else 0
        self._behind = True
        counted = self._ledger.accept(frame, keyed, refused, at_us=received_us, cursors=_last_cursors(group)).counted
        self._behind = False
        if self._settle_at is None:
            self._settle_at = time.monotonic() + SETTLE_S
        _tell(group, keyed, counted)
        if heard:
            for listener in self._listeners:
                listener()

    def _catch_up(self) -> None:
        """Take into the ledger the frames that only the journal has; their senders may have been told nothing."""
        for frame in self._journal.frames(self._ledger.position()):
            heard = [self._reader.again(line) for line in frame.reports]
            self._ledger.accept(frame.number, _keyed(heard, frame.received_us), (), at_us=frame.received_us)
        self._ledger.settle()
        self._behind = False

    def _refused(self, group: list[_Waiting]) -> list[tuple[str, int]]:
        """Count refused lines by source; names that no accepted report bore do not become sources."""
        counts = Counter(one.source for waiting in group for one in waiting.parcel.refused)
        return [(source if source in self._sources else "", count) for source, count in counts.items()]


def _keyed(heard: list[Heard], received_us: int) -> list[Keyed]:
    return [Keyed(one.key, one.source, not one.holds and is_late(one.at_us, received_us)) for one in heard]


def _last_cursors(group: list[_Waiting]) -> Sequence[Cursor]:
    """Return the last cursor of each source; those before it are behind it."""
    return tuple({one.source: one for waiting in group if (one := waiting.parcel.cursor) is not None}.values())


def _tell(group: list[_Waiting], keyed: list[Keyed], counted: tuple[int, ...]) -> None:
    """Tell every sender what became of its reports, which stand in the frame in the order of the group."""
    if len(counted) == len(keyed):
        for waiting in group:
            waiting.told(Outcome(accepted=len(waiting.parcel.heard)))
        return
    counts = bytearray(len(keyed))
    for place in counted:
        counts[place] = 1
    start = 0
    for waiting in group:
        end = start + len(waiting.parcel.heard)
        accepted = sum(counts[start:end])
        late = sum(one.late for one in keyed[start:end])
        waiting.told(Outcome(accepted, end - start - accepted - late, late))
        start = end


def _unforeseen(problem: Exception) -> OutsideFailed:
    return OutsideFailed(
        f"The desk failed in a way nobody foresaw ({type(problem).__name__}: {problem}); send the same again."
    )
