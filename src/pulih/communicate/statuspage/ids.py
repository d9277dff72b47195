"""Ids of the Statuspage format: twelve letters and digits that stay the same as long as what they name does.

They are drawn from our own ids by a hash, so that nothing has to remember them, and a copy made elsewhere has the same.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_LENGTH: Final = 12


def page_id(*names: str) -> str:
    """Return the id of what the names together name.

    Args:
        names: kind and our own id ("incident", "20251003-k7qm").

    >>> page_id("incident", "20251003-k7qm"), len(page_id("page", ""))
    ('1b6lhub4y5se', 12)
    """
    left = int.from_bytes(_digest(*names, size=16), "big")
    letters = []
    for _ in range(_LENGTH):
        left, digit = divmod(left, len(_DIGITS))
        letters.append(_DIGITS[digit])
    return "".join(letters)


def number_of(name: str) -> int:
    """Return a whole number for a name, below 10^15, for ids of feeds that are numbers.

    >>> number_of("20251003-k7qm") < 10**15
    True
    """
    return int.from_bytes(_digest(name, size=8), "big") % 10**15


def _digest(*names: str, size: int) -> bytes:
    return blake2b("\x00".join(names).encode(), digest_size=size).digest()
