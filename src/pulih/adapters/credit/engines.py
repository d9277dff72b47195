"""The engines of credits that are here, the fastest first; one whose optional part is missing is not."""

from __future__ import annotations

from pulih.adapters.credit.kernel import KernelEngine
from pulih.adapters.credit.rules_engine import RulesEngine
from pulih.ports.credit import CreditEngine


def installed_engines() -> tuple[CreditEngine, ...]:
    """All engines that can run here, in the order in which `auto` tries them."""
    return (KernelEngine(), RulesEngine())
