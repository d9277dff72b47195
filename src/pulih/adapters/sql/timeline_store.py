"""The tamper-evident timeline in SQL: leaves are inserted with the head that was signed over them, or not at all."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from pulih.adapters.sql.engine import reading, writing
from pulih.adapters.sql.timeline_tables import heads as head_rows
from pulih.adapters.sql.timeline_tables import leaves as leaf_rows
from pulih.model.errors import StaleVersion
from pulih.ports.timeline import Head, KeptLeaf


class SqlTimelineStore:
    """Keeps the timeline in the desk's database.

    Args:
        engine: an upgraded database of the role "desk".
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def append(self, leaves: Sequence[KeptLeaf], head: Head) -> None:
        """Keep leaves and the head after them, all or none.

        Raises: StaleVersion when there is a leaf of that number already; OutsideFailed when nothing could be written.
        """
        rows = [{"number": one.number, "incident": one.incident, "body": one.octets} for one in leaves]
        try:
            with writing(self._engine) as connection:
                if rows:
                    connection.execute(insert(leaf_rows), rows)
                connection.execute(
                    insert(head_rows).values(
                        size=head.size,
                        root=head.root,
                        signed_us=head.signed_us,
                        cosignatures="".join(head.cosignatures),
                    )
                )
        except IntegrityError as error:
            raise StaleVersion(
                f"The timeline has an entry {head.size - 1} already, written by somebody else; "
                "only one desk may write it."
            ) from error

    def leaves(self, start: int, end: int) -> list[KeptLeaf]:
        """Return the leaves from number `start` to before `end`, in order."""
        return self._found((leaf_rows.c.number >= start) & (leaf_rows.c.number < end))

    def of(self, incident: str) -> list[KeptLeaf]:
        """Return the leaves of an incident, in order."""
        return self._found(leaf_rows.c.incident == incident)

    def head(self) -> Head | None:
        """Return what was signed last, None before the first."""
        asked = select(head_rows).order_by(head_rows.c.size.desc()).limit(1)
        with reading(self._engine) as connection:
            row = connection.execute(asked).one_or_none()
        if row is None:
            return None
        return Head(row.size, row.root, row.signed_us, tuple(row.cosignatures.splitlines(keepends=True)))

    def cosign(self, size: int, lines: Sequence[str]) -> None:
        """Keep lines of witnesses below the head of that size, beside those that are there."""
        of_size = head_rows.c.size == size
        with writing(self._engine) as connection:
            there = connection.execute(select(head_rows.c.cosignatures).where(of_size)).scalar_one_or_none() or ""
            kept = dict.fromkeys([*there.splitlines(keepends=True), *lines])
            connection.execute(update(head_rows).where(of_size).values(cosignatures="".join(kept)))

    def _found(self, wanted: ColumnElement[bool]) -> list[KeptLeaf]:
        asked = select(leaf_rows).where(wanted).order_by(leaf_rows.c.number)
        with reading(self._engine) as connection:
            return [KeptLeaf(row.number, row.incident, _octets(row.body)) for row in connection.execute(asked)]


def _octets(body: bytes | str) -> bytes:
    """Return the bytes of a leaf; SQLite gives back a text where somebody put one by hand."""
    return body.encode() if isinstance(body, str) else body
