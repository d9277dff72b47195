"""Addresses of browsers: what a browser gives to whoever may push to it, held to its shape before it is kept.

It is a capability: only the browser, its push service and the desk know it. Anybody can invent one, though, so nothing
is pushed but one notification until the browser has shown that it could read it.
Source: W3C Push API, PushSubscription; RFC 8030; RFC 8291 (the keys).
"""

from __future__ import annotations

import base64
import binascii
from typing import Final
from urllib.parse import urlsplit

import msgspec

from pulih.model.errors import RefusedInput

_CHARS_MAX: Final = 2_000
_POINT_BYTES: Final = 65
_SECRET_BYTES: Final = 16
# The push services of Chrome, Edge, Firefox and Safari, by the ends of their names; each serves millions of browsers.
MAKERS: Final = (".fcm.googleapis.com", ".notify.windows.com", ".push.services.mozilla.com", ".push.apple.com")


class _Keys(msgspec.Struct, frozen=True):
    p256dh: str
    auth: str


class BrowserAddress(msgspec.Struct, frozen=True):
    """Where a browser's push service takes messages for it, and the keys that only the browser can undo."""

    endpoint: str
    keys: _Keys

    @property
    def host(self) -> str:
        """Return the name of the push service, in small letters."""
        return (urlsplit(self.endpoint).hostname or "").lower()

    @property
    def of_a_maker(self) -> bool:
        """Whether it is the push service of one of the makers of browsers."""
        return f".{self.host}".endswith(MAKERS)

    def written(self) -> str:
        """Return it as it is kept, the same however it came."""
        return msgspec.json.encode(self).decode()


def browser_address(written: str) -> BrowserAddress:
    """Return the address that a browser gave, as `PushSubscription.toJSON()` writes it; what else is in it is left out.

    Raises: RefusedInput.

    >>> browser_address("{}")
    Traceback (most recent call last):
    pulih.model.errors.RefusedInput: This is no push subscription; right would be what the browser gives to the page.
    """
    try:
        if len(written) > _CHARS_MAX:
            raise ValueError("too long")
        found = msgspec.json.decode(written, type=BrowserAddress)
        parts = urlsplit(found.endpoint)
        point, shared = _decoded(found.keys.p256dh), _decoded(found.keys.auth)
    except (msgspec.MsgspecError, UnicodeError, ValueError):
        raise _none() from None
    if parts.scheme not in {"https", "http"} or not parts.hostname or not found.endpoint.isprintable():
        raise _none()
    if len(point) != _POINT_BYTES or point[0] != 4 or len(shared) != _SECRET_BYTES:
        raise _none()
    return found


def _decoded(written: str) -> bytes:
    bare = written.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None


def _none() -> RefusedInput:
    return RefusedInput(
        "This is no push subscription; right would be what the browser gives to the page.", key="subscribe.browser"
    )
