"""Works the book of a story out with the engine that a desk uses, and holds it to the rules as they are written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from credit_cases import CreditCase, subscriber
from credit_files import read_credits, write_inputs
from rules_on_cases import holdings
from scenario_books import Book
from scenario_desk import us

from pulih.adapters.credit.kernel import KernelEngine
from pulih.compensate.clauses import Policy
from pulih.compensate.crediting import accounts
from pulih.compensate.incident_file import read_incidents
from pulih.compensate.outages import CreditIncident
from pulih.compensate.totals import Totals
from pulih.ports.credit import CreditTask
from pulih.service.credit_incident import credit_text


@dataclass(frozen=True)
class WorkedOut:
    """The totals of a run, and what each subscriber of the book gets, in minor units."""

    totals: Totals
    gets: dict[str, int]


def worked_out(book: Book, incident: CreditIncident, policy: Policy, folder: Path) -> WorkedOut:
    """Return what a policy gives the subscribers of a book for an incident, by files as a desk writes them.

    Args:
        book: who they are.
        incident: as the desk hands it to an engine.
        policy: as it is, or as if it were in force.
        folder: for the files; it need not be there.
    """
    case, incidents = _case(book, incident, policy), read_incidents(json.loads(credit_text(incident)))
    (folder / "out").mkdir(parents=True)
    out = folder / "out" / "credits.parquet"
    task = CreditTask(
        policy=policy, incidents=incidents, inputs=write_inputs(case, folder / "in", ordered=True), out=str(out)
    )
    totals = KernelEngine().run(task, lambda _doing, _part: None)
    gets = dict.fromkeys((one.who for one in book.members), 0)
    for row in read_credits(out):
        gets[book.members[row[0] - 1].who] += row[5]
    ruled = [sum(one.net for one in accounts(policy, incidents, holding)) for holding in holdings(case)]
    assert list(gets.values()) == ruled, "the engine and the rules differ"
    return WorkedOut(totals, gets)


def _case(book: Book, incident: CreditIncident, policy: Policy) -> CreditCase:
    case = CreditCase({}, {}, [])
    for number, one in enumerate(book.members, 1):
        case.subscribers.append(
            subscriber(
                number, plan_id="any", segment=one.segment, monthly_fee_minor=one.fee,
                currency=one.currency or book.currency, payment=one.payment, home_region=one.home,
            )
        )  # fmt: skip
        case.presence += [
            {"subscriber_id": number, "region": one.away, "start": us(book.at(start)), "end": us(book.at(end))}
            for start, end in one.present or ()
        ]
        if one.paid is not None:
            case.paid.append(_paid(number, one.paid, one.currency or book.currency, (incident.id, policy.id)))
    return case


def _paid(number: int, paid: tuple[str, int], currency: str, of: tuple[str, str]) -> dict[str, Any]:
    clause, amount = paid
    return {
        "subscriber_id": number, "incident_id": of[0], "policy_id": of[1], "clause_id": clause,
        "amount_minor": amount, "currency": currency,
    }  # fmt: skip
