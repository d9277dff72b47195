"""Timelines in SQL: entries are inserted and never changed; whoever is second is told so, by the primary key.

The row in `incidents` repeats what the entries add up to, so that incidents can be found without adding them all up;
it is written in the transaction of the entry.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from pulih.adapters.sql.engine import reading, writing
from pulih.adapters.sql.incident_tables import entries as entry_rows
from pulih.adapters.sql.incident_tables import findings as finding_rows
from pulih.adapters.sql.incident_tables import incidents as incident_rows
from pulih.model.entry import Entry, Fact, FindingJoined, Opened, TookOver
from pulih.model.errors import StaleVersion
from pulih.model.incident import Incident, State
from pulih.ports.incidents import Grown, Head


class SqlIncidentStore:
    """Keeps timelines in the desk's database.

    Args:
        engine: an upgraded database of the role "desk".
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._facts = msgspec.json.Decoder(Fact)

    def append(self, grown: Sequence[Grown]) -> None:
        """Write entries, of several incidents too, all or none.

        Raises: StaleVersion when somebody wrote an entry of that number first, or claimed the finding;
            OutsideFailed when nothing could be written.
        """
        try:
            with writing(self._engine) as connection:
                # In one order for all, so that two who write of the same incidents never wait for each other in a ring.
                for one in sorted(grown, key=lambda one: (one.entry.incident, one.entry.number)):
                    _write(connection, one)
                for one in grown:
                    _claim(connection, one.entry)
        except IntegrityError as error:
            raise StaleVersion(_beaten(grown[0].entry)) from error

    def entries(self, incident: str, *, after: int = 0) -> list[Entry]:
        """Return the entries of an incident behind number `after`, in order."""
        asked = (
            select(entry_rows)
            .where(entry_rows.c.incident == incident, entry_rows.c.number > after)
            .order_by(entry_rows.c.number)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(asked).all()
        return [
            Entry(
                incident=row.incident,
                number=row.number,
                at_us=row.at_us,
                actor=row.actor,
                reason=row.reason,
                fact=self._facts.decode(row.fact),
            )
            for row in rows
        ]

    def heads(self, states: Collection[State], *, limit: int, before_us: int | None = None) -> list[Head]:
        """Return incidents in these states that were not merged into another, latest onset first."""
        table = incident_rows.c
        asked = select(table.id, table.version).where(table.state.in_(sorted(states)), table.merged_into == "")
        if before_us is not None:
            asked = asked.where(table.onset_us < before_us)
        with reading(self._engine) as connection:
            rows = connection.execute(asked.order_by(table.onset_us.desc(), table.id.desc()).limit(limit)).all()
        return [Head(row.id, row.version) for row in rows]

    def incident_of(self, finding: str) -> str | None:
        """Return the id of the incident that a finding belongs to, None when it belongs to none."""
        asked = select(finding_rows.c.incident).where(finding_rows.c.finding == finding)
        with reading(self._engine) as connection:
            return connection.execute(asked).scalar_one_or_none()


def _write(connection: Connection, grown: Grown) -> None:
    entry = grown.entry
    summary = _summary(grown.incident)
    if entry.number == 1:
        connection.execute(insert(incident_rows).values(id=entry.incident, **summary))
    else:
        following = (incident_rows.c.id == entry.incident) & (incident_rows.c.version == entry.number - 1)
        if connection.execute(update(incident_rows).where(following).values(**summary)).rowcount != 1:
            raise StaleVersion(_beaten(entry))
    connection.execute(
        insert(entry_rows).values(
            incident=entry.incident,
            number=entry.number,
            at_us=entry.at_us,
            actor=entry.actor,
            reason=entry.reason,
            fact=msgspec.json.encode(entry.fact),
        )
    )


def _claim(connection: Connection, entry: Entry) -> None:
    """Note which incident findings belong to; one that another incident has is moved only by who takes it over."""
    claimed: tuple[str, ...]
    match entry.fact:
        case FindingJoined() as fact:
            claimed, moved = (fact.finding,), False
        case Opened() as fact:
            claimed, moved = fact.findings, bool(fact.split_from)
        case TookOver() as fact:
            claimed, moved = fact.findings, True
        case _:
            return
    if moved:
        connection.execute(delete(finding_rows).where(finding_rows.c.finding.in_(claimed)))
    if claimed:
        connection.execute(insert(finding_rows), [{"finding": one, "incident": entry.incident} for one in claimed])


def _summary(incident: Incident) -> dict[str, str | int]:
    return {
        "version": incident.version,
        "state": incident.state,
        "operator": incident.operator,
        "opened_us": incident.opened_us,
        "onset_us": incident.onset_us,
        "merged_into": incident.merged_into,
    }


def _beaten(entry: Entry) -> str:
    return (
        f"Entry {entry.number} of {entry.incident}, or the finding in it, was written by somebody else first; "
        "read the timeline again and decide on what stands there."
    )
