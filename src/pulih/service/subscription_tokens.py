"""Tokens in the links of messages: each is made from the desk's secret, so none is kept and none can be read anywhere.

A token names its subscription and proves that this desk made it for one purpose: whoever may confirm an address can do
nothing else with that token. 256 bits of proof cannot be guessed, and a copy of the database holds none.
Source: RFC 2104 (HMAC); OWASP Forgot Password Cheat Sheet, URL tokens.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Final, Literal

Purpose = Literal["confirm", "manage"]
_SHAPE: Final = re.compile(r"([0-9a-f]{16})\.([A-Za-z0-9_-]{43})")


def token_of(key: bytes, purpose: Purpose, subscription_id: str) -> str:
    """Return the token of a subscription for a purpose.

    >>> token_of(b"k" * 32, "manage", "0123456789abcdef")[:18]
    '0123456789abcdef.i'
    """
    return f"{subscription_id}.{_proof(key, purpose, subscription_id)}"


def subscription_in(key: bytes, purpose: Purpose, token: str) -> str | None:
    """Return the id of the subscription that a token was made for, None for one that this desk did not make for that.

    >>> subscription_in(b"k" * 32, "manage", token_of(b"k" * 32, "confirm", "0123456789abcdef")) is None
    True
    """
    found = _SHAPE.fullmatch(token)
    if found is None or not hmac.compare_digest(found[2], _proof(key, purpose, found[1])):
        return None
    return found[1]


def address_key(key: bytes, address: str) -> str:
    """Return the keyed digest of an address, the same however its letters are cased.

    >>> address_key(b"k", "Ayu@Example.ID") == address_key(b"k", "ayu@example.id")
    True
    """
    return hmac.new(key, b"pulih address " + address.casefold().encode(), hashlib.sha256).hexdigest()


def _proof(key: bytes, purpose: Purpose, subscription_id: str) -> str:
    said = f"pulih subscription {purpose} {subscription_id}".encode()
    return base64.urlsafe_b64encode(hmac.new(key, said, hashlib.sha256).digest()).rstrip(b"=").decode()
