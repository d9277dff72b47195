"""Rows of a log of calls, read: CSV under its heading, or a JSON object a line."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from hashlib import blake2b
from typing import Any, Final, get_args

import msgspec

from pulih.adapters.files.column_names import NAMES, plain_name
from pulih.adapters.files.time_reader import TimeReader, UnreadableTimeError
from pulih.listen.hooks.plain import plain
from pulih.listen.payload import NAME_CHARS_MAX, TEXT_CHARS_MAX
from pulih.model.errors import RefusedInput
from pulih.model.reading import Service, Symptom
from pulih.ports.sources import Item

# Beside those of files, what call centres call things.
_OF_CALLS: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("transcript", "transkrip", "summary", "ringkasan", "note", "notes", "catatan", "wrap_up", "wrapup"),
    "time": ("started_at", "start_time", "call_time", "call_start", "answered_at", "waktu_panggilan"),
    "author": ("caller", "caller_id", "msisdn", "cli", "ani", "nomor", "no_telepon", "phone"),
    "native_id": ("call_id", "uniqueid", "linkedid", "session_id", "id_panggilan"),
    "place": (),
    "operator": (),
    "service": ("service", "layanan"),
    "symptom": ("symptom", "gejala"),
}
_SERVICES: Final = {str(one): one for one in get_args(Service)}
_SYMPTOMS: Final = {str(one): one for one in get_args(Symptom)}
_LINE_BYTES_MAX: Final = 128 << 10
_REFUSED_MAX: Final = 20
_ROW_LINES_MAX: Final = 20
_LINES: Final = re.compile(rb"[^\n]*\n|[^\n]+")
# A cell that begins with a quote and does not end with one; a quote within a cell, as of inches, opens nothing.
_OPEN: Final = re.compile(rb'(?:^|[,;\t|])"(?:[^"]|"")*\Z')


class Rows(msgspec.Struct, frozen=True):
    """Calls, and what could not be read, a sentence each."""

    items: tuple[Item, ...] = ()
    refused: tuple[str, ...] = ()


class CallRows:
    """Reads the rows of one log.

    Args:
        columns: names of columns by what they hold, where they do not tell by themselves.
        zone: of times that name none.
        operator: of rows that name none.
        name: of the source.

    Raises: RefusedInput when a column is to hold what calls do not have.
    """

    def __init__(self, columns: Mapping[str, str], zone: tzinfo, operator: str, name: str) -> None:
        if unknown := sorted(set(columns) - set(_OF_CALLS)):
            raise RefusedInput(f'columns: "{unknown[0]}" is nothing a call has; right would be {", ".join(_OF_CALLS)}.')
        self._given = {kind: plain_name(column) for kind, column in columns.items()}
        self._time, self._operator, self._name = TimeReader(zone), operator, name

    def read(self, heading: bytes, lines: bytes, offset: int) -> Rows:
        """Return the calls of some lines.

        Args:
            heading: first line of their file.
            lines: whole ones; the heading itself may be among them.
            offset: where they begin in the file; it keeps equal lines apart.
        """
        items: list[Item] = []
        refused: list[str] = []
        for at, line in _lines(lines, offset):
            if not line.strip() or (at == 0 and not line.lstrip().startswith(b"{")):
                continue
            try:
                item = self._item(_row(heading, line), at, line)
            except RefusedInput as problem:
                if len(refused) < _REFUSED_MAX:
                    refused.append(f"Line at byte {at:,}: {problem}")
                continue
            if item is not None:
                items.append(item)
        return Rows(tuple(items), tuple(refused))

    def _item(self, row: Mapping[str, Any], at: int, line: bytes) -> Item | None:
        """Return the call of a row, None when nobody noted what was said. Raises: RefusedInput."""
        cells = {kind: self._cell(row, kind) for kind in _OF_CALLS}
        text = plain(str(cells["text"] or ""))
        if not text:
            return None
        try:
            at_us = self._time.read(cells["time"]) if cells["time"] not in (None, "") else None
        except (UnreadableTimeError, OverflowError):
            raise RefusedInput('its time cannot be read; right would be such as "2025-10-03 08:48:00".') from None
        name = str(cells["native_id"] or "")
        return Item(
            id=name or f"{at}:{blake2b(line, digest_size=12).hexdigest()}",
            at_us=at_us,
            text=text[:TEXT_CHARS_MAX],
            author=str(cells["author"] or "")[:NAME_CHARS_MAX],
            operator=str(cells["operator"] or self._operator)[:NAME_CHARS_MAX],
            place=str(cells["place"] or "")[:NAME_CHARS_MAX],
            service=_SERVICES.get(str(cells["service"])),
            symptom=_SYMPTOMS.get(str(cells["symptom"])),
        )

    def _cell(self, row: Mapping[str, Any], kind: str) -> object:
        if kind in self._given:
            return row.get(self._given[kind])
        names: Sequence[str] = (*_OF_CALLS[kind], *NAMES.get(kind, ()))
        return next((row[name] for name in names if row.get(name) not in (None, "")), None)


def _row(heading: bytes, line: bytes) -> dict[str, Any]:
    """Return the cells of a line by the plain names of their columns. Raises: RefusedInput."""
    if len(line) > _LINE_BYTES_MAX:
        raise RefusedInput(f"it has {len(line):,} bytes; right would be at most {_LINE_BYTES_MAX:,}.")
    if line.lstrip().startswith(b"{"):
        try:
            return {plain_name(name): cell for name, cell in msgspec.json.decode(line, type=dict[str, Any]).items()}
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise RefusedInput("it is no JSON object.") from None
    names, cells = _cells(heading), _cells(line)
    if len(names) != len(cells) or len(names) < 2:
        raise RefusedInput(f"it has {len(cells)} cells, and the heading {len(names)}.")
    return {plain_name(name): cell for name, cell in zip(names, cells, strict=True)}


def _cells(line: bytes) -> list[str]:
    try:
        written = line.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise RefusedInput("it is not in UTF-8.") from None
    mark = max(",;\t|", key=written.count)
    try:
        return next(csv.reader([written], delimiter=mark, strict=True), [])
    except csv.Error:
        raise RefusedInput("its quotes do not end.") from None


def whole_rows(read: bytes) -> int:
    r"""Return how many bytes of what was read are whole rows; a quoted cell may hold line ends.

    >>> whole_rows(b'a,b\n1,"x\ny"\n2,"z\n'), whole_rows(b"a,b")
    (12, 0)
    """
    rows = list(_lines(read, 0))
    if not rows:
        return 0
    began, last = rows[-1]
    return began + (len(last) if last.endswith(b"\n") and not _OPEN.search(last) else 0)


def _lines(lines: bytes, offset: int) -> Iterator[tuple[int, bytes]]:
    """Yield each row with where it begins; one whose quote nobody ends is its first line alone."""
    given = _LINES.findall(lines)
    at = 0
    while at < len(given):
        row, end = given[at], at + 1
        while _OPEN.search(row) and end < len(given) and end - at < _ROW_LINES_MAX:
            row, end = row + given[end], end + 1
        if end - at >= _ROW_LINES_MAX and _OPEN.search(row):
            row, end = given[at], at + 1
        yield offset, row
        offset, at = offset + len(row), end
