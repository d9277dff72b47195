"""The books of credits in SQL: lines are inserted once, by ids that follow from what they say."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError

from pulih.adapters.sql.credit_tables import journal
from pulih.adapters.sql.engine import reading, writing
from pulih.ports.credit_desk import JournalLine


class SqlCreditJournal:
    """Keeps the books in the desk's database; implements `pulih.ports.credit_desk.CreditJournal`.

    Args:
        engine: an upgraded database of the role "desk".
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def post(self, lines: Sequence[JournalLine]) -> None:
        """Write the lines that are not there yet, all or none; see `CreditJournal.post`."""
        try:
            self._write(lines)
        except IntegrityError:
            # Another thread wrote the same lines at the same moment; they are there now.
            self._write(lines)

    def lines(self, incident: str) -> list[JournalLine]:
        """Return the lines of an incident, in the order in which they were written."""
        asked = select(journal).where(journal.c.incident == incident).order_by(journal.c.at_us, journal.c.id)
        with reading(self._engine) as connection:
            return [
                JournalLine(**{**row, "amount_minor": int(row["amount_minor"])})
                for row in connection.execute(asked).mappings()
            ]

    def _write(self, lines: Sequence[JournalLine]) -> None:
        ids = [one.id for one in lines]
        with writing(self._engine) as connection:
            there = set(connection.execute(select(journal.c.id).where(journal.c.id.in_(ids))).scalars())
            rows = [msgspec.structs.asdict(one) for one in lines if one.id not in there]
            if rows:
                connection.execute(insert(journal), [{**row, "amount_minor": str(row["amount_minor"])} for row in rows])
