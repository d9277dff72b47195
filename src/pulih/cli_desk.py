"""The commands of the live desk: `pulih serve` and what belongs to it; sentences and exit codes as everywhere."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

if TYPE_CHECKING:
    from pulih.adapters.desk_commands import Goal

COMMANDS = (
    "serve",
    "check-config",
    "token",
    "send",
    "tail",
    "backup",
    "restore",
    "accept-clock",
    "check-journal",
    "repair-journal",
)
_DATA = Path("pulih-data")
token = App(name="token", help="Make tokens, with which machines come in.")


@Parameter(name="*")
@dataclass(frozen=True)
class Feeding:
    """What sending a file to a desk takes; columns and zone as for a backtest."""

    token_file: Annotated[Path, Parameter(help="File with a token of role source; only its owner may read it.")]
    to: Annotated[str, Parameter(help="Address of the desk.")] = "http://127.0.0.1:8000"
    source: Annotated[str, Parameter(help="What rows without a source of their own come from.")] = ""
    text: Annotated[str | None, Parameter(help="Column of the text; found when not told.")] = None
    time: Annotated[str | None, Parameter(help="Column of the time; found when not told.")] = None
    author: Annotated[str | None, Parameter(help="Column of the author; only a pseudonym is kept.")] = None
    place: Annotated[str | None, Parameter(help="Column of a place that the source itself names.")] = None
    id: Annotated[str | None, Parameter(help="Column of the id of a post; one id counts once.")] = None
    tz: Annotated[str | None, Parameter(help="Local zone of times without one: WIB or IANA name.")] = None
    position: Annotated[
        Path | None, Parameter(help="Where it is kept how far the file was sent; beside the file when not told.")
    ] = None
    plain_http: Annotated[bool, Parameter(help="Allow an address of another machine without encryption.")] = False


def serve(*, data: Path = _DATA, config: Path | None = None, host: str | None = None, port: int | None = None) -> int:
    """Run the live desk: hear, find, decide, tell. Ends in good order with Ctrl-C or SIGTERM.

    Parameters
    ----------
    data
        Folder of all that the desk keeps; it is made when missing.
    config
        Settings, as docs/config.md describes them; pulih.toml in the data folder when there is one.
    host
        Address to listen on, instead of that of the settings (127.0.0.1).
    port
        Port to listen on, instead of that of the settings (8000).
    """
    from pulih.serve.running import serve_desk  # noqa: PLC0415 -- the web is loaded only here

    return serve_desk(data, config, host=host, port=port, out=sys.stdout)


def check_config(file: Path, /) -> int:
    """Tell every fault of a settings file, each with its line and what would be right."""
    from pulih.adapters.desk_commands import tell_config_faults  # noqa: PLC0415
    from pulih.serve.clocks import WorldClock  # noqa: PLC0415
    from pulih.serve.opening import refusals  # noqa: PLC0415

    return tell_config_faults(file, sys.stdout, lambda settings: refusals(settings, WorldClock(), environment=False))


@token.command
def create(
    *,
    role: Literal["source", "viewer", "duty", "approver", "admin"],
    data: Path = _DATA,
    config: Path | None = None,
    name: str = "made on the command line",
    source: str = "",
    days: int = 90,
    person: Annotated[str, Parameter(name="--for")] = "",
) -> int:
    """Make a token and print it; it is shown this once. The desk may run or not.

    Parameters
    ----------
    role
        What it may do: a source only sends reports.
    data
        Folder of the desk.
    config
        Settings, where they name another database; pulih.toml in the data folder when there is one.
    name
        What it is for.
    source
        The only source that it may send reports of; any when not told.
    days
        For how long it lives, 1 to 366.
    person
        The account that answers for it, whose word it is where two people are needed; nobody's when not told.
    """
    from pulih.serve.tokens import create_token  # noqa: PLC0415

    print(create_token(data, config, role=role, name=name, source=source, days=days, person=person))
    return 0


@token.command
def renew(which: str, /, *, data: Path = _DATA, config: Path | None = None) -> int:
    """Make another token like one of a probe at home, for as many days, and print it; the old one holds until it ends.

    Parameters
    ----------
    which
        Its id, as the console and the probe itself tell it.
    data
        Folder of the desk.
    config
        Settings, where they name another database; pulih.toml in the data folder when there is one.
    """
    from pulih.serve.tokens import renew_token  # noqa: PLC0415

    print(renew_token(data, config, which))
    return 0


@token.command
def revoke(which: str, /, *, data: Path = _DATA, config: Path | None = None) -> int:
    """Take tokens back: they open nothing a second later, whether the desk runs or not.

    Parameters
    ----------
    which
        Id of a token; or a probe as probe-NAME, all of whose tokens are taken back.
    data
        Folder of the desk.
    config
        Settings, where they name another database; pulih.toml in the data folder when there is one.
    """
    from pulih.serve.tokens import revoke_token  # noqa: PLC0415

    many = revoke_token(data, config, which)
    print(f"{many} token{'s' if many != 1 else ''} taken back")
    return 0


def send(file: Annotated[str, Parameter(allow_leading_hyphen=True)], /, *, feeding: Feeding) -> int:
    """Send a file of complaints to a running desk, from where the last time ended.

    Parameters
    ----------
    file
        CSV, JSON lines or Parquet, plain, gzip or zstandard; "-" is standard input.
    """
    from pulih.adapters.desk_commands import send as send_file  # noqa: PLC0415

    return send_file(file, _goal(feeding), sys.stdout, stdin=sys.stdin.buffer)


def tail(file: Path, /, *, feeding: Feeding) -> int:
    """Send a file of complaints to a running desk as it grows, until Ctrl-C.

    Parameters
    ----------
    file
        CSV or JSON lines that somebody appends to.
    """
    from pulih.adapters.desk_commands import tail as tail_file  # noqa: PLC0415

    return tail_file(file, _goal(feeding), sys.stdout)


def backup(*, data: Path = _DATA, out: Path | None = None) -> int:
    """Write all that a desk keeps into one file, while it runs or not.

    Parameters
    ----------
    data
        Folder of the desk.
    out
        The file; named after the moment when not told. One that is there is never replaced.
    """
    from importlib.metadata import version  # noqa: PLC0415 -- brings half of the mail library along

    from pulih.adapters.desk_commands import take_backup  # noqa: PLC0415
    from pulih.serve.clocks import WorldClock  # noqa: PLC0415

    return take_backup(data, out, sys.stdout, version=version("pulih"), now_us=WorldClock().now_us())


def restore(file: Path, /, *, data: Path = _DATA) -> int:
    """Bring a backup back into an empty folder, after all its checksums were found right.

    Parameters
    ----------
    file
        What `pulih backup` wrote.
    data
        Empty folder, or one that is not there yet.
    """
    from pulih.adapters.desk_commands import bring_back  # noqa: PLC0415

    return bring_back(file, data, sys.stdout)


def accept_clock(*, data: Path = _DATA) -> int:
    """Let a stopped desk go by this machine's clock from its next start on, though it kept another time.

    Parameters
    ----------
    data
        Folder of the desk.
    """
    from pulih.adapters.machine_time import this_machine  # noqa: PLC0415
    from pulih.serve.clock_start import accept_clock as accept  # noqa: PLC0415

    print(accept(data, this_machine()))
    return 0


def check_journal(*, data: Path = _DATA, config: Path | None = None) -> int:
    """Tell what is damaged in the journal of a desk and what is lost with it; change nothing. The desk may run or not.

    Parameters
    ----------
    data
        Folder of the desk.
    config
        Settings, where they name another database; pulih.toml in the data folder when there is one.
    """
    from pulih.serve.journal_repair import check_journal as check  # noqa: PLC0415

    return check(data, config, sys.stdout)


def repair_journal(*, data: Path = _DATA, config: Path | None = None) -> int:
    """Let a stopped desk go on without what is damaged in its journal; that is kept beside it, and never deleted.

    Parameters
    ----------
    data
        Folder of the desk.
    config
        Settings, where they name another database; pulih.toml in the data folder when there is one.
    """
    from pulih.serve.clocks import WorldClock  # noqa: PLC0415
    from pulih.serve.journal_repair import repair_journal as repair  # noqa: PLC0415

    return repair(data, config, sys.stdout, WorldClock())


def add_to(app: App) -> None:
    """Add the commands of the desk to the others."""
    for command, name in ((serve, "serve"), (check_config, "check-config"), (send, "send"), (tail, "tail")):
        app.command(command, name=name)
    app.command(token)
    app.command(backup, name="backup")
    app.command(restore, name="restore")
    app.command(accept_clock, name="accept-clock")
    app.command(check_journal, name="check-journal")
    app.command(repair_journal, name="repair-journal")


def _goal(feeding: Feeding) -> Goal:
    from pulih.adapters.desk_commands import Goal  # noqa: PLC0415
    from pulih.adapters.files.columns import ColumnWishes  # noqa: PLC0415

    columns = ColumnWishes(
        text=feeding.text,
        time=feeding.time,
        author=feeding.author,
        place=feeding.place,
        id=feeding.id,
        zone=feeding.tz,
    )
    return Goal(
        to=feeding.to,
        token_file=feeding.token_file,
        columns=columns,
        source=feeding.source,
        position=feeding.position,
        plain_http=feeding.plain_http,
    )
