"""Tokens let machines in: made once and shown once, kept as a digest, each with a role, perhaps a source, and an end.

The secret is 256 random bits, so a plain SHA-256 keeps it as well as a slow hash would, and thousands of reports a
second can be let in. What a person makes never outlives or outranks that person: it ends with the account, and does no
more than that role may do now. A token of the command line is nobody's, and lasts as it was made.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Sequence

import msgspec

from pulih.model.clock import DAY_S, MICROS
from pulih.model.errors import RefusedInput
from pulih.model.person import TOKEN_ROLES, Account, Deed, Token, TokenRole, TokenView
from pulih.ports.clock import Clock
from pulih.ports.people import PeopleStore

# Secrets begin with this, so that scanners of code and logs can find those that leaked.
PREFIX = "pulih_"
DAYS_MAX = 366
# All tokens are read anew when this old, so one that another process took back is let in no longer than that;
KEPT_US = MICROS // 2
# and, for a secret that is not among them, not before this, so that guesses do not become reads; who makes a token on
# the command line uses it in the next moment.
STRANGE_US = MICROS // 20


class NewToken(msgspec.Struct, frozen=True):
    """A token with its secret, which is shown once and kept nowhere."""

    token: Token
    secret: str


class Tokens:
    """Makes, checks and takes back tokens."""

    def __init__(self, store: PeopleStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._kept: dict[str, Token] = {}
        self._makers: dict[str, Account] = {}
        self._read_us = 0
        self._lock = threading.Lock()

    def create(self, name: str, role: TokenRole, *, by: str, days: int = 90, source: str = "") -> NewToken:
        """Make a token.

        Args:
            name: what it is for.
            role: what it may do.
            by: who makes it.
            days: for how long, 1 to 366.
            source: the only source that it may send reports of; "" = any.

        Raises: RefusedInput when it has no name, or too many days.
        """
        name = name.strip()
        if not 1 <= len(name) <= 80:
            raise RefusedInput("A token needs a name of 1 to 80 characters that says what it is for.", key="token.name")
        if not 1 <= days <= DAYS_MAX:
            raise RefusedInput(f"A token lives 1 to {DAYS_MAX} days, not {days}.", key="token.days", most=DAYS_MAX)
        now_us = self._clock.now_us()
        secret = PREFIX + secrets.token_urlsafe(32)
        token = Token(
            id=secrets.token_hex(4),
            name=name,
            digest=digest(secret),
            role=role,
            source=source.strip(),
            made_by=by,
            made_us=now_us,
            ends_us=now_us + days * DAY_S * MICROS,
        )
        self._store.add_token(token)
        self._read(now_us)
        self._note(by, "token_made", f"{token.id} {name}", f"{role} {token.source}".strip())
        return NewToken(token, secret)

    def allow(self, secret: str) -> TokenView | None:
        """Return what a secret lets its bearer do, None when it is unknown, over, or taken back."""
        if not secret.startswith(PREFIX):
            return None
        token = self._known(digest(secret))
        if token is None or token.revoked_us is not None or token.ends_us <= self._clock.now_us():
            return None
        role = self._role_now(token)
        if role is None:
            return None
        return TokenView(id=token.id, name=token.name, role=role, source=token.source, made_by=token.made_by)

    def all(self) -> Sequence[Token]:
        """Return all tokens, newest first."""
        return self._store.tokens()

    def revoke(self, token_id: str, *, by: str) -> None:
        """Take a token back, from now on.

        Raises: RefusedInput when there is none of that id to take back.
        """
        now_us = self._clock.now_us()
        if not self._store.revoke_token(token_id, now_us):
            raise RefusedInput(
                f"There is no token {token_id} to take back; the list shows those that there are.",
                key="token.unknown",
                token=token_id,
            )
        self._read(now_us)
        self._note(by, "token_revoked", token_id, "")

    def revoke_of(self, maker: str, *, by: str) -> None:
        """Take back all tokens that a person made, from now on."""
        now_us = self._clock.now_us()
        for token in self._store.tokens():
            if token.made_by == maker and self._store.revoke_token(token.id, now_us):
                self._note(by, "token_revoked", token.id, maker)
        self._read(now_us)

    def refresh(self) -> None:
        """Look again at tokens and people, as one of them changed."""
        self._read(self._clock.now_us())

    def _role_now(self, token: Token) -> TokenRole | None:
        """Return what a token may do by now; None when whoever made it is out. Accounts are shut and never removed."""
        maker = self._makers.get(token.made_by)
        if maker is None:
            return token.role
        return min(token.role, maker.role, key=TOKEN_ROLES.index) if maker.active else None

    def _known(self, key: str) -> Token | None:
        now_us = self._clock.now_us()
        # A clock that was set back makes what is kept old, and not young for ever.
        age_us = abs(now_us - self._read_us)
        if age_us >= KEPT_US or (age_us >= STRANGE_US and key not in self._kept):
            self._read(now_us)
        return self._kept.get(key)

    def _read(self, now_us: int) -> None:
        with self._lock:
            self._makers = {account.name: account for account in self._store.accounts()}
            self._kept = {token.digest: token for token in self._store.tokens()}
            self._read_us = now_us

    def _note(self, actor: str, action: str, subject: str, detail: str) -> None:
        self._store.add_deed(
            Deed(at_us=self._clock.now_us(), actor=actor, action=action, subject=subject, detail=detail)
        )


def digest(secret: str) -> str:
    """Return what is kept of a secret.

    >>> digest("a")[:8]
    'ca978112'
    """
    return hashlib.sha256(secret.encode()).hexdigest()
