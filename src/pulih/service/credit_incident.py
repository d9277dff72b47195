"""An incident of the desk as credits see it: its timeline becomes windows of the format of docs/credit.md.

Only time that a person confirmed counts, and nothing is guessed: a scope that names no service counts once a person has
said which it means, one without a region once a person has said that it is the whole country. What counts for how long
is defined in docs/credit-desk.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import MappingProxyType
from typing import Final, Literal

import msgspec
from msgspec.structs import replace

from pulih.compensate.outages import CreditIncident, Window
from pulih.confirm.timeline import MOVES_OF_SCOPES, added, follow, movable
from pulih.model.clock import from_micros
from pulih.model.credit_batch import CreditBasis, CreditService
from pulih.model.entry import (
    ClaimedFixed,
    Confirmed,
    Entry,
    FindingJoined,
    Opened,
    Rejected,
    Relapsed,
    Restored,
    ScopesSet,
    SplitOff,
    TookOver,
)
from pulih.model.incident import Incident, State
from pulih.model.reading import Service
from pulih.model.scope import Scope

Timeline = Callable[[str], Sequence[Entry]]
Why = Literal["service", "region", "operator", "unconfirmed"]
# What credits call the services of the desk; "any" and none are nobody's guess.
SERVICES: Final = MappingProxyType[Service, CreditService](
    {
        "mobile_data": "data",
        "mobile_voice": "voice",
        "sms": "sms",
        "fixed_broadband": "fixed",
        "tv": "tv",
        "app": "app",
        "billing": "billing",
    }
)
_WHOLE_COUNTRY: Final = "*"
# An incident may take over others that took over others; more than this is a slip in the data.
_DEEP_MAX: Final = 50


class LeftOut(msgspec.Struct, frozen=True):
    """A scope that gives no window, and why: its service, its region, whose it is, or that nobody confirmed it."""

    scope: Scope
    why: Why


class CreditView(msgspec.Struct, frozen=True):
    """What credits see of an incident: `going_on` while some confirmed scope is not restored, and ends now for now."""

    incident: CreditIncident
    left_out: tuple[LeftOut, ...]
    going_on: bool


class _Life(msgspec.Struct, frozen=True, kw_only=True):
    """One scope through a timeline: in which state, since when, and the runs that are over; None is the onset."""

    first_us: int | None
    state: State = "suspected"
    from_us: int | None = None
    claim_us: int | None = None
    runs: tuple[tuple[int | None, int], ...] = ()


_Lives = dict[Scope, list[_Life]]


def credit_incident(entries: Sequence[Entry], timeline: Timeline, *, zone: str, now_us: int) -> CreditView:
    """Return an incident as credits see it.

    Args:
        entries: its whole timeline, oldest first.
        timeline: returns the timelines of others, by id: those it took over, and the one it was split from.
        zone: IANA name of the desk's time zone.
        now_us: where scopes end that are not restored yet, microseconds since 1970 UTC.

    Raises: RefusedInput when the entries are no timeline.
    """
    incident = added(entries)
    basis = incident.credit_basis or CreditBasis()
    lives = _lives(entries, timeline)
    windows: set[Window] = set()
    left_out: list[LeftOut] = []
    going_on = False
    for scope, parts in lives.items():
        spans = [span for part in parts for span in _spans(part, incident.onset_us, now_us)]
        going_on |= any(part.state in {"confirmed", "claimed_fixed"} for part in parts)
        why = _why_not(scope, incident, basis, confirmed=bool(spans))
        if why is not None:
            left_out.append(LeftOut(scope, why))
            continue
        region = scope.region or _WHOLE_COUNTRY
        services = _services(scope, basis)
        windows |= {Window(region, one, begin, end) for begin, end in spans for one in services if end > begin}
    seen = CreditIncident(
        id=incident.id,
        zone=zone,
        operator=incident.operator,
        windows=tuple(sorted(windows)),
        excluded=basis.excluded,
        cause=basis.cause or None,
        attributes=dict(sorted(basis.attributes.items())),
        supersedes=superseded(incident, timeline),
    )
    return CreditView(seen, tuple(left_out), going_on)


def superseded(incident: Incident, timeline: Timeline) -> tuple[str, ...]:
    """Return the ids of all incidents that an incident takes the place of, those that these had taken over too."""
    found: dict[str, None] = {}
    waiting = list(incident.took_over)
    while waiting and len(found) < _DEEP_MAX:
        name = waiting.pop(0)
        if name in found or name == incident.id:
            continue
        found[name] = None
        entries = timeline(name)
        waiting += added(entries).took_over if entries else ()
    return tuple(found)


def credit_text(seen: CreditIncident) -> bytes:
    """Write an incident as a file of docs/credit.md, in one way only, so that equal incidents have equal files."""
    content = {
        "id": seen.id,
        "operator": seen.operator,
        "zone": seen.zone,
        "excluded": seen.excluded,
        "cause": seen.cause,
        "attributes": dict(seen.attributes),
        "windows": [
            {"region": one.region, "service": one.service, "start": _iso(one.start_us), "end": _iso(one.end_us)}
            for one in seen.windows
        ],
        "supersedes": list(seen.supersedes),
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


def _iso(at_us: int) -> str:
    return from_micros(at_us).isoformat().replace("+00:00", "Z")


def _services(scope: Scope, basis: CreditBasis) -> tuple[CreditService, ...]:
    known = SERVICES.get(scope.service) if scope.service else None
    return basis.services if known is None else (known,)


def _why_not(scope: Scope, incident: Incident, basis: CreditBasis, *, confirmed: bool) -> Why | None:
    if not confirmed:
        return "unconfirmed"
    if scope.operator not in {"", incident.operator}:
        return "operator"
    if not _services(scope, basis):
        return "service"
    if scope.region is None and not basis.nationwide:
        return "region"
    return None


def _spans(life: _Life, onset_us: int, now_us: int) -> Iterable[tuple[int, int]]:
    """When a scope was down; of what goes on, until it was claimed fixed, or now."""
    for begin, end in life.runs:
        yield (onset_us if begin is None else begin, end)
    if life.state in {"confirmed", "claimed_fixed"}:
        end = now_us if life.claim_us is None else life.claim_us
        yield (onset_us if life.from_us is None else life.from_us, end)


def _lives(entries: Sequence[Entry], timeline: Timeline, deep: int = 0) -> _Lives:
    lives: _Lives = {}
    before: Incident | None = None
    for entry in entries:
        incident = follow(before, entry)
        match entry.fact:
            case Opened() as fact:
                lives = _opened(fact, entry.incident, timeline, deep=deep)
            case Confirmed() | ClaimedFixed() | Restored() | Relapsed() as fact:
                assert before is not None, "the first entry opens"
                for scope in fact.scopes or movable(before, MOVES_OF_SCOPES[type(fact)][0]):
                    lives[scope] = [_moved(one, fact, entry.at_us) for one in lives.get(scope, [])]
            case ScopesSet() as fact:
                state: State = "suspected" if before is None else before.state
                new = _new(before, entry.at_us, state)
                lives = {scope: lives.get(scope, [new]) for scope in fact.scopes}
            case FindingJoined() as fact:
                for scope in fact.scopes:
                    lives.setdefault(scope, [_new(before, entry.at_us, "suspected")])
            case TookOver() as fact:
                _join(lives, fact, timeline, deep=deep)
            case SplitOff() as fact:
                lives = {scope: parts for scope, parts in lives.items() if scope not in fact.scopes}
            case Rejected():
                lives = {scope: [_Life(first_us=None)] for scope in lives}
            case _:
                pass
        before = incident
    return lives


def _new(before: Incident | None, at_us: int, state: State) -> _Life:
    """A scope that joins: since the onset while nobody has confirmed anything, since now afterwards."""
    first_us = None if before is None or before.confirmed_us is None else at_us
    if state not in {"confirmed", "claimed_fixed"}:
        return _Life(first_us=first_us)
    return _Life(first_us=first_us, state=state, from_us=first_us, claim_us=at_us if state == "claimed_fixed" else None)


def _moved(life: _Life, fact: Confirmed | ClaimedFixed | Restored | Relapsed, at_us: int) -> _Life:
    match fact:
        case Confirmed() if life.state == "suspected":
            return replace(life, state="confirmed", from_us=life.first_us)
        case ClaimedFixed() if life.state == "confirmed":
            return replace(life, state="claimed_fixed", claim_us=at_us)
        case Restored() if life.state == "claimed_fixed":
            # The repair held, so the trouble was over when it was claimed.
            run = (life.from_us, at_us if life.claim_us is None else life.claim_us)
            return replace(life, state="restored", claim_us=None, runs=(*life.runs, run))
        case Relapsed() if life.state == "claimed_fixed":
            # The claim was wrong, so the trouble never stopped.
            return replace(life, state="confirmed", claim_us=None)
        case Relapsed() if life.state == "restored":
            return replace(life, state="confirmed", from_us=at_us)
        case _:
            return life


def _opened(fact: Opened, incident: str, timeline: Timeline, *, deep: int) -> _Lives:
    """Scopes of a new incident; one that was split off brings along what they had been through."""
    if not fact.split_from or deep >= _DEEP_MAX:
        return {scope: [_Life(first_us=None)] for scope in fact.scopes}
    past = list(timeline(fact.split_from))
    cut = next((at for at, one in enumerate(past) if _leaves(one, incident)), len(past))
    lives = _lives(past[:cut], timeline, deep + 1)
    return {scope: lives.get(scope, [_Life(first_us=None)]) for scope in fact.scopes}


def _leaves(entry: Entry, incident: str) -> bool:
    return isinstance(entry.fact, SplitOff) and entry.fact.incident == incident


def _join(lives: _Lives, fact: TookOver, timeline: Timeline, *, deep: int) -> None:
    """Take over the scopes of another incident with what they had been through, from its own onset on."""
    past = timeline(fact.incident) if deep < _DEEP_MAX else ()
    other = _lives(past, timeline, deep + 1) if past else {}
    onset_us = added(past).onset_us if past else None
    for scope in fact.scopes:
        held = [_dated(one, onset_us) for one in other.get(scope, [])]
        lives[scope] = [*lives.get(scope, []), *held]


def _dated(life: _Life, onset_us: int | None) -> _Life:
    """Put the onset of its own incident in where a life begins with it."""
    return replace(
        life,
        first_us=onset_us if life.first_us is None else life.first_us,
        from_us=onset_us if life.from_us is None and life.state in {"confirmed", "claimed_fixed"} else life.from_us,
        runs=tuple((onset_us if begin is None else begin, end) for begin, end in life.runs),
    )
