"""Writes the papers of a batch: the signed control report, and what billing and charging take, through the same doors
as `pulih control-report` and `pulih hand-over`.

What is there stays, so a desk that was killed writes just what is missing (requirement K3).
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

import msgspec

from pulih.main_control import ReportWishes, control_report
from pulih.main_settlement import HandOverWishes, hand_over

APPROVED: Final = "approved"
HANDED_OVER: Final = "handed-over"
SETTLED: Final = "settled"


class PapersOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written.

    Attributes:
        credits: folder of the batch.
        subscribers: table of the operator.
        out: folder of its papers; the report of the approval stands in `approved`, the files for billing in
            `handed-over`, the report with what was rounded in `settled`.
        key: file of the key that signs reports; made when it is not there.
        handed_over: whether the batch was handed over.
    """

    credits: str
    subscribers: str
    out: str
    key: str
    handed_over: bool


def write_papers(order: PapersOrder) -> None:
    """Write what is missing.

    Raises: RefusedInput when the table of subscribers is another one by now; OutsideFailed when the disk refuses.
    """
    out = Path(order.out)
    _report(order, out / APPROVED)
    if order.handed_over and not (out / SETTLED).exists():
        wishes = HandOverWishes(credits=Path(order.credits), subscribers=order.subscribers, out=out / HANDED_OVER)
        hand_over(wishes, _quiet)
        _report(order, out / SETTLED)


def _report(order: PapersOrder, goal: Path) -> None:
    if goal.exists():
        return
    wishes = ReportWishes(
        credits=Path(order.credits),
        subscribers=order.subscribers,
        out=goal,
        key=Path(order.key),
        pdf=find_spec("reportlab") is not None,
    )
    control_report(wishes, _quiet)


def _quiet(doing: str, part: float) -> None:
    """Progress that nobody watches."""
