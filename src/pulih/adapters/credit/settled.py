"""What the commands of settlement say at their end, in lines for people."""

from __future__ import annotations

from collections.abc import Iterable

from pulih.adapters.credit.receipts import HandOverReceipt, Removed
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
