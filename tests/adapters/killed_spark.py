"""Works credits out on a Spark of this machine, leniently: run as a program, it is there to be killed.

A program of its own, since a kill takes all of a process. Its folder holds `in`, the result is `out`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from credit_examples import USUAL, P
from credit_files import SCHEMAS, quiet
from spark_cluster import BRIEF_SPARK

from pulih.adapters.credit.checking import InputCheck
from pulih.adapters.credit.credit_folder import PartialFolder
from pulih.adapters.credit.spark_engine import LOCAL, SparkEngine
from pulih.compensate.incident_file import read_incidents
from pulih.compensate.policy import read_policy
from pulih.ports.credit import CreditInputs
from pulih.service.crediting import Credited, CreditOrder, work_out


def on_spark(folder: Path) -> Credited:
    """Work the tables of a folder out, with the usual incident and policy."""
    order = CreditOrder(
        policy=read_policy(P),
        incidents=read_incidents(USUAL),
        inputs=CreditInputs(**{name: str(folder / "in" / f"{name}.parquet") for name in SCHEMAS}),
        memory_bytes=2**29,
        lenient=True,
    )
    engine = SparkEngine(LOCAL, {**BRIEF_SPARK, "spark.sql.shuffle.partitions": "1"})
    with PartialFolder(folder / "out", "stamp") as partial:
        return work_out(order, [engine], checker=InputCheck(partial.scratch), folder=partial, progress=quiet)


if __name__ == "__main__":
    on_spark(Path(sys.argv[1]))
