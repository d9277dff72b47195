"""Works out credits with Spark: the same SQL on one machine or a cluster, where one database is outgrown.

PySpark is an optional extra, heavy as it is. On a cluster the inputs and the folder of the result must be reachable
under the same path from every worker. Source: docs/credit.md; requirement K2.
"""

from __future__ import annotations

import importlib
import re
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

import pyarrow.parquet as pq

from pulih.adapters.credit.spark_java import submit_script
from pulih.adapters.credit.sql_plan import CREDITS, NO_AFFECTED, SPANS, SUMS, Needs, SqlPlan, draw_plan, leaves, needs
from pulih.adapters.credit.sql_results import CreditsFile, SumRow, totals_from
from pulih.adapters.credit.sql_spark import spark_text
from pulih.adapters.credit.sql_tables import Table, arrow_table
from pulih.compensate.clauses import Policy
from pulih.compensate.totals import Totals
from pulih.model.errors import OutsideFailed
from pulih.ports.credit import CreditInputs, CreditTask, Progress

LOCAL: Final = "local-spark"
_LOG: Final = "spark.log"
_PATIENCE_S: Final = 10
_BATCH_ROWS: Final = 500_000
_MISSING: Final = "PySpark or sqlglot is not installed; `pip install pulih[spark]` brings both, and a Java that fits."
_TYPES: Final[Mapping[str, str]] = {"BIGINT": "BIGINT", "VARCHAR": "STRING"}
_TIMES: Final = "start TIMESTAMP, end TIMESTAMP"
_SPAN: Final = ("unix_micros(start) AS from_us", "unix_micros(end) AS to_us")
_SUBSCRIBER: Final = (
    "subscriber_id BIGINT, plan_id STRING, segment STRING, monthly_fee_minor BIGINT, currency STRING, "
    "payment STRING, home_region STRING"
)
_PAID: Final = (
    "subscriber_id BIGINT, incident_id STRING, policy_id STRING, clause_id STRING, amount_minor BIGINT, currency STRING"
)
# Steps that several later ones read: Spark would work them out for each of these anew.
_KEPT: Final = frozenset({"stay", "run", "measured", "qualified", "claim", "verdict"})
# Whole numbers must fail when they overflow, and times mean UTC.
_FOLDER: Final = "spark-"
_SETTINGS: Final[Mapping[str, str]] = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


class SparkEngine:
    """The engines `local-spark` and `spark://HOST:PORT`; see `ports.credit.CreditEngine`."""

    checks_values: Final = False

    def __init__(self, name: str, settings: Mapping[str, str] | None = None, *, package: str = "pyspark") -> None:
        """Take the name as typed, settings of Spark that go before ours, and the package that holds it.

        Raises: OutsideFailed where PySpark is missing.
        """
        self.name = name
        self._settings = settings or {}
        try:
            self._spark = importlib.import_module(package)
            self._sql = importlib.import_module(f"{package}.sql")
            self._launch_gateway = importlib.import_module(f"{package}.java_gateway").launch_gateway
            importlib.import_module("sqlglot")
            self._lost = importlib.import_module("py4j.protocol").Py4JError
            self._stopped = importlib.import_module(f"{package}.errors").PySparkException
        except ImportError as error:
            raise OutsideFailed(_MISSING) from error

    def leaves(self, policy: Policy) -> tuple[str, ...]:
        """What of the policy is left to another engine: only numbers of more than 38 digits."""
        return leaves(policy)

    def run(self, task: CreditTask, progress: Progress) -> Totals:
        """Write the credits of a task and return their totals.

        Raises: Unsuited for numbers too large for it, which another engine can take; OutsideFailed where Spark fails.
        """
        if self.name != LOCAL:
            _look_for_master(self.name)
        beside = Path(task.out).parent
        _clear(beside)
        # Of its own: the Java of a run that was killed may write into the old one for another moment.
        folder = Path(mkdtemp(prefix=_FOLDER, dir=beside))
        try:
            with self._session(folder, task.memory_bytes) as session:
                return _work_out(session, task, folder, progress)
        except (self._stopped, self._lost, ConnectionError) as error:
            said = f"{_first_line(error)} {_last_line(folder / _LOG)}"
            raise OutsideFailed(f"{self.name}: Spark stopped: {said}; look at its master, memory and disk.") from error
        finally:
            _clear(beside)

    @contextmanager
    def _session(self, folder: Path, memory_bytes: int) -> Iterator[Any]:
        """A session in a Java of its own, which ends with it; what Spark logs goes into the folder."""
        master = "local[*]" if self.name == LOCAL else self.name
        settings = {"spark.driver.memory": f"{memory_bytes >> 20}m", **_SETTINGS, **self._settings}
        conf = self._spark.SparkConf().setAppName("pulih credit").setMaster(master).setAll(settings.items())
        context = self._spark.SparkContext
        with (folder / _LOG).open("wb") as log:
            script = submit_script(folder, Path(str(self._spark.__file__)).parent)
            gateway = self._launch_gateway(conf, {"executable": str(script.resolve()), "stdout": log, "stderr": log})
            try:
                with context(conf=conf, gateway=gateway) as running:
                    yield self._sql.SparkSession(running)
            finally:
                with suppress(OSError, self._lost):
                    gateway.shutdown()
                gateway.proc.stdin.close()
                gateway.proc.wait()
                # PySpark keeps the gateway for the next context, and would find nobody behind it.
                context._gateway = context._jvm = None


def _clear(beside: Path) -> None:
    """Remove what this run, or one that was killed, left beside the credits."""
    for folder in beside.glob(f"{_FOLDER}*"):
        shutil.rmtree(folder, ignore_errors=True)


def _work_out(session: Any, task: CreditTask, folder: Path, progress: Progress) -> Totals:
    """Run one task in a session, with an existing folder for what goes between Spark and us."""
    asked = needs(task)
    subscribers = _read(session, task.inputs.subscribers, "subscriber_id BIGINT").count()
    sums: list[SumRow] = []
    with CreditsFile(task, asked.pairs) as file:
        if asked.pairs:
            progress("regions asked", 0.0)
            _show_inputs(session, task.inputs, asked)
            plan = _plan(session, task, asked)
            _show_presence(session, task.inputs.presence, asked.hull_us)
            _show_tables(session, plan.tables, folder)
            sums = _collect(session, plan, folder, file)
        progress("subscribers worked out", 1.0)
    return totals_from(task, asked.pairs, sums, subscribers=subscribers, credited_subscribers=file.credited_subscribers)


def _plan(session: Any, task: CreditTask, asked: Needs) -> SqlPlan:
    regions = [row[0] for row in session.sql(spark_text(asked.regions)).collect()] if asked.regions else []
    spans = {row[0]: (row[1], row[2]) for row in session.sql(spark_text(SPANS)).collect()} if asked.spans else {}
    return draw_plan(task, asked, regions, spans)


def _collect(session: Any, plan: SqlPlan, folder: Path, file: CreditsFile) -> list[SumRow]:
    """Work the verdicts out once; their sums come here, their credits through files, part after part."""
    kept = []
    try:
        for name, text in plan.steps:
            step = session.sql(spark_text(text))
            if name in _KEPT:
                kept.append(step.persist())
            step.createOrReplaceTempView(name)
        session.sql(spark_text(CREDITS)).write.parquet(str(folder / "credits"))
        sums = [tuple(row) for row in session.sql(spark_text(SUMS)).collect()]
    finally:
        for step in kept:
            step.unpersist()
    for part in sorted((folder / "credits").glob("part-*.parquet")):
        for batch in pq.ParquetFile(part).iter_batches(_BATCH_ROWS):
            file.write(batch)
    return sums


def _show_inputs(session: Any, inputs: CreditInputs, asked: Needs) -> None:
    """Show the inputs as the SQL expects them, times as microseconds; of presence only regions are asked at first."""
    _read(session, inputs.subscribers, _SUBSCRIBER).createOrReplaceTempView("subscriber")
    _read(session, inputs.presence, "region STRING").createOrReplaceTempView("presence")
    if inputs.affected and asked.listed:
        columns = f"subscriber_id BIGINT, incident_id STRING, service STRING, {_TIMES}"
        affected = _read(session, inputs.affected, columns).where("end > start")
        affected.selectExpr("subscriber_id", "incident_id", "service", *_SPAN).createOrReplaceTempView("affected")
    elif asked.listed:
        session.sql(spark_text(NO_AFFECTED)).createOrReplaceTempView("affected")
    if inputs.paid:
        _read(session, inputs.paid, _PAID).createOrReplaceTempView("paid")


def _show_presence(session: Any, path: str, hull_us: tuple[int, int]) -> None:
    """Show presence that meets the hull."""
    since_us, until_us = hull_us
    presence = _read(session, path, f"subscriber_id BIGINT, region STRING, {_TIMES}").where(
        f"start < timestamp_micros({until_us}) AND end > timestamp_micros({since_us}) AND end > start"
    )
    presence.selectExpr("subscriber_id", "region", *_SPAN).createOrReplaceTempView("presence")


def _show_tables(session: Any, tables: tuple[Table, ...], folder: Path) -> None:
    """Tables of parameters go through files, which workers read without a Python of their own."""
    for table in tables:
        path = folder / f"{table.name}.parquet"
        pq.write_table(arrow_table(table), path)
        columns = ", ".join(f"{name} {_TYPES[kind]}" for name, kind in table.columns)
        _read(session, str(path), columns).createOrReplaceTempView(table.name)


def _read(session: Any, path: str, columns: str) -> Any:
    """A Parquet file; with its columns named, Spark need not look into it first.

    Letters of the path that would stand for other files stand for themselves.
    """
    return session.read.schema(columns).parquet(re.sub(r"([*?{}\[\]\\])", r"\\\1", path))


def _look_for_master(name: str) -> None:
    """Find out at once whether a master listens there; Spark itself would try for minutes.

    Raises: OutsideFailed.
    """
    for place in name.removeprefix("spark://").split(","):
        host, _, port = place.rpartition(":")
        with suppress(OSError, ValueError), socket.create_connection((host, int(port)), timeout=_PATIENCE_S):
            return
    raise OutsideFailed(f"{name}: no master of Spark listens there; start one, or name it as spark://HOST:PORT.")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _last_line(log: Path) -> str:
    """What Spark's process said last, where it got as far as saying something."""
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n") if log.exists() else []
    return next((f"({line.strip()})" for line in reversed(lines) if line.strip()), "")
