"""Signal store: one row a counted report, asked by time, operator and region (ports.SignalStore); no texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

import msgspec
import numpy as np
from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, func, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from pulih.adapters.sql.engine import reading, writing
from pulih.adapters.sql.live_tables import announced, findings, held, signals
from pulih.adapters.sql.paces import Paces
from pulih.detect.standing import Told
from pulih.model.finding import Finding
from pulih.model.reading import Service, Symptom
from pulih.ports.files import Wanted
from pulih.ports.live import Announced, Pace, Row, Tallied

# Rows written in one transaction: nobody waits for the writer for long.
ROWS_AT_ONCE: Final = 2_000
_WHAT: Final[Mapping[Announced, int]] = {"opened": 1, "cleared": 2}
# Reasons that speak against the account itself.
_DOUBTFUL: Final = frozenset({"seller", "young"})


class SqlSignalStore:
    """Keeps signals in the desk's database.

    Args:
        engine: an upgraded database of the role "desk".
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._paces = Paces(engine)
        self._put: Any = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert
        self._finding = msgspec.json.Decoder(Finding)

    def keep(self, rows: Sequence[Row]) -> None:
        """Write rows that are not there yet. Raises OutsideFailed."""
        for first in range(0, len(rows), ROWS_AT_ONCE):
            part = rows[first : first + ROWS_AT_ONCE]
            with self._paces.keeping(part), writing(self._engine) as connection:
                # Where the answer to a commit was lost, they are there already.
                connection.execute(
                    self._put(signals).on_conflict_do_nothing(), [msgspec.structs.asdict(row) for row in part]
                )

    def rewind(self, first: int, *, frame: int, open_us: int) -> None:
        """Forget rows of frames from `first` on, and of frames up to `frame` those of windows from `open_us` on."""
        still_open = and_(signals.c.frame <= frame, signals.c.window_us >= open_us)
        with writing(self._engine) as connection:
            connection.execute(delete(signals).where(or_(signals.c.frame >= first, still_open)))
        self._paces.forget()

    def count(self, wanted: Wanted) -> Tallied:
        """Count all that is wanted."""
        with reading(self._engine) as connection:
            where = self._where(connection, wanted)
            total, last_us = connection.execute(select(func.count(), func.max(signals.c.at_us)).where(where)).one()
            symptoms = _grouped(connection, "symptom", where)
            services = _grouped(connection, "service", where)
            regions = _grouped(connection, "region", where)
            said = _grouped(connection, "said", where)
        rules, phrases = Counter[str](), Counter[str]()
        for lines, count in said.items():
            pieces = [line.split("\t", 1) for line in lines.split("\n") if line]
            rules.update(dict.fromkeys({rule for rule, _ in pieces}, count))
            phrases.update(dict.fromkeys({phrase for rule, phrase in pieces if _tells(rule)}, count))
        return Tallied(
            total=total,
            last_us=last_us,
            symptoms=cast("Mapping[Symptom, int]", symptoms),
            services=cast("Mapping[Service, int]", services),
            regions=regions,
            phrases=phrases,
            rules=rules,
        )

    def loudest(self, wanted: Wanted, limit: int) -> list[Row]:
        """Return up to `limit` rows of what is wanted, most evidence first, then oldest."""
        order = (signals.c.evidence.desc(), signals.c.at_us, signals.c.frame, signals.c.position)
        with reading(self._engine) as connection:
            asked = select(signals).where(self._where(connection, wanted)).order_by(*order).limit(limit)
            return list(_rows(connection.execute(asked)))

    def told(self, wanted: Wanted, *, since_us: int) -> Told:
        """Return who reported in which words, from `since_us` until what is wanted ends; that is `inside`."""
        names = ("author", "wording", "evidence", "reason", "counts_for", "region", "at_us")
        columns = [signals.c[name] for name in names]
        around = and_(signals.c.at_us >= since_us, signals.c.at_us < wanted.end_us, signals.c.evidence > 0)
        order = (signals.c.at_us, signals.c.frame, signals.c.position)
        with reading(self._engine) as connection:
            rows = connection.execute(select(*columns).where(around).order_by(*order)).all()
        numbers: dict[str, int] = {"": -1}
        return Told(
            author=np.array([numbers.setdefault(row.author, len(numbers) - 1) for row in rows], dtype=np.int64),
            wording=np.array([row.wording for row in rows], dtype=np.int64),
            evidence=np.array([row.evidence for row in rows], dtype=np.float64),
            doubtful=np.array([row.reason in _DOUBTFUL for row in rows], dtype=np.bool_),
            inside=np.array([_inside(row, wanted) for row in rows], dtype=np.bool_),
        )

    def states(self, start_us: int, end_us: int) -> list[Row]:
        """Return probes and alarms said in [start_us, end_us), oldest first."""
        kinds = signals.c.kind.in_(["probe", "alarm"])
        between = and_(signals.c.at_us >= start_us, signals.c.at_us < end_us, kinds)
        asked = select(signals).where(between).order_by(signals.c.at_us, signals.c.frame, signals.c.position)
        with reading(self._engine) as connection:
            return list(_rows(connection.execute(asked)))

    def paces(self, since_us: int) -> Mapping[str, Pace]:
        """Return how often each source spoke since the hour of a moment; of those that spoke twice."""
        return self._paces.since(since_us)

    def tell(self, findings_now: Sequence[Finding]) -> None:
        """Keep findings as they are now, by id, without the texts that they quote: texts expire."""
        if not findings_now:
            return
        bodies = [msgspec.json.encode(msgspec.structs.replace(one, voices=())) for one in findings_now]
        rows = [
            {"id": one.id, "alarm_us": one.alarm_us, "body": body}
            for one, body in zip(findings_now, bodies, strict=True)
        ]
        with writing(self._engine) as connection:
            connection.execute(delete(findings).where(findings.c.id.in_([one.id for one in findings_now])))
            connection.execute(insert(findings), rows)

    def findings(self) -> list[Finding]:
        """Return all findings told so far, by alarm."""
        asked = select(findings.c.body).order_by(findings.c.alarm_us, findings.c.id)
        with reading(self._engine) as connection:
            return [self._finding.decode(body) for body in connection.execute(asked).scalars()]

    def announce(self, finding: str, what: Announced) -> None:
        """Note that listeners were told so."""
        if self.was_announced(finding, what):
            return
        with writing(self._engine) as connection:
            told = {"finding": finding, "what": _WHAT[what]}
            connection.execute(self._put(announced).on_conflict_do_nothing(), told)

    def was_announced(self, finding: str, what: Announced) -> bool:
        """Return whether listeners were told so."""
        asked = select(func.count()).where(announced.c.finding == finding, announced.c.what == _WHAT[what])
        with reading(self._engine) as connection:
            return bool(connection.execute(asked).scalar_one())

    def hold(self, frame: int, received_us: int) -> None:
        """Note that a frame came so late that it was taken as received later than it was."""
        with writing(self._engine) as connection:
            connection.execute(delete(held).where(held.c.frame == frame))
            connection.execute(insert(held), {"frame": frame, "received_us": received_us})

    def held(self, after: int) -> Mapping[int, int]:
        """Return the frames behind number `after` that were held, with the moment each was taken at."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(held).where(held.c.frame > after)).all()
        return {row.frame: row.received_us for row in rows}

    def expire(self, before_us: int) -> int:
        """Forget rows said before `before_us`; return how many."""
        with writing(self._engine) as connection:
            gone = connection.execute(delete(signals).where(signals.c.at_us < before_us)).rowcount
        if gone:
            self._paces.forget(before_us)
        return gone

    def _where(self, connection: Connection, wanted: Wanted) -> ColumnElement[bool]:
        """Return the condition of what is wanted; what weighs nothing is not."""
        where = and_(signals.c.at_us >= wanted.start_us, signals.c.at_us < wanted.end_us, signals.c.weight > 0.0)
        if wanted.operators is not None:
            where = and_(where, signals.c.counts_for.in_(sorted(wanted.operators)))
        if wanted.within is not None:
            named = connection.execute(select(signals.c.region).where(where).distinct()).scalars()
            where = and_(where, signals.c.region.in_(sorted(code for code in named if code and wanted.within(code))))
        return where


def _grouped(connection: Connection, name: str, where: ColumnElement[bool]) -> dict[str, int]:
    column = signals.c[name]
    asked = select(column, func.count()).where(where, column.is_not(None)).group_by(column)
    return {str(value): count for value, count in connection.execute(asked)}


def _rows(result: Any) -> Iterator[Row]:
    for row in result.mappings():
        yield Row(**row)


def _tells(rule: str) -> bool:
    """Whether phrases of a rule say what is wrong; those of questions, moods and times only colour it."""
    return rule.startswith(("sym.", "rec."))


def _inside(row: Any, wanted: Wanted) -> bool:
    counts = wanted.operators is None or row.counts_for in wanted.operators
    placed = wanted.within is None or (row.region is not None and wanted.within(row.region))
    return bool(row.at_us >= wanted.start_us and counts and placed)
