"""Keeps people in the desk's database; each method is one transaction, and what must not cross is told within it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, Engine, RowMapping, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.elements import ColumnElement

from pulih.adapters.sql.engine import reading, writing
from pulih.adapters.sql.people_tables import accounts, deeds, links, sessions, tokens
from pulih.model.person import Account, Deed, Link, Role, Session, Token

Row = TypeVar("Row", Account, Session, Token, Link, Deed)


class SqlPeopleStore:
    """Implements `ports.people.PeopleStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def accounts(self) -> Sequence[Account]:
        """Return all accounts by name."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(accounts).order_by(accounts.c.name)).mappings()
            return [_read(row, Account) for row in rows]

    def account(self, name: str) -> Account | None:
        """Return one account."""
        return self._one(accounts, accounts.c.name == name, Account)

    def account_of(self, subject: str) -> Account | None:
        """Return the account of a single sign-on's subject."""
        return self._one(accounts, accounts.c.subject == subject, Account) if subject else None

    def add_account(self, account: Account) -> bool:
        """Add an account; False when the name, or the subject, is taken."""
        values = msgspec.structs.asdict(account) | {"subject": account.subject or None}
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(accounts).values(**values))
        except IntegrityError:
            return False
        return True

    def change_account(
        self, name: str, *, role: Role | None = None, active: bool | None = None, password: str | None = None
    ) -> bool:
        """Change what is given of an account; False when an active admin would go and no other be left."""
        given = {"role": role, "active": active, "password": password}
        values = {column: value for column, value in given.items() if value is not None}
        goes = role not in {None, "admin"} or active is False
        with writing(self._engine) as connection:
            if goes and _last_admin(connection, name):
                return False
            connection.execute(update(accounts).where(accounts.c.name == name).values(**values))
        return True

    def add_session(self, session: Session) -> None:
        """Add a session; those of the person that have ended by then are cleared away."""
        with writing(self._engine) as connection:
            over = (sessions.c.name == session.name) & (sessions.c.ends_us <= session.began_us)
            connection.execute(delete(sessions).where(over))
            connection.execute(insert(sessions).values(**msgspec.structs.asdict(session)))

    def session(self, digest: str) -> Session | None:
        """Return a session."""
        return self._one(sessions, sessions.c.digest == digest, Session)

    def use_session(self, digest: str, at_us: int) -> None:
        """Note that a session, and its person, was seen."""
        name = select(sessions.c.name).where(sessions.c.digest == digest).scalar_subquery()
        with writing(self._engine) as connection:
            connection.execute(update(sessions).where(sessions.c.digest == digest).values(used_us=at_us))
            connection.execute(update(accounts).where(accounts.c.name == name).values(last_seen_us=at_us))

    def end_sessions(self, name: str, *, digest: str = "", but: str = "") -> None:
        """Remove the sessions of a person: all, the one of `digest`, or all but the one of `but`."""
        which = (sessions.c.name == name) & (sessions.c.digest != but)
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(which & (sessions.c.digest == digest) if digest else which))

    def add_token(self, token: Token) -> None:
        """Add a token."""
        with writing(self._engine) as connection:
            connection.execute(insert(tokens).values(**msgspec.structs.asdict(token)))

    def tokens(self) -> Sequence[Token]:
        """Return all tokens, newest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(tokens).order_by(tokens.c.made_us.desc(), tokens.c.id)).mappings()
            return [_read(row, Token) for row in rows]

    def revoke_token(self, token_id: str, at_us: int) -> bool:
        """Take a token back; False when there is none of that id, or it was taken back before."""
        which = (tokens.c.id == token_id) & tokens.c.revoked_us.is_(None)
        with writing(self._engine) as connection:
            return connection.execute(update(tokens).where(which).values(revoked_us=at_us)).rowcount == 1

    def add_link(self, link: Link) -> None:
        """Add a link; one of the same kind and name that was there ends."""
        with writing(self._engine) as connection:
            connection.execute(delete(links).where((links.c.kind == link.kind) & (links.c.name == link.name)))
            connection.execute(insert(links).values(**msgspec.structs.asdict(link)))

    def link(self, digest: str) -> Link | None:
        """Return a link without using it up."""
        return self._one(links, links.c.digest == digest, Link)

    def take_link(self, digest: str) -> Link | None:
        """Remove a link and return it; of two that take it, the one whose delete counts gets it."""
        with writing(self._engine) as connection:
            row = connection.execute(select(links).where(links.c.digest == digest)).mappings().first()
            taken = connection.execute(delete(links).where(links.c.digest == digest)).rowcount == 1
            return _read(row, Link) if row is not None and taken else None

    def add_deed(self, deed: Deed) -> None:
        """Add a line to the audit log."""
        values = msgspec.structs.asdict(deed)
        del values["number"]
        with writing(self._engine) as connection:
            connection.execute(insert(deeds).values(**values))

    def deeds(self, *, before: int | None, limit: int) -> Sequence[Deed]:
        """Return lines of the audit log, newest first, from those numbered below `before`."""
        asked = select(deeds).order_by(deeds.c.number.desc()).limit(limit)
        with reading(self._engine) as connection:
            rows = connection.execute(asked if before is None else asked.where(deeds.c.number < before)).mappings()
            return [_read(row, Deed) for row in rows]

    def _one(self, table: Table, which: ColumnElement[bool], kind: type[Row]) -> Row | None:
        with reading(self._engine) as connection:
            row = connection.execute(select(table).where(which)).mappings().first()
            return None if row is None else _read(row, kind)


def _read(row: RowMapping, kind: type[Row]) -> Row:
    values = {field: row[field] for field in kind.__struct_fields__}
    if "subject" in values:
        values["subject"] = values["subject"] or ""
    return msgspec.convert(values, kind)


def _last_admin(connection: Connection, name: str) -> bool:
    """Tell whether `name` is the only active admin; locks them all, so that nobody else changes one meanwhile."""
    which = (accounts.c.role == "admin") & accounts.c.active
    # SQLite has one writer and takes no notice of the lock; PostgreSQL needs it.
    names = connection.execute(select(accounts.c.name).where(which).with_for_update()).scalars().all()
    return list(names) == [name]
