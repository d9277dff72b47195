"""Invitations: "Sudah normal?" asked of the same people who reported, by a token that only the desk can make.

A token holds what was reported, when, and the pseudonym under which it was; so an answer counts for the same author,
weeks of other cookies or none. It names nobody, opens nothing, and changes nothing until its holder presses a button:
programs that look at links in mails only see a question (requirement R1).
Source: HMAC, RFC 2104; base64url, RFC 4648 section 5.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

import msgspec

from pulih.model.clock import DAY_S, MICROS
from pulih.service.public_form import NAME_CHARS_MAX

GOOD_FOR_S: Final = 7 * DAY_S
# Sixteen bytes of a keyed digest cannot be guessed.
_MARK_BYTES: Final = 16
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
        self._key = key

    def token(self, invited: Invited) -> str:
        """Return the token of an invitation, fit for an address and a cookie.

        >>> made = Invitations(b"k" * 16)
        >>> made.read(made.token(Invited("a", "xl", "Jakarta", "slow", 0)), 0).operator
        'xl'
        """
        short = msgspec.structs.replace(invited, place=invited.place[:NAME_CHARS_MAX])
        body = _written(msgspec.msgpack.encode(short))
        return f"{body}.{_written(self._mark(body))}"

    def read(self, token: str, now_us: int) -> Invited | None:
        """Return the invitation of a token, None when it is none of this desk's or too old."""
        body, _, mark = token.partition(".")
        if len(token) > _TOKEN_CHARS_MAX or not token.isascii():
            return None
        if not hmac.compare_digest(_written(self._mark(body)), mark):
            return None
        try:
            invited = msgspec.msgpack.decode(urlsafe_b64decode(body + "=" * (-len(body) % 4)), type=Invited)
        except (binascii.Error, msgspec.MsgspecError):
            return None
        return invited if abs(now_us // MICROS - invited.at_s) <= GOOD_FOR_S else None

    def _mark(self, body: str) -> bytes:
        return hmac.digest(self._key, b"pulih invitation " + body.encode(), "sha256")[:_MARK_BYTES]


def _written(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
