"""Reads JSON: one object a line, or one array of objects when it is small.

msgspec decodes; what it refuses is tried once more with the standard library, which takes the NaN and the
halves of surrogate pairs that other programs write. Objects in a row become columns: user.location.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Final, cast

import msgspec

from pulih.adapters.files.json_array import elements_of
from pulih.adapters.files.lines import Spoilt, lines_of
from pulih.adapters.files.origin import Origin
from pulih.adapters.files.reasons import BAD_JSON, NUL_BYTE, refused
from pulih.adapters.files.sample import Sample, chars_of, shortened
from pulih.adapters.files.table import COLUMNS_MAX, Row, Table
from pulih.model.errors import RefusedInput
from pulih.ports.files import RefusedRow

_DEEPEST: Final = 3
_Object = dict[str, object]
_Record = tuple[int, _Object, str]


class JsonTable(Table):
    """JSON lines, or a JSON array; see table.Table."""

    def __init__(self, origin: Origin, *, array: bool) -> None:
        """Read it once to know it. Raises RefusedInput when there are no rows, or none is an object."""
        self._origin = origin
        self._array = array
        self.notes: list[tuple[str, str]] = []
        self.format = "JSON array" if array else "JSON lines"
        names: set[str] = set()
        sample: Sample[_Object] = Sample()
        rows, first = 0, None
        for record in self._objects(judge=True):
            rows += 1
            if isinstance(record, RefusedRow):
                first = first or record
                continue
            names.update(_paths(record[1]))
            if len(names) > COLUMNS_MAX:
                raise RefusedInput(
                    f"{origin.label}: its objects have more than {COLUMNS_MAX:,} different keys; "
                    "wanted is one object a row, with the same keys in each"
                )
            digest = sample.digest(record[2])
            if digest is not None:
                flat = {name: shortened(_inside(record[1], name)) for name in _paths(record[1])}
                sample.keep(digest, flat, chars_of([*flat, *flat.values()]))
        if not names:
            raise RefusedInput(self._nothing_in(rows, first))
        # Keys come in the order of the rows, so they get one of their own.
        self.names = tuple(sorted(names))
        self.sample = [[flat.get(name, "") for name in self.names] for flat in sample.rows()]

    def records(self, picked: Sequence[str]) -> Generator[Row | RefusedRow]:
        """Yield every row with the cells of the columns `picked`, or its refusal."""
        for record in self._objects():
            if isinstance(record, RefusedRow):
                yield record
            else:
                yield record[0], _cells(record[1], picked)

    def _objects(self, *, judge: bool = False) -> Generator[_Record | RefusedRow]:
        """Yield every object; with `judge`, refuse at the end a file that is not in UTF-8."""
        with self._origin.plain() as read:
            name = self._origin.name
            lines = None if self._array else lines_of(read, self._origin.label)
            found = elements_of(read, self._origin.label) if lines is None else enumerate(lines, 1)
            decode = msgspec.json.Decoder().decode
            for row, line in found:
                if isinstance(line, Spoilt):
                    yield refused(name, row, line.reason, line.text)
                elif line.strip():
                    value = _decoded(line, decode)
                    if isinstance(value, dict):
                        yield row, value, line
                    else:
                        yield refused(name, row, NUL_BYTE if "\0" in line else BAD_JSON, line)
            if judge and lines is not None:
                lines.refuse_other_encoding()

    def _nothing_in(self, rows: int, first: RefusedRow | None) -> str:
        label = self._origin.label
        if first is None:
            what = "its objects are empty" if rows else "it has no rows"
            return f"{label}: {what}; wanted is one JSON object a line"
        return (
            f"{label}: none of its {rows:,} rows is a JSON object "
            f"(row {first.row}: {first.excerpt!r}); "
            'wanted is one object a line, such as {"time": "2025-10-03T08:48:00Z", "text": "..."}; '
            f"one large document becomes that with: jq -c '.[]' {label} > lines.jsonl"
        )


def _decoded(line: str, decode: Callable[[str], object]) -> object:
    try:
        return decode(line)
    except (msgspec.MsgspecError, RecursionError):
        pass
    try:
        return cast("object", json.loads(line))
    except (ValueError, RecursionError):
        return None


def _paths(found: _Object, before: str = "", depth: int = 1) -> Iterator[str]:
    """Yield the names of an object's plain values, with dots for objects inside it."""
    for key, value in found.items():
        if isinstance(value, dict) and depth < _DEEPEST:
            yield from _paths(cast("_Object", value), f"{before}{key}.", depth + 1)
        else:
            yield before + key


def _cells(found: _Object, names: Sequence[str]) -> list[object]:
    return [found[name] if name in found else _inside(found, name) for name in names]


def _inside(found: _Object, name: str) -> object:
    """Return the value at a dotted name, "" where there is none."""
    value: object = found
    for key in name.split("."):
        if not isinstance(value, dict) or key not in value:
            return ""
        value = value[key]
    return value
