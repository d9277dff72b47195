"""The commands of listening: what kinds of sources there are, and what a source still tells of the past."""

from __future__ import annotations

import sys
from pathlib import Path

from cyclopts import App

COMMANDS = ("listen", "sources")
_DATA = Path("pulih-data")


def listen(
    source: str,
    /,
    *,
    since: str,
    until: str = "",
    out: Path | None = None,
    data: Path = _DATA,
    config: Path | None = None,
) -> int:
    """Write what a source still tells of the past as JSON lines, which `pulih backtest` and `pulih send` read.

    Parameters
    ----------
    source
        Its name in the settings.
    since
        From when on: 2025-10-03 or 2025-10-03T08:48, in the zone of the desk where none is written.
    until
        Until when; the present when not told.
    out
        File to write, which only you may read; standard output when not told.
    data
        Folder of the desk; a source that costs money spends the desk's budget.
    config
        Settings, as docs/config.md describes them; pulih.toml in the data folder when there is one.
    """
    from pulih.serve.backfilling import Span, backfill  # noqa: PLC0415
    from pulih.serve.clocks import WorldClock  # noqa: PLC0415

    span = Span(source, since, until)
    return backfill(data, config, span, out=out, streams=(sys.stdout, sys.stderr), clock=WorldClock())


def sources() -> int:
    """List the kinds of sources there are: what each listens to, and what it was tried against."""
    from pulih.adapters.sources.listing import list_kinds  # noqa: PLC0415

    list_kinds(sys.stdout)
    return 0


def add_to(app: App) -> None:
    """Add the commands of listening to the others."""
    app.command(listen, name="listen")
    app.command(sources, name="sources")
