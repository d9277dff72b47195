"""The rules themselves as an engine: always there, exact by reading, and the judge of the fast ones.

It works one subscriber at a time in Python and holds its tables in memory: right for a pilot region, a check or an
explanation, and slow for a whole country.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pulih.adapters.credit.columns import CREDITS
from pulih.adapters.credit.disk import writing
from pulih.adapters.credit.subscriber_rows import SubscriberRows
from pulih.compensate.clauses import Policy
from pulih.compensate.crediting import Account, accounts, credit_of, row_order
from pulih.compensate.explaining import row_explanation
from pulih.compensate.holdings import Holding
from pulih.compensate.totals import Sums, Totals, totals_of
from pulih.model.errors import RefusedInput
from pulih.ports.credit import CreditTask, Progress

_INT64 = range(-(2**63), 2**63)


class RulesEngine:
    """Runs `compensate.crediting` over files; the port `CreditEngine`."""

    name = "rules"
    checks_values = False

    def leaves(self, policy: Policy) -> tuple[str, ...]:  # noqa: ARG002 - it does every policy
        """Nothing: these are the rules."""
        return ()

    def run(self, task: CreditTask, progress: Progress) -> Totals:
        """Work out all credits.

        Raises: RefusedInput for a credit that does not fit 64 bits; OutsideFailed when the disk refuses.
        """
        progress("reading subscribers", 0.0)
        rows = SubscriberRows(task.inputs)
        sums: dict[tuple[str, str], Sums] = {}
        credited = done = 0
        with writing(Path(task.out).parent), pq.ParquetWriter(task.out, CREDITS) as writer:
            for holdings in rows.chunks():
                found: list[dict[str, Any]] = []
                for holding in holdings:
                    own = list(_credits(task, holding, sums))
                    credited += bool(own)
                    found.extend(own)
                writer.write_table(pa.Table.from_pylist(found, schema=CREDITS))
                done += len(holdings)
                progress("working out credits", done / rows.subscribers)
        return totals_of(task.policy, task.incidents, sums, subscribers=rows.subscribers, credited_subscribers=credited)


def _credits(task: CreditTask, holding: Holding, sums: dict[tuple[str, str], Sums]) -> Iterator[dict[str, Any]]:
    """The rows of one subscriber in their order; sums take in whoever qualifies."""
    given: list[Account] = []
    for account in accounts(task.policy, task.incidents, holding):
        if account.standing == "qualified":
            sum_ = sums.setdefault((account.incident.id, account.clause.id), Sums())
            sum_.add(account.currency, affected_s=account.affected_s, due=account.due, off=account.off)
        if account.net > 0:
            given.append(account)
    rows = [(credit_of(task.policy, holding.subscriber, account), account) for account in given]
    for credit, account in sorted(rows, key=lambda row: row_order(row[0])):
        if credit.amount_minor not in _INT64:
            raise RefusedInput(
                f"subscriber {credit.subscriber_id}: clause {credit.clause_id} comes to {credit.amount_minor}, "
                "which no column of 64 bits holds; give the clause a cap."
            )
        row = {name: getattr(credit, name) for name in credit.__struct_fields__}
        yield {**row, "explanation": row_explanation(task.policy, account.incident, account.clause)}
