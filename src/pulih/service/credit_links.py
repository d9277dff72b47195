"""Links to "what will I get?": one subscriber's account, by a token that only the desk can make and that ends.

A token holds incident, batch, subscriber and its end under a seal: whoever changes one sign of it has none, and no
number can be guessed through it.
"""

from __future__ import annotations

from typing import Final

import msgspec

from pulih.model.clock import DAY_S, MICROS
from pulih.service.sealed import Seal

DAYS_MAX: Final = 90
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
        self._seal = Seal(key, "pulih credit link", CreditLink, chars_max=_TOKEN_CHARS_MAX)

    def token(self, link: CreditLink) -> str:
        """Return the token of a link, fit for an address.

        >>> links = CreditLinks(b"k" * 16)
        >>> links.read(links.token(CreditLink("i", "b", 7, 60)), 0).subscriber
        7
        """
        return self._seal.token(link)

    def read(self, token: str, now_us: int) -> CreditLink | None:
        """Return the link of a token, None when it is none of this desk's or its time is over."""
        link = self._seal.read(token)
        return link if link is not None and now_us < link.until_s * MICROS else None


def good_until_s(now_us: int, days: int) -> int:
    """Return when a link that is made now ends, in seconds since 1970 UTC.

    >>> good_until_s(0, 1)
    86400
    """
    return now_us // MICROS + days * DAY_S
