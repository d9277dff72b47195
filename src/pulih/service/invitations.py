"""Invitations: "Sudah normal?" asked of the same people who reported, by a token that only the desk can make.

A token holds what was reported, when, and the pseudonym under which it was; so an answer counts for the same author,
weeks of other cookies or none. It names nobody, opens nothing, and changes nothing until its holder presses a button:
programs that look at links in mails only see a question (requirement R1).
"""

from __future__ import annotations

from typing import Final

import msgspec

from pulih.model.clock import DAY_S, MICROS
from pulih.service.public_form import NAME_CHARS_MAX
from pulih.service.sealed import Seal

GOOD_FOR_S: Final = 7 * DAY_S
_TOKEN_CHARS_MAX: Final = 600


class Invited(msgspec.Struct, frozen=True, array_like=True):
    """What is asked about: by which pseudonym, of which operator, where, which symptom, and when it was reported."""

    author: str
    operator: str
    place: str
    symptom: str
    at_s: int


class Invitations:
    """Makes and reads tokens.

    Args:
        key: the desk's, 16 to 64 bytes; tokens of another key are none.
    """

    def __init__(self, key: bytes) -> None:
        self._seal = Seal(key, "pulih invitation", Invited, chars_max=_TOKEN_CHARS_MAX)

    def token(self, invited: Invited) -> str:
        """Return the token of an invitation, fit for an address and a cookie.

        >>> made = Invitations(b"k" * 16)
        >>> made.read(made.token(Invited("a", "xl", "Jakarta", "slow", 0)), 0).operator
        'xl'
        """
        return self._seal.token(msgspec.structs.replace(invited, place=invited.place[:NAME_CHARS_MAX]))

    def read(self, token: str, now_us: int) -> Invited | None:
        """Return the invitation of a token, None when it is none of this desk's or too old."""
        invited = self._seal.read(token)
        return invited if invited is not None and abs(now_us // MICROS - invited.at_s) <= GOOD_FOR_S else None
