"""Salvage: find what is damaged in a journal, and set it aside so that a desk can go on with all that is whole.

A damaged frame that was acknowledged stops a start, and a person decides: bring the file back from a backup, or go on
without the frame. For the second, the file is kept as it is under another name, and files of its whole frames take its
place; numbers of what was lost are given to nothing else. The checksum of a frame tells damage without its key.

A file that is missing is known by the frames around it, since their numbers have no gaps; what went before the oldest
file is known by the ledger. Where frames are gone and a person went on without them, a file says so that has nothing
but its opening, with a key that is not there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import msgspec

from pulih.adapters.journal.disk import Disk, failed
from pulih.adapters.journal.keys import ID_BYTES, DayKeys
from pulih.adapters.journal.record import Damaged, head_at, next_whole, size_of, unpack
from pulih.adapters.journal.segment import OPENING_BYTES, key_id_in, opening, segment_path, segment_paths

# Names a key that nobody has.
_NO_KEY = bytes(ID_BYTES)


class Run(msgspec.Struct, frozen=True):
    """Whole frames that follow one another: the first and the last, and where they start and end in their file."""

    first: int
    last: int
    start: int
    end: int


class Harm(msgspec.Struct, frozen=True):
    """Frames that are damaged or gone.

    Attributes:
        path: the file.
        byte: where in it the damage begins; its length where frames are missing behind its end.
        gone: nothing is left of the frames, where they should be.
        first, last: the frames; `last` is below `first` where only rubbish was found and no frame is lost.
        reports: how many the head of a single damaged frame tells of; None when it tells nothing.
    """

    path: Path
    byte: int
    first: int
    last: int
    reports: int | None = None
    gone: bool = False


class Found(msgspec.Struct, frozen=True):
    """One file: its first frame, its key (None when nobody has it), its whole frames, its damage, and if it is last."""

    path: Path
    first: int
    key_id: bytes | None
    runs: tuple[Run, ...]
    harms: tuple[Harm, ...]
    newest: bool

    @property
    def reached(self) -> int:
        """Number of the last whole frame, or the one before the first."""
        return self.runs[-1].last if self.runs else self.first - 1


def survey(folder: Path, keys: DayKeys, ledger_at: int, *, ledger_from: int = 0) -> list[Found]:
    """Return the files of a journal in which something is damaged or behind which some are missing, oldest first.

    Nothing is changed.

    What a crash may leave at the end of the newest file, a frame that nobody was told of, is no damage.

    Args:
        folder: of the segments.
        keys: of its days; they tell whose a file is whose opening is damaged.
        ledger_at: number of the last frame that the ledger took.
        ledger_from: number of the first one of which it knows what became, and which has not expired so; 0 without.

    Raises: OutsideFailed when a file cannot be read.
    """
    try:
        firsts = [int(path.stem) for path in segment_paths(folder)] or [max(1, ledger_from)]
        # A file reaches up to the next one, and the newest as far as the ledger knows at least.
        dues = [following - 1 for _, following in pairwise(firsts)] + [ledger_at]
        found = [
            _found(segment_path(folder, first), keys, due, newest=first == firsts[-1])
            for first, due in zip(firsts, dues, strict=True)
        ]
    except OSError as problem:
        raise failed("read the journal in", folder, problem) from problem
    if 0 < ledger_from < firsts[0]:
        oldest = segment_path(folder, ledger_from)
        harm = Harm(oldest, 0, ledger_from, firsts[0] - 1, gone=True)
        found.insert(0, Found(oldest, ledger_from, None, (), (harm,), newest=False))
    return [one for one in found if one.harms]


def set_aside(found: Found, disk: Disk) -> Path | None:
    """Keep a damaged file under another name and put its whole frames in its place; return that name, if it was there.

    A file that is whole, and behind which frames are gone, stays as it is.

    Raises: OutsideFailed when the disk cannot; then the damaged file is where it was, and the same call works again.
    """
    folder = found.path.parent
    try:
        data = found.path.read_bytes() if found.path.exists() else b""
        spoilt = data if any(harm.byte < len(data) for harm in found.harms) else b""
        aside = _kept(found) if spoilt else None
        pieces = {run.first: spoilt[run.start : run.end] for run in found.runs if spoilt}
        marks = {harm.first for harm in found.harms if harm.first <= harm.last}
        if spoilt:
            pieces.setdefault(found.first, b"")
        if found.newest and (last := found.harms[-1].last) > found.reached:
            # A file without frames says from which number on new ones are given.
            pieces[last + 1] = b""
        # The damaged file itself is replaced last: until then, another try finds all as it was.
        for first in sorted(pieces.keys() | marks, reverse=True):
            key_id = _NO_KEY if first in marks else found.key_id or _NO_KEY
            _write(segment_path(folder, first), opening(key_id, first) + pieces.get(first, b""), disk)
        disk.sync_folder(folder)
    except OSError as problem:
        raise failed("set damaged frames aside in", folder, problem) from problem
    return aside


def _found(path: Path, keys: DayKeys, due: int, *, newest: bool) -> Found:
    """Return what stands in a file that should reach up to frame `due`."""
    first = int(path.stem)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        if not newest:
            # It expired since it was seen, and with it all before it.
            return Found(path, first, None, (), (), newest)
        data = b""
    runs = tuple(_runs(data, first))
    reached = runs[-1].last if runs else first - 1
    key_id = key_id_in(data, first)
    if key_id is None and runs:
        key_id = _key_of(data[runs[0].start : runs[0].end], keys)
        if key_id is None:
            return Found(path, first, None, (), (Harm(path, 0, first, max(reached, due)),), newest)
    harms = [] if len(data) < OPENING_BYTES or key_id_in(data, first) else [Harm(path, 0, first, first - 1)]
    end, following = OPENING_BYTES, first
    for run in runs:
        if run.start > end:
            harms.append(_harm(path, data, end, range(following, run.first)))
        end, following = run.end, run.last + 1
    torn = end < len(data)
    known_gone = not newest and len(data) == OPENING_BYTES and key_id is not None and keys.of_id(key_id) is None
    if due > reached and not known_gone:
        harms.append(_harm(path, data, min(end, len(data)), range(following, due + 1)))
    elif torn and not newest:
        harms.append(Harm(path, end, following, following - 1))
    return Found(path, first, key_id, runs, tuple(harms), newest)


def _harm(path: Path, data: bytes, byte: int, frames: range) -> Harm:
    reports = None
    if len(frames) == 1:
        try:
            head = head_at(data, byte)
            reports = head.reports if head.number == frames.start else None
        except Damaged:
            pass
    return Harm(path, byte, frames.start, frames.stop - 1, reports, gone=byte >= len(data))


def _runs(data: bytes, first: int) -> Iterator[Run]:
    """Yield the whole frames of a file, wherever they lie behind its opening, as long as their numbers rise."""
    start, number = OPENING_BYTES, first
    while (begin := next_whole(data, start, number)) is not None:
        begun = last = head_at(data, begin).number
        end = begin + size_of(data, begin)
        while size := size_of(data, end, last + 1):
            end, last = end + size, last + 1
        yield Run(begun, last, begin, end)
        start, number = end, last + 1


def _key_of(records: bytes, keys: DayKeys) -> bytes | None:
    """Return the id of the key that opens the first of some records, None when none does."""
    record = records[: size_of(records, 0)]
    for key in keys.all():
        try:
            unpack(record, key)
        except Damaged:
            continue
        return key.id
    return None


def _kept(found: Found) -> Path:
    """Give a damaged file a second name that no other has, and return it."""
    stem = f"{found.path.stem}.damaged-{found.harms[0].byte}"
    number = 0
    while True:
        aside = found.path.with_name(stem if not number else f"{stem}.{number}")
        try:
            os.link(found.path, aside)
        except FileExistsError:
            if aside.samefile(found.path):
                return aside
            number += 1
        else:
            return aside


def _write(path: Path, data: bytes, disk: Disk) -> None:
    part = path.with_suffix(".part")
    file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        disk.write_all(file, data)
        disk.sync(file)
    finally:
        os.close(file)
    part.replace(path)
