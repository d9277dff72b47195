"""What keeping people asks of the outside: a store of accounts, sessions, tokens, links and deeds; a single sign-on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from pulih.model.person import Account, Deed, Identity, Link, Role, Session, Token


class PeopleStore(Protocol):
    """Keeps people durably. Every method is one transaction, and may be called from any thread."""

    def accounts(self) -> Sequence[Account]:
        """Return all accounts by name."""
        ...

    def account(self, name: str) -> Account | None:
        """Return one account."""
        ...

    def account_of(self, subject: str) -> Account | None:
        """Return the account of a single sign-on's subject."""
        ...

    def add_account(self, account: Account) -> bool:
        """Add an account; False when the name is taken."""
        ...

    def change_account(
        self, name: str, *, role: Role | None = None, active: bool | None = None, password: str | None = None
    ) -> bool:
        """Change what is given of an account, and nothing else.

        Return False and change nothing when an active admin would go and no other be left: told in the same
        transaction, so that two admins who demote each other do not both succeed.
        """
        ...

    def add_session(self, session: Session) -> None:
        """Add a session."""
        ...

    def session(self, digest: str) -> Session | None:
        """Return a session."""
        ...

    def use_session(self, digest: str, at_us: int) -> None:
        """Note that a session, and its person, was seen."""
        ...

    def end_sessions(self, name: str, *, digest: str = "", but: str = "") -> None:
        """Remove the sessions of a person: all, the one of `digest`, or all but the one of `but`."""
        ...

    def add_token(self, token: Token) -> None:
        """Add a token."""
        ...

    def tokens(self) -> Sequence[Token]:
        """Return all tokens, newest first."""
        ...

    def revoke_token(self, token_id: str, at_us: int) -> bool:
        """Take a token back; False when there is none of that id, or it was taken back before."""
        ...

    def add_link(self, link: Link) -> None:
        """Add a link; one of the same kind and name that was there ends."""
        ...

    def link(self, digest: str) -> Link | None:
        """Return a link without using it up."""
        ...

    def take_link(self, digest: str) -> Link | None:
        """Remove a link and return it; None when it was taken before: of two that take it, one gets it."""
        ...

    def add_deed(self, deed: Deed) -> None:
        """Add a line to the audit log; its number is given by the store."""
        ...

    def deeds(self, *, before: int | None, limit: int) -> Sequence[Deed]:
        """Return lines of the audit log, newest first, from those numbered below `before`."""
        ...


class SignOnBegun(msgspec.Struct, frozen=True):
    """A sign-on under way: where to send the browser, and what to remember until it is back."""

    address: str
    state: str
    nonce: str
    verifier: str


class SignOn(Protocol):
    """A single sign-on (OpenID Connect)."""

    def begin(self, back: str) -> SignOnBegun:
        """Begin; the browser comes back to the address `back`. Raise OutsideFailed when it does not answer."""
        ...

    def finish(self, begun: SignOnBegun, *, back: str, code: str) -> Identity:
        """Return whom the code stands for. Raise OutsideFailed, or RefusedInput when it proves nothing."""
        ...
