"""What the commands of settlement say at their end, in lines for people."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pulih.adapters.credit.receipts import HandOverReceipt, Removed
from pulih.compensate.control_report import ControlReport
from pulih.compensate.written import amount


def handed_over_lines(receipt: HandOverReceipt, removed: Iterable[Removed], *, before: bool) -> list[str]:
    """Lines on a hand-over: how many went where, sums, and what was removed."""
    account = receipt.account
    routes = account.routes
    lines = [
        f"Handed over on {receipt.at} already; nothing was changed" if before else f"Handed over on {receipt.at}",
        f"credits {account.credits:,} of {account.subscribers:,} subscribers: {routes['TMF654']:,} balance adjustments "
        f"(TMF654), {routes['TMF678']:,} rates on bills (TMF678), {routes['too_small']:,} too small to be paid",
    ]
    for one in account.sums:
        told = [amount(minor, one.unit, "en", in_kind=not one.money) for minor in (one.net, one.handed, one.rounding)]
        lines.append(f"  {one.unit}: owed {told[0]}, handed over {told[1]}, rounding to book {told[2]}")
    lines.append(f"Written: {receipt.out} (SHA256SUMS)")
    lines.extend(f"Removed: {one.path} (SHA-256 {one.sha256})" for one in removed)
    return lines


def reported_lines(report: ControlReport, key: str, out: Path) -> list[str]:
    """Lines on a control report: whether the account balances, what to look at, and by which key it is signed."""
    control = report.control
    outliers = sum(one.count for one in report.outliers)
    return [
        f"subscribers {control.subscribers_in_file:,} = credited {control.credited:,} + not eligible "
        f"{control.not_eligible:,} + refused {control.refused:,}: {'balanced' if report.balanced else 'NOT BALANCED'}",
        f"to look at: {outliers:,} credits far above the median, {report.over_fee.count:,} subscribers above one fee",
        f"Written: {out} (control-report for finance, public-totals for everybody)",
        f"Signed by {key}",
    ]
