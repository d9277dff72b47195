"""Joins what a control report takes, and writes it: `pulih control-report` and `pulih check-report`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from pulih.adapters.credit.credit_folder import CONTROL, CREDITS
from pulih.adapters.credit.disk import reading
from pulih.adapters.credit.paper import filled
from pulih.adapters.credit.receipts import hand_over_of
from pulih.adapters.credit.report_pdf import report_pdf
from pulih.adapters.credit.report_signature import SIGNER, Looked, look_at, report_key, signed
from pulih.adapters.credit.report_tally import CreditTally
from pulih.adapters.credit.rule_files import in_indonesian
from pulih.adapters.credit.run_files import CreditRun, run_of
from pulih.adapters.credit.subscriber_counts import SubscriberCounts
from pulih.adapters.credit.whole_folder import WholeFolder, digest_of
from pulih.compensate.cells import LEAST_DEFAULT, Cell
from pulih.compensate.clauses import Amount, FeeShare, Policy
from pulih.compensate.control import Control
from pulih.compensate.control_report import DIMENSIONS, ControlReport, clause_accounts, public_totals
from pulih.compensate.report_page import control_page, public_page
from pulih.compensate.written import Language
from pulih.model.errors import RefusedInput
from pulih.ports.credit import Progress

_LANGUAGES: Final[tuple[Language, ...]] = ("id", "en")
_LEAST_LEAST: Final = 3


class ReportWishes(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a control report; see docs/commands.md."""

    credits: Path
    subscribers: str
    out: Path
    key: Path
    least: int = LEAST_DEFAULT
    pdf: bool = True


class Reported(msgspec.Struct, frozen=True):
    """What came of it: the report, and the key by which others can check it."""

    report: ControlReport
    key: str


def control_report(wishes: ReportWishes, progress: Progress) -> Reported:
    """Write the control report of a folder of credits, whole and public, signed.

    Args:
        wishes: the folder of credits, the table of subscribers, where to, the key.
        progress: is told what goes on.

    Raises: RefusedInput for a folder or table that cannot be used; OutsideFailed when the disk refuses or ReportLab is
        missing.
    """
    if wishes.least < _LEAST_LEAST:
        raise RefusedInput(f"--least {wishes.least}: cells of fewer than {_LEAST_LEAST} people would name them.")
    run = run_of(wishes.credits)
    key = report_key(wishes.key)
    with WholeFolder(wishes.out) as folder:
        report = _report(wishes, run, progress)
        public = public_totals(report, wishes.least)
        money = _currencies(report, run.policy)
        whole_pages = [control_page(report, money, language) for language in _LANGUAGES]
        public_pages = [public_page(public, money, language) for language in _LANGUAGES]
        progress("writing the report", 0.9)
        for name, struct, pages in (
            ("control-report", report, whole_pages),
            ("public-totals", public, public_pages),
        ):
            folder.write(f"{name}.json", msgspec.json.format(msgspec.json.encode(struct), indent=2) + b"\n")
            folder.write(f"{name}.html", filled("report.html", pages=pages).encode())
        if wishes.pdf:
            folder.write("control-report.pdf", report_pdf(whole_pages))
        folder.write(SIGNER, f"{key.verifier().text()}\n".encode())
        folder.finish(lambda checksums: signed(checksums, key))
        folder.appear()
    return Reported(report, key.verifier().text())


def check_report(folder: Path, key: str | None) -> Looked:
    """Look whether a report is as it was signed.

    Args:
        folder: that `pulih control-report` wrote.
        key: line of the key, or path of a file that holds it; None: the folder's own.

    Raises: RefusedInput when it is no such folder or key.
    """
    if key is not None and Path(key).is_file():
        with reading(key):
            key = Path(key).read_text(encoding="utf-8")
    return look_at(folder, key)


def _report(wishes: ReportWishes, run: CreditRun, progress: Progress) -> ControlReport:
    progress("counting subscribers", 0.1)
    counts = SubscriberCounts(wishes.subscribers, run.policy)
    control_file, credits_file = wishes.credits / CONTROL, wishes.credits / CREDITS
    with reading(str(control_file)):
        control = msgspec.json.decode(control_file.read_bytes(), type=Control)
    if counts.rows != run.totals.subscribers:
        raise RefusedInput(
            f"{wishes.subscribers}: there are {counts.rows:,} subscribers, and the credits were worked out from "
            f"{run.totals.subscribers:,}; name the table of that run."
        )
    progress("counting credits", 0.4)
    money = frozenset(clause.id for clause in run.policy.clauses if isinstance(clause.value, (FeeShare, Amount)))
    tally = CreditTally(credits_file, wishes.subscribers, money)
    groups = {name: tally.cells(name) for name in DIMENSIONS}
    _reconcile(groups["payment"], run, credits_file)
    with reading(str(credits_file)):
        digest = digest_of(credits_file)
    words = in_indonesian(run.policy)
    return ControlReport(
        at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        policy_id=run.policy.id,
        title=run.policy.title,
        title_id=run.policy.title if words is None else words.title,
        source=run.policy.source,
        incidents={one.incident_id: one.status for one in run.totals.incidents},
        control=control,
        credits_sha256=digest,
        clauses=clause_accounts(run.totals, counts.not_for),
        by_clause=tally.cells("clause"),
        groups=groups,
        subscribers={name: dict(sorted(counted.items())) for name, counted in counts.groups.items()},
        largest=tally.largest(),
        outliers=tally.outliers(),
        over_fee=tally.over_fee(),
        handed_over=hand_over_of(wishes.credits),
    )


def _reconcile(cells: tuple[Cell, ...], run: CreditRun, credits_file: Path) -> None:
    """Hold the credits that were read against the totals of the run."""
    rows, sums = 0, dict.fromkeys(run.totals.net_minor, 0)
    for cell in cells:
        rows += cell.credits or 0
        sums[cell.unit] = sums.get(cell.unit, 0) + (cell.net or 0)
    if (rows, sums) != (run.totals.rows, run.totals.net_minor):
        raise RefusedInput(
            f"{credits_file}: it holds {rows:,} credits that come to {sums}, and totals.json says {run.totals.rows:,} "
            f"and {run.totals.net_minor}; one of them was changed. Work the credits out anew."
        )


def _currencies(report: ControlReport, policy: Policy) -> frozenset[str]:
    """Units of the report that are money."""
    money = {clause.id for clause in policy.clauses if isinstance(clause.value, (FeeShare, Amount))}
    return frozenset(unit for one in report.clauses if one.clause_id in money for unit in one.gross_minor)
