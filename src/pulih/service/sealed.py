"""Sealed tokens: what a link says, under a keyed digest, so that only the desk can make one and nobody change it.

A token is no secret: whoever holds it can read what it says. Each kind has a purpose of its own in its digest, so that
a token of one kind is none of another. Source: HMAC, RFC 2104; base64url, RFC 4648 section 5.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final, Generic, TypeVar

import msgspec

# Sixteen bytes of a keyed digest cannot be guessed.
_MARK_BYTES: Final = 16

Said = TypeVar("Said", bound=msgspec.Struct)


class Seal(Generic[Said]):
    """Makes and reads the tokens of one purpose.

    Args:
        key: the desk's, 16 to 64 bytes; tokens of another key are none.
        purpose: what these tokens are for; never changed once tokens are out.
        said: what a token says.
        chars_max: longer ones are none.
    """

    def __init__(self, key: bytes, purpose: str, said: type[Said], *, chars_max: int) -> None:
        self._key, self._purpose = key, purpose.encode() + b" "
        self._said, self._chars_max = said, chars_max

    def token(self, said: Said) -> str:
        """Return the token that says this, fit for an address and a cookie."""
        body = _written(msgspec.msgpack.encode(said))
        return f"{body}.{self._mark(body)}"

    def read(self, token: str) -> Said | None:
        """Return what a token says, None when it is none of this desk's."""
        body, _, mark = token.partition(".")
        if len(token) > self._chars_max or not token.isascii():
            return None
        if not hmac.compare_digest(self._mark(body), mark):
            return None
        return unproved(token, self._said)

    def _mark(self, body: str) -> str:
        return _written(hmac.digest(self._key, self._purpose + body.encode(), "sha256")[:_MARK_BYTES])


def unproved(token: str, said: type[Said]) -> Said | None:
    """Return what a token says, whoever made it, None when it says nothing of that kind."""
    body = token.partition(".")[0]
    try:
        return msgspec.msgpack.decode(urlsafe_b64decode(body + "=" * (-len(body) % 4)), type=said)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        return None


def _written(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
