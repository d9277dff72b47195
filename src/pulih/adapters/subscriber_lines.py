"""Subscriber lines: an operator's own list of who has which line where, kept as keyed digests in memory only.

An agent asks "is this subscriber affected?"; the desk must answer without holding a list of numbers that could be taken
from it. So each number is digested with the desk's key as it is read, and neither numbers nor digests are ever written.
The file itself stays where the operator put it. docs/care.md has its format.
"""

from __future__ import annotations

import re
from array import array
from hashlib import blake2b
from typing import Final, cast, get_args

import numpy as np
from numpy.typing import NDArray

from pulih.adapters.files.column_names import plain_name
from pulih.adapters.files.opening import table_of
from pulih.adapters.files.origin import Origin
from pulih.adapters.files.table import Table
from pulih.model.errors import RefusedInput
from pulih.model.reading import Service
from pulih.ports.care import Line
from pulih.ports.files import RefusedRow
from pulih.understand.gazetteer import Gazetteer
from pulih.understand.operators import Catalogue

_NAMES: Final = {
    "subscriber": ("subscriber", "subscriber_id", "msisdn", "number", "nomor", "nomor_pelanggan", "pelanggan"),
    "operator": ("operator", "brand", "merek"),
    "service": ("service", "layanan"),
    "region": ("region", "region_code", "kode_wilayah", "wilayah", "place"),
}
_NEEDED: Final = ("subscriber", "operator", "region")
_SERVICES: Final = frozenset(get_args(Service)) - {"any"}
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
    origin = Origin(file, None)
    kinds: dict[Line, int] = {}
    digests, numbers = array("Q"), array("I")
    known: dict[tuple[str, str, str], Line] = {}
    try:
        table = table_of(origin)
        columns = _columns(table, origin.label)
        for record in table.records([columns[field] for field in _NAMES]):
            if isinstance(record, RefusedRow):
                raise RefusedInput(f"{origin.label}, row {record.row}: {record.reason}; {_EXAMPLE}")
            row, values = record
            subscriber, *cells = ("" if value is None else str(value).strip() for value in values)
            where = f"{origin.label}, row {row}"
            if not subscriber:
                raise RefusedInput(f"{where} names no subscriber; {_EXAMPLE}")
            operator, service, region = cells
            line = known.get((operator, service, region))
            if line is None:
                line = known[operator, service, region] = _line(where, cells, gazetteer=gazetteer, catalogue=catalogue)
            if len(digests) == ROWS_MAX:
                raise RefusedInput(f"{origin.label} has more than {ROWS_MAX:,} rows; split it by brand")
            digests.append(_digest(subscriber, key))
            numbers.append(kinds.setdefault(line, len(kinds)))
    finally:
        origin.close()
    order = np.argsort(keys := np.frombuffer(digests, dtype=np.uint64), kind="stable")
    return ImportedLines(keys[order], np.frombuffer(numbers, dtype=np.uint32)[order], tuple(kinds), key)


def _columns(table: Table, label: str) -> dict[str, str]:
    by_name = {plain_name(name): name for name in reversed(table.names)}
    found = {field: next((by_name[one] for one in names if one in by_name), "") for field, names in _NAMES.items()}
    missing = [field for field in _NEEDED if not found[field]]
    if missing:
        # Without a header the first row is a subscriber, so the names that were found are not repeated here.
        raise RefusedInput(
            f"{label}: there is no column {' and none '.join(missing)}; "
            "its first row must name subscriber, operator, region and, if you like, service"
        )
    return found


def _line(where: str, cells: list[str], *, gazetteer: Gazetteer, catalogue: Catalogue) -> Line:
    name, service, place = cells
    operator = catalogue.resolve(name)
    if operator is None:
        raise RefusedInput(f"{where}: its operator is none of the catalogue; write an id such as smartfren")
    if service and service not in _SERVICES:
        raise RefusedInput(f"{where}: its service is none; write one of {', '.join(sorted(_SERVICES))}, or nothing")
    region = gazetteer.find_code(place)
    if not region:
        raise RefusedInput(f"{where}: its region is none of the gazetteer; write a code such as 31.74, or a name")
    return Line(operator.id, cast("Service", service) if service else None, region)


def _digest(subscriber: str, key: bytes) -> int:
    return int.from_bytes(blake2b(plain_number(subscriber).encode(), key=key, digest_size=8, person=b"line").digest())


def plain_number(subscriber: str) -> str:
    """Return a number as it is compared: without spaces and dashes, a telephone number from its country code on.

    >>> plain_number("0812-3456 789"), plain_number("+62 812 3456789"), plain_number("ab 12")
    ('628123456789', '628123456789', 'AB12')
    """
    bare = _BETWEEN.sub("", subscriber).upper()
    return f"62{bare[1:]}" if bare.startswith("08") and bare.isdecimal() else bare
