"""What the page of sources shows: each with its counters, its last sign of life, and what its silence means."""

from __future__ import annotations

from typing import Any

from pulih.service.view import SourceNow
from pulih.web.console.asking import Asking
from pulih.web.console.incident_page import spoken
from pulih.web.console.now_page import balances
from pulih.web.console.usefulness import usefulness_values

# What may be wrong comes first.
_ORDER = ("silent", "unknown", "live")
# In these states a source needs nobody, and its liveness says all.
_WELL = ("begun", "listening")
# Who needs somebody stands before who helps himself.
_TROUBLE = {"refused": 0, "failed": 1, "waiting": 2, "spent": 3, "ended": 4}


def never_heard(name: str) -> SourceNow:
    """Return a source that was never heard."""
    return SourceNow(
        source=name,
        heard=0,
        counted=0,
        refused=0,
        repeated=0,
        late=0,
        last_heard_us=None,
        usual_gap_s=None,
        liveness="unknown",
    )


def sources_values(asking: Asking) -> dict[str, Any]:
    """Return what the page shows."""
    counters = asking.rooms.live.counters()
    listening = asking.rooms.listening
    standings = listening.standings() if listening else {}
    troubled = {name: one.state for name, one in standings.items() if one.state not in _WELL}
    heard = asking.rooms.live.sources()
    calls = asking.rooms.calls.now()
    shut = {name for name, one in calls.items() if one.shut}
    silent = [never_heard(name) for name in calls.keys() - {one.source for one in heard}]
    sources = sorted(
        [*heard, *silent],
        key=lambda one: (
            _TROUBLE.get(troubled.get(one.source, ""), 9),
            one.source not in shut,
            # One of which a filter is silent is silent in part.
            _ORDER.index("silent" if one.quiet() else one.liveness),
            one.source,
        ),
    )
    return {
        **spoken(asking.tongue),
        "sources": sources,
        "troubled": troubled,
        "shut": shut,
        "counters": counters,
        "balances": balances(counters),
        "upkeep": asking.rooms.upkeep(),
        **usefulness_values(asking.rooms),
    }
