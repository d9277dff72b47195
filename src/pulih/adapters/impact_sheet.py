"""Impact sheet: the impacts of findings as JSON for machines, and as a short table for people."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from decimal import ROUND_FLOOR, Context
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

from pulih.model.clock import from_micros, iso
from pulih.model.errors import OutsideFailed
from pulih.model.impact import Bounds, Impact, Method, Share
from pulih.service.impacts import Recorded

ROWS_MAX = 40
_MINUTE_US = 60_000_000
# More digits would pretend to be known.
_DIGITS = 3
_WIDEST = 10_000
_TITLES = (
    "operator", "where", "service", "from", "minutes", "emergency calls", "priority customers", "subscribers",
    "most hit group",
)  # fmt: skip
Reckoned = Sequence[tuple[Recorded, Impact]]


class Basis(msgspec.Struct, frozen=True):
    """What the impacts rest on: names of the files, None for one that was not there."""

    findings: str
    signals: str | None
    subscribers: str | None
    zone: str


def impacts_json(reckoned: Reckoned, basis: Basis) -> str:
    """Return the impacts as JSON: schema 1, keys in a fixed order, times in ISO 8601 UTC, null where unknown."""
    methods: dict[str, Method] = {method.id: method for _, impact in reckoned for method in impact.methods}
    document = {
        "schema": 1,
        "source": msgspec.to_builtins(basis),
        "impacts": [_one(finding, impact) for finding, impact in reckoned],
        "methods": [msgspec.to_builtins(method) for method in methods.values()],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _one(finding: Recorded, impact: Impact) -> dict[str, Any]:
    emergency = impact.emergency
    return {
        "finding": finding.id,
        "incident": finding.incident,
        "narrowed_to": finding.narrowed_to or None,
        "operator": impact.scope.operator or None,
        "service": impact.scope.service,
        "region": impact.scope.region,
        "region_name": finding.region_name,
        "symptom": impact.scope.symptom,
        "start": iso(impact.start_us),
        "end": iso(impact.end_us),
        "lasts": finding.lasts,
        "emergency": None if emergency is None else msgspec.to_builtins(emergency),
        "priority": [msgspec.to_builtins(kind) for kind in impact.priority],
        "subscribers": msgspec.to_builtins(impact.subscribers),
        "served": msgspec.to_builtins(impact.served),
        "share": _share(impact.share),
        "groups": [msgspec.to_builtins(group) for group in impact.groups],
        "user_minutes": msgspec.to_builtins(impact.user_minutes),
        "methods": [method.id for method in impact.methods],
        "rules": list(impact.rules),
    }


def _share(share: Share) -> dict[str, Any]:
    likely, high = (float(f"{value:.{_DIGITS}g}") for value in (share.likely, share.high))
    # The lowest is rounded down, so that it stays one.
    low = float(Context(prec=_DIGITS, rounding=ROUND_FLOOR).create_decimal(share.low))
    return {"low": low, "likely": max(low, likely), "high": high, "methods": list(share.methods)}


def write_sheet(path: Path, sheet: str) -> None:
    """Write the sheet whole or not at all; what stood there stays until then.

    Raises: OutsideFailed when it cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(sheet, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise OutsideFailed(f"--out {path}: cannot be written ({error.strerror}). Give a file you may write.") from None


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
    low, likely, high = (10 ** max(0, len(str(value)) - _DIGITS) for value in (number.low, number.likely, number.high))
    shown = (number.low // low * low, (number.likely + likely // 2) // likely * likely, -(-number.high // high) * high)
    return " .. ".join(f"{value:,}" for value in shown)
