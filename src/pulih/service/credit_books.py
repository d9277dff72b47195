"""The books of an incident's credits: a double-entry journal that follows from its timeline, and from nothing else.

So a desk that was killed between a decision and its booking books the same lines when it starts again, and a line can
be neither forgotten nor written twice. Approval makes what is owed an expense; a reversal turns just that around; the
hand-over moves what is owed to who pays, and nothing is taken back from there (docs/decisions/0011-credit-books.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pulih.confirm.timeline import follow
from pulih.model.credit_batch import CreditBatch
from pulih.model.entry import CreditsApproved, CreditsHandedOver, CreditsReversed, Entry
from pulih.model.incident import Incident
from pulih.ports.credit_desk import Account, JournalLine

_Booked = CreditsApproved | CreditsReversed | CreditsHandedOver
# What was done, which account is debited, and which is credited.
_LEGS: Final[Mapping[type, tuple[str, Account, Account]]] = {
    CreditsApproved: ("approved", "compensation", "owed"),
    CreditsReversed: ("reversed", "owed", "compensation"),
    CreditsHandedOver: ("handed_over", "owed", "handed_over"),
}


def journal_of(entries: Iterable[Entry]) -> tuple[JournalLine, ...]:
    """Return every line of the books of an incident.

    Args:
        entries: its whole timeline, oldest first.

    Raises: RefusedInput when the entries are no timeline.
    """
    lines: list[JournalLine] = []
    incident: Incident | None = None
    for entry in entries:
        before, incident = incident, follow(incident, entry)
        fact = entry.fact
        if before is None or not isinstance(fact, _Booked):
            continue
        batch = next(one for one in before.credits if one.id == fact.batch)
        # What was dropped before anybody approved it was never in the books.
        if isinstance(fact, CreditsApproved) or batch.state == "approved":
            lines += _entry(entry, fact, batch)
    return tuple(lines)


def balances(lines: Iterable[JournalLine]) -> dict[tuple[Account, str], int]:
    """Return what stands on each account in each currency, debits positive; accounts at nothing are left out.

    >>> balances([])
    {}
    """
    sums: dict[tuple[Account, str], int] = {}
    for line in lines:
        key = (line.account, line.currency)
        sums[key] = sums.get(key, 0) + line.amount_minor
    return {key: value for key, value in sorted(sums.items()) if value}


def _entry(entry: Entry, fact: _Booked, batch: CreditBatch) -> Iterator[JournalLine]:
    done, debited, credited = _LEGS[type(fact)]
    for currency, net in sorted(batch.net_minor.items()):
        for account, amount in ((debited, net), (credited, -net)):
            yield JournalLine(
                id=f"{batch.id}/{done}/{currency}/{account}",
                entry=f"{batch.id}/{done}",
                incident=entry.incident,
                batch=batch.id,
                at_us=entry.at_us,
                actor=entry.actor,
                account=account,
                amount_minor=amount,
                currency=currency,
                rows=batch.rows,
                digest=batch.digest,
            )
