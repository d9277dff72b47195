"""A store of people in memory, for tests; test_people_store.py holds it and the durable one to the same."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import msgspec

from pulih.model.person import Account, Deed, Link, Role, Session, Token


class PeopleInMemory:
    """Implements ports.people.PeopleStore."""

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}
        self._sessions: dict[str, Session] = {}
        self._tokens: dict[str, Token] = {}
        self._links: dict[str, Link] = {}
        self._deeds: list[Deed] = []
        self._lock = threading.RLock()

    def accounts(self) -> Sequence[Account]:
        with self._lock:
            return [self._accounts[name] for name in sorted(self._accounts)]

    def account(self, name: str) -> Account | None:
        return self._accounts.get(name)

    def account_of(self, subject: str) -> Account | None:
        return next((account for account in self.accounts() if subject and account.subject == subject), None)

    def add_account(self, account: Account) -> bool:
        with self._lock:
            if account.name in self._accounts:
                return False
            self._accounts[account.name] = account
            return True

    def change_account(
        self, name: str, *, role: Role | None = None, active: bool | None = None, password: str | None = None
    ) -> bool:
        with self._lock:
            before = self._accounts[name]
            after = msgspec.structs.replace(
                before,
                role=role or before.role,
                active=before.active if active is None else active,
                password=before.password if password is None else password,
            )
            others = any(is_admin(other) for other in self._accounts.values() if other.name != name)
            if is_admin(before) and not is_admin(after) and not others:
                return False
            self._accounts[name] = after
            return True

    def add_session(self, session: Session) -> None:
        with self._lock:
            self._sessions[session.digest] = session

    def session(self, digest: str) -> Session | None:
        return self._sessions.get(digest)

    def use_session(self, digest: str, at_us: int) -> None:
        with self._lock:
            session = self._sessions.get(digest)
            if session is not None:
                self._sessions[digest] = msgspec.structs.replace(session, used_us=at_us)
                account = self._accounts[session.name]
                self._accounts[session.name] = msgspec.structs.replace(account, last_seen_us=at_us)

    def end_sessions(self, name: str, *, digest: str = "", but: str = "") -> None:
        with self._lock:
            ended = [
                key
                for key, session in self._sessions.items()
                if session.name == name and (not digest or key == digest) and key != but
            ]
            for key in ended:
                del self._sessions[key]

    def add_token(self, token: Token) -> None:
        with self._lock:
            self._tokens[token.digest] = token

    def tokens(self) -> Sequence[Token]:
        with self._lock:
            return sorted(self._tokens.values(), key=lambda token: (-token.made_us, token.id))

    def revoke_token(self, token_id: str, at_us: int) -> bool:
        with self._lock:
            for digest, token in self._tokens.items():
                if token.id == token_id and token.revoked_us is None:
                    self._tokens[digest] = msgspec.structs.replace(token, revoked_us=at_us)
                    return True
            return False

    def add_link(self, link: Link) -> None:
        with self._lock:
            for digest, other in list(self._links.items()):
                if (other.kind, other.name) == (link.kind, link.name):
                    del self._links[digest]
            self._links[link.digest] = link

    def link(self, digest: str) -> Link | None:
        return self._links.get(digest)

    def take_link(self, digest: str) -> Link | None:
        with self._lock:
            return self._links.pop(digest, None)

    def add_deed(self, deed: Deed) -> None:
        with self._lock:
            self._deeds.append(msgspec.structs.replace(deed, number=len(self._deeds) + 1))

    def deeds(self, *, before: int | None, limit: int) -> Sequence[Deed]:
        with self._lock:
            return [deed for deed in reversed(self._deeds) if before is None or deed.number < before][:limit]


def is_admin(account: Account) -> bool:
    return account.role == "admin" and account.active
