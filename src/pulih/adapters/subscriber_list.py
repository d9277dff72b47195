"""Subscriber list: an operator's own list of subscribers, row by row, in whatever form it was exported.

It is opened as complaint files are, so CSV, JSON lines and Parquet are read, packed or not. A list of millions always
has a row that is wrong; it is counted and told by its number, never by what stands in it, and the others go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import BinaryIO, Final, NamedTuple, cast, get_args

from pulih.adapters.files.column_names import plain_name
from pulih.adapters.files.opening import table_of
from pulih.adapters.files.origin import Origin
from pulih.adapters.files.table import Table
from pulih.model.errors import RefusedInput
from pulih.model.reading import Service
from pulih.ports.channels import Language
from pulih.ports.files import RefusedRow
from pulih.ports.segments import Subscriber, UnusableRow
from pulih.understand.gazetteer import Gazetteer
from pulih.understand.operators import Catalogue

# In this order: the first two must have a cell in every row.
_NAMES: Final = {
    "subscriber": ("subscriber", "subscriber_id", "msisdn", "number", "nomor", "nomor_pelanggan", "pelanggan"),
    "operator": ("operator", "brand", "merek"),
    "region": ("region", "region_code", "kode_wilayah", "wilayah", "place"),
    "service": ("service", "layanan"),
    "language": ("language", "bahasa"),
}
_NEEDED: Final = ("subscriber", "operator", "region")
_SERVICES: Final = frozenset(get_args(Service))
_LANGUAGES: Final = frozenset(get_args(Language))
_ID_MAX: Final = 200
_LINES_KEPT: Final = 100_000


def read_subscriber_list(
    file: str, *, gazetteer: Gazetteer, catalogue: Catalogue, stdin: BinaryIO | None = None
) -> Iterator[Subscriber | UnusableRow]:
    """Yield the subscribers of a list, in its order.

    Args:
        file: path, or "-" for `stdin`.
        gazetteer: regions that may be named, by code or name.
        catalogue: operators that may be named.
        stdin: what "-" means.

    Raises: RefusedInput when it is no table or lacks a column; OutsideFailed when the disk fails.
    """
    origin = Origin(file, stdin)
    try:
        table = table_of(origin)
        columns = _columns(table, origin.label)
        look = _Look(gazetteer, catalogue)
        for record in table.records([columns[field] for field in _NAMES]):
            if isinstance(record, RefusedRow):
                yield UnusableRow(record.row, record.reason)
            else:
                yield look.subscriber(*record)
    finally:
        origin.close()


def _columns(table: Table, label: str) -> Mapping[str, str]:
    by_name = {plain_name(name): name for name in reversed(table.names)}
    found = {field: next((by_name[one] for one in names if one in by_name), "") for field, names in _NAMES.items()}
    missing = [field for field in _NEEDED if not found[field]]
    if missing:
        # Without a header the first row is a subscriber, so the names that were found are not repeated here.
        raise RefusedInput(
            f"{label}: there is no column {' and none '.join(missing)}; its first row must name subscriber, operator, "
            "region and, if you like, service and language"
        )
    return found


class _Line(NamedTuple):
    """What all rows with the same words say."""

    operator: str
    region: str
    service: Service | None
    language: Language | None


class _Look:
    """Looks up what rows say, each once: a file repeats the same words in millions of rows."""

    def __init__(self, gazetteer: Gazetteer, catalogue: Catalogue) -> None:
        self._gazetteer, self._catalogue = gazetteer, catalogue
        self._line = lru_cache(_LINES_KEPT)(self._read)

    def subscriber(self, row: int, cells: Sequence[object]) -> Subscriber | UnusableRow:
        """Return the subscriber of a row."""
        name, *rest = ["" if one is None else str(one).strip() for one in cells]
        if not name or len(name) > _ID_MAX or not name.isprintable():
            return UnusableRow(row, f"it names no subscriber, or one of more than {_ID_MAX} signs")
        line = self._line(*rest)
        return UnusableRow(row, line) if isinstance(line, str) else Subscriber(name, *line)

    def _read(self, brand: str, place: str, service: str, language: str) -> _Line | str:
        """Return what a row says, or why it cannot be used."""
        operator = self._catalogue.resolve(brand)
        if operator is None:
            return "its operator is none of the catalogue; write an id such as smartfren"
        region = self._gazetteer.find_code(place) if place else ""
        if place and not region:
            return "its region is none of the gazetteer; write a code such as 31.74, or a name"
        if service and service not in _SERVICES:
            return f"its service is none; write one of {', '.join(sorted(_SERVICES))}, or nothing"
        if language and language not in _LANGUAGES:
            return "its language is none; write id or en, or nothing"
        return _Line(operator.id, region, cast("Service", service) or None, cast("Language", language) or None)
