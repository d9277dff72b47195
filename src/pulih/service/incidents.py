"""Incidents: the one way in which anybody, the desk itself too, changes what is known of an outage.

Every change is an entry that the table of moves allows, written by whoever is first. Who acts says which version of the
incident they saw; when people did something since, they are told what, and nothing is written. What the desk itself
added meanwhile (a finding joined, reports back to usual) does not stop a person: a move of scopes then moves those that
the person saw, and only moves about the whole incident are refused.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Final

from msgspec.structs import replace

from pulih.communicate.facts_check import Doubt
from pulih.communicate.speech import Draft, Speech
from pulih.confirm.clocks import Due, clocks
from pulih.confirm.details import check_opening
from pulih.confirm.likeness import Similar, similar
from pulih.confirm.moves import allowed, check
from pulih.confirm.timeline import added, follow
from pulih.model.actor import THE_DESK, Actor
from pulih.model.entry import (
    Entry,
    Explained,
    Fact,
    FindingCleared,
    FindingJoined,
    MergedInto,
    Opened,
    SplitOff,
    TookOver,
)
from pulih.model.errors import ForbiddenMove, OutsideFailed, RefusedInput, StaleVersion
from pulih.model.finding import Finding
from pulih.model.incident import Incident, State
from pulih.ports.clock import Clock
from pulih.ports.incidents import Grown, Head, IncidentStore, PlannedChangeStore
from pulih.service.harmless import legible
from pulih.service.incident_entries import compared, legible_words, meant, refuse_stale
from pulih.service.incident_opening import home_of, joined_to, new_id, opened_by, reason_of
from pulih.service.statement_check import Evidence, doubts_of, refuse_unborne
from pulih.service.view import Verdict

OPEN: Final[frozenset[State]] = frozenset({"suspected", "confirmed", "claimed_fixed"})
ENDED: Final[frozenset[State]] = frozenset({"restored", "rejected"})
# How often an entry is tried again when others were first; each time somebody else got on.
TRIES_MAX: Final = 20
# Incidents that are kept added up, and past ones that likeness is looked for in.
_KEPT_MAX: Final = 2_000
_PAST_MAX: Final = 500

Listener = Callable[[Incident, Entry], None]


class Incidents:
    """All incidents of a desk; every method may be called from any thread.

    Args:
        store: where timelines are kept.
        clock: what time it is.
        speech: how the desk speaks; its time zone names the days of incidents, its regions are nested, and what it says
            was approved beforehand.
        changes: planned changes that may explain an incident.
        evidence: numbers that can be shown of an incident, and so may be said; None knows no more than the incident.
    """

    def __init__(
        self,
        store: IncidentStore,
        clock: Clock,
        *,
        speech: Speech,
        changes: PlannedChangeStore,
        evidence: Evidence | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self.speech = speech
        self._changes = changes
        self._evidence = evidence
        self._listeners: list[Listener] = []
        self._known: dict[str, tuple[Incident, int]] = {}
        self._lock = threading.Lock()

    def on_change(self, listener: Listener) -> None:
        """Call `listener` after each entry was written, in the writer's thread; it must only hand on, and not fail."""
        self._listeners.append(listener)

    def get(self, incident_id: str) -> Incident | None:
        """Return an incident as it is now, None when there is none of that id."""
        found = self._sum(incident_id)
        return None if found is None else found[0]

    def timeline(self, incident_id: str) -> tuple[Entry, ...]:
        """Return the entries of an incident, oldest first; none when there is no such incident."""
        return tuple(self._store.entries(incident_id))

    def current(self, limit: int = 100) -> list[Incident]:
        """Return the incidents that go on, latest onset first."""
        return self._summed(self._store.heads(OPEN, limit=limit))

    def past(
        self, limit: int = 50, *, before_us: int | None = None, states: frozenset[State] = ENDED
    ) -> list[Incident]:
        """Return restored and rejected incidents, or some of these, latest onset first, begun before `before_us`."""
        return self._summed(self._store.heads(states, limit=limit, before_us=before_us))

    def similar(self, incident: Incident, most: int = 5) -> tuple[Similar, ...]:
        """Return past incidents like one, the likest first."""
        return similar(incident, self.past(_PAST_MAX), parents=self.speech.parents, most=most)

    def clocks(self, incident: Incident) -> tuple[Due, ...]:
        """Return what is due of an incident: first word, promises, signatures, tasks; what waits comes first."""
        return clocks(incident, self._clock.now_us())

    def doubts(self, draft: Draft, incident: Incident) -> tuple[Doubt, ...]:
        """Return what in a draft the facts of an incident do not bear out; such a draft is refused."""
        return doubts_of(draft, incident, self.speech, now_us=self._clock.now_us(), evidence=self._evidence)

    def allowed(self, incident: Incident, actor: Actor) -> tuple[str, ...]:
        """Return the names of the moves that an actor may make now."""
        return allowed(incident, actor)

    def act(self, incident_id: str, fact: Fact, *, actor: Actor, version: int, reason: str = "") -> Incident:
        """Write an entry, and return the incident after it.

        Args:
            incident_id: whose timeline.
            fact: what is done; an id in it that is "" is given (task, rumour, notice). A `MergedInto` and a `SplitOff`
                do what `merge` and `split` do.
            actor: who does it.
            version: number of the last entry that the actor saw.
            reason: why; some moves demand one.

        Raises: ForbiddenMove, with the allowed moves, when it is not allowed; StaleVersion, one of those, when people
            acted since; RefusedInput when there is no such incident or the fact is not sound; OutsideFailed when
            nothing could be written.
        """
        match fact:
            case MergedInto():
                self.merge(incident_id, fact.incident, actor=actor, version=version, reason=reason)
                return self._there(incident_id)[0]
            case SplitOff():
                self.split(incident_id, fact, actor=actor, version=version, reason=reason)
                return self._there(incident_id)[0]
            case TookOver() | Opened():
                raise RefusedInput(
                    "This entry is written by the desk: merge an incident into this one, or open a new one."
                )
            case Explained() if fact.maintenance and self._changes.get(fact.maintenance) is None:
                raise RefusedInput(f"There is no planned change {fact.maintenance!r}; name one of the list, or none.")
        for _ in range(TRIES_MAX):
            grown = self._next(incident_id, fact, actor=actor, version=version, reason=reason)
            if self._append(grown):
                return grown.incident
        raise self._crowded(incident_id)

    def open(self, fact: Opened, *, actor: Actor, reason: str) -> Incident:
        """Open an incident by hand, as suspected; the desk itself does when planned work overran.

        Raises: RefusedInput when the fact is not sound or the reason is missing; ForbiddenMove when the actor may not.
        """
        if actor.role not in {"duty", "approver", "admin", "desk"}:
            raise ForbiddenMove(f"Opening an incident is not for the role {actor.role} of {actor.name}.")
        if not reason.strip():
            raise RefusedInput("An incident opened by hand needs a reason; say in a few words why.")
        fact = replace(fact, states=(), split_from="", findings=())
        for attempt in range(TRIES_MAX):
            grown = self._opening(fact, actor=actor, reason=reason, attempt=attempt)
            if self._append(grown):
                return grown.incident
        raise self._crowded(fact.operator)

    def open_for(self, finding: Finding, verdict: Verdict | None = None) -> Incident:
        """Return the incident of a finding; one that has none joins an incident that goes on, or opens a suspected one.

        It joins the incident of the same operator with the latest onset whose regions are nested with its own and whose
        reports were not back to usual for six hours before it began.
        """
        reason = reason_of(finding, verdict)
        for attempt in range(TRIES_MAX):
            known = self._store.incident_of(finding.id)
            if known is not None:
                return self._there(known)[0]
            home = home_of(finding, self.current(_KEPT_MAX), self.speech.parents)
            grown: Grown | None
            if home is None:
                opened = opened_by(finding, self._clock.now_us())
                grown = self._opening(opened, actor=THE_DESK, reason=reason, attempt=attempt)
            else:
                grown = self._noted(home, joined_to(home, finding), reason)
            if grown is not None and self._append(grown):
                return grown.incident
        raise self._crowded(finding.id)

    def clear(self, finding_id: str) -> Incident | None:
        """Note that reports of a finding are back to usual; return its incident, None when it belongs to none."""
        for _ in range(TRIES_MAX):
            known = self._store.incident_of(finding_id)
            if known is None:
                return None
            incident = self._there(known)[0]
            if finding_id in incident.cleared or finding_id not in incident.findings:
                return incident
            grown = self._noted(incident, FindingCleared(finding=finding_id), "")
            if grown is not None and self._append(grown):
                return grown.incident
        raise self._crowded(finding_id)

    def merge(self, incident_id: str, into: str, *, actor: Actor, version: int, reason: str) -> Incident:
        """Let another incident go on for this one, and return that other one.

        Raises: as `act`; ForbiddenMove also when either may not be merged now.
        """
        for _ in range(TRIES_MAX):
            target = self._there(into)[0]
            source = self._next(incident_id, MergedInto(incident=into), actor=actor, version=version, reason=reason)
            before = source.incident
            fact = TookOver(
                incident=incident_id,
                scopes=tuple(part.scope for part in before.scopes),
                findings=before.findings,
                states=tuple(part.state for part in before.scopes),
            )
            goes_on = self._next(into, fact, actor=actor, version=target.version, reason=reason)
            quiet = self._quiet_again(goes_on, before.cleared)
            if self._append(source, goes_on, *quiet):
                return (goes_on, *quiet)[-1].incident
        raise self._crowded(incident_id)

    def split(self, incident_id: str, parting: SplitOff, *, actor: Actor, version: int, reason: str) -> Incident:
        """Give some scopes and findings an incident of their own, in the states they have, and return that new one.

        Args:
            incident_id: the one they leave.
            parting: which scopes and findings; its `incident` is given here.

        Raises: as `act`.
        """
        for attempt in range(TRIES_MAX):
            left = self._there(incident_id)[0]
            states = {part.scope: part.state for part in left.scopes}
            fact = Opened(
                operator=next((one.operator for one in parting.scopes if one.operator), left.operator),
                onset_us=left.onset_us,
                scopes=parting.scopes,
                findings=parting.findings,
                states=tuple(states.get(one, left.state) for one in parting.scopes),
                split_from=incident_id,
            )
            new = self._opening(fact, actor=actor, reason=reason, attempt=attempt)
            going = replace(parting, incident=new.incident.id)
            source = self._next(incident_id, going, actor=actor, version=version, reason=reason)
            quiet = self._quiet_again(new, left.cleared)
            if self._append(source, new, *quiet):
                return (new, *quiet)[-1].incident
        raise self._crowded(incident_id)

    def _next(self, incident_id: str, fact: Fact, *, actor: Actor, version: int, reason: str) -> Grown:
        """Return the next entry with the incident after it; refuse it when it is not allowed now."""
        incident, last_us = self._there(incident_id)
        fact, reason = legible_words(fact), legible(reason)
        fact = meant(fact, self._seen(incident, fact, version, actor), incident)
        # A clock that was set back must not make a timeline run backwards.
        at_us = max(self._clock.now_us(), last_us)
        fact = compared(fact, incident, self.speech, now_us=at_us)
        entry = Entry(
            incident=incident_id, number=incident.version + 1, at_us=at_us, actor=actor.name, reason=reason, fact=fact
        )
        check(incident, entry, actor)
        refuse_unborne(fact, incident, self.speech, now_us=at_us, evidence=self._evidence)
        return Grown(entry, follow(incident, entry))

    def _noted(self, incident: Incident, fact: FindingJoined | FindingCleared, reason: str) -> Grown | None:
        """Return the next entry by the desk itself, None when people have made it impossible meanwhile."""
        try:
            return self._next(incident.id, fact, actor=THE_DESK, version=incident.version, reason=reason)
        except ForbiddenMove:
            return None

    def _seen(self, incident: Incident, fact: Fact, version: int, actor: Actor) -> Incident:
        """Return the incident as an actor saw it; refuse what people have overtaken."""
        if version == incident.version:
            return incident
        if not 1 <= version < incident.version:
            raise RefusedInput(f"{incident.id} has no version {version}; it has 1 to {incident.version}.")
        entries = self._store.entries(incident.id)[: incident.version]
        refuse_stale(incident, entries[version:], fact, allowed(incident, actor))
        return added(entries[:version])

    def _opening(self, fact: Opened, *, actor: Actor, reason: str, attempt: int) -> Grown:
        now_us, reason = self._clock.now_us(), legible(reason)
        name = new_id(fact, now_us, self.speech.zone, attempt=attempt)
        entry = Entry(incident=name, number=1, at_us=now_us, actor=actor.name, reason=reason, fact=fact)
        check_opening(entry)
        return Grown(entry, follow(None, entry))

    def _quiet_again(self, grown: Grown, cleared: Iterable[str]) -> tuple[Grown, ...]:
        """Return entries that say of findings that changed their incident that they had been back to usual."""
        made: list[Grown] = []
        for finding in cleared:
            incident, entry = grown.incident, grown.entry
            if finding in incident.findings and finding not in incident.cleared:
                fact = FindingCleared(finding=finding)
                following = replace(entry, number=entry.number + 1, actor=THE_DESK.name, reason="", fact=fact)
                grown = Grown(following, follow(incident, following))
                made.append(grown)
        return tuple(made)

    def _append(self, *grown: Grown) -> bool:
        """Write entries and tell the listeners; return False when somebody else was first."""
        try:
            self._store.append(grown)
        except StaleVersion:
            return False
        for one in grown:
            self._keep(one.incident, one.entry.at_us)
        for one in grown:
            for listener in self._listeners:
                listener(one.incident, one.entry)
        return True

    def _there(self, incident_id: str) -> tuple[Incident, int]:
        found = self._sum(incident_id)
        if found is None:
            raise RefusedInput(f"There is no incident {incident_id!r}; an id is like 20251003-ab12.")
        return found

    def _sum(self, incident_id: str) -> tuple[Incident, int] | None:
        """Return an incident and the time of its last entry; only entries that are new are read."""
        known = self._known.get(incident_id)
        entries = self._store.entries(incident_id, after=known[0].version if known else 0)
        incident = known[0] if known else None
        for entry in entries:
            incident = follow(incident, entry)
        if not entries or incident is None:
            return known
        return self._keep(incident, entries[-1].at_us)

    def _keep(self, incident: Incident, at_us: int) -> tuple[Incident, int]:
        with self._lock:
            known = self._known.pop(incident.id, None)
            if known is not None and known[0].version > incident.version:
                incident, at_us = known
            self._known[incident.id] = (incident, at_us)
            if len(self._known) > _KEPT_MAX:
                del self._known[next(iter(self._known))]
        return incident, at_us

    def _summed(self, heads: Iterable[Head]) -> list[Incident]:
        found: list[Incident] = []
        for head in heads:
            known = self._known.get(head.incident)
            if known is None or known[0].version < head.version:
                known = self._sum(head.incident)
            if known is not None:
                found.append(known[0])
        return found

    def _crowded(self, what: str) -> OutsideFailed:
        return OutsideFailed(f"{what} changed {TRIES_MAX} times while this was tried; nothing was written, try again.")
