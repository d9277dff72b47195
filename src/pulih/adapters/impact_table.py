"""Impact table: the impacts of findings as a short table for people, on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

from pulih.adapters.impact_sheet import DIGITS, Basis, Reckoned
from pulih.model.clock import from_micros
from pulih.model.impact import Bounds, Impact
from pulih.service.impacts import Recorded

ROWS_MAX = 40
_MINUTE_US = 60_000_000
_WIDEST = 10_000
_TITLES = (
    "operator", "where", "service", "from", "minutes", "emergency calls", "priority customers", "subscribers",
    "most hit group",
)  # fmt: skip


def show_impacts(reckoned: Reckoned, basis: Basis, console: Console) -> None:
    """Print a short table: emergency calls and priority customers first, then subscribers and the group most hit.

    Where that is too wide for the terminal each finding is a paragraph: half a number would be another number.
    """
    if not reckoned:
        console.print("No finding, so there is nothing to reckon an impact from.")
        return
    rows = [_row(finding, impact, ZoneInfo(basis.zone)) for finding, impact in reckoned[:ROWS_MAX]]
    table = _table(rows)
    if Measurement.get(console, console.options.update_width(_WIDEST), table).maximum <= console.width:
        console.print(table)
    else:
        for row in rows:
            lines = [f"{title}: {cell}" for title, cell in zip(_TITLES, row, strict=True)]
            console.print(*lines, "", sep="\n", highlight=False)
    if len(reckoned) > ROWS_MAX:
        console.print(f"... and {len(reckoned) - ROWS_MAX} more in the JSON.")
    console.print(
        "Each number is lowest .. likely .. highest; likely is a guess of the order of magnitude, and no count. Rows "
        "of one outage count the same people, so do not add them. What each rests on:"
    )
    methods = {method.id: method.english for _, impact in reckoned for method in impact.methods}
    for identity, sentence in methods.items():
        console.print(f"[dim]{escape(identity)}[/dim]: {escape(sentence)}")


def _table(rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in _TITLES:
        table.add_column(title, justify="right" if title == "minutes" else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table


def _row(finding: Recorded, impact: Impact, zone: ZoneInfo) -> tuple[str, ...]:
    """Return the cells of a finding, in the order of the titles."""
    first = impact.groups[0]
    return (
        escape(impact.scope.operator or "(not named)"),
        escape(finding.region_name or impact.scope.region or "whole country or place not known"),
        impact.scope.service or "not told",
        f"{from_micros(impact.start_us).astimezone(zone):%d %b %Y %H:%M %Z}",
        f"{(impact.end_us - impact.start_us) // _MINUTE_US:,}{' so far' if finding.lasts else ''}",
        "-" if impact.emergency is None else bounds(impact.emergency.calls),
        ", ".join(f"{kind.kind} {bounds(kind.touched)}" for kind in impact.priority) or "-",
        bounds(impact.subscribers),
        f"{first.group} {bounds(first.subscribers)}",
    )


def bounds(number: Bounds) -> str:
    """Write bounds for people, three digits of each: the lowest rounded down and the highest up.

    >>> bounds(Bounds(12, 3456, 56_789))
    '12 .. 3,460 .. 56,800'
    """
    low, likely, high = (10 ** max(0, len(str(value)) - DIGITS) for value in (number.low, number.likely, number.high))
    shown = (number.low // low * low, (number.likely + likely // 2) // likely * likely, -(-number.high // high) * high)
    return " .. ".join(f"{value:,}" for value in shown)
