"""Links to "what will I get?": one subscriber's account, by a token that only the desk can make and that ends.

A token holds incident, batch, subscriber and its end under a keyed digest: whoever changes one sign of it has none, and
no number can be guessed through it. Source: HMAC, RFC 2104; base64url, RFC 4648 section 5.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

import msgspec

from pulih.model.clock import DAY_S, MICROS

DAYS_MAX: Final = 90
_MARK_BYTES: Final = 16
_TOKEN_CHARS_MAX: Final = 300


class CreditLink(msgspec.Struct, frozen=True, array_like=True):
    """Whose account of which batch, and until when the link is good, in seconds since 1970 UTC."""

    incident: str
    batch: str
    subscriber: int
    until_s: int


class CreditLinks:
    """Makes and reads tokens.

    Args:
        key: the desk's, 16 to 64 bytes; tokens of another key are none.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, link: CreditLink) -> str:
        """Return the token of a link, fit for an address.

        >>> links = CreditLinks(b"k" * 16)
        >>> links.read(links.token(CreditLink("i", "b", 7, 60)), 0).subscriber
        7
        """
        body = _written(msgspec.msgpack.encode(link))
        return f"{body}.{_written(self._mark(body))}"

    def read(self, token: str, now_us: int) -> CreditLink | None:
        """Return the link of a token, None when it is none of this desk's or its time is over."""
        body, _, mark = token.partition(".")
        if len(token) > _TOKEN_CHARS_MAX or not token.isascii():
            return None
        if not hmac.compare_digest(_written(self._mark(body)), mark):
            return None
        try:
            link = msgspec.msgpack.decode(urlsafe_b64decode(body + "=" * (-len(body) % 4)), type=CreditLink)
        except (binascii.Error, msgspec.MsgspecError):
            return None
        return link if now_us < link.until_s * MICROS else None

    def _mark(self, body: str) -> bytes:
        return hmac.digest(self._key, b"pulih credit link " + body.encode(), "sha256")[:_MARK_BYTES]


def good_until_s(now_us: int, days: int) -> int:
    """Return when a link that is made now ends, in seconds since 1970 UTC.

    >>> good_until_s(0, 1)
    86400
    """
    return now_us // MICROS + days * DAY_S


def _written(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
