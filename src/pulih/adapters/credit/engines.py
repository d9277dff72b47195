"""The engines of credits by name, the fastest first; each is loaded only when it is its turn.

A compiler, a database or a cluster takes a second or more to load, and whoever asks for another engine should not wait.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from pulih.model.errors import RefusedInput
from pulih.ports.credit import CreditEngine
from pulih.service.crediting import AUTO


def _rules() -> CreditEngine:
    from pulih.adapters.credit.rules_engine import RulesEngine  # noqa: PLC0415

    return RulesEngine()


# In the order in which `auto` tries them.
_ENGINES: Final[Mapping[str, Callable[[], CreditEngine]]] = {"rules": _rules}


def engines_for(wish: str) -> Iterator[CreditEngine]:
    """The engine of that name; for "auto" one after the other, each loaded as it is reached.

    Raises: RefusedInput when no engine has that name.
    """
    if wish != AUTO and wish not in _ENGINES:
        there = ", ".join((AUTO, *_ENGINES))
        raise RefusedInput(f"--engine {wish}: this engine is not here; there are {there}.")
    names = tuple(_ENGINES) if wish == AUTO else (wish,)
    return (_ENGINES[name]() for name in names)
