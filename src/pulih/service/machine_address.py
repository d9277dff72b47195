"""Addresses of other people's machines: one https address, so that nothing signed for one reader travels open.

Whether it leads into a private network is looked at when it is posted to (adapters/channels/posting): names
change.
Source: RFC 3986; Standard Webhooks 1.0.0, SSRF.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from pulih.model.errors import RefusedInput

_CHARS_MAX: Final = 500


def machine_address(written: str) -> str:
    """Return an address as it is posted to: without space around it and without a fragment.

    Raises: RefusedInput.

    >>> machine_address(" https://crm.example.id/hook?team=noc#x ")
    'https://crm.example.id/hook?team=noc'
    """
    bare = written.strip(" ").partition("#")[0]
    try:
        parts = urlsplit(bare)
        usable = parts.scheme == "https" and bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        usable = False
    if (
        not usable
        or len(bare) > _CHARS_MAX
        or not (bare.isascii() and bare.isprintable())
        or set(bare) & set(' "<>\\^`{|}')
    ):
        raise RefusedInput(
            "This is no address that a webhook can be posted to; right would be one such as https://example.id/hook.",
            key="subscribe.machine",
        )
    return bare
