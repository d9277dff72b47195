"""The columns of the tables that credits are worked out from, and the refusal of a file that has others.

Money in a floating-point column, or times without a zone, would be read as something, and wrongly. So types are exact:
whole numbers of 64 bits, microseconds of UTC, text. Source: docs/credit.md, "What goes in".
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from pulih.model.errors import RefusedInput

_TIME: Final = pa.timestamp("us", tz="UTC")
_UTC_NAMES: Final = frozenset({"UTC", "Etc/UTC", "Z", "+00:00"})
_WORDS: Final = {
    "int64": "whole numbers of 64 bits (int64)",
    "string": "text",
    "time": "times in microseconds of UTC (timestamp[us, tz=UTC])",
}

# Each table's columns, in the order in which copies are written.
TABLES: Final[dict[str, pa.Schema]] = {
    "subscribers": pa.schema(
        [
            ("subscriber_id", pa.int64()),
            ("plan_id", pa.string()),
            ("segment", pa.string()),
            ("monthly_fee_minor", pa.int64()),
            ("currency", pa.string()),
            ("payment", pa.string()),
            ("home_region", pa.string()),
        ]
    ),
    "presence": pa.schema([("subscriber_id", pa.int64()), ("region", pa.string()), ("start", _TIME), ("end", _TIME)]),
    "affected": pa.schema(
        [
            ("subscriber_id", pa.int64()),
            ("incident_id", pa.string()),
            ("service", pa.string()),
            ("start", _TIME),
            ("end", _TIME),
        ]
    ),
    "paid": pa.schema(
        [
            ("subscriber_id", pa.int64()),
            ("incident_id", pa.string()),
            ("policy_id", pa.string()),
            ("clause_id", pa.string()),
            ("amount_minor", pa.int64()),
            ("currency", pa.string()),
        ]
    ),
}

# When a listed row may be: a time without an end would pay until the calendar ends, and it is not meant.
LISTED_FROM_US: Final = -2_208_988_800_000_000
LISTED_TO_US: Final = 253_370_764_800_000_000
LISTED_YEARS: Final = "start and end of a listed row lie in the years 1900 to 9998"

CREDITS: Final = pa.schema(
    [
        ("subscriber_id", pa.int64()),
        ("incident_id", pa.string()),
        ("policy_id", pa.string()),
        ("clause_id", pa.string()),
        ("affected_s", pa.int64()),
        ("amount_minor", pa.int64()),
        ("currency", pa.string()),
        ("explanation", pa.string()),
    ]
)


def check_names(path: str, table: str, names: list[str]) -> None:
    """Refuse a file that lacks a column of its table, or has it twice.

    Raises: RefusedInput, naming file and column.
    """
    for field in TABLES[table]:
        if field.name not in names:
            raise RefusedInput(
                f"{path}: there is no column {field.name}; {table} have {', '.join(TABLES[table].names)}."
            )
        if names.count(field.name) > 1:
            raise RefusedInput(f"{path}: the column {field.name} is there twice; leave one.")


def check_types(path: str, table: str, schema: pa.Schema) -> None:
    """Refuse a Parquet file whose columns do not have the types of its table; further columns are ignored.

    Args:
        path: how the file is called.
        table: name of the table.
        schema: what the file has.

    Raises: RefusedInput, naming file, column and type.
    """
    check_names(path, table, schema.names)
    for field in TABLES[table]:
        found = schema.field(field.name).type
        if not _fits(found, field.type):
            raise RefusedInput(f"{path}: the column {field.name} holds {found}; {_wanted(field.type)} belong there.")


def is_text(kind: pa.DataType) -> bool:
    """Whether a type is text: plain, large, a view, or a dictionary of one of these."""
    if pa.types.is_dictionary(kind):
        return is_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def is_untyped(table: str, schema: pa.Schema) -> bool:
    """Whether a column of the table has no type, as writers leave it that saw no value in it."""
    return any(pa.types.is_null(schema.field(name).type) for name in TABLES[table].names)


def _fits(found: pa.DataType, wanted: pa.DataType) -> bool:
    if pa.types.is_null(found):
        return True
    if pa.types.is_string(wanted):
        return is_text(found)
    if pa.types.is_timestamp(wanted):
        return bool(pa.types.is_timestamp(found) and found.unit == "us" and found.tz in _UTC_NAMES)
    return bool(found == wanted)


def _wanted(kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return _WORDS["time"]
    return _WORDS[str(kind)]
