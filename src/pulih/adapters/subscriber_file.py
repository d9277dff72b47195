"""Subscriber file: an operator's counts of its own subscribers, read whole or refused with file, row and column.

It is opened as complaint files are, so CSV, JSON lines and Parquet are read, packed or not. One wrong count among
many would make every impact wrong by an unknown amount, so the file is refused and not the row. docs/impact.md has the
format.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import BinaryIO, Final, cast, get_args

import msgspec

from pulih.adapters.files.column_names import plain_name
from pulih.adapters.files.opening import table_of
from pulih.adapters.files.origin import Origin
from pulih.adapters.files.reasons import excerpt_of
from pulih.adapters.files.table import Table
from pulih.model.errors import RefusedInput
from pulih.model.impact import PriorityKind
from pulih.model.reading import Service
from pulih.ports.files import RefusedRow
from pulih.understand.gazetteer import Gazetteer
from pulih.understand.operators import Catalogue, Operator
from pulih.understand.subscribers import (
    COUNTRY,
    MEDIUM_OF,
    SubscriberCount,
    SubscriberTable,
    plan_key,
    subscriber_table,
)

# In this order: the first two must have a cell in every row.
_NAMES: Final = {
    "region": ("region", "region_code", "kode_wilayah", "wilayah"),
    "subscribers": ("subscribers", "subscriber", "pelanggan", "jumlah_pelanggan"),
    "operator": ("operator", "brand", "merek"),
    "service": ("service", "layanan"),
    "plan": ("plan", "paket"),
    "priority": ("priority", "prioritas"),
}
_NEEDED: Final = ("operator", "region", "service", "subscribers")
_KINDS: Final = get_args(PriorityKind)
ROWS_MAX: Final = 1_000_000
SUBSCRIBERS_MAX: Final = 10**10
_DIGITS_MAX: Final = 20
_EXAMPLE: Final = "wanted is a row such as smartfren,31.74,mobile_data,Unlimited,120000"
_Key = tuple[str, str, str, str, str | None]


class _Names(msgspec.Struct, frozen=True):
    """Looks names of operators and regions up, each once: a file repeats them in every row."""

    operator: Callable[[str], Operator | None]
    region: Callable[[str], str]
    country: str


class _Cells(msgspec.Struct, frozen=True):
    """The cells of one row as text, and how a sentence about them begins."""

    where: str
    columns: Mapping[str, str]
    values: Mapping[str, object]

    def text(self, field: str) -> str:
        value = self.values[field]
        return "" if value is None else " ".join(str(value).split())

    def refusal(self, field: str, problem: str) -> RefusedInput:
        return RefusedInput(f'{self.where}, column "{self.columns[field]}": {excerpt_of(self.text(field))!r} {problem}')


def read_subscribers(
    file: str, *, gazetteer: Gazetteer, catalogue: Catalogue, stdin: BinaryIO | None = None
) -> SubscriberTable:
    """Read a table of subscribers.

    Args:
        file: path, or "-" for `stdin`.
        gazetteer: regions that may be named, by code or name.
        catalogue: operators that may be named.
        stdin: what "-" means.

    Raises: RefusedInput naming file, row and column, and what would be right; OutsideFailed when the disk fails.
    """
    origin = Origin(file, stdin)
    names = _Names(cache(catalogue.resolve), cache(gazetteer.find_code), gazetteer.country)
    try:
        counts, rows = _counts(origin, names)
    finally:
        origin.close()
    _refuse_nested(origin.label, counts, rows, gazetteer)
    return subscriber_table(counts)


def _counts(origin: Origin, names: _Names) -> tuple[list[SubscriberCount], list[int]]:
    """Return the counts of all rows, and the number of the row of each."""
    table = table_of(origin)
    columns = _columns(table, origin.label)
    counts: list[SubscriberCount] = []
    rows: list[int] = []
    first: dict[_Key, int] = {}
    for record in table.records([columns[field] for field in _NAMES]):
        if isinstance(record, RefusedRow):
            raise RefusedInput(f"{origin.label}, row {record.row}: {record.reason} ({record.excerpt!r}); {_EXAMPLE}")
        row, values = record
        where = f"{origin.label}, row {row}"
        count = _count(_Cells(where, columns, dict(zip(_NAMES, values, strict=True))), names)
        key = (count.operator, count.region, count.service, plan_key(count.plan), count.priority)
        if first.setdefault(key, row) != row:
            raise RefusedInput(
                f"{origin.label}, rows {first[key]} and {row} both count {count.service} of {count.operator} in "
                f"{count.region or names.country}, plan {count.plan!r}, priority {count.priority or ''!r}; "
                "keep one of them, or add them up"
            )
        if len(counts) == ROWS_MAX:
            raise RefusedInput(f"{origin.label} has more than {ROWS_MAX:,} rows; add up plans or regions")
        counts.append(count)
        rows.append(row)
    return counts, rows


def _columns(table: Table, label: str) -> dict[str, str]:
    """Return the column of each field, "" for one that may be absent and is."""
    by_name = {plain_name(name): name for name in reversed(table.names)}
    found = {field: next((by_name[one] for one in names if one in by_name), "") for field, names in _NAMES.items()}
    missing = [field for field in _NEEDED if not found[field]]
    if missing:
        raise RefusedInput(
            f"{label}: there is no column {' and none '.join(missing)}; its columns are: "
            f"{', '.join(table.names[:30])}; name them operator, region, service, subscribers and, if you like, "
            "plan and priority"
        )
    return found


def _count(cells: _Cells, names: _Names) -> SubscriberCount:
    operator = names.operator(cells.text("operator"))
    if operator is None:
        raise cells.refusal(
            "operator", "is no operator of the catalogue; write an id such as smartfren, or add it with --catalogue"
        )
    service = cells.text("service").lower()
    if service not in MEDIUM_OF:
        raise cells.refusal("service", f"is no service that a line has; write one of {', '.join(MEDIUM_OF)}")
    kind = cells.text("priority").lower()
    if kind and kind not in _KINDS:
        raise cells.refusal(
            "priority", f"is no kind of priority customer; write one of {', '.join(_KINDS)}, or nothing"
        )
    return SubscriberCount(
        operator=operator.id,
        region=_region(cells, names),
        service=cast("Service", service),
        plan=cells.text("plan"),
        subscribers=_subscribers(cells),
        priority=cast("PriorityKind", kind) if kind else None,
    )


def _region(cells: _Cells, names: _Names) -> str:
    written = cells.text("region")
    if written.upper() == names.country:
        return COUNTRY
    code = names.region(written)
    if not code:
        raise cells.refusal(
            "region",
            "is no province, regency or city of the gazetteer; write a code such as 31 or 31.74, a name, or "
            f"{names.country} for the whole country",
        )
    return code


def _subscribers(cells: _Cells) -> int:
    """Return a count; a whole number that a program wrote as 4.0 is one, 12.000 may be twelve or twelve thousand."""
    value = cells.values["subscribers"]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    plain = "" if value is None else str(value).strip()
    digits = plain.removesuffix(".0")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS_MAX and int(digits) <= SUBSCRIBERS_MAX):
        raise cells.refusal(
            "subscribers", f"is no count; write a whole number from 0 to {SUBSCRIBERS_MAX}, without points or commas"
        )
    return int(digits)


def _refuse_nested(label: str, counts: list[SubscriberCount], rows: list[int], gazetteer: Gazetteer) -> None:
    """Refuse an operator's count of a region beside one of a region inside it: nobody can tell whether they overlap."""
    rows_of = {(count.operator, count.region): row for count, row in zip(counts, rows, strict=True)}
    for (operator, region), row in rows_of.items():
        for above in (*gazetteer.ancestors(region)[1:], COUNTRY) if region != COUNTRY else ():
            other = rows_of.get((operator, above))
            if other is not None:
                raise RefusedInput(
                    f"{label}, row {other} counts {operator} in {above or gazetteer.country}, and row {row} in "
                    f"{region}, which lies in it; give either the wider region or the ones inside it"
                )
