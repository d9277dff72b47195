"""The part "Is it over?" of an incident's page: the verdict of each scope with its reasons, and when it may be over.

What the desk proposes is never said in public by itself. Whoever takes the estimate makes it a task with a time; from
then on a statement may name that time, since somebody answers for it (requirements R1, T1).
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from pulih.confirm.recovery_moves import unproved
from pulih.confirm.timeline import movable
from pulih.model.incident import Incident
from pulih.model.recovery import Estimate, RecoveryVerdict
from pulih.restore.reasons import NAMES, Said, reasons_of
from pulih.service.recovery import Recovery, ScopeJudged
from pulih.web.console.asking import Asking
from pulih.web.console.forms import moment_value
from pulih.web.console.phrasing import OVER, Tongue, scope_words
from pulih.web.frame.rooms import Rooms

Level = Literal["ok", "down", "watch", "unknown"]
_LEVELS: dict[RecoveryVerdict, Level] = {
    "restored": "ok", "contradicted": "down", "not_yet": "watch", "unknown": "unknown",
}  # fmt: skip


class ScopeView(msgspec.Struct, frozen=True, kw_only=True):
    """One scope: its name, its verdict in words with a colour, since when, and the reasons."""

    scope: str
    verdict: RecoveryVerdict
    says: str
    level: Level
    since_us: int | None
    reasons: tuple[Said, ...]


class RecoveryPart(msgspec.Struct, frozen=True, kw_only=True):
    """What the part shows.

    Attributes:
        verdict: the whole.
        scopes: each.
        estimate: when it may be over, None where nobody can say.
        due_value: its high end as a field of a form.
        overridden: scopes that were called restored without proof, in words.
    """

    verdict: RecoveryVerdict
    scopes: tuple[ScopeView, ...]
    estimate: Estimate | None
    due_value: str
    overridden: tuple[str, ...]


def recovery_values(asking: Asking, incident: Incident) -> dict[str, Any]:
    """Return what templates need: the part, None without anything to judge, and what a move would leave unproved."""
    lacking = unproved(incident, movable(incident, ("claimed_fixed",)))
    return {
        "recovery": _part(asking.rooms, asking.tongue, incident, asking.zone),
        "unproved": [scope_words(asking.tongue, one) for one in lacking],
    }


def _part(rooms: Rooms, tongue: Tongue, incident: Incident, zone: Any) -> RecoveryPart | None:
    if rooms.recoveries is None or incident.confirmed_us is None or incident.merged_into:
        return None
    if incident.state in OVER and not incident.recovery:
        return None
    recovery = rooms.recoveries.of(incident)
    if not recovery.scopes:
        return None
    estimate = recovery.estimate
    return RecoveryPart(
        verdict=recovery.verdict,
        scopes=_views(tongue, recovery),
        estimate=estimate,
        due_value="" if estimate is None else moment_value(estimate.high_us, zone),
        overridden=tuple(scope_words(tongue, one) for one in incident.overridden),
    )


def _views(tongue: Tongue, recovery: Recovery) -> tuple[ScopeView, ...]:
    return tuple(_view(tongue, one) for one in recovery.scopes)


def _view(tongue: Tongue, one: ScopeJudged) -> ScopeView:
    judged = one.judged
    return ScopeView(
        scope=scope_words(tongue, one.scope),
        verdict=judged.verdict,
        says=tongue.chosen(NAMES[judged.verdict]),
        level=_LEVELS[judged.verdict],
        since_us=judged.since_us,
        reasons=reasons_of(judged),
    )
