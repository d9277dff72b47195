"""The page "Promises": which words are awaited and until when, which are overdue, and how promises were kept so far."""

from __future__ import annotations

from typing import Any

import msgspec

from pulih.communicate.promises import promises_of, record, running
from pulih.model.bulletin import Promise
from pulih.model.clock import MICROS
from pulih.web.console.asking import Asking
from pulih.web.console.due import Due
from pulih.web.console.incident_page import spoken
from pulih.web.console.rows import Row, found_by, row_of, unsaid_recoveries

_OPEN_MAX = 200
_PAST_MAX = 500


class Awaited(msgspec.Struct, frozen=True):
    """An incident whose next word, or that of recovery, is awaited, and its clock."""

    row: Row
    due: Due


class Kept(msgspec.Struct, frozen=True):
    """An incident whose promises fell due: how many were kept, broken, and by how many seconds late in the middle."""

    row: Row
    kept: int
    broken: int
    late_s: float | None


def promises_values(asking: Asking) -> dict[str, Any]:
    """Return what the page shows."""
    now_us, findings = asking.tongue.when.now_us, found_by(asking.rooms)
    going = asking.rooms.incidents.current(_OPEN_MAX)
    every = [*going, *asking.rooms.incidents.past(_PAST_MAX)]
    made = {one.id: promises_of(one, now_us=now_us) for one in every}
    awaited = [
        Awaited(row_of(asking.tongue, one, findings), _due(waits, now_us))
        for one in going
        if (waits := running(made[one.id])) and not one.merged_into
    ]
    awaited += [Awaited(one, one.due) for one in unsaid_recoveries(asking.tongue, asking.rooms, findings) if one.due]
    told = [(one, record(made[one.id])) for one in every]
    return {
        **spoken(asking.tongue),
        "cadence": asking.rooms.settings.cadence,
        "awaited": sorted(awaited, key=lambda one: one.due.at_us),
        "sum": record(promise for each in made.values() for promise in each),
        "history": [
            Kept(
                row_of(asking.tongue, one, findings),
                sums.kept,
                sums.broken,
                None if sums.late_us is None else sums.late_us / MICROS,
            )
            for one, sums in told
            if sums.due
        ],
    }


def _due(promise: Promise, now_us: int) -> Due:
    return Due("next_word", promise.word, promise.due_us, (promise.due_us - now_us) / MICROS)
