"""The page of the detection bench: tables in Markdown, and bars of delay over the limit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

COLUMNS = (
    "false alarms / week",
    "worst cell",
    "feasible found",
    "median delay",
    "delay / limit",
    "P / N / D",
    "µs a point",
)
OWN, OTHER = "#0072B2", "#8a8a86"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def detector_row(name: str, figures: dict[str, Any]) -> list[str]:
    """Return the cells of one detector, from the bench's pooled figures."""
    worst, median = figures["worst_cell_false_alarms"], figures["median_delay"]
    rate, micros = figures["false_alarms_per_series_week"], figures["cpu_us_per_point"]
    return [
        name,
        "" if rate is None else f"{rate:.3f}",
        "" if worst is None else f"{worst:.3f}",
        f"{figures['detection_rate_feasible']:.3f}",
        "miss" if median is None else f"{median:g}",
        f"**{figures['ratio']:.3f}**",
        " / ".join(f"{ratio:.2f}" for ratio in figures["ratio_by_stratum"].values()),
        "" if micros is None else f"{micros:.1f}",
    ]


def ranked(detectors: dict[str, dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Return detectors by delay over limit, best first."""
    return sorted(detectors.items(), key=lambda item: float(item[1]["ratio"] or 99))


def bars(detectors: dict[str, dict[str, Any]]) -> str:
    """Return the picture: one bar a detector, 1 marked as what is possible."""
    rows = ranked(detectors)
    height = 34 * len(rows) + 44
    drawn = []
    for number, (name, figures) in enumerate(rows):
        y, width = 30 + 34 * number, 110 * float(figures["ratio"])
        colour = OWN if name.startswith("pulih") else OTHER
        drawn.append(
            f'<text x="222" y="{y + 16}" text-anchor="end">{name}</text>'
            f'<rect x="230" y="{y}" width="{width:.0f}" height="22" fill="{colour}"/>'
            f'<text x="{238 + width:.0f}" y="{y + 16}">{float(figures["ratio"]):.2f}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 {height}" font-family="sans-serif" font-size="14" '
        'role="img" aria-label="Mean delay over the theoretical limit, by detector">'
        f'<rect width="900" height="{height}" fill="#ffffff"/>{"".join(drawn)}'
        f'<line x1="340" x2="340" y1="20" y2="{height - 8}" stroke="#333333" stroke-dasharray="4 3"/>'
        '<text x="340" y="15" text-anchor="middle">the limit</text></svg>\n'
    )
