"""The commands for credits that are worked out: `pulih hand-over`, `pulih control-report` and `pulih policy`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from cyclopts import App

COMMANDS = ("hand-over", "policy")


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


policy = App(name="policy", help="What the policies of compensation say, in sentences made from their clauses.")


@policy.command(name="list")
def list_policies() -> int:
    """List the policies that come with Pulih: id and title."""
    from pulih.main_settlement import packaged  # noqa: PLC0415

    for one in packaged():
        sys.stdout.write(f"{one.id:24}{one.title}\n")
    return 0


@policy.command
def show(named: str, /, *, language: Literal["id", "en"] = "id", html: Path | None = None) -> int:
    """Explain a policy: who qualifies, what is counted, how the amount comes about, when it is in force.

    Parameters
    ----------
    named
        Id of a packaged policy, or a file of TOML.
    language
        Of the sentences.
    html
        Write a page in both languages to this file instead, the chosen one first.
    """
    from pulih.main_settlement import explain_policy  # noqa: PLC0415

    sys.stdout.write(f"{explain_policy(named, language, html)}\n")
    return 0


def add_to(app: App) -> None:
    """Add these commands to the others."""
    app.command(hand_over, name="hand-over")
    app.command(policy)
