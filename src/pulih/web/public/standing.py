"""What the public page says: incidents that are public with the desk's own words, and complaint levels beside them.

A suspected incident is no incident to the public, only a level (docs/ontology.md, States). A level is about reports and
never about customers; where nothing can be heard it is unknown and never as usual (requirement L5).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from pulih.model.bulletin import Level
from pulih.model.clock import DAY_S, MICROS
from pulih.model.incident import Incident, State
from pulih.model.notice import Notice
from pulih.model.reading import Service
from pulih.service.levels import level_of
from pulih.service.public_incident import OVER, PUBLIC, is_shown
from pulih.service.view import OperatorNow, SourceNow

_ORDER: tuple[State, ...] = ("confirmed", "claimed_fixed", "suspected", "restored", "rejected")
# How long an incident that is over stays on the page, by its last public word.
OVER_US = DAY_S * MICROS


class PublicIncident(msgspec.Struct, frozen=True, kw_only=True):
    """One incident as the public may know it: what, where, since when, its state, the desk's words newest first."""

    id: str
    operator: str
    state: State
    services: tuple[Service, ...]
    regions: tuple[str, ...]
    onset_us: int
    ended_us: int | None
    emergency_calls: str
    alternatives_id: str
    alternatives_en: str
    notices: tuple[Notice, ...]
    next_update_by_us: int | None


class PublicLevel(msgspec.Struct, frozen=True):
    """How many reports name an operator in the last hour, against what is usual."""

    operator: str
    name: str
    level: Level


def public_incidents(incidents: Iterable[Incident], now_us: int) -> tuple[PublicIncident, ...]:
    """Return those that may be shown, the gravest first: public ones that go on, then those that ended today.

    A suspicion is shown once the desk has said a word about it in public, and what was no outage once that is put
    right: whoever publishes may rely on being read.
    """
    shown = [_public(incident) for incident in incidents if is_shown(incident)]
    kept = [one for one in shown if one.state not in OVER or now_us - _last_us(one) < OVER_US]
    return tuple(sorted(kept, key=lambda one: (_ORDER.index(one.state), -one.onset_us)))


def _published(incident: Incident) -> list[Notice]:
    return [notice for notice in incident.notices if notice.state == "published"]


def public_levels(
    operators: Sequence[OperatorNow], sources: Sequence[SourceNow], own: Sequence[str]
) -> tuple[PublicLevel, ...]:
    """Return the levels of the operators that this desk shows: its own, or all where it has none."""
    heard = any(source.liveness == "live" for source in sources)
    return tuple(
        PublicLevel(one.operator, one.name, level_of(one) if heard else "unknown")
        for one in operators
        if one.operator and (not own or one.operator in own)
    )


def _public(incident: Incident) -> PublicIncident:
    scopes = [one.scope for one in incident.scopes if one.state in PUBLIC or incident.state not in PUBLIC]
    notices = sorted(_published(incident), key=lambda notice: -(notice.published_us or 0))
    return PublicIncident(
        id=incident.id,
        operator=incident.operator,
        state=incident.state,
        services=tuple(dict.fromkeys(scope.service for scope in scopes if scope.service)),
        regions=tuple(dict.fromkeys(scope.region for scope in scopes if scope.region)),
        onset_us=incident.onset_us,
        ended_us=incident.ended_us if incident.state == "restored" else None,
        emergency_calls=incident.emergency_calls,
        alternatives_id=incident.alternatives_id,
        alternatives_en=incident.alternatives_en,
        notices=tuple(notices),
        next_update_by_us=notices[0].next_update_by_us if notices else None,
    )


def _last_us(incident: PublicIncident) -> int:
    return max([incident.onset_us, *(notice.published_us or 0 for notice in incident.notices)])
