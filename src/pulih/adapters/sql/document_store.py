"""Documents in SQL: each change replaces the version it was made of; events about it are written in its transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec.structs import replace
from sqlalchemy import Connection, Engine, Row, Select, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from pulih.adapters.sql.engine import reading, writing
from pulih.adapters.sql.event_store import write_events
from pulih.adapters.sql.interchange_tables import documents
from pulih.model.errors import StaleVersion
from pulih.ports.interchange import Kept, Telling

# Documents that are read at once where all of a kind are looked at.
_AT_ONCE: Final = 500
# What is removed may be sent again; its number stays taken.
_GONE: Final[dict[str, Any]] = {"gone": True, "key": None, "shown": b"{}", "sealed": b""}


class SqlDocumentStore:
    """Keeps documents in the desk's database; implements `pulih.ports.interchange.DocumentStore`.

    Args:
        engine: an upgraded database of the role "desk".
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, kept: Kept, telling: Telling) -> Kept:
        """Keep a new document; see `DocumentStore.add`."""
        try:
            with writing(self._engine) as connection:
                made = connection.execute(insert(documents).values(**_row(kept)))
                (number,) = made.inserted_primary_key or (0,)
                there = _numbered(kept, int(number))
                write_events(connection, telling(there))
        except IntegrityError:
            raise StaleVersion(f"A {kept.kind} with this id of its sender is there already.") from None
        return there

    def change(self, kept: Kept, telling: Telling) -> None:
        """Replace a version; see `DocumentStore.change`."""
        with writing(self._engine) as connection:
            self._replace(connection, kept, _row(kept))
            write_events(connection, telling(kept))

    def remove(self, kept: Kept, telling: Telling) -> None:
        """Take a document away; see `DocumentStore.remove`."""
        with writing(self._engine) as connection:
            following = {**_GONE, "version": kept.version + 1}
            self._replace(connection, _numbered(kept, kept.number, kept.version + 1), following)
            write_events(connection, telling(kept))

    def get(self, kind: str, number: int) -> Kept | None:
        """Return a document, None when there is none."""
        return self._first(_asked(kind).where(documents.c.number == number))

    def named(self, kind: str, name: str) -> Kept | None:
        """Return the document that the desk knows by a name."""
        return self._first(_asked(kind).where(documents.c.name == name))

    def with_key(self, kind: str, key: str) -> Kept | None:
        """Return the document that has a key."""
        return self._first(_asked(kind).where(documents.c.key == key))

    def withdrawn(self, kind: str) -> frozenset[str]:
        """Return the names of documents that were removed."""
        gone = (documents.c.kind == kind) & documents.c.gone.is_(True) & (documents.c.name != "")
        with reading(self._engine) as connection:
            return frozenset(connection.execute(select(documents.c.name).where(gone)).scalars())

    def all(self, kind: str) -> Iterator[Kept]:
        """Yield all documents of a kind, newest first."""
        before: int | None = None
        while True:
            asked = _asked(kind).order_by(documents.c.number.desc()).limit(_AT_ONCE)
            found = self._many(asked if before is None else asked.where(documents.c.number < before))
            yield from found
            if len(found) < _AT_ONCE:
                return
            before = found[-1].number

    def part(self, kind: str, *, offset: int, limit: int) -> Sequence[Kept]:
        """Return a part of the documents of a kind, newest first."""
        return self._many(_asked(kind).order_by(documents.c.number.desc()).offset(offset).limit(limit))

    def count(self, kind: str) -> int:
        """Return how many documents of a kind there are."""
        asked = select(func.count()).where(documents.c.kind == kind, documents.c.gone.is_(False))
        with reading(self._engine) as connection:
            return int(connection.execute(asked).scalar_one())

    def forget(self, before_us: int) -> int:
        """Empty documents that did not change since a moment; their rows go on holding their numbers."""
        old = (documents.c.changed_us < before_us) & documents.c.gone.is_(False)
        with writing(self._engine) as connection:
            return connection.execute(update(documents).where(old).values(**_GONE)).rowcount

    def _replace(self, connection: Connection, kept: Kept, values: dict[str, Any]) -> None:
        before = (documents.c.number == kept.number) & (documents.c.version == kept.version - 1)
        there = before & documents.c.gone.is_(False)
        if connection.execute(update(documents).where(there).values(**values)).rowcount != 1:
            raise StaleVersion(f"The {kept.kind} was changed by somebody else; look at it again.")

    def _first(self, asked: Select[Any]) -> Kept | None:
        return next(iter(self._many(asked.limit(1))), None)

    def _many(self, asked: Select[Any]) -> list[Kept]:
        with reading(self._engine) as connection:
            return [_kept(row) for row in connection.execute(asked).all()]


def _asked(kind: str) -> Select[Any]:
    return select(documents).where(documents.c.kind == kind, documents.c.gone.is_(False))


def _row(kept: Kept) -> dict[str, Any]:
    return {
        "kind": kept.kind,
        "name": kept.name,
        "source": kept.source,
        "key": kept.key or None,
        "created_us": kept.created_us,
        "changed_us": kept.changed_us,
        "version": kept.version,
        "gone": False,
        "shown": kept.shown,
        "sealed": kept.sealed,
    }


def _kept(row: Row[Any]) -> Kept:
    return Kept(
        number=row.number,
        kind=row.kind,
        name=row.name,
        source=row.source,
        key=row.key or "",
        created_us=row.created_us,
        changed_us=row.changed_us,
        version=row.version,
        shown=row.shown,
        sealed=row.sealed,
    )


def _numbered(kept: Kept, number: int, version: int | None = None) -> Kept:
    return replace(kept, number=number, version=kept.version if version is None else version)
