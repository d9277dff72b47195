"""Subscriber lines: an operator's own list of who has which line where, kept as keyed digests in memory only.

An agent asks "is this subscriber affected?"; the desk must answer without holding a list of numbers that could be taken
from it. So each number is digested with the desk's key as it is read, and neither numbers nor digests are ever written.
The file itself stays where the operator put it. docs/care.md has its format.
"""

from __future__ import annotations

import re
from array import array
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pulih.adapters.subscriber_list import read_subscriber_list
from pulih.model.errors import RefusedInput
from pulih.ports.care import Line
from pulih.ports.segments import UnusableRow
from pulih.understand.gazetteer import Gazetteer
from pulih.understand.operators import Catalogue

ROWS_MAX: Final = 10_000_000
_EXAMPLE: Final = "wanted is a row such as 628123456789,smartfren,mobile_data,31.74"
_BETWEEN: Final = re.compile(r"[\s\-+.()/]+")


class ImportedLines:
    """The lines of all subscribers of a list (ports.care.SubscriberLines): 12 bytes a line.

    Args:
        digests: one for each line, 64 bits, in rising order.
        kinds: which of `lines` each is.
        lines: all different lines there are.
        key: of the digests, 16 to 64 bytes.
    """

    def __init__(
        self, digests: NDArray[np.uint64], kinds: NDArray[np.uint32], lines: tuple[Line, ...], key: bytes
    ) -> None:
        self._digests = digests
        self._kinds = kinds
        self._lines = lines
        self._key = key

    def __len__(self) -> int:
        """Return how many lines there are."""
        return int(self._digests.size)

    def of(self, subscriber: str) -> tuple[Line, ...]:
        """Return the lines of a subscriber number as an agent types it; empty when the list has none."""
        digest = np.uint64(_digest(subscriber, self._key))
        first, last = np.searchsorted(self._digests, digest), np.searchsorted(self._digests, digest, side="right")
        return tuple(dict.fromkeys(self._lines[int(kind)] for kind in self._kinds[first:last]))


def read_lines(file: str, *, gazetteer: Gazetteer, catalogue: Catalogue, key: bytes) -> ImportedLines:
    """Read a list of subscribers; it is read whole, or refused with file and row, never with the number in it.

    Args:
        file: CSV, JSON lines or Parquet, packed or not.
        gazetteer, catalogue: what regions and operators may be named.
        key: the desk's, 16 to 64 bytes.

    Raises: RefusedInput naming file, row and what would be right; OutsideFailed when the disk fails.
    """
    kinds: dict[Line, int] = {}
    digests, numbers = array("Q"), array("I")
    for row in read_subscriber_list(file, gazetteer=gazetteer, catalogue=catalogue):
        if isinstance(row, UnusableRow):
            raise RefusedInput(f"{file}, row {row.row}: {row.why}; {_EXAMPLE}")
        if not row.region or row.service == "any":
            raise RefusedInput(
                f"{file}, subscriber {len(digests) + 1} of it: no region, or no single service; {_EXAMPLE}"
            )
        if len(digests) == ROWS_MAX:
            raise RefusedInput(f"{file} has more than {ROWS_MAX:,} rows; split it by brand")
        digests.append(_digest(row.id, key))
        numbers.append(kinds.setdefault(Line(row.operator, row.service, row.region), len(kinds)))
    order = np.argsort(keys := np.frombuffer(digests, dtype=np.uint64), kind="stable")
    return ImportedLines(keys[order], np.frombuffer(numbers, dtype=np.uint32)[order], tuple(kinds), key)


def _digest(subscriber: str, key: bytes) -> int:
    return int.from_bytes(blake2b(plain_number(subscriber).encode(), key=key, digest_size=8, person=b"line").digest())


def plain_number(subscriber: str) -> str:
    """Return a number as it is compared: without spaces and dashes, a telephone number from its country code on.

    >>> plain_number("0812-3456 789"), plain_number("+62 812 3456789"), plain_number("ab 12")
    ('628123456789', '628123456789', 'AB12')
    """
    bare = _BETWEEN.sub("", subscriber).upper()
    return f"62{bare[1:]}" if bare.startswith("08") and bare.isdecimal() else bare
