"""Measurements that wait on the disk for a way to the desk: bounded, in order, and whole after a power cut.

A probe measures most when nothing can be sent. A line is one measurement; a line that a power cut left half-written is
left out, and when there are too many the oldest go, since the desk counts what is up to a day old.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import Final

import msgspec

from pulih.adapters.data_folder import write_private
from pulih.adapters.disk_errors import disk_refused
from pulih.model.clock import MICROS, iso
from pulih.model.errors import RefusedInput

WAITING_MAX: Final = 5_000
_STARTS: Final = Path("/proc/sys/kernel/random/boot_id")


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """One measurement that was not sent.

    Attributes:
        report: as the intake takes it, without `at`.
        at_us: by the machine's clock, which a machine without a battery gets from the network it cannot reach.
        boot: names this start of the machine.
        up_s: seconds since it started, which no one sets.
    """

    report: dict[str, str]
    at_us: int
    boot: str
    up_s: float


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """The present: by the clock, and since which start of the machine for how long."""

    at_us: int
    boot: str
    up_s: float


def this_moment() -> Moment:
    """Return the present of this machine."""
    try:
        boot = _STARTS.read_text().strip()
    except OSError:
        boot = ""
    # Where a machine sleeps, this goes on.
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return Moment(at_us=time.time_ns() // 1_000, boot=boot, up_s=time.clock_gettime(clock))


def line_of(one: Waiting, now: Moment) -> bytes:
    """Return a measurement as the intake takes it, dated by the clock as it is now.

    >>> one = Waiting(report={"id": "a"}, at_us=0, boot="b", up_s=10.0)
    >>> line_of(one, Moment(at_us=1_764_150_000_000_000, boot="b", up_s=70.0))
    b'{"id":"a","at":"2025-11-26T09:39:00Z"}'
    """
    same = one.boot != "" and one.boot == now.boot
    at_us = now.at_us - round((now.up_s - one.up_s) * MICROS) if same else one.at_us
    return msgspec.json.encode({**one.report, "at": iso(at_us // 1_000 * 1_000)})


class WaitingRoom:
    """The file; used by one process at a time.

    Args:
        path: of the file; it is made when missing.
        waiting_max: how many may wait.

    Raises: RefusedInput when another probe uses it; OutsideFailed when the disk refuses.
    """

    def __init__(self, path: Path, waiting_max: int = WAITING_MAX) -> None:
        self._path, self._max = path, waiting_max
        self.dropped = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(path.with_name(path.name + ".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as problem:
            raise disk_refused(problem, path, doing="opening the queue") from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise RefusedInput(
                f"--queue {path}: another probe of this machine uses it; give each probe a file of its own"
            ) from None
        self._waiting = self._read()

    def __len__(self) -> int:
        return len(self._waiting)

    def close(self) -> None:
        """Let another one use the file."""
        os.close(self._lock)

    def add(self, one: Waiting) -> None:
        """Keep a measurement, on the disk when this returns. Raises OutsideFailed when the disk refuses."""
        self._waiting.append(one)
        if len(self._waiting) > self._max:
            # A tenth at once, so that the file is not written anew for each one.
            gone = max(1, self._max // 10)
            self.dropped += gone
            self.drop(gone)
            return
        try:
            opened = os.open(self._path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
            try:
                # A line end before it, too, keeps it apart from what a power cut left.
                os.write(opened, b"\n" + msgspec.json.encode(one) + b"\n")
                os.fsync(opened)
            finally:
                os.close(opened)
        except OSError as problem:
            raise disk_refused(problem, self._path, doing="keeping a measurement") from None

    def first(self, most: int) -> list[Waiting]:
        """Return the oldest ones, `most` at most."""
        return self._waiting[:most]

    def drop(self, count: int) -> None:
        """Forget the oldest ones. Raises OutsideFailed when the disk refuses."""
        del self._waiting[:count]
        try:
            write_private(self._path, b"".join(msgspec.json.encode(one) + b"\n" for one in self._waiting))
        except OSError as problem:
            raise disk_refused(problem, self._path, doing="forgetting what was sent") from None

    def _read(self) -> list[Waiting]:
        try:
            lines = self._path.read_bytes().splitlines()
        except FileNotFoundError:
            return []
        except OSError as problem:
            raise disk_refused(problem, self._path, doing="reading the queue") from None
        found = []
        for line in lines[-2 * self._max :]:
            try:
                found.append(msgspec.json.decode(line, type=Waiting))
            except msgspec.MsgspecError:
                # Empty, or cut when the power went.
                continue
        return found[-self._max :]
