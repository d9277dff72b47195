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
import pyarrow as pa
import pyarrow.parquet as pq

from pulih.adapters.credit.disk import reading
from pulih.adapters.credit.earlier_sums import Credited, EarlierSums
from pulih.adapters.credit.subscriber_columns import SubscriberColumns
from pulih.adapters.credit.whole_folder import HashedFile, WholeFolder
from pulih.compensate.cash import in_cash_minor
from pulih.compensate.clauses import Amount, FeeShare, Policy
from pulih.compensate.credit_ids import IdForm, id_form, later_id
from pulih.compensate.handed_over import HandOverSums, Route
from pulih.compensate.outages import CreditIncident
from pulih.compensate.payloads import amount_text, grounds_of, line_form
from pulih.model.errors import RefusedInput

ADJUSTMENTS: Final = "tmf654-adjust-balance.ndjson"
RATES: Final = "tmf678-applied-rates.ndjson"
SHEET: Final = "credits.csv"
BATCH: Final = 1 << 16
# What of a credit goes out, in the order in which it is read.
COLUMNS: Final = ("subscriber_id", "incident_id", "clause_id", "amount_minor", "currency")
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


class Way(msgspec.Struct, kw_only=True):
    """How the credits of one incident, clause, unit and way of paying go out, and what went out so far.

    Attributes:
        form: of a line of the payload; to_bill: which file it is for.
        ids: gives each subscriber's credit its id.
        cells: of the sheet, the same for all.
    """

    unit: str
    money: bool
    to_bill: bool
    form: str
    ids: IdForm
    cells: tuple[str, ...]
    sent: int = 0
    small: int = 0
    net: int = 0
    handed: int = 0
    net_small: int = 0


class PayloadFiles:
    """The three files of one hand-over.

    Attributes:
        credits, subscribers: written or too small, and whose.
    """

    def __init__(self, folder: WholeFolder, policy: Policy, incidents: Iterable[CreditIncident]) -> None:
        """Begin them in a folder."""
        self.credits = self.subscribers = 0
        self._policy = policy
        self._incidents = {incident.id: incident for incident in incidents}
        self._clauses = {clause.id: clause for clause in policy.clauses}
        self._ways: dict[tuple[str, str, str, bool], Way] = {}
        self._adjustments, self._rates = folder.file(ADJUSTMENTS), folder.file(RATES)
        self._sheet = folder.file(SHEET)
        self._last: int | None = None
        self._sheet.write(f"{','.join(_HEADER)}\n".encode())

    def sums(self) -> HandOverSums:
        """What was written, by unit and way."""
        sums = HandOverSums()
        for way in self._ways.values():
            route: Route = "TMF678" if way.to_bill else "TMF654"
            sums.add(way.unit, route, way.sent, money=way.money, net=way.net, handed=way.handed)
            sums.add(way.unit, "too_small", way.small, money=way.money, net=way.net_small, handed=0)
        return sums

    def add(self, batch: pa.RecordBatch, payments: list[str], before: dict[Credited, dict[str, int]]) -> None:
        """Write the credits of a batch where they belong.

        Args:
            batch: with the columns of `COLUMNS`, in order of subscribers.
            payments: how each of them pays.
            before: what was given before, by unit.

        Raises: RefusedInput for a credit that the rules of the run do not have.
        """
        lines: dict[bool, list[str]] = {False: [], True: []}
        sheet = io.StringIO(newline="")
        writer = csv.writer(sheet, lineterminator="\n")
        told = (batch.column(name).to_pylist() for name in COLUMNS)
        for whose, incident, clause, net, unit, payment in zip(*told, payments, strict=True):
            key = (incident, clause, unit, payment == "postpaid")
            way = self._ways.get(key) or self._way(key)
            self.credits += 1
            self.subscribers += whose != self._last
            self._last = whose
            handed = in_cash_minor(net, unit) if way.money else net
            if handed == 0:
                way.small += 1
                way.net_small += net
                continue
            credit = way.ids.id_of(whose)
            given = before.get((whose, incident, clause))
            if given is not None:
                credit = later_id(credit, unit, given.get(unit, 0))
            amount = amount_text(handed, unit, money=way.money)
            way.sent += 1
            way.net += net
            way.handed += handed
            lines[way.to_bill].append(way.form % {"id": credit, "whose": whose, "amount": amount})
            writer.writerow((credit, whose, *way.cells[:1], amount, *way.cells[1:], net, handed - net))
        self._write(self._adjustments, lines[False])
        self._write(self._rates, lines[True])
        self._sheet.write(sheet.getvalue().encode())

    def _write(self, file: HashedFile, lines: list[str]) -> None:
        if lines:
            file.write(("\n".join(lines) + "\n").encode())

    def _way(self, key: tuple[str, str, str, bool]) -> Way:
        """What is given in kind adjusts a bucket however the subscriber pays."""
        incident, clause_id, unit, postpaid = key
        clause = self._clauses.get(clause_id)
        if clause is None or incident not in self._incidents:
            raise RefusedInput(
                f"credits.parquet: there is a credit for {incident} under {clause_id}, which the rules in explain/ do "
                "not have; work the credits out anew."
            )
        money = isinstance(clause.value, (FeeShare, Amount))
        grounds = grounds_of(self._policy, self._incidents[incident], clause)
        to_bill = money and postpaid
        self._ways[key] = Way(
            unit=unit,
            money=money,
            to_bill=to_bill,
            form=line_form(grounds, unit=unit, money=money, on_bill=to_bill),
            ids=id_form(grounds.keys),
            cells=("TMF678" if to_bill else "TMF654", *map(_text, (unit, *grounds.keys))),
        )
        return self._ways[key]


def write_payloads(
    files: PayloadFiles, path: Path, columns: SubscriberColumns, earlier: EarlierSums
) -> Iterator[float]:
    """Write all credits of a folder.

    Args:
        files: to write into.
        path: of credits.parquet.
        columns: looks up `payment`.
        earlier: what was given before.

    Returns: how far it is, 0..1, after each batch.
    Raises: RefusedInput for a damaged file, and when a subscriber is not in the table.
    """
    with reading(str(path)), pq.ParquetFile(path) as file:
        for batch in file.iter_batches(BATCH, columns=list(COLUMNS)):
            if len(batch):
                ids = batch.column("subscriber_id").to_numpy()
                files.add(batch, columns.rows(ids).column("payment").to_pylist(), earlier.among(ids))
                yield files.credits / file.metadata.num_rows


def _text(text: str) -> str:
    """A text of which no spreadsheet makes a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
