"""Opening, tried: which sources of the settings would be refused as soon as the desk begins, and why.

To make a source connects to nobody, so what only its kind knows to be wrong, such as a network that is none, can be
told before anybody waits for it: by `check-config` with its line, and by `serve` before it says where it is.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import msgspec

from pulih.adapters.config import DeskSettings
from pulih.adapters.config.source_meaning import environment_name
from pulih.adapters.config.source_tables import SourceTable
from pulih.adapters.sources.kinds import kind_of
from pulih.model.errors import RefusedInput
from pulih.ports.clock import Clock
from pulih.ports.sources import Means
from pulih.serve.listening import means_of, secrets_from


class _NotHereError(Exception):
    """A secret stands in the environment of the desk, which may be another one than this."""


def refusals(settings: DeskSettings, clock: Clock, *, environment: bool) -> list[tuple[int, str]]:
    """Return the sources that cannot be opened: the number of each (0 is the first), and why, with its name.

    Args:
        settings: of the desk.
        clock: the present.
        environment: whether this is the desk's own environment; in another, what stands there is not looked for.
    """

    async def opened() -> list[tuple[int, str]]:
        tried = [await _tried(one, _means(one, settings, clock, environment=environment)) for one in settings.source]
        return [(number, says) for number, says in enumerate(tried) if says]

    return asyncio.run(opened())


def _means(table: SourceTable, settings: DeskSettings, clock: Clock, *, environment: bool) -> Means:
    read = secrets_from(table)

    def secret(path: str) -> str:
        if environment_name(path) and not environment:
            raise _NotHereError
        return read(path)

    return msgspec.structs.replace(means_of(table, settings, clock, _nothing), secret=secret)


async def _tried(table: SourceTable, means: Means) -> str:
    """Return why a source cannot be opened, "" when it can."""
    try:
        source = kind_of(table.kind).open(table.own, means)
    except RefusedInput as problem:
        said = str(problem)
        return said if said.startswith(f"{table.name}:") else f"{table.name}: {said}"
    except Exception:
        # What nobody foresaw is shown on its page when the desk runs; its words might hold a secret.
        return ""
    with suppress(Exception):
        await source.close()
    return ""


async def _nothing(_: int) -> None:
    """Let a source be made; it asks for nothing yet, so nothing is spent."""
