"""Reads complaint files back in tests: what was heard, what was refused, and the sentence about a bad file."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pulih.adapters.files.columns import ColumnWishes
from pulih.adapters.files.opening import open_sources
from pulih.adapters.files.source import FileSource
from pulih.model.clock import iso, to_micros
from pulih.model.errors import RefusedInput
from pulih.model.raw_report import RawReport
from pulih.ports.files import RefusedRow

NOW_US = to_micros(datetime(2025, 11, 1, tzinfo=UTC))


def opened(path: Path | str, *, stdin: bytes | None = None, **wishes: str) -> FileSource:
    stream = None if stdin is None else io.BytesIO(stdin)
    return open_sources([str(path)], ColumnWishes(**wishes), now_us=NOW_US, stdin=stream)[0]


def rows(path: Path | str, **wishes: str) -> list[RawReport | RefusedRow]:
    return list(opened(path, **wishes).rows())


def heard(path: Path | str, **wishes: str) -> list[RawReport]:
    return [row for row in rows(path, **wishes) if isinstance(row, RawReport)]


def refusals(path: Path | str, **wishes: str) -> list[tuple[int, str]]:
    return [(row.row, row.reason) for row in rows(path, **wishes) if isinstance(row, RefusedRow)]


def sentence(path: Path | str, **wishes: str) -> str:
    """Return what a user is told about a file that cannot be used."""
    with pytest.raises(RefusedInput) as told:
        rows(path, **wishes)
    return str(told.value)


def texts(found: Iterable[RawReport]) -> list[str]:
    return [report.text for report in found]


def times(found: Iterable[RawReport]) -> list[str]:
    return [iso(report.at_us) for report in found]


def csv_of(tmp_path: Path, content: str | bytes, name: str = "keluhan.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
