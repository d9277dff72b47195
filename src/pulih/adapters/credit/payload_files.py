"""Writes the credits of a folder as the files that billing and charging take: NDJSON for each standard, and CSV.

One pass over the credits, a batch at a time, beside the table of subscribers, which says how each of them pays.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec
import pyarrow.parquet as pq

from pulih.adapters.credit.columns import CREDITS as CREDIT_COLUMNS
from pulih.adapters.credit.disk import reading
from pulih.adapters.credit.earlier_sums import EarlierSums
from pulih.adapters.credit.subscriber_columns import SubscriberColumns
from pulih.adapters.credit.whole_folder import WholeFolder
from pulih.compensate.cash import in_cash_minor, major
from pulih.compensate.clauses import Amount, Clause, FeeShare, Policy
from pulih.compensate.credit_ids import credit_id
from pulih.compensate.handed_over import HandOverSums, Route
from pulih.compensate.outages import CreditIncident
from pulih.compensate.payloads import Grounds, applied_rate, balance_adjustment, grounds_of
from pulih.model.errors import RefusedInput

ADJUSTMENTS: Final = "tmf654-adjust-balance.ndjson"
RATES: Final = "tmf678-applied-rates.ndjson"
SHEET: Final = "credits.csv"
BATCH: Final = 1 << 16
_HEADER: Final = (
    "credit_id",
    "subscriber_id",
    "standard",
    "amount",
    "unit",
    "incident_id",
    "policy_id",
    "clause_id",
    "net_minor",
    "rounding_minor",
)
# What a spreadsheet would take for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class Owed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One credit on its way out: its id, whose, what for, how much, and how that subscriber pays."""

    id: str
    subscriber_id: int
    incident_id: str
    clause_id: str
    net: int
    unit: str
    postpaid: bool


def owed_credits(path: Path, columns: SubscriberColumns, earlier: EarlierSums, policy_id: str) -> Iterator[Owed]:
    """Credits of a folder with their ids, in order.

    Args:
        path: of credits.parquet.
        columns: looks up `payment`.
        earlier: what was given before.
        policy_id: of the run.

    Raises: RefusedInput for a damaged file, and when a subscriber is not in the table.
    """
    names = [name for name in CREDIT_COLUMNS.names if name not in {"policy_id", "affected_s", "explanation"}]
    with reading(str(path)), pq.ParquetFile(path) as file:
        for batch in file.iter_batches(BATCH, columns=names):
            if len(batch) == 0:
                continue
            ids = batch.column("subscriber_id").to_numpy()
            payments = columns.rows(ids).column("payment").to_pylist()
            before = earlier.among(ids)
            told = (batch.column(name).to_pylist() for name in names)
            for whose, incident, clause, net, unit, payment in zip(*told, payments, strict=True):
                given = before.get((whose, incident, clause, unit), 0)
                yield Owed(
                    id=credit_id(whose, (incident, policy_id, clause), unit, before_minor=given),
                    subscriber_id=whose,
                    incident_id=incident,
                    clause_id=clause,
                    net=net,
                    unit=unit,
                    postpaid=payment == "postpaid",
                )


class PayloadFiles:
    """The three files of one hand-over.

    Attributes:
        sums: of what was written.
        subscribers: who have a credit.
    """

    def __init__(self, folder: WholeFolder, policy: Policy, incidents: Iterable[CreditIncident]) -> None:
        """Begin them in a folder."""
        self.sums = HandOverSums()
        self.subscribers = 0
        self._policy = policy
        self._incidents = {incident.id: incident for incident in incidents}
        self._clauses = {clause.id: clause for clause in policy.clauses}
        self._grounds: dict[tuple[str, str], Grounds] = {}
        self._adjustments, self._rates = folder.file(ADJUSTMENTS), folder.file(RATES)
        self._sheet = folder.file(SHEET)
        self._encoder = msgspec.json.Encoder(decimal_format="number")
        self._last: int | None = None
        self._sheet.write(_line(_HEADER))

    def add(self, owed: Owed) -> None:
        """Write one credit where it belongs, or count it as too small."""
        clause = self._clause(owed)
        money = isinstance(clause.value, (FeeShare, Amount))
        handed = in_cash_minor(owed.net, owed.unit) if money else owed.net
        route = _route(owed, handed, money=money)
        self.sums.add(owed.unit, route, money=money, net=owed.net, handed=handed)
        self.subscribers += owed.subscriber_id != self._last
        self._last = owed.subscriber_id
        if route == "too_small":
            return
        grounds = self._grounds_of(owed, clause)
        if route == "TMF678":
            rate = applied_rate(owed.id, owed.subscriber_id, grounds, amount=handed, currency=owed.unit)
            self._rates.write(self._encoder.encode(rate) + b"\n")
        else:
            adjustment = balance_adjustment(
                owed.id, owed.subscriber_id, grounds, amount=handed, unit=owed.unit, money=money
            )
            self._adjustments.write(self._encoder.encode(adjustment) + b"\n")
        amount = major(handed, owed.unit) if money else handed
        told = (owed.id, owed.subscriber_id, route, amount, _text(owed.unit), *map(_text, grounds.keys))
        self._sheet.write(_line((*told, owed.net, handed - owed.net)))

    def _clause(self, owed: Owed) -> Clause:
        if owed.clause_id not in self._clauses or owed.incident_id not in self._incidents:
            raise RefusedInput(
                f"credits.parquet: subscriber {owed.subscriber_id} has a credit for {owed.incident_id} under "
                f"{owed.clause_id}, which the rules in explain/ do not have; work the credits out anew."
            )
        return self._clauses[owed.clause_id]

    def _grounds_of(self, owed: Owed, clause: Clause) -> Grounds:
        key = (owed.incident_id, owed.clause_id)
        if key not in self._grounds:
            self._grounds[key] = grounds_of(self._policy, self._incidents[owed.incident_id], clause)
        return self._grounds[key]


def _route(owed: Owed, handed: int, *, money: bool) -> Route:
    """Where a credit goes: what is given in kind adjusts a bucket however the subscriber pays."""
    if handed == 0:
        return "too_small"
    return "TMF678" if money and owed.postpaid else "TMF654"


def _text(text: str) -> str:
    """A text of which no spreadsheet makes a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(cells: Iterable[object]) -> bytes:
    sheet = io.StringIO(newline="")
    csv.writer(sheet, lineterminator="\n").writerow(cells)
    return sheet.getvalue().encode()
