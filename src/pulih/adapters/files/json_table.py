"""Reads JSON: one object a line, or one array of objects when it is small.

msgspec decodes; what it refuses is tried once more with the standard library, which takes the NaN and the
halves of surrogate pairs that other programs write. Objects in a row become columns: user.location.
"""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Final, cast

import msgspec

from pulih.adapters.files.json_array import elements_of
from pulih.adapters.files.lines import Spoilt, lines_of
from pulih.adapters.files.origin import Origin
from pulih.adapters.files.reasons import BAD_JSON, NUL_BYTE, refused
from pulih.adapters.files.table import SAMPLE_CHARS, SAMPLE_ROWS, Row, Table, sampled
from pulih.model.errors import RefusedInput
from pulih.ports import RefusedRow

_DEEPEST: Final = 3
_Object = dict[str, object]
_Record = tuple[int, _Object]


class JsonTable(Table):
    """JSON lines, or a JSON array; see table.Table."""

    def __init__(self, origin: Origin, *, array: bool) -> None:
        """Look at the first rows. Raises RefusedInput when there are none, or none is an object."""
        self._origin = origin
        self._array = array
        self.notes: list[tuple[str, str]] = []
        self.format = "JSON array" if array else "JSON lines"
        looked_at = list(_few(self._objects(last=False)))
        objects = [record for record in looked_at if not isinstance(record, RefusedRow)]
        if not objects:
            raise RefusedInput(self._nothing_in(looked_at))
        self.names = tuple(dict.fromkeys(name for _, found in objects for name in _paths(found)))
        self.sample = sampled((row, _cells(found, self.names)) for row, found in objects)

    def records(self, picked: Sequence[str]) -> Generator[Row | RefusedRow]:
        """Yield every row with the cells of the columns `picked`, or its refusal."""
        for record in self._objects(last=True):
            if isinstance(record, RefusedRow):
                yield record
            else:
                yield record[0], _cells(record[1], picked)

    def _objects(self, *, last: bool) -> Generator[_Record | RefusedRow]:
        with self._origin.plain(last=last) as read:
            name = self._origin.name
            if self._array:
                found = elements_of(read, self._origin.label)
            else:
                found = enumerate(lines_of(read, self._origin.label), 1)
            decode = msgspec.json.Decoder().decode
            for row, line in found:
                if isinstance(line, Spoilt):
                    yield refused(name, row, line.reason, line.text)
                elif line.strip():
                    value = _decoded(line, decode)
                    if isinstance(value, dict):
                        yield row, value
                    else:
                        yield refused(name, row, NUL_BYTE if "\0" in line else BAD_JSON, line)

    def _nothing_in(self, looked_at: list[_Record | RefusedRow]) -> str:
        label = self._origin.label
        if not looked_at:
            return f"{label} has no rows; wanted is one JSON object a line"
        first = cast("RefusedRow", looked_at[0])
        return (
            f"{label}: none of the first {len(looked_at)} rows is a JSON object "
            f"(row {first.row}: {first.excerpt!r}); "
            'wanted is one object a line, such as {"time": "2025-10-03T08:48:00Z", "text": "..."}; '
            f"one large document becomes that with: jq -c '.[]' {label} > lines.jsonl"
        )


def _few(records: Generator[_Record | RefusedRow]) -> Iterator[_Record | RefusedRow]:
    """Yield the first records, and stop early when they are large; a decoded row is a few times its text."""
    size = 0
    with contextlib.closing(records):
        for record in itertools.islice(records, SAMPLE_ROWS):
            yield record
            size += len(str(record[1])) if isinstance(record, tuple) else 0
            if size > SAMPLE_CHARS:
                return


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
