"""Gate: who may send reports: the bearer of a token of a source, or of a person who acts at the desk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from pulih.model.person import TokenView
from pulih.web.intake.answers import Barred

# Tokens asked about before; whoever keeps tokens answers those at once, without the disk.
_KNOWN_MAX: Final = 1_024
_MAY_NOT: Final = frozenset({"viewer"})
_WHERE: Final = "header Authorization"
_RIGHT: Final = 'a token of the role "source", sent as "Bearer TOKEN"'


class Gate:
    """Lets bearers of tokens in.

    Args:
        allow: returns what a token lets its bearer do, None for none; quick for one it was asked about before.
    """

    def __init__(self, allow: Callable[[str], TokenView | None]) -> None:
        self._allow = allow
        self._known: dict[bytes, str] = {}

    async def bearer(self, header: bytes) -> TokenView:
        """Return what the bearer may do.

        Args:
            header: value of Authorization, b"" without one.

        Raises: Barred.
        """
        token = self._known.get(header)
        if token is not None:
            return self._judged(self._allow(token))
        scheme, _, rest = header.partition(b" ")
        token = rest.strip().decode("latin-1")
        if scheme.lower() != b"bearer" or not token:
            raise _unknown("no token" if not header else "no bearer token")
        # The first time it may take the disk, and the loop must not wait for that.
        view = self._judged(await asyncio.to_thread(self._allow, token))
        if len(self._known) >= _KNOWN_MAX:
            self._known.clear()
        self._known[header] = token
        return view

    def _judged(self, view: TokenView | None) -> TokenView:
        if view is None:
            raise _unknown("the token is unknown, over, or taken back")
        if view.role in _MAY_NOT:
            raise Barred(403, f'the token has the role "{view.role}"', where=_WHERE, right=_RIGHT)
        return view


def _unknown(error: str) -> Barred:
    return Barred(401, error, where=_WHERE, right=_RIGHT, headers=((b"www-authenticate", b"Bearer"),))
