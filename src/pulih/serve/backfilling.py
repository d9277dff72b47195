"""Backfilling: what a source of the settings still tells of the past, as the lines that a backtest and `send` read."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, TextIO
from zoneinfo import ZoneInfo

import msgspec

from pulih.adapters.config import DeskSettings
from pulih.adapters.config.source_tables import SourceTable
from pulih.adapters.data_folder import known_layout
from pulih.adapters.disk_errors import disk_refused
from pulih.adapters.sources.kinds import kind_of
from pulih.adapters.sql.listening_store import SqlListeningStore
from pulih.main import zone_name
from pulih.model.clock import iso, to_micros
from pulih.model.errors import OutsideFailed, PulihError, RefusedInput
from pulih.ports.clock import Clock
from pulih.ports.sources import Backfilling, Batch, Means, SpendReached
from pulih.serve.listening import governor_of, means_of
from pulih.serve.storage import open_beside, settings_of
from pulih.service.listening.hushed import Hushing, opened
from pulih.service.listening.lines import line_of
from pulih.service.listening.one_source import unforeseen
from pulih.service.listening.patience import Patience

# A source that fails so often in a row is given up.
_TRIES_MAX: Final = 5
# Ids are remembered, so that what is told twice is written once.
ITEMS_MAX: Final = 5_000_000
_SAID_EVERY: Final = 1_000


class Span(msgspec.Struct, frozen=True):
    """What is asked of a source: its name in the settings, and from when until when as written ("" = now)."""

    source: str
    since: str
    until: str = ""


class Told(msgspec.Struct):
    """What came of it: items written, those told twice, sentences on what could not be read, and what is missing."""

    written: int = 0
    repeated: int = 0
    refused: int = 0
    missing: list[str] = msgspec.field(default_factory=list)


def backfill(
    data: Path, config: Path | None, span: Span, *, out: Path | None, streams: tuple[TextIO, TextIO], clock: Clock
) -> int:
    """Write what a source tells of the past as JSON lines; return the exit code.

    Args:
        data: folder of the desk, whose budget a paid source uses.
        config: settings, None for those in the folder.
        span: what is asked of which source.
        out: file to write, readable for its owner alone; None for standard output.
        streams: standard output, and where it is said how far it is.
        clock: the present.

    Raises: RefusedInput; OutsideFailed when the source cannot tell all; then no file is written.
    """
    settings = settings_of(data, config, only_source=span.source)
    table = _named(settings, span.source)
    zone = ZoneInfo(zone_name(settings.desk.zone))
    since_us, until_us = moment_of(span.since, zone), clock.now_us()
    until_us = min(until_us, moment_of(span.until, zone)) if span.until else until_us
    if since_us >= until_us:
        raise RefusedInput(f"--since {span.since} is not before the end; right would be an earlier moment.")
    told = Told()
    with _means(data, settings, table, clock) as means:
        lines = _Lines(table, means, told, streams[1])
        if out is None:
            asyncio.run(lines.write(streams[0], since_us, until_us))
        else:
            _into(out, lambda file: asyncio.run(lines.write(file, since_us, until_us)))
    said = streams[1]
    said.write(
        f"{table.name}: {told.written:,} written, {told.repeated:,} told twice, {told.refused:,} could not be read.\n"
    )
    said.writelines(f"{table.name}: Missing: {one}\n" for one in told.missing)
    return 0


def moment_of(written: str, zone: ZoneInfo) -> int:
    """Return a moment in microseconds since 1970 UTC; one without a zone is of the desk's.

    Raises: RefusedInput.

    >>> moment_of("2025-10-03", ZoneInfo("UTC")) == moment_of("2025-10-03T07:00:00+07:00", ZoneInfo("Asia/Jakarta"))
    True
    """
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        raise RefusedInput(f"{written!r} is no moment; right would be 2025-10-03 or 2025-10-03T08:48.") from None
    return to_micros(read if read.tzinfo else read.replace(tzinfo=zone))


def _named(settings: DeskSettings, name: str) -> SourceTable:
    found = next((one for one in settings.source if one.name == name), None)
    if found is None:
        names = ", ".join(one.name for one in settings.source) or "none; docs/config.md says how to name one"
        raise RefusedInput(f"There is no source {name!r} in the settings; there are: {names}.")
    return found


@contextmanager
def _means(data: Path, settings: DeskSettings, table: SourceTable, clock: Clock) -> Iterator[Means]:
    """Give means whose cost is noted where the desk notes it; a source that costs nothing needs no desk."""
    if not kind_of(table.kind).paid:
        yield means_of(table, settings, clock, _free)
        return
    engine = open_beside(known_layout(data), settings, "desk")
    try:
        yield means_of(table, settings, clock, governor_of(table, SqlListeningStore(engine), clock).spend)
    finally:
        engine.dispose()


async def _free(_: int) -> None:
    """Let a source go on whose kind says that it costs nothing."""


class _Lines:
    """Writes what a source tells, each item once, through failures that pass."""

    def __init__(self, table: SourceTable, means: Means, told: Told, said: TextIO) -> None:
        self._table, self._means, self._told, self._said = table, means, told, said
        self._patience = Patience(asyncio.sleep, random.random)
        self._seen: set[str] = set()

    async def write(self, out: TextIO, since_us: int, until_us: int) -> None:
        """Write all of [since_us, until_us). Raises RefusedInput; OutsideFailed when it fails again and again."""
        hushing = Hushing(self._means.secret)
        means = msgspec.structs.replace(self._means, secret=hushing.secret)
        source = opened(partial(kind_of(self._table.kind).open, self._table.own, means), hushing)
        try:
            if not isinstance(source, Backfilling):
                raise RefusedInput(
                    f"{self._table.name}: a source of kind {self._table.kind} tells nothing of the past; right would "
                    'be one of a kind that does: "pulih sources" says of each whether it tells the past.'
                )
            await self._tried(source, out, (since_us, until_us))
        except (PulihError, OSError):
            # The disk that is written to is told of by whoever opened the file.
            raise
        except Exception as problem:
            # As while the desk listens: its own words may hold an address with a token.
            raise unforeseen(problem) from None
        finally:
            await source.close()

    async def _tried(self, source: Backfilling, out: TextIO, span_us: tuple[int, int]) -> None:
        tries, seen = 0, -1
        while True:
            try:
                # Whatever was told before a failure is told again, and left out.
                self._told.missing.clear()
                async for batch in source.between(*span_us):
                    self._take(batch, out)
                return
            except SpendReached:
                raise
            except OutsideFailed as problem:
                tries = 0 if len(self._seen) > seen else tries + 1
                seen = len(self._seen)
                if tries >= _TRIES_MAX:
                    raise
                wait_s = self._patience.wait_s(tries, problem)
                self._said.write(f"{_named_once(self._table.name, problem)} It is asked again in {wait_s:.0f} s.\n")
                await asyncio.sleep(wait_s)

    def _take(self, batch: Batch, out: TextIO) -> None:
        told = self._told
        told.refused += len(batch.refused)
        told.missing += [batch.gap] if batch.gap else []
        for item in batch.items:
            if item.id in self._seen:
                told.repeated += 1
                continue
            if len(self._seen) >= ITEMS_MAX:
                raise RefusedInput(f"There are more than {ITEMS_MAX:,} items; ask for a shorter time.")
            self._seen.add(item.id)
            out.write(line_of(item, self._table.name, now_us=self._means.clock.now_us()).decode() + "\n")
            told.written += 1
            if told.written % _SAID_EVERY == 0:
                until = f", at {iso(item.at_us)}" if item.at_us is not None else ""
                self._said.write(f"{self._table.name}: {told.written:,} written{until}\n")


def _named_once(name: str, problem: OutsideFailed) -> str:
    """Return what failed, with the name of the source before it.

    >>> _named_once("b", OutsideFailed("b: it is away.")), _named_once("b", OutsideFailed("It is away."))
    ('b: it is away.', 'b: It is away.')
    """
    told = str(problem)
    return told if told.startswith(f"{name}: ") else f"{name}: {told}"


def _into(out: Path, write: Callable[[TextIO], object]) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    partial = out.with_name(f"{out.name}.part")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            write(file)
        partial.replace(out)
    except OSError as error:
        raise disk_refused(error, out, doing="writing what was said") from None
    finally:
        partial.unlink(missing_ok=True)
