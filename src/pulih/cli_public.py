"""The commands of the public face: `pulih publish` and what belongs to it; sentences and exit codes as everywhere."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

COMMANDS = ("publish", "verify", "import-statuspage", "segments")
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


@Parameter(name="*")
@dataclass(frozen=True)
class HandingOver:
    """What handing a word over to the operator's own platforms takes."""

    subscribers: Annotated[
        str | None, Parameter(help='The list of subscribers, "-" for standard input; segments alone without one.')
    ] = None
    word: Annotated[str | None, Parameter(help="Id of the word; the last that stands when not told.")] = None
    surface: Annotated[
        Literal["sms", "push", "chat", "banner", "ussd", "voice", "social"],
        Parameter(help="For which kind of platform the text is."),
    ] = "sms"
    language: Annotated[Literal["id", "en"], Parameter(help="Of subscribers whose row names none.")] = "id"
    format: Annotated[Literal["csv", "jsonl"], Parameter(help="Of the file.")] = "csv"
    out: Annotated[Path | None, Parameter(help="File to write; standard output when not told.")] = None
    bulletin: Annotated[Path | None, Parameter(help="A copy of bulletin.json, instead of the desk's own.")] = None


def segments(
    incident: str, /, *, data: Path = _DATA, config: Path | None = None, asked: HandingOver | None = None
) -> int:
    """Say who is told which text of an incident, for the operator's own platforms; the list never leaves this machine.

    Parameters
    ----------
    incident
        Id of a public incident, as in the address of its page.
    data
        Folder of the desk.
    config
        Settings; pulih.toml in the data folder when there is one.
    """
    from pulih.serve.segments import SegmentsAsked, Streams, hand_over  # noqa: PLC0415

    given = asked or HandingOver()
    wanted = SegmentsAsked(
        incident=incident,
        data=data,
        config=config,
        bulletin=given.bulletin,
        word=given.word,
        subscribers=given.subscribers,
        surface=given.surface,
        language=given.language,
        form=given.format,
        out=given.out,
    )
    return hand_over(wanted, Streams(sys.stdin.buffer, sys.stdout, sys.stderr))


def add_to(app: App) -> None:
    """Add the commands of the public face to the others."""
    app.command(publish, name="publish")
    app.command(verify, name="verify")
    app.command(import_statuspage, name="import-statuspage")
    app.command(segments, name="segments")
