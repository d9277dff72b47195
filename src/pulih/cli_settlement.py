"""The commands for credits that are worked out: `pulih hand-over`, `pulih control-report` and `pulih policy`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

COMMANDS = ("hand-over", "control-report", "check-report", "policy")


# What `pulih verify` ends with too when something does not hold.
_FAILS = 3


@Parameter(name="*")
@dataclass(frozen=True)
class Reporting:
    """What a control report takes besides its folders."""

    key: Annotated[Path, Parameter(help="File of the key that signs; it is made at first use.")] = Path(
        "pulih-report.key"
    )
    least: Annotated[int, Parameter(help="Fewest people of a cell that the public sees.")] = 10
    without_pdf: Annotated[bool, Parameter(help="Leave the PDF out, which needs the extra `pdf`.")] = False


def hand_over(*, credits: Path, subscribers: Path, out: Path, journal: Path | None = None, forget: bool = False) -> int:
    """Hand credits over to billing and charging: TMF654 adjustments, TMF678 applied rates, CSV, checksums; once.

    Parameters
    ----------
    credits
        Folder that `pulih credit` wrote.
    subscribers
        Table of subscribers of that run, Parquet or CSV; it says who is prepaid.
    out
        Folder to write; it appears whole or not at all.
    journal
        Journal that the run was posted to; the hand-over is posted there too.
    forget
        Then remove the tables of presence and of listed subscribers, and keep a receipt of that.
    """
    from pulih.adapters.credit.progress_line import ProgressLine  # noqa: PLC0415
    from pulih.adapters.credit.settled import handed_over_lines  # noqa: PLC0415
    from pulih.main_settlement import HandOverWishes  # noqa: PLC0415
    from pulih.main_settlement import hand_over as hand  # noqa: PLC0415

    wishes = HandOverWishes(credits=credits, subscribers=str(subscribers), out=out, journal=journal, forget=forget)
    with ProgressLine() as progress:
        handed = hand(wishes, progress)
    for line in handed_over_lines(handed.receipt, handed.removed, before=handed.before):
        sys.stdout.write(f"{line}\n")
    return 0


def control_report(*, credits: Path, subscribers: Path, out: Path, asked: Reporting | None = None) -> int:
    """Write the control report of credits for finance, and totals for the public: JSON, HTML and PDF, signed.

    Parameters
    ----------
    credits
        Folder that `pulih credit` wrote.
    subscribers
        Table of subscribers of that run, Parquet or CSV.
    out
        Folder to write; it appears whole or not at all.
    """
    from pulih.adapters.credit.progress_line import ProgressLine  # noqa: PLC0415
    from pulih.adapters.credit.settled import reported_lines  # noqa: PLC0415
    from pulih.main_control import ReportWishes  # noqa: PLC0415
    from pulih.main_control import control_report as report  # noqa: PLC0415

    given = asked or Reporting()
    wishes = ReportWishes(
        credits=credits,
        subscribers=str(subscribers),
        out=out,
        key=given.key,
        least=given.least,
        pdf=not given.without_pdf,
    )
    with ProgressLine() as progress:
        reported = report(wishes, progress)
    for line in reported_lines(reported.report, reported.key, out):
        sys.stdout.write(f"{line}\n")
    return 0


def check_report(folder: Path, /, *, signer: str | None = None) -> int:
    """Look whether a control report is as it was signed; exit code 3 when it is not.

    Parameters
    ----------
    folder
        That `pulih control-report` wrote.
    signer
        The key it must be signed with: its line, or a file that holds it; else that of the folder itself.
    """
    from pulih.main_control import check_report as look  # noqa: PLC0415

    looked = look(folder, signer)
    for fault in looked.faults:
        sys.stdout.write(f"FAILS  {fault}\n")
    if not looked.faults:
        whose = (
            "by the key that you named"
            if signer
            else "by the key in the folder, which somebody else may have put there"
        )
        sys.stdout.write(f"holds  every file is as it was signed, {whose}: {looked.key}\n")
    return _FAILS if looked.faults else 0


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
    app.command(control_report, name="control-report")
    app.command(check_report, name="check-report")
    app.command(policy)
