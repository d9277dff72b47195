"""Pipeline: takes what was accepted frame by frame, reads it, folds it, and tells what is new (requirements P2, D1).

One thread owns all of this. Frames are taken in their order and whole; what they hold that does not count was told by
the ledger. A snapshot is the state after a frame; whatever was kept of later frames is forgotten at a start and made
again from the journal, with the same result. It is renewed every ten minutes, whether anything is heard or not: what
has expired in the state is out of every snapshot after the second. While much is taken at once it is renewed on the
way, so that a desk that is killed then does not begin anew.
"""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager

import msgspec

from pulih.listen.payload import report_of
from pulih.model.clock import MICROS
from pulih.model.errors import RefusedInput
from pulih.model.finding import Finding
from pulih.ports.clock import Clock
from pulih.ports.intake import Accepted, Journal, Ledger
from pulih.ports.intake import Frame as Kept
from pulih.ports.live import Row, SignalStore, Snapshots
from pulih.service.live.fold import Closed, Fold, Frame
from pulih.service.live.heard import Ears, Heard, Posted
from pulih.service.live.watching import News, Watch, Watched

# So many frames, or reports, are read at once; the workers share them.
FRAMES_AT_ONCE, REPORTS_AT_ONCE, ROWS_AT_ONCE = 500, 4_000, 2_000
# While some are taken the next are read: so many times what is read at once, and behind so many reports no more.
AHEAD_MAX, REPORTS_AHEAD_MAX = 3, 2 * REPORTS_AT_ONCE
# So much may wait for its window to be closed while one is: some half a million reports.
WAITING_BYTES_MAX = 64 << 20
# The clock may close a window only when no frame can come any more that was received before; a commit takes less.
SETTLE_S = 3
SNAPSHOT_EVERY_S = 600
# Whoever catches up keeps the state so often, and never for more than so small a part of the time.
CATCH_UP_S = 60.0
SNAPSHOT_SHARE = 0.05
# Whoever stops a desk waits so long for a window that is being closed; it is closed anew at the next start then.
END_S = 10.0
# What was received so far ahead of the present was received by a clock that was wrong; catching up takes less.
AHEAD_S_MAX = 86_400


class _Saved(msgspec.Struct, frozen=True, array_like=True):
    fold: bytes
    watch: Watched


class _Begun(msgspec.Struct, frozen=True):
    """Frames that are being read: their numbers, when each was received (None when it has expired), how many reports
    of it count; how many that are together, and what waits until they are read.
    """

    frames: list[tuple[int, int | None, int]]
    reports: int
    heard: Callable[[], list[Heard]]


class Rooms(msgspec.Struct, frozen=True):
    """What the pipeline is given: where frames come from, how they are heard, where things are kept, and the clock."""

    journal: Journal
    ledger: Ledger
    ears: Ears
    store: SignalStore
    snapshots: Snapshots
    clock: Clock


class Pipeline:
    """Advances the live state.

    Args:
        rooms: what it is given.
        fold, watch: the state, fresh; restored here from the newest snapshot.
        lock: held while the state changes, and not while texts are read.
        waiting_bytes_max: while windows are closed further frames are taken up to so much that waits.
        catch_up_s: one `advance` takes so many seconds until it keeps the state on its way.
    """

    def __init__(
        self,
        rooms: Rooms,
        fold: Fold,
        watch: Watch,
        lock: AbstractContextManager[object],
        *,
        waiting_bytes_max: int = WAITING_BYTES_MAX,
        catch_up_s: float = CATCH_UP_S,
    ) -> None:
        self._waiting_bytes_max = waiting_bytes_max
        self._catch_up_s = catch_up_s
        # When the state is to be kept on the way, by the monotonic clock.
        self._keep_at_s = 0.0
        self._lock = lock
        self._rooms = rooms
        self._fold = fold
        self._watch = watch
        self._opened: list[Callable[[Finding], object]] = []
        self._cleared: list[Callable[[Finding], object]] = []
        self._taken: list[Callable[[], None]] = []
        self._saved_us = 0
        # Until when, by the monotonic clock, a window may still be closed; None while nobody has asked to end.
        self._end_by_s: float | None = None
        # Texts said before this are to be forgotten; 0 when that is done.
        self._expired_us = 0
        # A state that nothing was taken into, and whether the one at hand was left half-way by a failure.
        self._blank = fold.to_bytes()
        self._broken = False
        # What is read while what came before is taken, in order.
        self._begun: deque[_Begun] = deque()
        # Of frames that did not expire and stand nowhere: the first, the last, and how many of their reports count.
        self._gone: tuple[int, int, int] | None = None
        self.restore()

    def on_opened(self, listener: Callable[[Finding], object]) -> None:
        """Call `listener` once for each finding, when it is told for the first time."""
        self._opened.append(listener)

    def on_cleared(self, listener: Callable[[Finding], object]) -> None:
        """Call `listener` once for each finding, when it is over for the first time."""
        self._cleared.append(listener)

    def on_taken(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever something was taken while a window is being closed."""
        self._taken.append(listener)

    def restore(self) -> None:
        """Go on from the newest snapshot, or begin anew; forget what was kept behind it.

        Raises: RefusedInput when the snapshot is of another version.
        """
        self._begun.clear()
        latest = self._rooms.snapshots.latest()
        if latest is None:
            self._fold.restore(self._blank)
            self._watch.restore(Watched([], [], {}))
        else:
            try:
                saved = msgspec.msgpack.decode(latest[1], type=_Saved)
            except msgspec.DecodeError as error:
                raise RefusedInput(
                    f"The snapshot after frame {latest[0]} cannot be read ({error}); move it away, and the desk begins "
                    "anew from the journal."
                ) from None
            self._fold.restore(saved.fold)
            self._watch.restore(saved.watch)
            # What was taken back since it was kept would be quoted again.
            self._watch.forget_quotes(self._rooms.ears.forgotten.may_quote)
        self._rows: list[Row] = []
        # What has expired cannot be kept again, so its rows stay.
        first = max(self._fold.frame, self._rooms.journal.expired()) + 1
        self._rooms.store.rewind(first, frame=self._fold.frame, open_us=self._fold.open_us)
        self._saved_us = self._fold.received_us
        self._broken = False

    def advance(self, now_us: int) -> bool:
        """Take what was accepted by now and close what is over; return whether anything came of it.

        Raises: OutsideFailed when something outside failed; the next call goes back to the snapshot and on from there.
        """
        if self._broken:
            with self._lock:
                self.restore()
        self._broken = True
        came = self._advance(now_us)
        # A clock that was set back must not put it off.
        if self._fold.frame and abs(now_us - self._saved_us) >= SNAPSHOT_EVERY_S * MICROS:
            self.snapshot()
            self._saved_us = now_us
        return came

    def end(self, within_s: float = END_S) -> None:
        """Take no more frames, so that `advance` returns soon however many wait; from any thread.

        They stand in the journal, and the next start goes on with them.

        Args:
            within_s: seconds in which a window that is being closed may be closed; else nothing of it is kept.
        """
        self._end_by_s = time.monotonic() + within_s

    def forget_texts(self, before_us: int) -> None:
        """Forget texts said before `before_us`, with the next `advance`; from any thread."""
        self._expired_us = before_us

    def _advance(self, now_us: int) -> bool:
        # Taken before it is acted on: what is asked meanwhile, from another thread, must not be lost.
        expired_us, self._expired_us = self._expired_us, 0
        if expired_us:
            with self._lock:
                self._fold.forget_texts(expired_us)
        came = closed = settled = False
        last = self._rooms.journal.last()
        self._keep_at_s = time.monotonic() + self._catch_up_s
        # A window of a flood takes seconds to close, and nobody has to wait so long to be seen: a piece, and frames
        # again. With more than may wait, what comes meanwhile stays in the journal until a window was closed.
        while (closed or not settled) and not self._ends(closed):
            # What is to be kept has no window open that is over; so none is filled until all of them are closed.
            keeps = self._fold.frame > 0 and time.monotonic() >= self._keep_at_s
            may_wait = not keeps and (not closed or self._fold.waiting_bytes < self._waiting_bytes_max)
            took = may_wait and self._end_by_s is None and self._take_some(now_us)
            if not settled and may_wait and (self._fold.frame >= last or not took):
                with self._lock:
                    self._fold.pass_time(now_us - SETTLE_S * MICROS)
                settled = True
            closed = self._close_piece()
            if keeps and not closed:
                self._keep_on_the_way()
            came = came or took or closed
            if took and closed:
                for listener in self._taken:
                    listener()
        with self._lock:
            self._keep()
        # A window that is half closed cannot be kept.
        self._broken = closed
        return came

    def _ends(self, closing: bool) -> bool:
        """Return whether to end now: as soon as no window is half closed, or when that takes too long."""
        return self._end_by_s is not None and (not closing or time.monotonic() >= self._end_by_s)

    def _take_some(self, now_us: int) -> bool:
        """Take the next frames, as many as are read at once; return whether there were any."""
        taken = self._next_frames(now_us)
        for frame in taken:
            with self._lock:
                self._take(frame)
        return bool(taken)

    def _close_piece(self) -> bool:
        with self._lock:
            closed = self._fold.close_piece()
            if closed is not None:
                self._told(closed)
        return closed is not None

    def snapshot(self) -> None:
        """Keep the state as it is now, but not one that was left half-way by a failure. Raises OutsideFailed."""
        if self._broken:
            # What was taken and not kept would be missing for good; from the last snapshot on it is made again.
            return
        self._save()

    def _save(self) -> None:
        saved = _Saved(self._fold.to_bytes(), self._watch.saved())
        self._rooms.snapshots.save(self._fold.frame, msgspec.msgpack.encode(saved))

    def _keep_on_the_way(self) -> None:
        """Keep the state between two windows, with all that was found by then, and say when to do so again."""
        begun_s = time.monotonic()
        with self._lock:
            self._keep()
        # All of it is whole here: where the disk refuses a snapshot, what was taken stands, and the next goes on.
        self._broken = False
        self._save()
        self._broken = True
        ended_s = time.monotonic()
        self._keep_at_s = ended_s + max(self._catch_up_s, (ended_s - begun_s) / SNAPSHOT_SHARE)

    def _take(self, frame: Frame) -> None:
        if frame.received_us < self._fold.received_us:
            # It was committed later than the clock was believed; a replay must take it at the same moment.
            self._rooms.store.hold(frame.number, self._fold.received_us)
            frame = msgspec.structs.replace(frame, received_us=self._fold.received_us)
        if (late := self._fold.receive(frame)) is not None:
            self._told(late)

    def _told(self, closed: Closed) -> None:
        """Keep the rows of a window, look at what is found, and tell who listens."""
        self._rows.extend(closed.rows)
        if len(self._rows) >= ROWS_AT_ONCE:
            self._keep()
        if not closed.window_us:
            return
        news = self._watch.look(closed, self._keep)
        if news.changed:
            self._rooms.store.tell(news.changed)
        self._announce(news)

    def _keep(self) -> None:
        """Write the rows that wait; a commit of a thousand costs what a commit of one does."""
        if self._rows:
            self._rooms.store.keep(self._rooms.ears.forgotten.blanked(self._rows))
            self._rows = []

    def _announce(self, news: News) -> None:
        store = self._rooms.store
        for finding in news.opened:
            if not store.was_announced(finding.id, "opened"):
                for listener in self._opened:
                    listener(finding)
                store.announce(finding.id, "opened")
        for finding in news.cleared:
            if not store.was_announced(finding.id, "cleared"):
                for listener in self._cleared:
                    listener(finding)
                store.announce(finding.id, "cleared")

    def _received_us(self, told_us: int, held_us: int | None, now_us: int) -> int:
        """Return when a frame was received; of a moment that a wrong clock told, 0: with the frame before."""
        # While this went on the clock did too, and frames are received by it.
        last_us = max(now_us, self._rooms.clock.now_us()) + AHEAD_S_MAX * MICROS
        if held_us is not None and held_us <= last_us:
            return held_us
        if told_us <= last_us:
            return told_us
        return 0 if self._fold.received_us else now_us

    def _next_frames(self, now_us: int) -> list[Frame]:
        """Return the next frames, read; none when all was taken. Those behind them are begun first."""
        begun = self._begun
        while len(begun) < AHEAD_MAX and sum(one.reports for one in begun) < REPORTS_AHEAD_MAX:
            if not self._begin_next():
                break
        if not begun:
            return []
        following = begun.popleft()
        held = self._rooms.store.held(self._fold.frame)
        heard = iter(following.heard())
        # Of what has expired nobody knows when it was received.
        unknown_us = self._fold.received_us
        return [
            Frame(
                number,
                self._received_us(unknown_us if told_us is None else told_us, held.get(number), now_us),
                tuple(itertools.islice(heard, reports)),
            )
            for number, told_us, reports in following.frames
        ]

    def _miss(self, one: Accepted) -> None:
        """Remember a frame whose reports count and that stands in no file; each once, however often it is begun."""
        first, last, many = self._gone or (one.frame, one.frame - 1, 0)
        if one.frame > last:
            self._gone = first, one.frame, many + len(one.counted)

    def gone(self) -> tuple[int, int, int] | None:
        """Return of which frames, first and last, how many reports count and stand nowhere; from any thread."""
        return self._gone

    def _begin_next(self) -> bool:
        """Have read the frames behind those that are begun, as many as are read at once; return whether there are any.

        What is read of them depends on nothing that is taken before them.
        """
        rooms = self._rooms
        last = self._begun[-1].frames[-1][0] if self._begun else self._fold.frame
        frames: list[tuple[int, int | None, int]] = []
        posted: list[Posted] = []
        for one in rooms.ledger.accepted(last, FRAMES_AT_ONCE):
            kept = rooms.journal.frame(one.frame)
            if kept is None and one.counted and one.frame > rooms.journal.expired():
                self._miss(one)
            reports = _posted(kept, one) if kept else []
            frames.append((one.frame, kept.received_us if kept else None, len(reports)))
            posted += reports
            if len(posted) >= REPORTS_AT_ONCE:
                break
        if frames:
            self._begun.append(_Begun(frames, len(posted), rooms.ears.begin(posted)))
        return bool(frames)


def _posted(frame: Kept, accepted: Accepted) -> list[Posted]:
    """Return the reports of a frame that count; of an expired one nothing is left."""
    return [
        Posted(frame.number, position, frame.received_us, report_of(frame.reports[position]))
        for position in accepted.counted
        if position < len(frame.reports)
    ]
