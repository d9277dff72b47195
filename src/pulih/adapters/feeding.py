"""Feeds a file into a running desk: once (`pulih send`), or for as long as it grows (`pulih tail`); resumable.

The position is written after the desk has acknowledged a batch, never before. So whatever is killed when, a batch may
be sent twice, and then counts as repeated; none is left out.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from pulih.adapters.desk_client import DeskClient
from pulih.adapters.feeding_rows import Row, rows_of
from pulih.adapters.files.columns import ColumnWishes
from pulih.adapters.files.opening import open_sources, table_of
from pulih.adapters.files.source import FileSource
from pulih.adapters.followed_file import FollowedFile, StoppedFollowingError, has_rows
from pulih.adapters.position_file import Position, keep_position, position_in, read_position
from pulih.model.clock import DAY_S, MICROS
from pulih.model.errors import RefusedInput

BATCH_ROWS: Final = 5_000
# Unpacked; the intake takes 8 MiB packed, and one line of 128 KiB at most.
BATCH_BYTES: Final = 4 << 20
# The desk counts what is up to a day old; whoever waits longer for it sends what comes late anyway.
SEND_PATIENCE_S: Final = 120.0
TAIL_PATIENCE_S: Final = 86_400.0
# The reader of a followed file must not refuse rows as being later than the moment it was opened; the desk does.
_YEARS_AHEAD_US: Final = 3_660 * DAY_S * MICROS
_REASONS_SHOWN: Final = 5


class Sent(msgspec.Struct, frozen=True):
    """What became of the rows so far: rows = accepted + repeated + late + refused.

    Attributes:
        refused: rows that could not be read here, or were not taken there.
        reasons: the first few reasons.
        skipped: rows that had been acknowledged before; not among `rows`.
    """

    rows: int = 0
    accepted: int = 0
    repeated: int = 0
    late: int = 0
    refused: int = 0
    reasons: tuple[str, ...] = ()
    skipped: int = 0


class _Batch:
    """Rows on their way, and what became of those before."""

    def __init__(self, client: DeskClient, acknowledged: Callable[[Sent, int], None], *, skipped: int) -> None:
        self._client = client
        self._acknowledged = acknowledged
        self._rows: list[Row] = []
        self._bytes = 0
        self.sent = Sent(skipped=skipped)

    def add(self, row: Row) -> None:
        """Take one row, and send when there are enough."""
        self._rows.append(row)
        self._bytes += len(row.line) + 1
        if len(self._rows) >= BATCH_ROWS or self._bytes >= BATCH_BYTES:
            self.flush()

    def flush(self) -> None:
        """Send what is there, and say that it is acknowledged."""
        if not self._rows:
            return
        readable = [row for row in self._rows if row.line]
        refused = [row.refused for row in self._rows if not row.line]
        sent = self.sent
        if readable:
            taken = self._client.send([row.line for row in readable])
            refused += [f"row {readable[one.line - 1].number} without the header: {one.error}" for one in taken.refused
                        if 0 < one.line <= len(readable)]  # fmt: skip
            sent = msgspec.structs.replace(
                sent,
                accepted=sent.accepted + taken.accepted,
                repeated=sent.repeated + taken.repeated,
                late=sent.late + taken.late,
            )
        self.sent = msgspec.structs.replace(
            sent,
            rows=sent.rows + len(self._rows),
            refused=sent.refused + len(refused),
            reasons=(*sent.reasons, *refused)[:_REASONS_SHOWN],
        )
        number = self._rows[-1].number
        self._rows.clear()
        self._bytes = 0
        self._acknowledged(self.sent, number)


class Feed(msgspec.Struct, frozen=True):
    """Where to send a file, and how it is read.

    Attributes:
        client: of the desk.
        columns: what the user told about columns and zone.
        position: where it is kept how far the file was sent; None keeps it nowhere.
        source: what rows without a source of their own come from; the file's name when "".
        told: called after each batch, with what became of the file so far.
    """

    client: DeskClient
    columns: ColumnWishes = ColumnWishes()
    position: Path | None = None
    source: str = ""
    told: Callable[[Sent], None] | None = None


def send_file(path: str, feed: Feed, *, now_us: int, stdin: BinaryIO | None = None) -> Sent:
    """Send a file to a desk, from where the last call got to.

    Args:
        path: CSV, JSON lines or Parquet, plain or packed; "-" is `stdin`. That and pipes have no position.
        feed: where to.
        now_us: the present, microseconds since 1970 UTC.
        stdin: what "-" means.

    Returns: what became of its rows.
    Raises: RefusedInput when the file or the token cannot be used; OutsideFailed when the desk cannot be reached.
    """
    (file,) = open_sources([path], _as_heard(feed.columns), now_us=now_us, stdin=stdin)
    kept = feed.position if path != "-" and Path(path).is_file() else None
    begins = Position() if kept is None else _position_of(Path(path))
    skip = 0 if kept is None else read_position(kept, Path(path)).rows

    def acknowledged(sent: Sent, number: int) -> None:
        if kept is not None:
            keep_position(kept, msgspec.structs.replace(begins, rows=number))
        _tell(feed, sent)

    batch = _Batch(feed.client, acknowledged, skipped=skip)
    for row in rows_of(file, name=feed.source or file.name, skip=skip):
        batch.add(row)
    batch.flush()
    return batch.sent


def tail_file(
    path: Path, feed: Feed, *, now_us: Callable[[], int], stopping: threading.Event, look_s: float = 1.0
) -> None:
    """Send a file as it grows, and its successors when it is put away, until `stopping` is set.

    Args:
        path: a plain text file that is appended to; it may not be there yet.
        feed: where to.
        now_us: returns the present, microseconds since 1970 UTC.
        stopping: set from another thread or by a signal.
        look_s: seconds between two looks at the file.

    Raises: RefusedInput when the file or the token cannot be used; OutsideFailed when the desk cannot be reached.
    """

    def wait() -> None:
        if stopping.wait(look_s):
            raise StoppedFollowingError

    try:
        while True:
            if not has_rows(path):
                wait()
                continue
            try:
                _follow(path, feed, now_us=now_us() + _YEARS_AHEAD_US, wait=wait)
            except (FileNotFoundError, RefusedInput):
                # Put away between two looks, it will have a successor; there, it is what was refused.
                if path.exists():
                    raise
    except StoppedFollowingError:
        return


def _follow(path: Path, feed: Feed, *, now_us: int, wait: Callable[[], None]) -> None:
    """Send one file until it is put away; whatever `wait` raises ends it before."""
    skip = 0 if feed.position is None else read_position(feed.position, path).rows

    def acknowledged(sent: Sent, number: int) -> None:
        if feed.position is not None:
            keep_position(feed.position, origin.position(number))
        _tell(feed, sent)

    def send_and_wait() -> None:
        batch.flush()
        wait()

    batch = _Batch(feed.client, acknowledged, skipped=skip)
    origin = FollowedFile(str(path), send_and_wait)
    file = FileSource(origin, table_of(origin), _as_heard(feed.columns), now_us=now_us)
    if file.chosen.format == "JSON array":
        raise RefusedInput(f"{path} is one JSON array, which nobody appends to; send it whole: pulih send {path}")
    origin.follow()
    for row in rows_of(file, name=feed.source or file.name, skip=skip):
        batch.add(row)
    batch.flush()
    if feed.position is not None:
        # Its successor is sent from the start.
        keep_position(feed.position, Position())


def _as_heard(columns: ColumnWishes) -> ColumnWishes:
    """Return how a file is read for a desk, which knows when it hears a line that does not say when it was said."""
    return msgspec.structs.replace(columns, untimed=True)


def _position_of(path: Path) -> Position:
    with path.open("rb") as file:
        return position_in(file, 0)


def _tell(feed: Feed, sent: Sent) -> None:
    if feed.told is not None:
        feed.told(sent)
