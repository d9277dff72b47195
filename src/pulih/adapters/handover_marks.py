"""Handover marks: which deliveries were at the step that cannot be taken back, as a process that was killed leaves it.

Written to a file right before that step, without a wait for the disk: what a process wrote is there after it was
killed, whatever way it ended. It is not there when the machine lost power, so a mark is believed within one run of the
machine alone. The file is a ring: only the last few deliveries can be under way, so it never grows.
Source: write(2), "a successful return does not guarantee that data has been committed to disk".
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pulih.adapters.disk_errors import disk_refused
from pulih.model.subscription import Delivery

# More than can be under way at once, over all channels together.
SLOTS: Final = 4_096
# The names of a delivery fit: 96 and 16 signs.
_BYTES: Final = 128


class HandoverMarks:
    """Implements `ports.outbox.Handovers`; for one thread at a time.

    Args:
        path: the file; it is made when missing.
        boot: names this run of the machine, "" where it has no name: nothing is believed then.

    Raises: OutsideFailed when the disk refuses.
    """

    def __init__(self, path: Path, boot: str) -> None:
        self._path, self._boot = path, boot
        self._next = 0
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._begun = self._read()
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, _slot(boot), 0)
        except OSError as error:
            raise disk_refused(error, path, doing="keeping what is being sent") from None

    def begun(self) -> frozenset[Delivery] | None:
        """Return what had been marked when this was made; None when nobody can know."""
        return self._begun

    def mark(self, deliveries: Sequence[Delivery]) -> None:
        """Mark deliveries. Raises OutsideFailed when the disk refuses."""
        try:
            for one in deliveries:
                os.pwrite(self._file, _slot(f"{one.word}\t{one.subscription}"), (1 + self._next) * _BYTES)
                self._next = (self._next + 1) % SLOTS
        except OSError as error:
            raise disk_refused(error, self._path, doing="keeping what is being sent") from None

    def close(self) -> None:
        """Let go of the file; closing twice does nothing."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _read(self) -> frozenset[Delivery] | None:
        held = os.pread(self._file, (1 + SLOTS) * _BYTES, 0)
        lines = [held[at : at + _BYTES].rstrip(b" \n\x00").decode() for at in range(0, len(held), _BYTES)]
        if not lines or not self._boot or lines[0] != self._boot:
            return None
        return frozenset(Delivery(*line.split("\t")) for line in lines[1:] if line.count("\t") == 1)


def _slot(line: str) -> bytes:
    r"""Return a line as it stands in its place.

    >>> len(_slot("20251003-a1b2/n1\t0123456789abcdef"))
    128
    """
    return line.encode().ljust(_BYTES - 1)[: _BYTES - 1] + b"\n"
