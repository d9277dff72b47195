"""Signal store: one row a counted report, asked by time, operator and region (ports.SignalStore); no texts."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final, cast

import msgspec
import numpy as np
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    and_,
    delete,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from pulih.adapters.sql.engine import reading, writing
from pulih.adapters.sql.live_tables import announced, findings, held, signals
from pulih.adapters.sql.paces import Paces
from pulih.adapters.sql.spells import answers_of, asides, last_said, spells_of
from pulih.detect.standing import Told
from pulih.model.finding import Finding
from pulih.model.reading import Service, Symptom
from pulih.ports.files import Wanted
from pulih.ports.live import Announced, Answered, Aside, Pace, Row, Spell, Tallied

# Rows written in one transaction: nobody waits for the writer for long.
ROWS_AT_ONCE: Final = 2_000
# Rows that are turned into columns at once; as tuples, a hundred thousand would take memory that is never given back.
_ROWS_READ: Final = 5_000
# Authors that are looked up in one question.
_ASKED_AT_ONCE: Final = 500
# Who reported when is remembered of so many rows at most between two looks; some 20 MB.
_REMEMBERED: Final = 250_000
_WHAT: Final[Mapping[Announced, int]] = {"opened": 1, "cleared": 2}
# Reasons that speak against the account itself, or against so many from one network.
_DOUBTFUL: Final = frozenset({"seller", "young", "network"})
# Whom a report counts for, first and besides, and its region.
_Scope = tuple[str | None, str, str | None]


class SqlSignalStore:
    """Keeps signals in the desk's database.

    Args:
        engine: an upgraded database of the role "desk".
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._paces = Paces(engine)
        self._finding = msgspec.json.Decoder(Finding)
        # Handed to the driver as it is: a statement worked out for each of 4,000 rows a second costs more than writing.
        # Where the answer to a commit was lost, rows are there already.
        self._put: Any = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert
        compiled = self._put(signals).on_conflict_do_nothing().compile(dialect=engine.dialect)
        self._insert = str(compiled)
        self._values = attrgetter(*(compiled.positiontup or ()))
        # Who reported when, as far as it was asked for: findings of one outage ask for much the same, again and again.
        self._around = _Around(0, 0)

    def keep(self, rows: Sequence[Row]) -> None:
        """Write rows that are not there yet. Raises OutsideFailed."""
        if any(row.at_us < self._around.end_us and row.evidence > 0 for row in rows):
            self._around = _Around(0, 0)
        for first in range(0, len(rows), ROWS_AT_ONCE):
            part = rows[first : first + ROWS_AT_ONCE]
            with self._paces.keeping(part), writing(self._engine) as connection:
                connection.exec_driver_sql(self._insert, [self._values(row) for row in part])

    def rewind(self, first: int, *, frame: int, open_us: int) -> None:
        """Forget rows of frames from `first` on, and of frames up to `frame` those of windows from `open_us` on."""
        self._around = _Around(0, 0)
        still_open = and_(signals.c.frame <= frame, signals.c.window_us >= open_us)
        with writing(self._engine) as connection:
            connection.execute(delete(signals).where(or_(signals.c.frame >= first, still_open)))
        self._paces.forget()

    def count(self, wanted: Wanted) -> Tallied:
        """Count all that is wanted."""
        names = ("region", "symptom", "service")
        columns = [signals.c[name] for name in names]
        counts = {name: Counter[str]() for name in names}
        last_us: int | None = None
        with reading(self._engine) as connection:
            where = _where_within(connection, wanted)
            asked = select(*columns, func.count(), func.max(signals.c.at_us)).where(where).group_by(*columns)
            for *values, count, at_us in connection.execute(asked):
                for name, value in zip(names, values, strict=True):
                    if value is not None:
                        counts[name][value] += count
                last_us = max(at_us, last_us or 0)
            rules, phrases = _said(connection, where)
        return Tallied(
            total=counts["symptom"].total(),
            last_us=last_us,
            symptoms=cast("Mapping[Symptom, int]", counts["symptom"]),
            services=cast("Mapping[Service, int]", counts["service"]),
            regions=counts["region"],
            phrases=phrases,
            rules=rules,
        )

    def loudest(self, wanted: Wanted, limit: int) -> list[Row]:
        """Return up to `limit` rows of what is wanted, most evidence first, then oldest."""
        order = (signals.c.evidence.desc(), signals.c.at_us, signals.c.frame, signals.c.position)
        with reading(self._engine) as connection:
            asked = select(signals).where(_where_within(connection, wanted)).order_by(*order).limit(limit)
            return list(_rows(connection.execute(asked)))

    def told(self, wanted: Wanted, *, since_us: int) -> Told:
        """Return who reported in which words, from `since_us` until what is wanted ends; that is `inside`."""
        with reading(self._engine) as connection:
            return self._reports(connection, since_us, wanted.end_us).told(wanted, since_us)

    def since(self, end_us: int, most: int) -> int:
        """Return the moment from which on at most so many reports count that were said before `end_us`; 0: always."""
        at = signals.c.at_us
        asked = select(at + 1).where(at < end_us, signals.c.evidence > 0).order_by(at.desc()).offset(most).limit(1)
        with reading(self._engine) as connection:
            return connection.scalar(asked) or 0

    def states(self, start_us: int, end_us: int) -> list[Row]:
        """Return probes and alarms said in [start_us, end_us), oldest first."""
        kinds = signals.c.kind.in_(["probe", "alarm"])
        between = and_(signals.c.at_us >= start_us, signals.c.at_us < end_us, kinds)
        asked = select(signals).where(between).order_by(signals.c.at_us, signals.c.frame, signals.c.position)
        with reading(self._engine) as connection:
            return list(_rows(connection.execute(asked)))

    def spells(self, wanted: Wanted, step_s: int) -> list[Spell]:
        """Return what was said of the wanted operators in steps of time, oldest first."""
        with reading(self._engine) as connection:
            return spells_of(connection, _where(wanted), wanted, step_s)

    def answers(self, wanted: Wanted, sources: Collection[str], limit: int) -> list[Answered]:
        """Return what people sent by some sources of the wanted operators, newest `limit`, oldest first."""
        with reading(self._engine) as connection:
            return answers_of(connection, wanted, sources, limit)

    def last_said(self, start_us: int, end_us: int) -> Mapping[str, int]:
        """Return when each source was heard last in [start_us, end_us), of whatever it spoke."""
        with reading(self._engine) as connection:
            return last_said(connection, start_us, end_us)

    def asides(self, wanted: Wanted, step_s: int) -> list[Aside]:
        """Return how many texts each source brought in steps of time that were no report of the wanted operators."""
        with reading(self._engine) as connection:
            return asides(connection, _where(wanted), wanted, step_s)

    def paces(self, since_us: int) -> Mapping[str, Pace]:
        """Return how often each source spoke since the hour of a moment; of those that spoke twice."""
        return self._paces.since(since_us)

    def hours(self, source: str, since_us: int) -> Mapping[int, int]:
        """Return how many of a source's counted reports were said in each hour since that of a moment, by its start."""
        return self._paces.hours(source, since_us)

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

    def keys_of(self, source: str, authors: Collection[str]) -> set[int]:
        """Return the keys of what these authors, by their pseudonyms, said in a source that may take it back."""
        ordered, found = sorted(authors), set[int]()
        with reading(self._engine) as connection:
            for first in range(0, len(ordered), _ASKED_AT_ONCE):
                asked = ordered[first : first + _ASKED_AT_ONCE]
                where = and_(signals.c.author.in_(asked), signals.c.key.is_not(None), signals.c.source == source)
                found.update(connection.scalars(select(signals.c.key).where(where)))
        return found

    def forget_said(self, keys: Collection[int]) -> list[Row]:
        """Forget the phrases of the rows of these keys; return those rows without them."""
        where = signals.c.key.in_(sorted(keys))
        with writing(self._engine) as connection:
            connection.execute(update(signals).where(where).values(said=""))
            return list(_rows(connection.execute(select(signals).where(where))))

    def expire(self, before_us: int) -> int:
        """Forget rows said before `before_us`; return how many."""
        self._around = _Around(0, 0)
        with writing(self._engine) as connection:
            gone = connection.execute(delete(signals).where(signals.c.at_us < before_us)).rowcount
        if gone:
            self._paces.forget(before_us)
        return gone

    def _reports(self, connection: Connection, since_us: int, end_us: int) -> _Around:
        """Return who reported in [since_us, end_us) and around it, by time; only what is new is read."""
        around = self._around
        if not around.since_us <= since_us <= around.end_us or len(around) > _REMEMBERED:
            around = self._around = _Around(since_us, since_us)
        if end_us <= around.end_us:
            return around
        names = ("author", "wording", "evidence", "reason", "counts_for", "also_for", "region", "at_us")
        columns = [signals.c[name] for name in names]
        where = and_(signals.c.at_us >= around.end_us, signals.c.at_us < end_us, signals.c.evidence > 0)
        order = (signals.c.at_us, signals.c.frame, signals.c.position)
        # What was read half is not gone on from.
        self._around = _Around(0, 0)
        for rows in connection.execute(select(*columns).where(where).order_by(*order)).partitions(_ROWS_READ):
            around.add(rows)
        around.end_us = end_us
        self._around = around
        return around


# Place of the moments among the columns of `_Around`.
_AT_US: Final = 4


class _Around:
    """Who reported in which words within [since_us, end_us), as columns."""

    def __init__(self, since_us: int, end_us: int) -> None:
        self.since_us, self.end_us = since_us, end_us
        self._authors: dict[str, int] = {"": -1}
        self._scopes: dict[_Scope, int] = {}
        self._columns = [array(kind) for kind in "qqdbqi"]

    def __len__(self) -> int:
        return len(self._columns[0])

    def add(self, rows: Sequence[Any]) -> None:
        """Take rows of author, wording, evidence, reason, operators, region and moment."""
        author, wording, evidence, reason, counts_for, also_for, region, at_us = zip(*rows, strict=True)
        authors, scopes = self._authors, self._scopes
        parts: tuple[Iterable[Any], ...] = (
            [authors.setdefault(one, len(authors) - 1) for one in author],
            wording,
            evidence,
            [one in _DOUBTFUL for one in reason],
            at_us,
            [scopes.setdefault(one, len(scopes)) for one in zip(counts_for, also_for, region, strict=True)],
        )
        for column, part in zip(self._columns, parts, strict=True):
            column.extend(part)

    def told(self, wanted: Wanted, since_us: int) -> Told:
        """Return who reported from `since_us` until what is wanted ends, and which of it is wanted."""
        low, high = (bisect_left(self._columns[_AT_US], moment) for moment in (since_us, wanted.end_us))
        author, wording, evidence, doubtful, at_us, scope = (np.array(one[low:high]) for one in self._columns)
        wanted_scopes = np.array([_is_of(scope, wanted) for scope in self._scopes], dtype=np.bool_)
        inside = (at_us >= wanted.start_us) & wanted_scopes[scope]
        return Told(author, wording, evidence, doubtful.astype(np.bool_), inside)


def _where(wanted: Wanted) -> ColumnElement[bool]:
    """Return the condition of what is wanted in any region; what weighs nothing is not."""
    where = and_(signals.c.at_us >= wanted.start_us, signals.c.at_us < wanted.end_us, signals.c.weight > 0.0)
    if wanted.operators is None:
        return where
    asked = sorted(wanted.operators)
    # The time stands in both parts, and "not empty" in the second, so that each is found by an index of its own.
    also = literal(" ") + signals.c.also_for + " "
    besides = (also.contains(f" {one} ", autoescape=True) for one in asked if one)
    return or_(
        and_(where, signals.c.counts_for.in_(asked)),
        and_(where, signals.c.also_for != "", or_(false(), *besides)),
    )


def _where_within(connection: Connection, wanted: Wanted) -> ColumnElement[bool]:
    """Return the condition of what is wanted."""
    where = _where(wanted)
    if wanted.within is None:
        return where
    named = connection.execute(select(signals.c.region).where(where).distinct()).scalars()
    return and_(where, signals.c.region.in_(sorted(code for code in named if code and wanted.within(code))))


def _rows(result: Any) -> Iterator[Row]:
    for row in result.mappings():
        yield Row(**row)


def _said(connection: Connection, where: ColumnElement[bool]) -> tuple[Counter[str], Counter[str]]:
    """Return how many rows hold each rule, and each phrase that tells what is wrong.

    A flood says it in as many ways as there are people, so rows are taken a few at a time, and none is kept.
    """
    rules, phrases = Counter[str](), Counter[str]()
    # People say the same few hundred things in ever other company, so each line is taken apart once.
    known: dict[str, tuple[str, str]] = {}
    asked = select(signals.c.said, func.count()).where(where, signals.c.said != "").group_by(signals.c.said)
    for rows in connection.execute(asked).partitions(_ROWS_READ):
        for lines, count in rows:
            pieces = {known.get(line) or known.setdefault(line, _piece(line)) for line in lines.split("\n")}
            for rule in {rule for rule, _ in pieces}:
                rules[rule] += count
            for phrase in {phrase for _, phrase in pieces}:
                phrases[phrase] += count
    del rules[""], phrases[""]
    return rules, phrases


def _piece(line: str) -> tuple[str, str]:
    """Return rule and phrase of a line of what was said, "" for a phrase that does not tell what is wrong.

    >>> _piece("sym.slow.1\\tlemot")
    ('sym.slow.1', 'lemot')
    """
    rule, _, phrase = line.partition("\t")
    return rule, phrase if _tells(rule) else ""


def _tells(rule: str) -> bool:
    """Whether phrases of a rule say what is wrong; those of questions, moods and times only colour it."""
    return rule.startswith(("sym.", "rec."))


def _is_of(scope: _Scope, wanted: Wanted) -> bool:
    counts_for, also_for, region = scope
    placed = wanted.within is None or (region is not None and wanted.within(region))
    named = wanted.operators is None or counts_for in wanted.operators
    return placed and (named or not cast("frozenset[str]", wanted.operators).isdisjoint(also_for.split()))
