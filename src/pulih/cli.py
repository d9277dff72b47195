"""The command line: `pulih backtest`, `read`, `scan` and `impact`; one sentence and an exit code when refused."""

from __future__ import annotations

import gc
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NoReturn

from cyclopts import App, CycloptsError, MissingArgumentError, Parameter, UnknownCommandError, UnusedCliTokensError

from pulih import cli_credit, cli_desk, cli_listen, cli_probe, cli_public, cli_settlement
from pulih.adapters.window_width import seconds
from pulih.model.errors import OutsideFailed, PulihError

app = App(
    name="pulih",
    help="The open outage desk for telecoms: from complaints to a dated, placed outage.",
    version_flags=["--version"],
    default_parameter=Parameter(negative=()),
    # Else Ctrl-C would end a command without the sentence of `guarded`.
    suppress_keyboard_interrupt=False,
)
_STOPPED = "stopped before the end; no file was left half-written."
_COMMANDS = (
    "backtest",
    "read",
    "scan",
    "impact",
    *cli_desk.COMMANDS,
    *cli_public.COMMANDS,
    *cli_credit.COMMANDS,
    *cli_settlement.COMMANDS,
    *cli_listen.COMMANDS,
    *cli_probe.COMMANDS,
)
cli_desk.add_to(app)
cli_public.add_to(app)
cli_credit.add_to(app)
cli_settlement.add_to(app)
cli_listen.add_to(app)
cli_probe.add_to(app)


@Parameter(name="*")
@dataclass(frozen=True)
class Asked:
    """What may be asked of a backtest; each option says it in its help."""

    operator: Annotated[str | None, Parameter(help="The operator the files are about, known or not.")] = None
    text: Annotated[str | None, Parameter(help="Column of the text; found when not told.")] = None
    time: Annotated[str | None, Parameter(help="Column of the time; found when not told.")] = None
    author: Annotated[str | None, Parameter(help="Column of the author; only a pseudonym is kept.")] = None
    place: Annotated[str | None, Parameter(help="Column of a place that the source itself names.")] = None
    id: Annotated[str | None, Parameter(help="Column of the id of a post; one id counts once.")] = None
    tz: Annotated[
        str | None, Parameter(help="Local zone of the report, and of times without one: WIB or IANA name.")
    ] = None
    bin: Annotated[str, Parameter(help="Width of a window, 60s to 1h.")] = "5m"
    false_alarms_per_week: Annotated[
        float, Parameter(help="False alarms you accept a week, over all places of one operator together.")
    ] = 0.1
    catalogue: Annotated[Path | None, Parameter(help="A file of further operators.")] = None
    places: Annotated[Path | None, Parameter(help="A file of regions, for another country.")] = None
    holidays: Annotated[str | None, Parameter(help="Country whose public holidays count as Sundays, such as ID.")] = (
        None
    )
    out: Annotated[Path, Parameter(help="Folder for findings.json, signals.parquet, report.html.")] = Path("pulih-out")


@app.command
def backtest(*files: Annotated[str, Parameter(allow_leading_hyphen=True)], asked: Asked | None = None) -> int:
    """Say what broke, where, since when, and how early Pulih would have told, from files of complaints.

    Parameters
    ----------
    files
        CSV, JSON lines or Parquet, plain, gzip or zstandard; "-" is standard input.
    """
    from pulih.adapters.terminal import TerminalProgress, console_for, show_outcome  # noqa: PLC0415
    from pulih.main import Wishes  # noqa: PLC0415
    from pulih.main import backtest as run_backtest  # noqa: PLC0415

    asked = asked or Asked()
    if not files:
        return _refuse("backtest: which file? Give one or more files of complaints, or - for standard input.")
    unknown = [name for name in files if name.startswith("-") and name != "-"]
    if unknown:
        return _refuse(f"backtest: there is no option {unknown[0]}. `pulih backtest --help` lists them.")
    wishes = Wishes(
        operator=asked.operator,
        text=asked.text,
        time=asked.time,
        author=asked.author,
        place=asked.place,
        id=asked.id,
        tz=asked.tz,
        bin_s=seconds(asked.bin),
        false_alarms_per_week=asked.false_alarms_per_week,
        catalogue=asked.catalogue,
        places=asked.places,
        holidays=asked.holidays,
    )
    with _ending_in_order(), TerminalProgress() as progress:
        outcome = run_backtest(files, out=asked.out, wishes=wishes, progress=progress, stdin=sys.stdin.buffer)
    show_outcome(outcome, asked.out, console_for(sys.stdout))
    return 0


@app.command
def read(*, operator: str | None = None, catalogue: Path | None = None, places: Path | None = None) -> int:
    """Read complaints from standard input, one a line, and write one JSON object a text.

    A line is plain text, or a JSON object with "text" and, if known, "operator", "place" and "at".

    Parameters
    ----------
    operator
        The operator meant where a text names none.
    catalogue
        A file of further operators.
    places
        A file of regions, for another country.
    """
    from pulih.adapters.reading_lines import read_lines  # noqa: PLC0415
    from pulih.main_reading import load_knowledge  # noqa: PLC0415

    knowledge = load_knowledge(operator, catalogue=catalogue, places=places, learnt=True)
    # What is known stays until the end; the collector would look through all of it in vain, and once more at the end.
    gc.freeze()
    read_lines(knowledge.reader, sys.stdin.buffer, sys.stdout.buffer)
    return 0


@app.command
def scan(
    file: Annotated[str, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    tz: str | None = None,
    bin: str | None = None,
    false_alarms_per_week: float = 0.1,
    chart: Path = Path("pulih-scan.html"),
) -> int:
    """Find the rises in counts you already have: a table with the columns time, scope and count.

    A missing row is a missing window, not a zero. Prints the findings as JSON and draws a chart.

    Parameters
    ----------
    file
        CSV, JSON lines or Parquet, plain, gzip or zstandard; "-" is standard input.
    tz
        Local zone of the rhythm, and of times without a zone.
    bin
        Width of a window; the smallest step between times when not told.
    false_alarms_per_week
        False alarms you accept a week and scope.
    chart
        Where the chart goes.
    """
    from pulih.adapters.terminal import TerminalProgress  # noqa: PLC0415
    from pulih.main import scan_file  # noqa: PLC0415

    bin_s = None if bin is None else seconds(bin)
    with TerminalProgress() as progress:
        found = scan_file(
            file,
            tz=tz,
            bin_s=bin_s,
            false_alarms_per_week=false_alarms_per_week,
            chart=chart,
            stdin=sys.stdin.buffer,
            progress=progress,
        )
    print(found)
    print(f"Chart: {chart}", file=sys.stderr)
    return 0


@app.command
def impact(
    result: Path,
    /,
    *,
    subscribers: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    catalogue: Path | None = None,
    places: Path | None = None,
    out: Path | None = None,
) -> int:
    """Say whom the findings of a backtest touch: subscribers, groups, emergency calls, with bounds and methods.

    Prints JSON, and a short table for people on standard error; with --out the JSON goes into a file.

    Parameters
    ----------
    result
        The folder that a backtest wrote, or its findings.json.
    subscribers
        The operator's own counts of subscribers; "-" is standard input. Without it, the number of people.
    catalogue
        A file of further operators, as in the backtest.
    places
        A file of regions, for another country.
    out
        File for the JSON.
    """
    from pulih.adapters.impact_sheet import write_sheet  # noqa: PLC0415
    from pulih.adapters.impact_table import show_impacts  # noqa: PLC0415
    from pulih.adapters.terminal import console_for  # noqa: PLC0415
    from pulih.main import impacts  # noqa: PLC0415

    sheet = impacts(result, subscribers=subscribers, catalogue=catalogue, places=places, stdin=sys.stdin.buffer)
    if out is None:
        print(sheet.json, end="")
    else:
        write_sheet(out, sheet.json)
    show_impacts(sheet.reckoned, sheet.basis, console_for(sys.stderr if out is None else sys.stdout))
    return 0


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """End at SIGTERM as at Ctrl-C, so that drafts are taken away: `timeout` and containers end a command so."""

    def told_to_end(number: int, _frame: object) -> NoReturn:
        raise SystemExit(_refuse(_STOPPED, 128 + number))

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, told_to_end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _refuse(sentence: str, code: int = 2) -> int:
    print(f"pulih: {sentence}", file=sys.stderr)
    return code


def _mistyped(error: CycloptsError) -> str:
    """Say in one sentence what is wrong with a command line that could not be understood."""
    chain = " ".join(error.command_chain or ())
    tokens = " ".join(error.unused_tokens or ())
    if isinstance(error, UnknownCommandError):
        return f"there is no command {tokens.split(' ')[0]}; there are {', '.join(_COMMANDS)}."
    help_ = f"`pulih {chain} --help` lists what it takes"
    if isinstance(error, UnusedCliTokensError):
        if chain == "read":
            return f"read reads standard input: pulih read < {tokens}"
        return f"{chain}: {tokens} is one too many; {help_}."
    if isinstance(error, MissingArgumentError) and error.argument is not None:
        return f"{chain}: {error.argument.name} needs a value; {help_}."
    return f"{chain}: {' '.join(str(error).split()).rstrip('.')}; {help_}."


def guarded(call: Callable[[], int | None]) -> int:
    """Run a command; a refusal becomes one sentence and exit code 2, a failure outside becomes 1."""
    try:
        return call() or 0
    except OutsideFailed as error:
        return _refuse(str(error), 1)
    except PulihError as error:
        return _refuse(str(error))
    except CycloptsError as error:
        return _refuse(_mistyped(error))
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return _refuse(_STOPPED, 130)


def run(typed: Sequence[str] | None = None) -> None:
    """Entry point of the command; what was typed after its name comes from the process when not told."""
    sys.exit(guarded(lambda: app(typed, result_action="return_value", exit_on_error=False, print_error=False)))


if __name__ == "__main__":
    run()
