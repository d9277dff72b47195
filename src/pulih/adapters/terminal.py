"""Terminal: progress of long work on standard error, and the short table of what was found."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TextIO
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from pulih.adapters.report.outages import Outage, numbered, outages_of, region, trouble
from pulih.adapters.report.words import Words
from pulih.adapters.results import FINDINGS, REPORT, SIGNALS
from pulih.model.clock import from_micros
from pulih.model.finding import Finding
from pulih.ports.files import COLUMN_FIELDS
from pulih.service.outcome import Counters, Outcome

ROWS_MAX = 40
REASONS_MAX = 5


class TerminalProgress:
    """Shows stages on standard error where that is a terminal; silent in a pipe."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:,.0f}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> TerminalProgress:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage with a line of its own."""
        if self._task is not None:
            done = self._bar.tasks[-1].completed
            self._bar.update(self._task, total=max(done, 1), completed=max(done, 1))
        self._task = self._bar.add_task(name, total=total)

    def advance(self, steps: int) -> None:
        """Move the current stage on."""
        if self._task is not None:
            self._bar.advance(self._task, steps)


def console_for(stream: TextIO) -> Console:
    """Return a console that fits the terminal; what goes into a file or pipe keeps its long lines."""
    return Console(file=stream) if stream.isatty() else Console(file=stream, width=200)


def show_outcome(outcome: Outcome, out: Path, console: Console) -> None:
    """Print what was read, a short table of findings, and which file to open."""
    for name, chosen in zip(outcome.names, outcome.chosen, strict=True):
        columns = [f"{field} {value!r}" for field in COLUMN_FIELDS if (value := getattr(chosen, field))]
        console.print(f"{escape(name)}: {chosen.format}; columns: {escape(', '.join(columns))}; zone {chosen.zone}")
    console.print(_balance(outcome.counters))
    if outcome.refused:
        reasons = ", ".join(f"{reason} ({count:,})" for reason, count in outcome.refused[:REASONS_MAX])
        console.print(f"Refused: {escape(reasons)}; the report shows examples.")
    for english, _ in outcome.notes:
        console.print(f"[dim]Note: {escape(english)}[/dim]")
    if outcome.simulated:
        console.print("[bold]The data is a simulation, labelled as one.[/bold]")
    findings = [view.finding for view in outcome.views]
    if findings:
        console.print(_table(findings, ZoneInfo(outcome.settings.zone)))
        if len(findings) > ROWS_MAX:
            console.print(f"... and {len(findings) - ROWS_MAX} more in {FINDINGS}.")
    else:
        console.print("No outage found: nothing rose above the usual beyond the rate of false alarms you accept.")
    console.print(f"Written: {escape(str(out / REPORT))} (open this one), {FINDINGS}, {SIGNALS}")


def _balance(counters: Counters) -> str:
    reports = counters.reports + counters.unsure
    return (
        f"heard {counters.heard:,} = counted {counters.counted:,} + refused {counters.refused:,} "
        f"+ repeated {counters.repeated:,} + late {counters.late:,}; {reports:,} taken as reports of trouble, "
        f"{counters.unsure:,} of these unsure"
    )


def _table(findings: list[Finding], zone: ZoneInfo) -> Table:
    words = Words("en", zone)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in (
        "no.",
        "operator",
        "where",
        "what",
        f"from ({_zone(findings[0], zone)})",
        "raised",
        "over",
        "reports",
        "usual",
        "standing",
    ):
        table.add_column(title, justify="right" if title in ("reports", "usual") else "left", no_wrap=True)
    rows = [row for outage in outages_of(findings) for row in _rows(outage)]
    for number, finding in rows[:ROWS_MAX]:
        begin = from_micros(finding.onset_us).astimezone(zone).date()
        table.add_row(
            number,
            escape(finding.operator_name or "(not named)"),
            escape(region(words, finding).striptags()),
            trouble(words, finding),
            f"{begin:%d %b %Y} {_moment(finding.onset_us, zone, begin)}",
            _moment(finding.alarm_us, zone, begin),
            _over(finding, zone, begin),
            f"{finding.signals:,}",
            f"{finding.expected:,.0f}" if round(finding.expected) >= 1 else "< 1",
            finding.standing,
        )
    return table


def _rows(outage: Outage) -> list[tuple[str, Finding]]:
    """Return the findings of an outage with their numbers, as in the report: 1a and 1b are two of one outage.

    Reports at the same time that name no operator are no outage of their own and say whose time it was.
    """
    numbers = numbered(outage)
    own = [(numbers[finding.id], finding) for finding in outage.findings]
    return [*own, *((f"with {outage.number}", finding) for finding in outage.unnamed)]


def _over(finding: Finding, zone: ZoneInfo, begin: date) -> str:
    if finding.cleared_us is None:
        return "still open"
    # As early as the alarm, the end is no moment of its own.
    return "by then" if finding.cleared_us <= finding.alarm_us else _moment(finding.cleared_us, zone, begin)


def _zone(finding: Finding, zone: ZoneInfo) -> str:
    return f"{from_micros(finding.onset_us).astimezone(zone):%Z}"


def _moment(at_us: int, zone: ZoneInfo, begin: date) -> str:
    """Write the time of day, with the date where it is not that of the beginning."""
    local = from_micros(at_us).astimezone(zone)
    return f"{local:%H:%M}" if local.date() == begin else f"{local:%d %b %H:%M}"
