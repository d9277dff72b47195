"""Restored needs evidence, or a person who answers for it without: what was judged, and what moves make of it.

"Claimed fixed" is one party's word. What customers say is judged by the desk, scope by scope, and stands on the
timeline. A scope is called restored where that verdict is so, or where a person says so in their own name and with a
reason; the timeline and the public page show that they did (requirement R1).
"""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from pulih.model.entry import ClaimedFixed, Confirmed, Fact, RecoveryJudged, Relapsed, Restored
from pulih.model.errors import ForbiddenMove
from pulih.model.incident import Incident
from pulih.model.scope import Scope


def unproved(incident: Incident, scopes: tuple[Scope, ...]) -> tuple[Scope, ...]:
    """Return which of some scopes what is heard does not prove to be restored.

    >>> nothing = Incident(id="i", version=1, opened_us=0, onset_us=0, operator="xl", scopes=())
    >>> len(unproved(nothing, (Scope(operator="xl"),)))
    1
    """
    proved = {one.scope for one in incident.recovery if one.verdict == "restored"}
    return tuple(scope for scope in scopes if scope not in proved)


def against(incident: Incident) -> Literal["", "contradicted", "relapsed"]:
    """Return what was judged last that speaks against an end: a relapse, else a contradicted repair, "" for nothing.

    >>> against(Incident(id="i", version=1, opened_us=0, onset_us=0, operator="xl", scopes=()))
    ''
    """
    if any(one.relapsed and one.verdict != "restored" for one in incident.recovery):
        return "relapsed"
    return "contradicted" if any(one.verdict == "contradicted" for one in incident.recovery) else ""


def settled(fact: Restored, incident: Incident) -> Restored:
    """Return a move to restored that says it overrides only where it does.

    Args:
        fact: with its scopes named.
        incident: as it is now.
    """
    return replace(fact, overrides=fact.overrides and bool(unproved(incident, fact.scopes)))


def check_recovery(incident: Incident, fact: Fact) -> None:
    """Refuse to call scopes restored that nothing proves to be, unless a person answers for it; other moves pass.

    Raises: ForbiddenMove.
    """
    if not isinstance(fact, Restored) or fact.overrides:
        return
    asked = fact.scopes or tuple(part.scope for part in incident.scopes if part.state == "claimed_fixed")
    lacking = unproved(incident, asked)
    if lacking:
        raise ForbiddenMove(
            f"What is heard does not prove yet that {incident.id} is restored ({len(lacking)} of {len(asked)} scopes); "
            "wait for the verdict, or say with overrides and a reason that you answer for it",
            key="move.unproved",
            n=len(lacking),
            all=len(asked),
        )


def judged(incident: Incident, fact: RecoveryJudged) -> Incident:
    """Return an incident after its end was judged; scopes that are not judged anew keep what stood."""
    held = {one.scope: one for one in incident.recovery} | {one.scope: one for one in fact.scopes}
    there = [part.scope for part in incident.scopes]
    return replace(incident, recovery=tuple(held[one] for one in there if one in held), estimate=fact.estimate)


def moved_on(incident: Incident, fact: Confirmed | ClaimedFixed | Restored | Relapsed) -> Incident:
    """Return an incident after scopes moved: an old verdict proves nothing of a relapse, and who overrode is kept."""
    states = {part.scope: part.state for part in incident.scopes}
    restored = frozenset(scope for scope, state in states.items() if state == "restored")
    overridden = tuple(one for one in incident.overridden if one in restored)
    match fact:
        case Restored(overrides=True):
            new = tuple(one for one in unproved(incident, fact.scopes or tuple(restored)) if one in restored)
            return replace(incident, overridden=tuple(dict.fromkeys((*overridden, *new))))
        case Relapsed():
            again = frozenset(fact.scopes) or frozenset(states) - restored
            kept = tuple(one for one in incident.recovery if one.scope not in again)
            return replace(incident, recovery=kept, overridden=overridden)
        case _:
            return replace(incident, overridden=overridden) if overridden != incident.overridden else incident
