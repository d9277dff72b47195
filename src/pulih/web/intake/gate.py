"""Gate: who may send reports: the bearer of a token of a source, or of a person who acts at the desk."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

import msgspec

from pulih.model.person import TokenView
from pulih.service.tokens import TokenOver
from pulih.web.intake.answers import Barred

# Bearers who were let in lately.
_KNOWN_MAX: Final = 1_024
# For so long they are let in without being asked for again; with the half second for which the desk keeps its tokens,
# one that was taken back, wherever, opens nothing after a second.
KNOWN_S: Final = 0.5
_MAY_NOT: Final = frozenset({"viewer"})
_WHERE: Final = "header Authorization"
_RIGHT: Final = 'a token of the role "source", sent as "Bearer TOKEN"'


class _Known(msgspec.Struct, frozen=True):
    """What a bearer may do, and until when that is not asked again."""

    view: TokenView
    until_s: float


class Gate:
    """Lets bearers of tokens in; used in one event loop, which it never keeps waiting for a database.

    Args:
        allow: returns what a token lets its bearer do, None for none; may block, and is called in a thread. Raises
            TokenOver, whose words are for the bearer.
        monotonic_s: seconds that pass, whatever the clock is set to.
    """

    def __init__(
        self, allow: Callable[[str], TokenView | None], *, monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._allow = allow
        self._monotonic_s = monotonic_s
        self._known: dict[bytes, _Known] = {}
        # Those that are being asked about; many requests of one bearer ask once.
        self._asking: dict[bytes, asyncio.Task[TokenView | None]] = {}

    async def bearer(self, header: bytes) -> TokenView:
        """Return what the bearer may do.

        Args:
            header: value of Authorization, b"" without one.

        Raises: Barred; OutsideFailed when nobody can tell.
        """
        known = self._known.get(header)
        if known is not None and self._monotonic_s() < known.until_s:
            return known.view
        scheme, _, rest = header.partition(b" ")
        token = rest.strip().decode("latin-1")
        if scheme.lower() != b"bearer" or not token:
            raise _unknown("no token" if not header else "no bearer token")
        asked = self._asking.get(header)
        if asked is None:
            asked = self._asking[header] = asyncio.create_task(self._asked(header, token))
            # Where nobody waits any more, nobody else looks at what went wrong.
            asked.add_done_callback(lambda done: done.cancelled() or done.exception())
        # Whoever goes away takes the answer from nobody else.
        try:
            return self._judged(await asyncio.shield(asked))
        except TokenOver as over:
            raise _unknown(str(over)) from None

    async def _asked(self, header: bytes, token: str) -> TokenView | None:
        until_s = self._monotonic_s() + KNOWN_S
        self._known.pop(header, None)
        try:
            view = await asyncio.to_thread(self._allow, token)
        finally:
            del self._asking[header]
        if view is not None and view.role not in _MAY_NOT:
            if len(self._known) >= _KNOWN_MAX:
                self._known.clear()
            self._known[header] = _Known(view, until_s)
        return view

    def _judged(self, view: TokenView | None) -> TokenView:
        if view is None:
            raise _unknown("the token is unknown, over, or taken back")
        if view.role in _MAY_NOT:
            raise Barred(403, f'the token has the role "{view.role}"', where=_WHERE, right=_RIGHT)
        return view


def _unknown(error: str) -> Barred:
    return Barred(401, error, where=_WHERE, right=_RIGHT, headers=((b"www-authenticate", b"Bearer"),))
