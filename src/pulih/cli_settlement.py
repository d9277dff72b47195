"""The commands for credits that are worked out: `pulih hand-over`, `pulih control-report` and `pulih policy`."""

from __future__ import annotations

import sys
from pathlib import Path

from cyclopts import App

COMMANDS = ("hand-over",)


def hand_over(*, credits: Path, subscribers: Path, out: Path, forget: bool = False) -> int:
    """Hand credits over to billing and charging: TMF654 adjustments, TMF678 applied rates, CSV, checksums; once.

    Parameters
    ----------
    credits
        Folder that `pulih credit` wrote.
    subscribers
        Table of subscribers of that run, Parquet or CSV; it says who is prepaid.
    out
        Folder to write; it appears whole or not at all.
    forget
        Then remove the tables of presence and of listed subscribers, and keep a receipt of that.
    """
    from pulih.adapters.credit.progress_line import ProgressLine  # noqa: PLC0415
    from pulih.adapters.credit.settled import handed_over_lines  # noqa: PLC0415
    from pulih.main_settlement import HandOverWishes  # noqa: PLC0415
    from pulih.main_settlement import hand_over as hand  # noqa: PLC0415

    wishes = HandOverWishes(credits=credits, subscribers=str(subscribers), out=out, forget=forget)
    with ProgressLine() as progress:
        handed = hand(wishes, progress)
    for line in handed_over_lines(handed.receipt, handed.removed, before=handed.before):
        sys.stdout.write(f"{line}\n")
    return 0


def add_to(app: App) -> None:
    """Add these commands to the others."""
    app.command(hand_over, name="hand-over")
