"""The engines of credits that are here, the fastest first; Spark, which starts slowly, only for those who name it."""

from __future__ import annotations

from pulih.adapters.credit.duckdb_engine import DuckdbEngine
from pulih.adapters.credit.kernel import KernelEngine
from pulih.adapters.credit.rules_engine import RulesEngine
from pulih.adapters.credit.spark_engine import LOCAL, SparkEngine
from pulih.ports.credit import CreditEngine


def installed_engines(wish: str) -> tuple[CreditEngine, ...]:
    """All engines that can run here, in the order in which `auto` tries them.

    Args:
        wish: what was asked for; `local-spark` and `spark://HOST:PORT` add that one.

    Raises: OutsideFailed where Spark is asked for and its packages are missing.

    >>> [engine.name for engine in installed_engines("auto")]
    ['kernel', 'duckdb', 'rules']
    """
    spark = (SparkEngine(wish),) if wish == LOCAL or wish.startswith("spark://") else ()
    return (KernelEngine(), DuckdbEngine(), RulesEngine(), *spark)
