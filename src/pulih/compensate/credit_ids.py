"""Gives every credit that is handed over a key of idempotency, the same whoever works it out: nobody is paid it twice.

The key is the credit's permanent id in the ledger (`ledger.credit_id`). What is given later for the same, after windows
were extended for instance, is a payment of its own: its key follows from that id and from what had been given before.
Without that, a billing system would take the difference for a repetition and drop it (requirements K1, K3).
"""

from __future__ import annotations

import hashlib
import json
from typing import Final

import msgspec

_HEX_DIGITS: Final = 32


class IdForm(msgspec.Struct, frozen=True):
    """The text that ids of credits for the same incident, policy and clause are hashes of, around the subscriber."""

    before: str
    after: str

    def id_of(self, subscriber_id: int) -> str:
        """The permanent id of a subscriber's credit; the same as `ledger.credit_id`."""
        return _hashed(f"{self.before}{subscriber_id}{self.after}")


def id_form(keys: tuple[str, str, str]) -> IdForm:
    """The form of the ids of credits for an incident, policy and clause.

    >>> id_form(("INC-1", "idn-default", "pro-rata-minute")).id_of(1)
    'efed0c05364805b57d76434bf7ff60e5'
    """
    incident, policy, clause = (json.dumps(key, ensure_ascii=False) for key in keys)
    return IdForm(f"[{incident}, ", f", {policy}, {clause}]")


def later_id(credit: str, unit: str, before_minor: int) -> str:
    """The key of a payment for a credit of which something was given before.

    Args:
        credit: its permanent id.
        unit: currency or unit of the payment.
        before_minor: sum of what was given in that unit before, in minor units, reversals too.
    """
    return _hashed(f"{credit} {unit} {before_minor}")


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_HEX_DIGITS]
