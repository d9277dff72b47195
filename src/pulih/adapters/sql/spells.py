"""Spells: what recovery is judged by, counted in the database: reports, answers and signs of life."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    literal_column,
    not_,
    or_,
    select,
    text,
)

from pulih.adapters.sql.live_tables import signals
from pulih.model.clock import MICROS
from pulih.ports.files import Wanted
from pulih.ports.live import Answered, Aside, Spell


def spells_of(connection: Connection, counting: ColumnElement[bool], wanted: Wanted, step_s: int) -> list[Spell]:
    """Return what was said in steps of time, oldest first; of each author the last text that says it is back.

    Args:
        connection: of the desk's database.
        counting: which rows count for the wanted operators.
        wanted: time and operators.
        step_s: width of a step in seconds.
    """
    found: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    reports = and_(counting, signals.c.evidence > 0, signals.c.kind == "complaint")
    back = and_(_of(wanted), signals.c.recovered, signals.c.kind == "complaint")
    for column, asked in enumerate((_stepped(reports, step_s), _last_words(back, step_s))):
        for *key, many in connection.execute(asked):
            found[tuple(key)][column] += many
    width_us = step_s * MICROS
    ordered = sorted(found.items(), key=lambda one: one[0][0])
    return [
        Spell(number * width_us, source, service, region, *counts)
        for (number, source, service, region), counts in ordered
    ]


def answers_of(connection: Connection, wanted: Wanted, sources: Collection[str], limit: int) -> list[Answered]:
    """Return what people sent by some sources of the wanted operators, newest `limit`, oldest first.

    Of many from one network only those are people who may be: anybody can be a hundred browsers.
    """
    names = ("at_us", "author", "region", "service", "kind", "recovered", "operator", "symptom")
    sent = and_(signals.c.source.in_(sorted(sources)), signals.c.author != "", signals.c.reason != "network")
    where = and_(_of(wanted), sent)
    asked = select(*(signals.c[name] for name in names)).where(where).order_by(signals.c.at_us.desc()).limit(limit)
    rows = [
        Answered(
            at_us,
            author,
            region,
            service,
            bool(recovered) or kind == "recovered",
            bool(recovered) and kind == "complaint",
            operator or "",
            symptom,
        )
        for at_us, author, region, service, kind, recovered, operator, symptom in connection.execute(asked)
    ]
    return rows[::-1]


def last_said(connection: Connection, start_us: int, end_us: int) -> Mapping[str, int]:
    """Return when each source was heard last in [start_us, end_us)."""
    between = and_(signals.c.at_us >= start_us, signals.c.at_us < end_us)
    asked = (
        select(signals.c.source, func.max(signals.c.at_us).label("last_us")).where(between).group_by(signals.c.source)
    )
    return {row.source: row.last_us for row in connection.execute(asked)}


def asides(connection: Connection, counting: ColumnElement[bool], wanted: Wanted, step_s: int) -> list[Aside]:
    """Return how many texts each source brought in steps of time that were no report of the wanted operators.

    Args:
        connection: of the desk's database.
        counting: which rows count for the wanted operators.
        wanted: time and operators.
        step_s: width of a step in seconds.
    """
    between = and_(signals.c.at_us >= wanted.start_us, signals.c.at_us < wanted.end_us)
    # What counts for nobody has no operator that it counts for: NULL, which "not" would leave out.
    aside = or_(signals.c.counts_for.is_(None), not_(counting))
    step = _columns(step_s)[0]
    about = case((signals.c.operator.in_(sorted(wanted.operators or ())), 0), else_=1)
    asked = (
        select(step.label("step"), signals.c.source, about.label("of_others"), func.count())
        .where(and_(between, aside, signals.c.kind == "complaint"))
        .group_by(step, signals.c.source, text("of_others"))
    )
    width_us = step_s * MICROS
    return [
        Aside(number * width_us, source, bool(of_others), many)
        for number, source, of_others, many in connection.execute(asked)
    ]


def _of(wanted: Wanted) -> ColumnElement[bool]:
    between = and_(signals.c.at_us >= wanted.start_us, signals.c.at_us < wanted.end_us)
    return between if wanted.operators is None else and_(between, signals.c.operator.in_(sorted(wanted.operators)))


def _last_words(back: ColumnElement[bool], step_s: int) -> Select[Any]:
    """Return how many texts that say it is back count by step: of each author the last; of what nobody signed, all."""
    latest = func.row_number().over(partition_by=signals.c.author, order_by=signals.c.at_us.desc())
    step, *others = _columns(step_s)
    told = select(step.label("step"), *others, signals.c.author, latest.label("latest")).where(back).subquery()
    columns = (told.c.step, told.c.source, told.c.service, told.c.region)
    return select(*columns, func.count()).where(or_(told.c.latest == 1, told.c.author == "")).group_by(*columns)


def _stepped(where: ColumnElement[bool], step_s: int) -> Select[Any]:
    columns = _columns(step_s)
    return select(*columns, func.count()).where(where).group_by(*columns)


def _columns(step_s: int) -> tuple[ColumnElement[Any], ...]:
    # Whole numbers divide alike on SQLite and PostgreSQL; moments are never before 1970.
    # Written into the text: PostgreSQL takes two parameters of the same value for two different groups.
    step = signals.c.at_us // literal_column(str(int(step_s) * MICROS), BigInteger)
    return step, signals.c.source, signals.c.service, signals.c.region
