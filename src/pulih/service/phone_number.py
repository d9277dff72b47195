"""Numbers of mobile telephones that a desk sends SMS to: those of Indonesia, and no others.

Whoever earns by SMS to dear numbers abroad has forms ask for them (GSMA FS.42, artificially inflated traffic); a desk
for Indonesia has no reader there. Source: Permenkominfo 14/2018, Fundamental Technical Plan (mobile numbers begin 08).
"""

from __future__ import annotations

import re
from typing import Final

from pulih.model.errors import RefusedInput

_BETWEEN: Final = re.compile(r"[\s().\-]+")
_SHAPE: Final = re.compile(r"(?:\+62|62|0)(8[1-9][0-9]{7,10})")
# Numbers are sold by the thousand, and whoever inflates traffic has them in a row.
_BLOCK: Final = 3


def mobile_number(written: str) -> str:
    """Return a number as in E.164.

    Raises: RefusedInput.

    >>> mobile_number("0812-3456-7890"), mobile_number("+62 812 3456 7890")
    ('+6281234567890', '+6281234567890')
    """
    found = _SHAPE.fullmatch(_BETWEEN.sub("", written))
    if found is None or not written.isascii():
        raise RefusedInput(
            "This is no mobile number of Indonesia; right would be one such as 0812 3456 7890.", key="subscribe.number"
        )
    return f"+62{found[1]}"


def number_block(number: str) -> str:
    """Return the row of a thousand numbers that a number belongs to.

    >>> number_block("+6281234567890")
    '+6281234567'
    """
    return number[:-_BLOCK]
