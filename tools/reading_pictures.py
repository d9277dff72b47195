"""Draw how the reader does, as SVG that stands alone: confusion matrices, and how often a probability comes true.

A picture has its own ground, and both are dark for people who read in the dark; every figure is written out, so that
no colour is needed to read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]

CELL, LEFT, TOP, EDGE = 46, 190, 76, 24
PLOT = 360
STYLE = """
:root { --ground: #ffffff; --ink: #1b1b1b; --faint: #767676; --right: #0072b2; --wrong: #d55e00; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #16191d; --ink: #ececec; --faint: #9a9a9a; --right: #56b4e9; --wrong: #f0a05a; }
}
text { font: 13px sans-serif; fill: var(--ink); } .title { font-size: 15px; font-weight: bold; }
.axis { fill: var(--faint); } .ground { fill: var(--ground); } .line { stroke: var(--faint); fill: none; }
.right { fill: var(--right); } .wrong { fill: var(--wrong); }
.curve { stroke: var(--right); stroke-width: 2; fill: none; }
"""


def matrix(title: str, names: Sequence[str], counts: Counts) -> str:
    """Return a confusion matrix: a row for each true value, a column for each that was read.

    Args:
        title: what is shown.
        names: the values, in order.
        counts: texts; shape (true, read).
    """
    size = CELL * len(names)
    drawn = [_text(EDGE, 28, title, "title"), _text(LEFT + size / 2, 50, "read as", "axis", anchor="middle")]
    drawn.append(_text(LEFT - 12, TOP + size + 22, "truth", "axis", anchor="end"))
    for at, name in enumerate(names):
        middle = TOP + CELL * at + CELL / 2 + 4
        drawn.append(_text(LEFT - 12, middle, name, anchor="end"))
        x = LEFT + CELL * at + CELL / 2
        turned = f' transform="rotate(-40 {x:.0f} {TOP + size + 16:.0f})"'
        drawn.append(_text(x, TOP + size + 16, name, anchor="end", more=turned))
        drawn += _row(counts[at], at)
    drawn.append(f'<rect class="line" x="{LEFT}" y="{TOP}" width="{size}" height="{size}"/>')
    # Names below stand aslant.
    foot = TOP + size + 36 + 5 * max(map(len, names))
    return _picture(title, max(LEFT + size + EDGE, 420), foot, drawn)


def _row(counts: Counts, at: int) -> list[str]:
    """Draw the cells of one true value, each as dense as its share of the row."""
    drawn = []
    shares = counts / max(1, int(counts.sum()))
    for column, (count, share) in enumerate(zip(counts, shares, strict=True)):
        if not count:
            continue
        x, y = LEFT + CELL * column, TOP + CELL * at
        kind = "right" if column == at else "wrong"
        dense = f"{0.1 + 0.5 * share:.2f}"
        drawn.append(f'<rect class="{kind}" x="{x}" y="{y}" width="{CELL}" height="{CELL}" fill-opacity="{dense}"/>')
        drawn.append(_text(x + CELL / 2, y + CELL / 2 + 5, str(count), anchor="middle"))
    return drawn


def calibration(title: str, told: Sequence[float], true: Sequence[float], texts: Sequence[int]) -> str:
    """Return how often something was so, over how probable it was said to be; on the diagonal it is as said.

    Args:
        title: what is shown.
        told: mean probability of each bin, 0..1.
        true: share of its texts that are so, 0..1.
        texts: how many each bin holds; written beside its dot.
    """
    foot = TOP + PLOT
    drawn = [
        _text(EDGE, 28, title, "title"),
        _text(EDGE, 52, "share that truly are; the number of texts at each dot", "axis"),
    ]
    drawn.append(f'<rect class="line" x="{EDGE + 40}" y="{TOP}" width="{PLOT}" height="{PLOT}"/>')
    drawn.append(f'<line class="line" stroke-dasharray="4 4" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>')
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        drawn.append(_text(_x(tick), foot + 20, f"{tick:g}", "axis", anchor="middle"))
        drawn.append(_text(EDGE + 32, _y(tick) + 4, f"{tick:g}", "axis", anchor="end"))
    drawn.append(_text(_x(0.5), foot + 42, "probability said", "axis", anchor="middle"))
    dots = [(_x(a), _y(b)) for a, b in zip(told, true, strict=True)]
    drawn.append(f'<polyline class="curve" points="{" ".join(f"{x},{y}" for x, y in dots)}"/>')
    for (x, y), many in zip(dots, texts, strict=True):
        drawn.append(f'<circle class="right" cx="{x}" cy="{y}" r="5"/>')
        drawn.append(_text(x + 9, y + 16, str(many)))
    return _picture(title, EDGE + 40 + PLOT + 60, foot + 64, drawn)


def _x(share: float) -> int:
    return round(EDGE + 40 + PLOT * share)


def _y(share: float) -> int:
    return round(TOP + PLOT * (1 - share))


def _text(x: float, y: float, said: str, kind: str = "", *, anchor: str = "start", more: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.0f}" y="{y:.0f}"{named} text-anchor="{anchor}"{more}>{escape(said)}</text>'


def _picture(title: str, width: float, height: float, drawn: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'aria-label="{escape(title)}">\n<style>{STYLE}</style>\n<rect class="ground" width="100%" height="100%"/>\n'
        + "\n".join(drawn)
        + "\n</svg>\n"
    )
