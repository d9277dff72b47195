"""Works out credits with DuckDB: the canonical SQL in one process, whatever the order of the inputs.

Subscribers are worked out in ranges of ids, each within the memory that was allowed: a range's presence, verdicts and
sort fit, the next range begins with nothing, and the credits come out sorted as a whole. What still does not fit goes
to a folder beside the result and is removed. Source: docs/credit.md; requirement K2.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from pulih.adapters.credit.id_ranges import IdRange, id_ranges
from pulih.adapters.credit.sql_plan import CREDITS, NO_AFFECTED, SPANS, SUMS, Needs, SqlPlan, draw_plan, leaves, needs
from pulih.adapters.credit.sql_results import CreditsFile, SumRow, totals_from
from pulih.adapters.credit.sql_tables import Spans, Table, arrow_table
from pulih.compensate.clauses import Policy
from pulih.compensate.totals import Totals
from pulih.model.errors import OutsideFailed
from pulih.ports.credit import CreditInputs, CreditTask, Progress, Unsuited

# DuckDB counts what its buffers hold; readers of Parquet, Arrow and Python itself take the rest.
_BUFFER_SHARE: Final = 0.6
# Ten million subscribers in one range, with twice as many rows of presence and a seventh of them credited, peaked at
# 1.1 GB with all of Python; outages that reach more of them get twice that, and the rest may spill.
_BYTES_A_SUBSCRIBER: Final = 250
_BATCH_ROWS: Final = 500_000

_SUBSCRIBER: Final = """
SELECT subscriber_id, plan_id, segment, monthly_fee_minor, currency, payment, home_region FROM read_parquet({path})"""
# The last instants of 64 bits are infinities to DuckDB and have no microseconds; nothing beyond the hull matters.
_PRESENCE: Final = """
SELECT subscriber_id, region, epoch_us(GREATEST("start", make_timestamptz({since_us}))) AS from_us,
       epoch_us(LEAST("end", make_timestamptz({until_us}))) AS to_us FROM read_parquet({path})"""
_IN_HULL: Final = """
WHERE "start" < make_timestamptz({until_us}) AND "end" > make_timestamptz({since_us}) AND "end" > "start\""""
# The lowest id as a bare number would be wider than the column, and row groups would not be passed over.
_WITHIN: Final = " WHERE subscriber_id BETWEEN CAST('{first}' AS BIGINT) AND CAST('{last}' AS BIGINT)"
_AFFECTED: Final = """
SELECT subscriber_id, incident_id, service, epoch_us("start") AS from_us, epoch_us("end") AS to_us
FROM read_parquet({path}) WHERE "end" > "start\""""
_PAID: Final = """
SELECT subscriber_id, incident_id, policy_id, clause_id, amount_minor, currency FROM read_parquet({path})"""


class DuckdbEngine:
    """The engine `duckdb`; see `ports.credit.CreditEngine`."""

    name: Final = "duckdb"
    checks_values: Final = False

    def __init__(self, *, range_rows: int | None = None) -> None:
        """Take how many subscribers are worked out at a time; None: as many as the memory of the task allows."""
        self._range_rows = range_rows

    def leaves(self, policy: Policy) -> tuple[str, ...]:
        """What of the policy is left to another engine: only numbers of more than 38 digits."""
        return leaves(policy)

    def run(self, task: CreditTask, progress: Progress) -> Totals:
        """Write the credits of a task and return their totals.

        Raises: Unsuited for numbers too large for it, which another engine can take; OutsideFailed for disk and memory.
        """
        asked = needs(task)
        with _database(task) as database, CreditsFile(task, asked.pairs) as file:
            subscribers = _one(database, f"SELECT COUNT(*) FROM read_parquet({_quoted(task.inputs.subscribers)})")
            sums: list[SumRow] = []
            if asked.pairs:
                _create_views(database, task.inputs, asked, None)
                plan = _plan(database, task, asked)
                _create_tables(database, plan.tables)
                rows_max = self._range_rows or task.memory_bytes // _BYTES_A_SUBSCRIBER
                ranges = id_ranges(task.inputs.subscribers, task.inputs.presence, rows_max)
                for number, ids in enumerate(ranges):
                    progress("subscribers worked out", number / len(ranges))
                    _create_views(database, task.inputs, asked, ids)
                    sums += _work_out(database, plan, file)
            progress("subscribers worked out", 1.0)
        return totals_from(
            task, asked.pairs, sums, subscribers=subscribers, credited_subscribers=file.credited_subscribers
        )


@contextmanager
def _database(task: CreditTask) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory that may spill beside the result; its complaints become ours."""
    spill = Path(task.out).with_name("spill")
    # A run that was killed may have left it.
    shutil.rmtree(spill, ignore_errors=True)
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{int(task.memory_bytes * _BUFFER_SHARE)}B",
        "temp_directory": str(spill),
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
    }
    try:
        with duckdb.connect(":memory:", config=settings) as database:
            database.execute("SET enable_progress_bar = false")
            yield database
    except (duckdb.OutOfRangeException, duckdb.ConversionException) as error:
        raise Unsuited(
            f"an amount or a time is too large for whole numbers of 64 bits in a result or 38 digits on the way "
            f"({_first_line(error)}); the engine rules works with numbers of any size."
        ) from error
    except duckdb.OutOfMemoryException as error:
        raise OutsideFailed(
            f"{task.memory_bytes} bytes of memory and the free disk beside {task.out} were not enough "
            f"({_first_line(error)}); allow more memory or free some space and start again."
        ) from error
    except duckdb.Error as error:
        raise OutsideFailed(f"{task.out}: DuckDB stopped: {_first_line(error)}") from error
    finally:
        shutil.rmtree(spill, ignore_errors=True)


def _plan(database: duckdb.DuckDBPyConnection, task: CreditTask, asked: Needs) -> SqlPlan:
    regions = [row[0] for row in database.execute(asked.regions).fetchall()] if asked.regions else []
    spans: Spans = {}
    if asked.spans:
        spans = {row[0]: (row[1], row[2]) for row in database.execute(SPANS).fetchall()}
    return draw_plan(task, asked, regions, spans)


def _work_out(database: duckdb.DuckDBPyConnection, plan: SqlPlan, file: CreditsFile) -> list[SumRow]:
    """Work out the subscribers that the views show; their credits are written and their sums returned."""
    database.execute(f"CREATE OR REPLACE TEMP TABLE verdict AS {plan.text}")
    sums = database.execute(SUMS).fetchall()
    for batch in database.sql(CREDITS).to_arrow_reader(_BATCH_ROWS):
        file.write(batch)
    return sums


def _create_views(database: duckdb.DuckDBPyConnection, inputs: CreditInputs, asked: Needs, ids: IdRange | None) -> None:
    """Show the inputs as the SQL expects them: times as microseconds, presence within the hull, ids of one range.

    Without a range presence is shown as it is: which regions occur is asked five times as fast when no time is read.
    """
    hull = {"since_us": asked.hull_us[0], "until_us": asked.hull_us[1]}
    within = _WITHIN.format(first=ids.first, last=ids.last) if ids else ""
    in_hull = _IN_HULL.format(**hull) if ids else ""
    texts = {
        "subscriber": _SUBSCRIBER.format(path=_quoted(inputs.subscribers)),
        "presence": _PRESENCE.format(path=_quoted(inputs.presence), **hull) + in_hull,
        "affected": _AFFECTED.format(path=_quoted(inputs.affected)) if inputs.affected else NO_AFFECTED,
    }
    if inputs.paid:
        texts["paid"] = _PAID.format(path=_quoted(inputs.paid))
    for name, text in texts.items():
        database.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM ({text}) AS t{within}")


def _create_tables(database: duckdb.DuckDBPyConnection, tables: tuple[Table, ...]) -> None:
    for table in tables:
        database.register("parameters", arrow_table(table))
        database.execute(f"CREATE TEMP TABLE {table.name} AS SELECT * FROM parameters")
        database.unregister("parameters")


def _one(database: duckdb.DuckDBPyConnection, text: str) -> int:
    row = database.execute(text).fetchone()
    return int(row[0]) if row else 0


def _quoted(path: str) -> str:
    """A path in SQL; letters that would stand for other files stand for themselves."""
    plain = re.sub(r"([*?\[])", r"[\1]", path)
    doubled = plain.replace("'", "''")
    return f"'{doubled}'"


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
