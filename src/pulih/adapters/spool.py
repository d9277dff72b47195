"""Sorts more signals than memory holds, and forgets repeats: sorted runs in one nameless file, merged on the way out.

Few signals stay in memory. Beyond that, sorted runs go to a temporary file without a name, so that nothing is left
behind however the process ends. Repeats (same source and native id) need not lie side by side once sorted by time;
they are found by a 64-bit fingerprint of each key, eight bytes a signal, which leaves ten million in 80 MB.

A signal whose source gave it no id has one made of its content. Equal ones of one file are different posts, so they
are numbered there, and only the same number met again in another file is a repeat: a file given twice counts once.
"""

from __future__ import annotations

import contextlib
import errno
import heapq
import shutil
import tempfile
from array import array
from collections.abc import Iterator
from operator import attrgetter
from types import TracebackType
from typing import BinaryIO, Final, Self, cast

import msgspec
import numpy as np
import zstandard
from numpy.typing import NDArray

from pulih.listen.acceptance import CONTENT_ID
from pulih.model.errors import OutsideFailed
from pulih.model.signal import Kind, Role, Signal

# About 100 MB of signals with texts of usual length; the second bound is for texts that are not.
HELD_SIGNALS_MAX: Final = 131_072
HELD_CHARS_MAX: Final = 32 << 20
BATCH_SIGNALS: Final = 4_096
# One block of every run is unpacked at a time while merging, so that a hundred runs need some tens of megabytes.
_BLOCK_SIGNALS: Final = 512
_BLOCK_CHARS: Final = 1 << 18
_ROW_BYTES: Final = 150  # what a signal takes beside its text
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

# A signal as a tuple sorts by time, source and id without a key function; the fields behind these, and the number
# of the file, only settle ties, so that the order of adding never shows.
_Row = tuple[int, str, str, str, str, str, str, Role, Kind, int, int]
_fields: Final = attrgetter(
    "at_us", "source", "native_id", "text", "author", "operator", "place", "role", "kind", "account_days"
)


class DiskSpool:
    """A spool (ports.Spool) bounded in memory.

    Two different keys among ten million share a fingerprint with a chance of one in a hundred thousand; the later
    of two such signals would then be taken for a repeat.
    """

    def __init__(self, folder: str | None = None) -> None:
        """Sort in memory, and in `folder` (default: the system's temp folder) when there is too much."""
        self._folder = folder
        self._held: list[_Row] = []
        self._held_chars = 0
        self._fingerprints = array("q")
        self._runs: list[list[tuple[int, int]]] = []
        self._file: BinaryIO | None = None
        self._added = 0
        self._repeated = 0
        self._edited = 0

    def add(self, signals: list[Signal], file_number: int) -> None:
        """Keep a batch of the file of that number. Raises OutsideFailed when the temp folder has no room."""
        which = (file_number,)
        self._held.extend([_fields(signal) + which for signal in signals])
        self._fingerprints.extend(
            [hash((one.source, one.native_id)) for one in signals if not one.native_id.startswith(CONTENT_ID)]
        )
        self._added += len(signals)
        self._held_chars += sum([len(signal.text) for signal in signals])
        if len(self._held) >= HELD_SIGNALS_MAX or self._held_chars >= HELD_CHARS_MAX:
            self._write_run()

    def sorted_batches(self) -> Iterator[list[Signal]]:
        """Yield all distinct signals by (at_us, source, native_id), in batches; of repeats the earliest.

        It may be called again, and gives the same.
        """
        if self._runs:
            self._write_run()
        self._held.sort()
        distinct = self._without_repeats(_numbered(self._merged()), _met_twice(self._fingerprints))
        kept = 0
        for batch in _cut(distinct, BATCH_SIGNALS, HELD_CHARS_MAX):
            kept += len(batch)
            yield [_signal(row) for row in batch]
        self._repeated = self._added - kept

    def repeated(self) -> int:
        """Return how many added signals had a key that was there already; valid after `sorted_batches`."""
        return self._repeated

    def edited(self) -> int:
        """Return how many of the repeated had another text than the one kept; valid after `sorted_batches`."""
        return self._edited

    def close(self) -> None:
        """Let go of memory and disk."""
        self._held.clear()
        self._runs.clear()
        self._fingerprints = array("q")
        if self._file is not None:
            # What a full disk kept from being written need not be written any more.
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        """Return the spool itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it, whatever happened."""
        self.close()

    def _without_repeats(self, rows: Iterator[_Row], twice: NDArray[np.int64]) -> Iterator[_Row]:
        """Drop rows whose fingerprint, one of `twice`, was met before, and count those that say something else."""
        self._edited = 0
        if not len(twice):
            yield from rows
            return
        seen = bytearray(len(twice))
        said = array("q", bytes(8 * len(twice)))
        for batch in _cut(rows, BATCH_SIGNALS, HELD_CHARS_MAX):
            prints = np.fromiter((hash(row[1:3]) for row in batch), dtype=np.int64, count=len(batch))
            places = np.minimum(np.searchsorted(twice, prints), len(twice) - 1)
            met = twice[places] == prints
            for row, place, suspect in zip(batch, places.tolist(), met.tolist(), strict=True):
                if not suspect:
                    yield row
                elif seen[place]:
                    self._edited += said[place] != hash(row[3])
                else:
                    seen[place], said[place] = 1, hash(row[3])
                    yield row

    def _merged(self) -> Iterator[_Row]:
        if not self._runs:
            return iter(self._held)
        return heapq.merge(*(self._read_run(run) for run in self._runs))

    def _read_run(self, run: list[tuple[int, int]]) -> Iterator[_Row]:
        decode = msgspec.msgpack.Decoder(list[_Row]).decode
        unpack = zstandard.ZstdDecompressor().decompress
        file = cast("BinaryIO", self._file)
        for start, size in run:
            with self._told_when_full():
                file.seek(start)
                block = file.read(size)
            yield from decode(unpack(block))

    def _write_run(self) -> None:
        if not self._held:
            return
        self._held.sort()
        encode = msgspec.msgpack.Encoder().encode
        pack = zstandard.ZstdCompressor(level=1).compress
        run: list[tuple[int, int]] = []
        with self._told_when_full():
            if self._file is None:
                self._file = cast("BinaryIO", tempfile.TemporaryFile(dir=self._folder))  # noqa: SIM115 - see `close`
            at = self._file.seek(0, 2)
            for block in _cut(iter(self._held), _BLOCK_SIGNALS, _BLOCK_CHARS):
                size = self._file.write(pack(encode(block)))
                run.append((at, size))
                at += size
            self._file.flush()
        self._runs.append(run)
        self._held.clear()
        self._held_chars = 0

    @contextlib.contextmanager
    def _told_when_full(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            folder = self._folder or _temp_folder()
            if problem.errno not in _NO_ROOM:
                raise OutsideFailed(
                    f"signals cannot be sorted in {folder} ({problem.strerror or problem}); "
                    "set TMPDIR to a folder that may be written"
                ) from problem
            # What is held now packs to about a third.
            needed = sum(size for run in self._runs for _, size in run)
            needed += (self._held_chars + _ROW_BYTES * len(self._held)) // 3
            raise OutsideFailed(
                f"no room in {folder} to sort {self._added:,} signals or more: that takes over {_megabytes(needed)} "
                f"and {_free(folder)} are free ({problem.strerror}); free space there, or set TMPDIR to another folder"
            ) from problem


def _signal(row: _Row) -> Signal:
    at_us, source, native_id, text, author, operator, place, role, kind, account_days, _ = row
    return Signal(
        at_us, source, native_id, author, text,
        role=role, operator=operator, place=place, kind=kind, account_days=account_days,
    )  # fmt: skip


def _numbered(rows: Iterator[_Row]) -> Iterator[_Row]:
    """Number equal rows without an id of their own within each file, and drop numbers met in a file before.

    Equal rows lie side by side, those of one file together: their content, time included, is their id.
    """
    last, file_number, number, given = ("", ""), -1, 0, 0
    for row in rows:
        if not row[2].startswith(CONTENT_ID):
            yield row
            continue
        if row[1:3] != last:
            last, file_number, number, given = row[1:3], row[10], 0, 0
        elif row[10] != file_number:
            file_number, number = row[10], 0
        number += 1
        if number > given:
            given = number
            yield row if number == 1 else (*row[:2], f"{row[2]}.{number:06d}", *row[3:])


def _met_twice(fingerprints: array[int]) -> NDArray[np.int64]:
    # Sorted where they lie: their order means nothing, and a copy would double the memory.
    ordered = np.frombuffer(fingerprints, dtype=np.int64)
    ordered.sort()
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])


def _cut(rows: Iterator[_Row], rows_max: int, chars_max: int) -> Iterator[list[_Row]]:
    """Yield rows in batches bounded in number and in letters."""
    batch: list[_Row] = []
    chars = 0
    for row in rows:
        batch.append(row)
        chars += len(row[3])
        if len(batch) >= rows_max or chars >= chars_max:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch


def _temp_folder() -> str:
    try:
        return tempfile.gettempdir()
    except OSError:
        return "the temp folder"


def _free(folder: str) -> str:
    try:
        return _megabytes(shutil.disk_usage(folder).free)
    except OSError:
        return "fewer"


def _megabytes(size: int) -> str:
    return f"{max(1, round(size / 1e6)):,} MB"
