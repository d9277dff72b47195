"""Opens complaint files: tells by content what each is, and joins origin, table and columns to a source."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from pathlib import PurePath
from typing import BinaryIO, Final

from pulih.adapters.files.columns import ColumnWishes
from pulih.adapters.files.encoding import HEAD_BYTES, text_of
from pulih.adapters.files.json_table import JsonTable
from pulih.adapters.files.lines import refuse_damaged
from pulih.adapters.files.origin import PACKINGS, DamagedError, Origin, exactly
from pulih.adapters.files.parquet_table import ParquetTable
from pulih.adapters.files.separated import SeparatedTable
from pulih.adapters.files.source import FileSource
from pulih.adapters.files.table import Table
from pulih.model.errors import RefusedInput

_JSON_NAMES: Final = {".json", ".jsonl", ".ndjson"}
_PACKED_NAMES: Final = {".gz", ".zst", ".zstd"}
_LOOK_LINES: Final = 5
# What a name promises, and the bytes such a file begins with.
_PROMISED: Final = {
    ".parquet": ("Parquet", (b"PAR1", *PACKINGS)),
    ".gz": ("gzip", tuple(PACKINGS)),
    ".zst": ("zstandard", tuple(PACKINGS)),
    ".zstd": ("zstandard", tuple(PACKINGS)),
}


def open_sources(
    paths: Sequence[str], columns: ColumnWishes, *, now_us: int, stdin: BinaryIO | None = None
) -> list[FileSource]:
    """Open every file and choose its columns; rows are read later, by each source's `rows`.

    Args:
        paths: files, or "-" for standard input, at most once.
        columns: what the user told about columns and zone; it holds for every file.
        now_us: the present, microseconds since 1970 UTC; later rows are refused.
        stdin: what "-" means.

    Raises: RefusedInput with one sentence when a file cannot be used; OutsideFailed when the disk fails.
    """
    if list(paths).count("-") > 1:
        raise RefusedInput('standard input can be read once; give "-" only once')
    with contextlib.ExitStack() as on_failure:
        sources = []
        for path in paths:
            origin = Origin(path, stdin)
            on_failure.callback(origin.close)
            sources.append(_source(origin, columns, now_us))
        on_failure.pop_all()
    return sources


def _source(origin: Origin, columns: ColumnWishes, now_us: int) -> FileSource:
    try:
        return FileSource(origin, table_of(origin), columns, now_us=now_us)
    except RefusedInput as problem:
        raise _name_told(origin, problem) from None


def _name_told(origin: Origin, problem: RefusedInput) -> RefusedInput:
    """Return the refusal of a file, with a word on its name where that promises another format."""
    promised = _PROMISED.get(PurePath(origin.name.lower()).suffix)
    if promised is None or origin.begins_with(promised[1]):
        return problem
    return RefusedInput(
        f"{origin.label} is not a {promised[0]} file though its name says so; it was read as text, and then: {problem}"
    )


def table_of(origin: Origin) -> Table:
    """Return a file as a table, its format told by content.

    Raises: RefusedInput when it is no table; OutsideFailed when the disk fails.
    """
    try:
        with origin.plain() as read:
            head = exactly(read, HEAD_BYTES)
    except DamagedError as problem:
        raise refuse_damaged(origin.label, 0, problem) from None
    if head.startswith(b"PAR1"):
        return ParquetTable(origin)
    kind = _json_kind(head, origin.name)
    return JsonTable(origin, array=kind == "array") if kind else SeparatedTable(origin)


def _json_kind(head: bytes, name: str) -> str:
    """Return "array", "lines", or "" when the file is no JSON."""
    start = _start_of(head).lstrip()
    if start.startswith("["):
        # A spreadsheet may name its columns [time],[text]; an array of objects goes on with one.
        if start[1:].lstrip()[:1] in {"{", "]"} or _suffix(name) in _JSON_NAMES:
            return "array"
    elif start.startswith("{") or _suffix(name) in _JSON_NAMES:
        return "lines"
    lines = [line.strip() for line in start.splitlines()[:_LOOK_LINES]]
    return "lines" if any(line.startswith("{") and line.endswith("}") for line in lines) else ""


def _start_of(head: bytes) -> str:
    try:
        return text_of(io.BytesIO().read, head)(HEAD_BYTES).decode(errors="replace")
    except DamagedError:
        return ""


def _suffix(name: str) -> str:
    path = PurePath(name.lower())
    return PurePath(path.stem).suffix if path.suffix in _PACKED_NAMES else path.suffix
