"""Gives every credit an id that is the same whoever works it out, so that nobody is paid the same credit twice.

The id is the key of idempotency wherever a credit is handed over. It hangs on what the credit is for, and on what had
been given for that before: the difference after windows were extended is a credit of its own, while the same run asked
again gives the same ids (requirements K1, K3).
"""

from __future__ import annotations

import hashlib
from typing import Final

_BYTES: Final = 16


def credit_id(subscriber_id: int, keys: tuple[str, str, str], currency: str, *, before_minor: int = 0) -> str:
    """The id of a credit: 32 hexadecimal digits.

    Args:
        subscriber_id: whose.
        keys: incident, policy and clause.
        currency: or unit, of the amount.
        before_minor: sum of the earlier credits for the same, reversals too, in minor units; 0 when there are none.

    >>> first = credit_id(1, ("INC-1", "idn-default", "pro-rata-minute"), "IDR")
    >>> first, first == credit_id(1, ("INC-1", "idn-default", "pro-rata-minute"), "IDR", before_minor=5)
    ('bb91194d1edacde81dc9b38ae778f6f6', False)
    """
    return id_under(id_ground(keys, currency, before_minor), subscriber_id)


def id_ground(keys: tuple[str, str, str], currency: str, before_minor: int) -> str:
    """What the ids of credits for the same have in common; see `credit_id`."""
    # Lengths stand before the texts, so that no two credits share a text.
    return "".join(f"{len(part)}:{part}," for part in (*keys, currency, str(before_minor)))


def id_under(ground: str, subscriber_id: int) -> str:
    """The id of a subscriber's credit on a ground."""
    whose = str(subscriber_id)
    return hashlib.sha256(f"{len(whose)}:{whose},{ground}".encode()).hexdigest()[: 2 * _BYTES]
