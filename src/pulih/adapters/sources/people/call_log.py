"""Voice calls, from a file that a call centre's system writes on and on: CSV with a heading, or a JSON object a line.

What the agent noted, or what a machine wrote down of the call, is the text. The file may be put away by whoever rotates
logs: the rest of the one that was read is read to its end where it lies, then those that were begun after it, then the
new one. The cursor is the number of the file on its disk and how far it was read; it holds nothing of a call.

Source: docs/sources/people-direct.md; columns are known by the names of adapters/files.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta

from pulih.adapters.sources.people._call_rows import CallRows, Rows, whole_rows
from pulih.adapters.sources.people._grown_file import Cursor, GrownFile, cursor_of
from pulih.adapters.sources.people._keys import Operator
from pulih.model.clock import INDONESIAN_ZONES
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Batch, Means, SourceKind


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys of a [[source]] of this kind.

    Attributes:
        file: the log; it may be there later than the desk.
        columns: columns by what they hold (text, time, author, native_id, place, operator, service, symptom), where
            their names do not tell.
        zone: of times that name none, such as "WIB" or "Asia/Jakarta".
        operator: whose customers call, where a row does not say.
        every_s: seconds between two looks at a file that does not grow.
    """

    file: Annotated[Path, Meta(description="a path, such as /var/log/calls.csv")]
    columns: Annotated[dict[str, str], Meta(description='a table such as { text = "ringkasan" }')] = {}
    zone: Annotated[str, Meta(description='"WIB", "WITA", "WIT", "UTC" or a name such as "Asia/Jakarta"')] = "UTC"
    operator: Operator = ""
    every_s: Annotated[float, Meta(ge=0.2, le=3_600, description="seconds from 0.2 to 3600")] = 1.0


class CallLog:
    """Reads one log as it grows.

    Args:
        settings: which.
        means: of the source.

    Raises: RefusedInput when a zone or a column is none.
    """

    def __init__(self, settings: Settings, means: Means) -> None:
        try:
            zone = UTC if settings.zone == "UTC" else ZoneInfo(INDONESIAN_ZONES.get(settings.zone, settings.zone))
        except (ZoneInfoNotFoundError, ValueError):
            raise RefusedInput(
                f'zone: there is no zone "{settings.zone}"; right would be "WIB", or a name such as "Asia/Jakarta".'
            ) from None
        self._settings, self._means = settings, means
        self._rows = CallRows(settings.columns, zone, settings.operator, means.name)
        self._path = settings.file
        self._awaited = False

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield calls as they are written. Raises: OutsideFailed while there is no file; RefusedInput."""
        at = cursor_of(cursor, self._means.name) if cursor else None
        # A file that comes into being after the source did is read from its start.
        grown = GrownFile(self._path, at, from_end=not self._awaited, whole=whole_rows)
        try:
            await self._begun(grown)
            yield Batch(cursor=str(grown.at))
            async for batch in self._read(grown, ends=False):
                yield batch
        finally:
            grown.close()

    async def between(self, since_us: int, until_us: int) -> AsyncIterator[Batch]:
        """Yield what the file that is there, and those put away beside it, hold of [since_us, until_us)."""
        grown = GrownFile(self._path, Cursor(), from_end=False, whole=whole_rows)
        try:
            await self._begun(grown)
            async for batch in self._read(grown, ends=True):
                meant = tuple(one for one in batch.items if one.at_us is not None and since_us <= one.at_us < until_us)
                yield Batch(items=meant, refused=batch.refused, gap=batch.gap)
        finally:
            grown.close()

    async def close(self) -> None:
        """Do nothing: a file is closed when nobody listens."""

    def _closed(self, problem: OSError) -> OutsideFailed:
        name, why = self._means.name, problem.strerror or type(problem).__name__
        return OutsideFailed(f"{name}: the log cannot be read ({why}).", key="source.log", name=name)

    async def _begun(self, grown: GrownFile) -> None:
        try:
            await asyncio.to_thread(grown.begin)
        except OSError as problem:
            raise self._closed(problem) from None
        except OutsideFailed:
            self._awaited = True
            raise

    async def _read(self, grown: GrownFile, *, ends: bool) -> AsyncIterator[Batch]:
        while True:
            try:
                read = await asyncio.to_thread(self._next, grown)
            except OSError as problem:
                raise self._closed(problem) from None
            if read is not None:
                yield Batch(cursor=str(grown.at), items=read.items, refused=read.refused, gap=grown.gap())
            elif ends:
                return
            else:
                await asyncio.sleep(self._settings.every_s)

    def _next(self, grown: GrownFile) -> Rows | None:
        """Return what was written since, None when nothing was."""
        part = grown.read()
        if part is None:
            return None
        return self._rows.read(part.heading, part.lines, part.offset)


KIND: Final = SourceKind(
    name="call_log",
    settings=Settings,
    open=CallLog,
    says="Voice calls, from a file of CSV or JSON lines that grows and is rotated.",
    verified="files that are written, renamed and cut off as logrotate does (create, copytruncate)",
    away="all lines, also of files that were put away meanwhile; what was packed or cut off is told as a gap",
    past=True,
)
