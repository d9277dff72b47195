"""The engines of credits by name, the fastest first; each is loaded only when it is its turn.

A compiler, a database or a cluster takes a second or more to load, and whoever asks for another engine should not wait.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from pulih.model.errors import RefusedInput
from pulih.ports.credit import CreditEngine
from pulih.service.crediting import AUTO


def _kernel() -> CreditEngine:
    from pulih.adapters.credit.kernel import KernelEngine  # noqa: PLC0415

    return KernelEngine()


def _duckdb() -> CreditEngine:
    from pulih.adapters.credit.duckdb_engine import DuckdbEngine  # noqa: PLC0415

    return DuckdbEngine()


def _spark(name: str) -> CreditEngine:
    from pulih.adapters.credit.spark_engine import SparkEngine  # noqa: PLC0415

    return SparkEngine(name)


def _rules() -> CreditEngine:
    from pulih.adapters.credit.rules_engine import RulesEngine  # noqa: PLC0415

    return RulesEngine()


# In the order in which `auto` tries them.
_ENGINES: Final[Mapping[str, Callable[[], CreditEngine]]] = {
    "kernel": _kernel,
    "duckdb": _duckdb,
    "rules": _rules,
}
# Spark starts slowly and is for those who name it.
_LOCAL_SPARK: Final = "local-spark"
_MASTER: Final = "spark://"


def engines_for(wish: str) -> Iterator[CreditEngine]:
    """The engine of that name; for "auto" one after the other, each loaded as it is reached.

    Raises: RefusedInput when no engine has that name; OutsideFailed when it needs packages that are missing.
    """
    if wish == _LOCAL_SPARK or wish.startswith(_MASTER):
        return iter((_spark(wish),))
    if wish != AUTO and wish not in _ENGINES:
        there = ", ".join((AUTO, *_ENGINES, _LOCAL_SPARK, f"{_MASTER}HOST:PORT"))
        raise RefusedInput(f"--engine {wish}: this engine is not here; there are {there}.")
    names = tuple(_ENGINES) if wish == AUTO else (wish,)
    return (_ENGINES[name]() for name in names)
