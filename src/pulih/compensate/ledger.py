"""The ledger of credits: what was granted, reversed and handed over, as double entries that are only ever added.

A credit has an id of its own, so that no system downstream books it twice. Before it is handed over, a correction
reverses the grant and grants anew; afterwards nothing is taken back, and what was handed over counts as paid before.
Source: docs/credit.md, "The journal".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

# What an outage costs, what is owed to subscribers and not yet handed over, and what billing has.
BookAccount = Literal["cost", "owed", "handed_over"]
Posting = Literal["grant", "reversal", "hand_over"]

_BOOKED: Final[Mapping[Posting, tuple[BookAccount, BookAccount]]] = {
    "grant": ("cost", "owed"),
    "reversal": ("owed", "cost"),
    "hand_over": ("owed", "handed_over"),
}


class CreditKey(msgspec.Struct, frozen=True, order=True):
    """What a credit is for; with a currency, since a subscriber may change theirs."""

    subscriber_id: int
    incident_id: str
    policy_id: str
    clause_id: str
    currency: str


class LedgerLine(msgspec.Struct, frozen=True):
    """One double entry: the amount, above zero, goes from the account credited to the one debited."""

    posting: Posting
    debit: BookAccount
    credit: BookAccount
    key: CreditKey
    amount_minor: int


def credit_id(key: CreditKey) -> str:
    """The permanent id of a credit: a hash of incident, subscriber, policy and clause, 32 hexadecimal digits.

    >>> credit_id(CreditKey(1, "INC-1", "idn-default", "pro-rata-minute", "IDR"))
    'efed0c05364805b57d76434bf7ff60e5'
    """
    named = json.dumps([key.incident_id, key.subscriber_id, key.policy_id, key.clause_id], ensure_ascii=False)
    return hashlib.sha256(named.encode()).hexdigest()[:32]


def correction(key: CreditKey, open_minor: int, new_minor: int) -> tuple[LedgerLine, ...]:
    """What to post so that a new amount stands open instead of the present one.

    Args:
        key: the credit.
        open_minor: granted, and neither reversed nor handed over; 0 or more.
        new_minor: what a run gives now; 0 or more.

    Returns: nothing where both are the same; else the reversal of all that is open, then the grant.

    >>> key = CreditKey(1, "A", "p", "c", "IDR")
    >>> [(line.posting, line.amount_minor) for line in correction(key, 500, 700)]
    [('reversal', 500), ('grant', 700)]
    """
    if open_minor == new_minor:
        return ()
    lines = (_line("reversal", key, open_minor), _line("grant", key, new_minor))
    return tuple(line for line in lines if line.amount_minor > 0)


def hand_over(key: CreditKey, open_minor: int) -> LedgerLine:
    """What to post when all that is open of a credit goes to billing."""
    return _line("hand_over", key, open_minor)


def _line(posting: Posting, key: CreditKey, amount_minor: int) -> LedgerLine:
    debit, credit = _BOOKED[posting]
    return LedgerLine(posting, debit, credit, key, amount_minor)
