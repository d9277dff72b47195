"""The commands of the public face: `pulih publish` and what belongs to it; sentences and exit codes as everywhere."""

from __future__ import annotations

import sys
from pathlib import Path

from cyclopts import App

COMMANDS = ("publish", "verify", "import-statuspage")
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


def verify(
    site: str,
    /,
    *,
    state: Path = Path("pulih-verify.json"),
    key: str = "",
    witness: tuple[str, ...] = (),
    incident: str = "",
) -> int:
    """Verify from outside that a public timeline was not rewritten; exit code 3 when it does not hold.

    Parameters
    ----------
    site
        Address of the public site, or a folder that it is published in.
    state
        File that remembers what was seen, to be compared with the next time.
    key
        Key of the timeline; that of the last time, or the site's own the first time, when not told.
    witness
        Key of a witness who must have cosigned the present head; may be given several times.
    incident
        Verify only the entries of this incident, which takes less to fetch.
    """
    from pulih.adapters.verifying import Asked  # noqa: PLC0415
    from pulih.adapters.verifying import verify as verify_site  # noqa: PLC0415

    asked = Asked(site=site, state=state, key=key, witnesses=witness, incident=incident)
    return verify_site(asked, sys.stdout)


def import_statuspage(
    source: str,
    /,
    *,
    operator: str,
    component: tuple[str, ...] = (),
    data: Path = _DATA,
    config: Path | None = None,
) -> int:
    """Take the public history of a status page in the Statuspage format over as past incidents. The desk may run.

    Parameters
    ----------
    source
        Address of the page, or a file with its incidents.json.
    operator
        Whose page it is.
    component
        Which service a component of the page is, as NAME=SERVICE; may be given several times.
    data
        Folder of the desk.
    config
        Settings; pulih.toml in the data folder when there is one.
    """
    from pulih.serve.clocks import WorldClock  # noqa: PLC0415
    from pulih.serve.importing import ImportRequest  # noqa: PLC0415
    from pulih.serve.importing import import_statuspage as take  # noqa: PLC0415

    asked = ImportRequest(source=source, operator=operator, components=component)
    return take(data, config, asked, sys.stdout, clock=WorldClock())


def add_to(app: App) -> None:
    """Add the commands of the public face to the others."""
    app.command(publish, name="publish")
    app.command(verify, name="verify")
    app.command(import_statuspage, name="import-statuspage")
