"""What the page of sources shows: each with its counters, its last sign of life, and what its silence means."""

from __future__ import annotations

from typing import Any

from pulih.web.console.asking import Asking
from pulih.web.console.incident_page import spoken
from pulih.web.console.now_page import balances
from pulih.web.console.usefulness import usefulness_values

# What may be wrong comes first.
_ORDER = ("silent", "unknown", "live")


def sources_values(asking: Asking) -> dict[str, Any]:
    """Return what the page shows."""
    counters = asking.rooms.live.counters()
    sources = sorted(asking.rooms.live.sources(), key=lambda one: (_ORDER.index(one.liveness), one.source))
    return {
        **spoken(asking.tongue),
        "sources": sources,
        "listened": asking.rooms.listening.alive() if asking.rooms.listening else {},
        "counters": counters,
        "balances": balances(counters),
        "upkeep": asking.rooms.upkeep(),
        **usefulness_values(asking.rooms),
    }
