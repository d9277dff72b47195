"""Adds the entries of a timeline up to the incident they make; what is shown and what was done cannot differ.

Nothing here asks whether a move was allowed: `moves` does, before an entry is written. What is written counts, also
when the rules change later.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, assert_never

from msgspec.structs import asdict, replace

from pulih.confirm.credit_moves import credited
from pulih.confirm.recovery_moves import judged, moved_on
from pulih.confirm.task_moves import tasked
from pulih.model.entry import (
    DESK,
    Acknowledged,
    Called,
    CauseSet,
    ClaimedFixed,
    Confirmed,
    CreditBasisSet,
    CreditsApproved,
    CreditsAsked,
    CreditsHandedOver,
    CreditsReversed,
    CustomersAsked,
    Entry,
    Explained,
    FindingCleared,
    FindingJoined,
    HelpSet,
    MergedInto,
    Noted,
    NoticeDrafted,
    NoticePublished,
    NoticeScheduled,
    NoticeSigned,
    NoticeWithdrawn,
    OnsetSet,
    Opened,
    OwnerSet,
    RecoveryJudged,
    Rejected,
    Relapsed,
    ReportSent,
    Restored,
    RumourAdded,
    RumourAnswered,
    ScopesSet,
    SeveritySet,
    SplitOff,
    TaskAdded,
    TaskDone,
    TaskSet,
    TookOver,
)
from pulih.model.errors import RefusedInput
from pulih.model.incident import GRAVEST, Incident, Rumour, ScopeState, State
from pulih.model.notice import Notice
from pulih.model.scope import Scope

# Each move of scopes: from which states it leads, and to which.
MOVES_OF_SCOPES: Final[dict[type, tuple[tuple[State, ...], State]]] = {
    Confirmed: (("suspected",), "confirmed"),
    ClaimedFixed: (("confirmed",), "claimed_fixed"),
    Restored: (("claimed_fixed",), "restored"),
    Relapsed: (("claimed_fixed", "restored"), "confirmed"),
}
_StateFact = Confirmed | ClaimedFixed | Restored | Relapsed
_ScopeFact = FindingJoined | FindingCleared | ScopesSet | MergedInto | TookOver | SplitOff
_KnownFact = OnsetSet | SeveritySet | CauseSet | HelpSet | Explained
_WorkFact = TaskAdded | TaskSet | TaskDone | RumourAdded | RumourAnswered
_NoticeFact = NoticeDrafted | NoticeScheduled | NoticePublished | NoticeSigned | NoticeWithdrawn


def added(entries: Iterable[Entry]) -> Incident:
    """Return what the entries of one timeline add up to.

    Args:
        entries: all of them, in order, the first an `Opened`.

    Raises: RefusedInput when there is none, the first opens nothing, or a number is missing.

    >>> from pulih.model.scope import Scope
    >>> first = Opened(operator="xl", onset_us=0, scopes=(Scope(operator="xl"),))
    >>> added([Entry(incident="20251003-ab12", number=1, at_us=9, actor="desk", fact=first)]).state
    'suspected'
    """
    incident: Incident | None = None
    for entry in entries:
        incident = follow(incident, entry)
    if incident is None:
        raise RefusedInput("A timeline without entries is no incident; its first entry must open it.")
    return incident


def follow(incident: Incident | None, entry: Entry) -> Incident:
    """Return the incident after one more entry; None is the one before its first.

    Raises: RefusedInput when the entry is not the next one of this timeline.
    """
    expected = 1 if incident is None else incident.version + 1
    if entry.number != expected or (incident is not None and entry.incident != incident.id):
        raise RefusedInput(
            f"Entry {entry.number} of {entry.incident} cannot follow; entry {expected}"
            f"{'' if incident is None else ' of ' + incident.id} is next."
        )
    if incident is None:
        return _opened(entry)
    after = _overtaken(incident, replace(_after(incident, entry), version=entry.number))
    return _dated(after, entry.at_us)


def movable(incident: Incident, states: Iterable[State]) -> tuple[Scope, ...]:
    """Return the scopes of an incident that are in one of these states, in order."""
    wanted = frozenset(states)
    return tuple(part.scope for part in incident.scopes if part.state in wanted)


def gravest(parts: Iterable[ScopeState]) -> State:
    """Return the gravest state of some scopes.

    >>> gravest([ScopeState(Scope(), "restored"), ScopeState(Scope(), "suspected")])
    'suspected'
    """
    return min((part.state for part in parts), key=GRAVEST.index)


def _opened(entry: Entry) -> Incident:
    fact = entry.fact
    if not isinstance(fact, Opened) or not fact.scopes:
        raise RefusedInput(f"The first entry of {entry.incident} must open it, with one scope at least.")
    parts = _with_states(fact.scopes, fact.states)
    begun = Incident(
        id=entry.incident,
        version=1,
        opened_us=entry.at_us,
        onset_us=fact.onset_us,
        operator=fact.operator,
        scopes=parts,
        findings=fact.findings,
    )
    return _dated(replace(begun, state=gravest(parts)), entry.at_us)


def _dated(incident: Incident, at_us: int) -> Incident:
    """Note when it was first confirmed, ended, taken up again, and when its reports fell silent."""
    ended = incident.state in {"restored", "rejected"}
    quiet = bool(incident.findings) and set(incident.findings) <= set(incident.cleared)
    confirmed_us = incident.confirmed_us
    if confirmed_us is None and incident.state == "confirmed":
        confirmed_us = at_us
    back = at_us if incident.ended_us is not None else incident.reopened_us
    return replace(
        incident,
        confirmed_us=confirmed_us,
        reopened_us=None if ended else back,
        ended_us=(incident.ended_us or at_us) if ended else None,
        quiet_us=(incident.quiet_us or at_us) if quiet else None,
    )


def _with_states(scopes: tuple[Scope, ...], states: tuple[State, ...]) -> tuple[ScopeState, ...]:
    suspected: State = "suspected"
    return tuple(map(ScopeState, scopes, states or (suspected,) * len(scopes)))


def _with_scopes(incident: Incident, parts: tuple[ScopeState, ...]) -> Incident:
    state = "rejected" if incident.state == "rejected" else gravest(parts)
    return replace(incident, scopes=parts, state=state)


def _after(incident: Incident, entry: Entry) -> Incident:
    match entry.fact:
        case Opened():
            raise RefusedInput(f"Entry {entry.number} opens {entry.incident} again; only the first entry may.")
        case Confirmed() | ClaimedFixed() | Restored() | Relapsed() as fact:
            return moved_on(_moved(incident, fact), fact)
        case RecoveryJudged() as fact:
            return judged(incident, fact)
        case Rejected():
            return replace(incident, state="rejected")
        case FindingJoined() | FindingCleared() | ScopesSet() | MergedInto() | TookOver() | SplitOff() as fact:
            return _rescoped(incident, fact)
        case OwnerSet() | Acknowledged() as fact:
            return _taken_up(incident, fact, entry.at_us)
        case OnsetSet() | SeveritySet() | CauseSet() | HelpSet() | Explained() as fact:
            return _known(incident, fact)
        case TaskAdded() | TaskSet() | TaskDone() | RumourAdded() | RumourAnswered() as fact:
            return _worked(incident, fact, entry.at_us)
        case NoticeDrafted() | NoticeScheduled() | NoticePublished() | NoticeSigned() | NoticeWithdrawn() as fact:
            return _told(incident, fact, entry)
        case (CreditBasisSet() | CreditsAsked() | CreditsApproved() | CreditsReversed() | CreditsHandedOver()) as fact:
            return credited(incident, fact, entry)
        case Called() | ReportSent() | CustomersAsked() | Noted() as fact:
            posted = isinstance(fact, ReportSent | CustomersAsked)
            return replace(incident, posts=(*incident.posts, entry.number)) if posted else incident
        case unknown:
            assert_never(unknown)


def _taken_up(incident: Incident, fact: OwnerSet | Acknowledged, at_us: int) -> Incident:
    """Note who has taken it up; whose it is has."""
    if isinstance(fact, Acknowledged):
        return replace(incident, acknowledged_us=at_us)
    taken_us = at_us if fact.owner else incident.acknowledged_us
    return replace(incident, owner=fact.owner, acknowledged_us=taken_us)


def _moved(incident: Incident, fact: _StateFact) -> Incident:
    """Move the named scopes, all when none is named, that are in a state from which the move leads."""
    origins, target = MOVES_OF_SCOPES[type(fact)]
    going = frozenset(fact.scopes or movable(incident, origins))
    parts = tuple(
        ScopeState(part.scope, target) if part.scope in going and part.state in origins else part
        for part in incident.scopes
    )
    return _with_scopes(incident, parts)


def _rescoped(incident: Incident, fact: _ScopeFact) -> Incident:
    held = {part.scope: part.state for part in incident.scopes}
    match fact:
        case FindingJoined():
            new = _with_states(tuple(one for one in fact.scopes if one not in held), ())
            return replace(_joined(incident, new), findings=_union(incident.findings, (fact.finding,)))
        case FindingCleared():
            return replace(incident, cleared=_union(incident.cleared, (fact.finding,)))
        case ScopesSet():
            return _with_scopes(incident, tuple(ScopeState(one, held.get(one, incident.state)) for one in fact.scopes))
        case MergedInto():
            return replace(incident, merged_into=fact.incident)
        case TookOver():
            grown = _joined(incident, _with_states(fact.scopes, fact.states))
            return replace(
                grown,
                findings=_union(incident.findings, fact.findings),
                took_over=_union(incident.took_over, (fact.incident,)),
            )
        case SplitOff():
            left = _with_scopes(incident, tuple(part for part in incident.scopes if part.scope not in fact.scopes))
            return replace(left, findings=tuple(one for one in incident.findings if one not in fact.findings))


def _joined(incident: Incident, new: Iterable[ScopeState]) -> Incident:
    """Return the incident with new scopes; one that is there already takes the graver state."""
    held = {part.scope: part.state for part in incident.scopes}
    for part in new:
        held[part.scope] = min(held.get(part.scope, part.state), part.state, key=GRAVEST.index)
    return _with_scopes(incident, tuple(ScopeState(scope, state) for scope, state in held.items()))


def _known(incident: Incident, fact: _KnownFact) -> Incident:
    match fact:
        case OnsetSet():
            return replace(incident, onset_us=fact.onset_us)
        case SeveritySet():
            return replace(incident, severity=fact.severity)
        case CauseSet():
            return replace(incident, cause_id=fact.cause_id, cause_en=fact.cause_en)
        case HelpSet():
            return replace(incident, **asdict(fact))
        case Explained():
            return replace(incident, maintenance=fact.maintenance)


def _worked(incident: Incident, fact: _WorkFact, at_us: int) -> Incident:
    match fact:
        case TaskAdded() | TaskSet() | TaskDone():
            return tasked(incident, fact, at_us)
        case RumourAdded():
            return replace(incident, rumours=(*incident.rumours, Rumour(id=fact.rumour, claim=fact.claim)))
        case RumourAnswered():
            words = {"fact": fact.fact, "answer_id": fact.answer_id, "answer_en": fact.answer_en}
            rumours = tuple(replace(one, **words) if one.id == fact.rumour else one for one in incident.rumours)
            return replace(incident, rumours=rumours)


def _told(incident: Incident, fact: _NoticeFact, entry: Entry) -> Incident:
    match fact:
        case NoticeDrafted():
            return _drafted(incident, fact, entry)
        case NoticePublished():
            alone = fact.before_second or fact.break_glass
            signed = "" if alone else _signer(incident, fact.notice, entry)
            changes = {"signed_by": signed, "before_second": alone, "break_glass": fact.break_glass}
            return _with_notice(incident, fact.notice, state="published", published_us=entry.at_us, **changes)
        case NoticeScheduled():
            by = "" if fact.at_us is None else entry.actor
            return _with_notice(incident, fact.notice, publish_at_us=fact.at_us, scheduled_by=by)
        case NoticeSigned():
            return _with_notice(incident, fact.notice, signed_by=entry.actor)
        case NoticeWithdrawn():
            return _with_notice(incident, fact.notice, state="withdrawn")


def _signer(incident: Incident, notice: str, entry: Entry) -> str:
    """Return whose second signature a publication bears: of what the desk lets out, theirs who scheduled it."""
    if entry.actor != DESK:
        return entry.actor
    return next((one.scheduled_by for one in incident.notices if one.id == notice), "")


def _drafted(incident: Incident, fact: NoticeDrafted, entry: Entry) -> Incident:
    draft = Notice(
        id=fact.notice,
        kind=fact.kind,
        text_id=fact.text_id,
        text_en=fact.text_en,
        drafted_by=entry.actor,
        drafted_us=entry.at_us,
        next_update_by_us=fact.next_update_by_us,
        wording="approved" if fact.as_worded else "own",
        speaker=fact.speaker,
        office=fact.office,
        corrects=fact.corrects,
    )
    if all(one.id != fact.notice for one in incident.notices):
        return replace(incident, notices=(*incident.notices, draft))
    return replace(incident, notices=tuple(draft if one.id == fact.notice else one for one in incident.notices))


def _overtaken(before: Incident, after: Incident) -> Incident:
    """Note of drafts in approved words that they are so no more, where what such words are made of has changed."""
    if _told_of(before) == _told_of(after):
        return after
    notices = tuple(
        replace(one, wording="outdated") if one.state == "drafted" and one.wording == "approved" else one
        for one in after.notices
    )
    return replace(after, notices=notices)


def _told_of(incident: Incident) -> tuple[object, ...]:
    """Return what a holding statement tells of an incident."""
    calls, working = incident.emergency_calls, (incident.alternatives_id, incident.alternatives_en)
    return incident.operator, incident.onset_us, incident.scopes, calls, working


def _with_notice(incident: Incident, notice: str, **changes: object) -> Incident:
    notices = tuple(replace(one, **changes) if one.id == notice else one for one in incident.notices)
    return replace(incident, notices=notices)


def _union(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))
