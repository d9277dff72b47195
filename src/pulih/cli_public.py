"""The commands of the public face: `pulih publish` and what belongs to it; sentences and exit codes as everywhere."""

from __future__ import annotations

import sys
from pathlib import Path

from cyclopts import App

COMMANDS = ("publish",)
_DATA = Path("pulih-data")


def publish(*, data: Path = _DATA, config: Path | None = None, out: Path | None = None) -> int:
    """Render the public site once from what a desk keeps, and put it where the settings say. The desk may run or not.

    Parameters
    ----------
    data
        Folder of the desk.
    config
        Settings; pulih.toml in the data folder when there is one.
    out
        Only put it into this folder, instead of where the settings say.
    """
    from pulih.serve.clocks import WorldClock  # noqa: PLC0415
    from pulih.serve.publishing import publish_once  # noqa: PLC0415

    return publish_once(data, config, sys.stdout, folder=out, clock=WorldClock())


def add_to(app: App) -> None:
    """Add the commands of the public face to the others."""
    app.command(publish, name="publish")
