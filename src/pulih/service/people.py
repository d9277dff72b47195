"""People get in here: accounts, sessions, one-time links, a single sign-on; and every deed of theirs is noted.

Who signs in is told the same sentence for a wrong name and a wrong password. Tries are limited by name and address, by
address, and by name; sessions that are open go on meanwhile, so nobody can lock the desk out of its own console.
Source: OWASP Authentication and Session Management Cheat Sheets.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence

from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.person import ROLES, Account, Deed, Identity, Link, LinkKind, Person, Role, Session, TokenView
from pulih.ports.clock import Clock
from pulih.ports.people import PeopleStore
from pulih.service.limits import Limit
from pulih.service.networks import network_of
from pulih.service.passwords import Passwords, checked
from pulih.service.tokens import Tokens, digest

NAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")
_GUESSED_CHARS = 33
# Names that stand on timelines for the desk itself.
TAKEN = frozenset({"desk", "pulih", "system"})
# A session outlives a shift and not the day; one that is unused ends after a shift.
SESSION_US = DAY_S * MICROS
IDLE_US = 12 * HOUR_S * MICROS
# Noting each request would make every look at a page a write.
SEEN_US = 60 * MICROS
LINK_US = 2 * DAY_S * MICROS


class People:
    """Accounts, sessions, links and tokens of one desk."""

    def __init__(
        self,
        store: PeopleStore,
        clock: Clock,
        *,
        key: bytes,
        passwords: Passwords | None = None,
        groups: Mapping[str, Role] | None = None,
    ) -> None:
        """Keep people in `store`; `groups` says which role a group of the single sign-on has; `key` is the desk's."""
        self._store = store
        self._clock = clock
        self._passwords = passwords or Passwords()
        self._groups = groups or {}
        self.tokens = Tokens(store, clock, key=key)
        self._by_both = Limit(5, 900)
        self._by_network = Limit(30, 900)
        self._by_name = Limit(50, 900)

    # Getting in.

    def sign_in(self, name: str, password: str, *, address: str = "") -> str:
        """Return the secret of a new session.

        Args:
            name, password: as typed.
            address: where the person is, for limits and the audit log.

        Raises: RefusedInput when they do not fit, or were tried too often.
        """
        name = name.strip().lower()
        now_us = self._clock.now_us()
        network = network_of(address)
        # No account has a longer name, and what is remembered of guesses has a bound.
        guessed = name[:_GUESSED_CHARS]
        both = f"{guessed} {network}"
        tries = ((self._by_both, both), (self._by_network, network), (self._by_name, guessed))
        wait_s = max(limit.wait_s(key, now_us) for limit, key in tries)
        if wait_s:
            minutes = -(-wait_s // 60)
            raise RefusedInput(f"Too many tries. Try again in {minutes} minutes.", key="sign_in.wait", n=minutes)
        # Counted before the check, so that tries at the same time count too.
        for limit, key in tries:
            limit.note(key, now_us)
        account = self._store.account(name)
        kept = account.password if account and account.active else ""
        if not self._passwords.fits(kept, password) or account is None:
            # A name that is nobody's may be a password in the wrong field, and is not written down.
            self._note(account.name if account else "", "sign_in_refused", address=address)
            raise RefusedInput("Name and password do not fit.", key="sign_in.wrong")
        self._by_both.forget(both)
        # Who may sign in from an address must not thereby clear the way for guesses from there.
        self._by_network.take_back(network, now_us)
        self._by_name.take_back(guessed, now_us)
        if self._passwords.outdated(kept):
            self._store.change_account(account.name, password=self._passwords.kept(password))
        return self._begin(account.name, address)

    def sign_in_as(self, identity: Identity, *, address: str = "") -> str:
        """Return the secret of a new session for whom the single sign-on vouches; makes the account at first.

        Raises: ForbiddenMove when no group of theirs has a role here, the account is shut, or the name is another's.
        """
        roles = [self._groups[group] for group in identity.groups if group in self._groups]
        if not roles:
            raise ForbiddenMove(
                "None of your groups has a role at this desk; an admin can give one in pulih.toml.", key="sign_on.group"
            )
        role = max(roles, key=ROLES.index)
        account = self._store.account_of(identity.subject) or self._met(identity, role)
        if not account.active:
            raise ForbiddenMove("This account is shut; an admin can open it again.", key="sign_on.shut")
        if account.role != role:
            self._changed(account.name, role=role)
            self._note(account.name, "role_set", account.name, role)
        return self._begin(account.name, address)

    def session(self, secret: str) -> Person | None:
        """Return whose session it is, None when it is over."""
        now_us = self._clock.now_us()
        session = self._store.session(digest(secret))
        if session is None or now_us >= session.ends_us or now_us - session.used_us >= IDLE_US:
            return None
        account = self._store.account(session.name)
        if account is None or not account.active:
            return None
        if now_us - session.used_us >= SEEN_US:
            self._store.use_session(session.digest, now_us)
        return Person(name=account.name, role=account.role)

    def sign_out(self, secret: str) -> None:
        """End a session."""
        session = self._store.session(digest(secret))
        if session is not None:
            self._store.end_sessions(session.name, digest=session.digest)
            self._note(session.name, "signed_out")

    def allow(self, secret: str) -> TokenView | None:
        """Return what a token lets its bearer do, None when it is unknown, over, or taken back."""
        return self.tokens.allow(secret)

    # One-time links.

    def first_link(self) -> str | None:
        """Return the secret of a link that makes the first admin, None when there is an admin; earlier ones end."""
        return None if self._has_admin() else self._linked("first", "")

    def link(self, secret: str) -> Link | None:
        """Return what a link is for, None when it is over or was used; that of the first admin ends with any admin."""
        link = self._store.link(digest(secret))
        if link is None or self._clock.now_us() >= link.ends_us or (link.kind == "first" and self._has_admin()):
            return None
        return link

    def accept(self, secret: str, name: str, password: str, *, address: str = "") -> str:
        """Use a link up: make the first admin, or give an account its password. Return the secret of a new session.

        Args:
            secret: of the link.
            name: chosen by the first admin; a welcome knows its own.
            password: chosen by the person.
            address: where they are.

        Raises: RefusedInput when name or password will not do; ForbiddenMove when the link is over.
        """
        link = self.link(secret)
        if link is None:
            raise _over()
        name = link.name or self._free(name)
        kept = self._passwords.kept(checked(password, name))
        if self._store.take_link(link.digest) is None:
            raise _over()
        if link.kind == "first":
            self._added(name, "admin", password=kept, by=name)
        else:
            self._give_password(name, kept)
        return self._begin(name, address)

    def welcome(self, name: str, *, by: Person) -> str:
        """Return the secret of a link with which a person chooses a new password; the old one works until then.

        Raises: RefusedInput when there is nobody of that name.
        """
        account = self._known(name)
        self._note(by.name, "link_made", account.name)
        return self._linked("welcome", account.name)

    # Accounts.

    def accounts(self) -> Sequence[Account]:
        """Return all accounts by name."""
        return self._store.accounts()

    def add(self, name: str, role: Role, *, by: Person) -> str:
        """Add a person, and return the secret of the link with which they choose their password.

        Raises: RefusedInput when the name will not do or is taken.
        """
        account = self._added(name, role, by=by.name)
        return self._linked("welcome", account.name)

    def set_role(self, name: str, role: Role, *, by: Person) -> None:
        """Give a person another role; ForbiddenMove when no admin would be left."""
        self._changed(self._known(name).name, role=role)
        self._note(by.name, "role_set", name, role)

    def set_active(self, name: str, active: bool, *, by: Person) -> None:
        """Shut an account, with all its sessions and tokens, or open it again.

        Raises: ForbiddenMove when no admin would be left; RefusedInput when there is nobody of that name.
        """
        self._changed(self._known(name).name, active=active)
        if not active:
            self._store.end_sessions(name)
            self.tokens.revoke_of(name, by=by.name)
        self._note(by.name, "account_opened" if active else "account_shut", name)

    def set_password(self, person: Person, old: str, new: str, *, session: str) -> None:
        """Change one's own password; all other sessions end.

        Raises: RefusedInput when the old one does not fit, or the new one will not do.
        """
        now_us = self._clock.now_us()
        key = f"password {person.name}"
        wait_s = self._by_both.wait_s(key, now_us)
        if wait_s:
            minutes = -(-wait_s // 60)
            raise RefusedInput(f"Too many tries. Try again in {minutes} minutes.", key="sign_in.wait", n=minutes)
        self._by_both.note(key, now_us)
        account = self._known(person.name)
        if not self._passwords.fits(account.password, old):
            raise RefusedInput("The present password does not fit.", key="password.wrong")
        self._by_both.forget(key)
        self._store.change_account(account.name, password=self._passwords.kept(checked(new, account.name)))
        self._store.end_sessions(account.name, but=digest(session))
        self._note(account.name, "password_changed", account.name)

    # What was done.

    def note(self, actor: str, action: str, subject: str = "", detail: str = "") -> None:
        """Add a line to the audit log."""
        self._note(actor, action, subject, detail)

    def deeds(self, *, before: int | None = None, limit: int = 100) -> Sequence[Deed]:
        """Return lines of the audit log, newest first, from those numbered below `before`."""
        return self._store.deeds(before=before, limit=limit)

    def _begin(self, name: str, address: str) -> str:
        secret = secrets.token_urlsafe(32)
        now_us = self._clock.now_us()
        session = Session(
            digest=digest(secret), name=name, began_us=now_us, used_us=now_us, ends_us=now_us + SESSION_US
        )
        self._store.add_session(session)
        self._store.use_session(session.digest, now_us)
        self._note(name, "signed_in", address=address)
        return secret

    def _added(self, name: str, role: Role, *, by: str, password: str = "", subject: str = "") -> Account:
        account = Account(
            name=_checked_name(name), role=role, password=password, subject=subject, created_us=self._clock.now_us()
        )
        if not self._store.add_account(account):
            raise _taken(account.name)
        self._note(by, "account_added", account.name, role)
        return account

    def _met(self, identity: Identity, role: Role) -> Account:
        """Add the account of whom the single sign-on vouches for the first time."""
        try:
            return self._added(identity.name, role, subject=identity.subject, by=identity.name)
        except RefusedInput:
            # Two windows of one person come back at once.
            account = self._store.account_of(identity.subject)
            if account is None:
                raise
            return account

    def _free(self, name: str) -> str:
        """Return a name for a new account as it is kept; a link is not used up for one that is taken."""
        name = _checked_name(name)
        if self._store.account(name) is not None:
            raise _taken(name)
        return name

    def _has_admin(self) -> bool:
        return any(account.role == "admin" and account.active for account in self._store.accounts())

    def _give_password(self, name: str, kept: str) -> None:
        account = self._known(name)
        self._store.change_account(account.name, password=kept)
        self._store.end_sessions(name)
        self._note(name, "password_changed", name)

    def _changed(self, name: str, *, role: Role | None = None, active: bool | None = None) -> None:
        if not self._store.change_account(name, role=role, active=active):
            raise ForbiddenMove(
                "This would leave the desk without an admin; make somebody else one first.", key="account.last_admin"
            )
        self.tokens.refresh()

    def _known(self, name: str) -> Account:
        account = self._store.account(name)
        if account is None:
            raise RefusedInput(f"There is nobody called {name}.", key="account.unknown", name=name)
        return account

    def _linked(self, kind: LinkKind, name: str) -> str:
        secret = secrets.token_urlsafe(24)
        now_us = self._clock.now_us()
        self._store.add_link(
            Link(digest=digest(secret), kind=kind, name=name, made_us=now_us, ends_us=now_us + LINK_US)
        )
        return secret

    def _note(self, actor: str, action: str, subject: str = "", detail: str = "", *, address: str = "") -> None:
        self._store.add_deed(
            Deed(
                at_us=self._clock.now_us(),
                actor=actor,
                action=action,
                subject=subject,
                detail=detail,
                address=address,
            )
        )


def _checked_name(name: str) -> str:
    name = name.strip().lower()
    if not NAME.fullmatch(name) or name in TAKEN:
        raise RefusedInput(
            "A name has 2 to 32 small letters, digits, dots or dashes, begins with a letter and is not the desk's own.",
            key="account.name",
        )
    return name


def _taken(name: str) -> RefusedInput:
    return RefusedInput(f"The name {name} is taken; choose another.", key="account.taken", name=name)


def _over() -> ForbiddenMove:
    return ForbiddenMove("This link is over or was used; ask for a new one.", key="link.over")
