"""Rows of a complaint file as reports of the intake, with ids that stay the same however often the file is sent.

A row that has no id of its own gets the digest of its content and the how-manieth such row it is, as in a backtest. So
a file that was sent half may be sent again whole: what the desk has heard already counts as repeated.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

import msgspec

from pulih.adapters.files.source import FileSource
from pulih.model.clock import iso
from pulih.model.raw_report import UNTIMED_US, RawReport
from pulih.model.signal import Kind, is_well
from pulih.ports.files import RefusedRow

# What the intake takes (docs of POST /v1/reports); longer texts are cut here, and not refused there.
_TEXT_CHARS_MAX: Final = 8_000
_NAME_CHARS_MAX: Final = 200
_SOURCE_CHARS_MAX: Final = 64
# So many different contents are counted at least; the same content further apart counts as repeated.
_REMEMBERED: Final = 500_000


class Row(msgspec.Struct, frozen=True):
    """One row behind the last one sent: how many rows were read with it, and its line for the intake, "" if refused."""

    number: int
    line: bytes
    refused: str = ""


class _Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """A report as it is posted; an empty field is left out."""

    id: str
    source: str
    at: str = ""
    text: str = ""
    operator: str = ""
    place: str = ""
    author: str = ""
    kind: Kind = "complaint"
    service: str = ""
    symptom: str = ""


class Contents:
    """Counts rows of the same content, the latest `_REMEMBERED` to twice as many of them."""

    def __init__(self) -> None:
        self._new: dict[bytes, int] = {}
        self._old: dict[bytes, int] = {}

    def count(self, digest: bytes) -> int:
        """Return how many rows of this content came before this one."""
        before = self._new.get(digest, self._old.get(digest, 0))
        self._new[digest] = before + 1
        if len(self._new) >= _REMEMBERED:
            self._new, self._old = {}, self._new
        return before


def rows_of(source: FileSource, *, name: str, skip: int) -> Iterator[Row]:
    """Yield the rows of a file behind the first `skip`, readable or refused.

    Args:
        source: the file, opened.
        name: what rows without a source of their own are said to come from.
        skip: rows that were sent before; they are read, since ids depend on them.

    Raises: RefusedInput when the file is damaged, or no row of it could be used.
    """
    contents = Contents()
    for number, row in enumerate(source.rows(), 1):
        if isinstance(row, RefusedRow):
            if number > skip:
                yield Row(number, b"", f"row {row.row}: {row.reason}")
            continue
        own_id = _id_of(row, contents)
        if number > skip:
            yield Row(number, _line(row, own_id, name))


def _id_of(row: RawReport, contents: Contents) -> str:
    if row.native_id and len(row.native_id) <= _NAME_CHARS_MAX:
        return row.native_id
    content = "\x1f".join((str(row.at_us), row.source, row.author, row.native_id, row.operator, row.place, row.text))
    digest = blake2b(content.encode("utf-8", "surrogatepass"), digest_size=12).digest()
    return f"content:{digest.hex()}:{contents.count(digest)}"


def _line(row: RawReport, own_id: str, name: str) -> bytes:
    return msgspec.json.encode(
        _Line(
            id=own_id,
            source=_source(name if row.source == "file" else row.source),
            at="" if row.at_us == UNTIMED_US else iso(row.at_us),
            text=row.text[:_TEXT_CHARS_MAX],
            operator=row.operator[:_NAME_CHARS_MAX],
            place=row.place[:_NAME_CHARS_MAX],
            author=row.author[:_NAME_CHARS_MAX],
            kind=row.kind,
            service=row.service,
            # A probe that failed names a symptom, whether its file has a column of them or not.
            symptom=row.symptom or ("other" if row.kind == "probe" and not is_well(row.kind, row.text) else ""),
        )
    )


def _source(name: str) -> str:
    """Return a name of a source that the intake takes: ASCII, and short.

    >>> _source("keluhan ölmühle.csv")
    'keluhan _lm_hle.csv'
    """
    plain = "".join(sign if sign.isascii() and sign.isprintable() else "_" for sign in name)
    return plain[:_SOURCE_CHARS_MAX] or "file"
