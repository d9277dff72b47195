"""Is it this one? Which incident the trouble of one customer belongs to, by operator, service and place.

Surely means that a scope of the incident holds all three; perhaps, that nothing speaks against it and something is not
known. Whoever is told "perhaps" is asked for what is missing, and never told that all is well (requirement L5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal

import msgspec

from pulih.model.clock import DAY_S, MICROS
from pulih.model.incident import GRAVEST, Incident, ScopeState
from pulih.model.reading import Service

Certain = Literal["surely", "perhaps"]
# A service that a line of another kind can not have; "any" and none speak of all.
_ANY: Final[frozenset[str | None]] = frozenset({None, "any"})
# So long after the end people still ask about it.
OVER_US: Final = DAY_S * MICROS
# The country, four levels of regions and a slip in the data.
_LEVELS_MAX: Final = 5


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody has trouble with: operator by catalogue id, service, region by code; "" and None: not known."""

    operator: str = ""
    service: Service | None = None
    region: str = ""


class Belonging(msgspec.Struct, frozen=True):
    """The incident that a trouble belongs to, how surely, and the scopes of it that hold the trouble."""

    incident: Incident
    certain: Certain
    scopes: tuple[ScopeState, ...]


def belonging(
    asked: Asked, incidents: Iterable[Incident], *, parents: Mapping[str, str], now_us: int
) -> Belonging | None:
    """Return what a trouble most likely belongs to, None when nothing that is known holds it.

    Args:
        asked: the trouble.
        incidents: those that go on, and those that ended lately.
        parents: code of the region above each region.
        now_us: the present; what ended more than a day ago is not asked about any more.

    >>> from pulih.model.scope import Scope
    >>> part = ScopeState(Scope(operator="xl", service="mobile_data", region="31"), "confirmed")
    >>> one = Incident(id="a", version=1, opened_us=0, onset_us=0, operator="xl", scopes=(part,), state="confirmed")
    >>> above = {"31.74": "31"}
    >>> belonging(Asked(operator="xl", region="31.74"), [one], parents=above, now_us=0).certain
    'surely'
    >>> belonging(Asked(operator="xl", region="32"), [one], parents=above, now_us=0) is None
    True
    """
    found = [
        one for incident in incidents if _asked_about(incident, now_us) if (one := _held(asked, incident, parents))
    ]
    return min(found, key=_rank, default=None)


def _asked_about(incident: Incident, now_us: int) -> bool:
    if incident.merged_into or incident.state == "rejected":
        return False
    return incident.ended_us is None or now_us - incident.ended_us <= OVER_US


def _held(asked: Asked, incident: Incident, parents: Mapping[str, str]) -> Belonging | None:
    if asked.operator and incident.operator and asked.operator != incident.operator:
        return None
    named = bool(asked.operator and incident.operator)
    fits = [(part, _fit(asked, part, parents)) for part in incident.scopes]
    sure = tuple(part for part, fit in fits if fit == "surely")
    if sure and named:
        return Belonging(incident, "surely", sure)
    some = tuple(part for part, fit in fits if fit is not None)
    return Belonging(incident, "perhaps", some) if some else None


def _fit(asked: Asked, part: ScopeState, parents: Mapping[str, str]) -> Certain | None:
    scope = part.scope
    if asked.service not in _ANY and scope.service not in _ANY and asked.service != scope.service:
        return None
    if scope.region is None or (asked.region and _within(asked.region, scope.region, parents)):
        return "surely"
    # Of a wider place, or none, that is named it is not known whether the trouble is in the part that is hit.
    return "perhaps" if not asked.region or _within(scope.region, asked.region, parents) else None


def _within(code: str, other: str, parents: Mapping[str, str]) -> bool:
    for _ in range(_LEVELS_MAX):
        if code == other:
            return True
        code = parents.get(code, "")
    return False


def _rank(one: Belonging) -> tuple[bool, int, int]:
    """Sure ones first, then the gravest state of what is held, then the latest."""
    gravest = min(GRAVEST.index(part.state) if part.state in GRAVEST else len(GRAVEST) for part in one.scopes)
    return one.certain == "perhaps", gravest, -one.incident.onset_us
