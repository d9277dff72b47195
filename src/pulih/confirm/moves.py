"""Which moves an incident allows, to whom, and with what reason: a table of rows with permanent ids, and one check.

A refusal names the moves that are allowed instead, so that whoever asked can go on. The states are those of
docs/incidents.md; what the words of each move must hold is in `details`, who may speak in public in `four_eyes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from pulih.confirm.credit_moves import check_credits
from pulih.confirm.details import check_details
from pulih.confirm.four_eyes import check_notice
from pulih.confirm.recovery_moves import against, check_recovery
from pulih.confirm.task_moves import is_waiting
from pulih.confirm.timeline import MOVES_OF_SCOPES, movable
from pulih.model.actor import Actor, ActorRole
from pulih.model.entry import (
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
    Fact,
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
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.incident import Incident, State


class Move(msgspec.Struct, frozen=True):
    """One row of the table.

    Attributes:
        id: permanent; a changed meaning is a new id.
        fact: what is done.
        states: states of the incident in which it is allowed.
        roles: who may do it.
        needs_reason: whether the reason may not be empty.
    """

    id: str
    fact: type
    states: frozenset[State]
    roles: frozenset[ActorRole]
    needs_reason: bool

    @property
    def name(self) -> str:
        """Return the name of the move, as interfaces spell it."""
        return tag_of(self.fact)


def tag_of(fact: type) -> str:
    """Return how interfaces spell a kind of fact.

    >>> tag_of(ClaimedFixed)
    'claimed_fixed'
    """
    return str(fact.__struct_config__.tag)  # type: ignore[attr-defined]


_OPEN: Final[frozenset[State]] = frozenset({"suspected", "confirmed", "claimed_fixed"})
_OPEN_OR_RESTORED: Final[frozenset[State]] = _OPEN | {"restored"}
_ANY: Final[frozenset[State]] = _OPEN_OR_RESTORED | {"rejected"}
_PEOPLE: Final[frozenset[ActorRole]] = frozenset({"duty", "approver", "admin"})
_DESK: Final[frozenset[ActorRole]] = frozenset({"desk"})
_BOTH: Final = _PEOPLE | _DESK
_SECOND: Final[frozenset[ActorRole]] = frozenset({"approver", "admin"})

# Whoever changes what the outage is, when it began or whether it is one, says why; what only adds knowledge need not.
_ROWS: Final = (
    Move("move.finding_joined", FindingJoined, _OPEN, _BOTH, False),
    Move("move.finding_cleared", FindingCleared, _ANY, _BOTH, False),
    Move("move.confirmed", Confirmed, _OPEN, _PEOPLE, True),
    # A confirmation may turn out false; what was said in public is corrected first (see `_refuse_rejecting`).
    Move("move.rejected", Rejected, frozenset({"suspected", "confirmed"}), _PEOPLE, True),
    Move("move.claimed_fixed", ClaimedFixed, frozenset({"confirmed"}), _PEOPLE, True),
    # Never straight from confirmed: claimed fixed is not restored, and both moments count in the measures.
    Move("move.restored", Restored, frozenset({"confirmed", "claimed_fixed"}), _PEOPLE, True),
    Move("move.recovery_judged", RecoveryJudged, _OPEN_OR_RESTORED, _DESK, False),
    Move("move.relapsed", Relapsed, _OPEN_OR_RESTORED, _PEOPLE, True),
    Move("move.scopes_set", ScopesSet, _OPEN, _PEOPLE, True),
    Move("move.onset_set", OnsetSet, _OPEN_OR_RESTORED, _PEOPLE, True),
    Move("move.severity_set", SeveritySet, _OPEN_OR_RESTORED, _PEOPLE, False),
    Move("move.owner_set", OwnerSet, _OPEN_OR_RESTORED, _PEOPLE, False),
    Move("move.cause_set", CauseSet, _OPEN_OR_RESTORED, _PEOPLE, False),
    Move("move.help_set", HelpSet, _OPEN_OR_RESTORED, _PEOPLE, False),
    Move("move.task_added", TaskAdded, _OPEN_OR_RESTORED, _PEOPLE, False),
    Move("move.task_set", TaskSet, _ANY, _PEOPLE, False),
    Move("move.task_done", TaskDone, _ANY, _PEOPLE, False),
    # What is called restored may be back: somebody is called, and takes it up, before anybody reopens it.
    Move("move.acknowledged", Acknowledged, _OPEN_OR_RESTORED, _PEOPLE, False),
    # The desk calls who is on duty, and nobody else writes that it did.
    Move("move.called", Called, _OPEN_OR_RESTORED, _DESK, False),
    # A rumour may outlive a rejected suspicion, and needs an answer all the more.
    Move("move.rumour_added", RumourAdded, _ANY, _PEOPLE, False),
    Move("move.rumour_answered", RumourAnswered, _ANY, _PEOPLE, False),
    Move("move.notice_drafted", NoticeDrafted, _ANY, _PEOPLE, False),
    # The desk takes back what it could not let out when its time had come.
    Move("move.notice_scheduled", NoticeScheduled, _ANY, _BOTH, False),
    # The desk publishes what a second person scheduled, and nothing else (`four_eyes`).
    Move("move.notice_published", NoticePublished, _ANY, _BOTH, False),
    Move("move.notice_signed", NoticeSigned, _ANY, _SECOND, False),
    Move("move.notice_withdrawn", NoticeWithdrawn, _ANY, _PEOPLE, True),
    Move("move.merged_into", MergedInto, _OPEN, _PEOPLE, True),
    Move("move.took_over", TookOver, _OPEN, _PEOPLE, True),
    Move("move.split_off", SplitOff, _OPEN, _PEOPLE, True),
    Move("move.explained", Explained, _OPEN_OR_RESTORED, _BOTH, True),
    # What credits go by decides about money; who says so says why.
    Move("move.credit_basis_set", CreditBasisSet, _OPEN_OR_RESTORED, _PEOPLE, True),
    # Only what is over has an end that credits can go by.
    Move("move.credits_asked", CreditsAsked, frozenset({"restored"}), _PEOPLE, False),
    Move("move.credits_approved", CreditsApproved, frozenset({"restored"}), _SECOND, False),
    Move("move.credits_reversed", CreditsReversed, _OPEN_OR_RESTORED, _SECOND, True),
    Move("move.credits_handed_over", CreditsHandedOver, _OPEN_OR_RESTORED, _SECOND, False),
    # A final report is due weeks after the end; customers are asked once it is over.
    Move("move.report_sent", ReportSent, _ANY, _PEOPLE, False),
    Move("move.customers_asked", CustomersAsked, frozenset({"restored"}), _PEOPLE, False),
    # A note is its reason.
    Move("move.noted", Noted, _ANY, _PEOPLE, True),
)
MOVES: Final[Mapping[type, Move]] = MappingProxyType({row.fact: row for row in _ROWS})


def allowed(incident: Incident, actor: Actor | None = None) -> tuple[str, ...]:
    """Return the names of the moves that an incident allows now, to anybody or to one actor.

    Whether a notice may be published also depends on who drafted it; `check` tells.
    """
    return tuple(
        row.name
        for row in _ROWS
        if _is_possible(row, incident) and (actor is None or (actor.role in row.roles and row.fact is not TookOver))
    )


def check(incident: Incident, entry: Entry, actor: Actor) -> None:
    """Refuse an entry that the table does not allow as the next one of an incident.

    Raises: ForbiddenMove, with the allowed moves, when state or role forbid it; RefusedInput when its words are wrong.
    """
    row = MOVES.get(type(entry.fact))
    if row is None:
        raise _forbidden(incident, actor, "Only a new incident can be opened")
    if actor.role not in row.roles:
        raise _forbidden(incident, actor, f"{row.name} is not for the role {actor.role} of {actor.name}")
    if not _is_possible(row, incident):
        raise _forbidden(incident, actor, f"{row.name} is not possible while {_standing(incident)}")
    if row.needs_reason and not entry.reason.strip():
        raise RefusedInput(
            f"{row.name} of {incident.id} came without a reason; say in a few words why.", key="move.no_reason"
        )
    try:
        _refuse_scopes(incident, entry.fact)
        check_recovery(incident, entry.fact)
        _refuse_rejecting(incident, entry.fact)
        check_details(incident, entry)
        check_notice(incident, entry, actor)
        check_credits(incident, entry.fact, actor)
    except ForbiddenMove as refused:
        raise _forbidden(incident, actor, str(refused).rstrip("."), told=refused) from refused


def _forbidden(incident: Incident, actor: Actor, what: str, *, told: ForbiddenMove | None = None) -> ForbiddenMove:
    """Return a refusal with the moves that are allowed; `told` has the sentence that readers are told."""
    names = allowed(incident, actor)
    listed = ", ".join(names) if names else "none"
    message = f"{what}. Allowed to {actor.name} on {incident.id} now: {listed}."
    return ForbiddenMove(message, names, key=told.key, **told.values) if told else ForbiddenMove(message, names)


def _standing(incident: Incident) -> str:
    if incident.merged_into:
        return f"{incident.id} goes on as {incident.merged_into}"
    return f"{incident.id} is {incident.state}"


def _is_possible(row: Move, incident: Incident) -> bool:
    if incident.merged_into and row.fact is not Noted:
        return False
    if incident.state not in row.states:
        return False
    if row.fact in MOVES_OF_SCOPES:
        return bool(movable(incident, MOVES_OF_SCOPES[row.fact][0]))
    needed = _NEEDS.get(row.fact)
    return needed is None or needed(incident)


def _has_notice(*states: str) -> Callable[[Incident], bool]:
    return lambda incident: any(one.state in states for one in incident.notices)


def _has_batch(*states: str) -> Callable[[Incident], bool]:
    return lambda incident: any(one.state in states for one in incident.credits)


def _awaits_signature(incident: Incident) -> bool:
    return any(one.state == "published" and not one.signed_by for one in incident.notices)


# What must be there before a move makes sense.
_NEEDS: Final[Mapping[type, Callable[[Incident], bool]]] = MappingProxyType(
    {
        # Of what is called restored there is something to take up only where reports say otherwise.
        Acknowledged: lambda incident: incident.state != "restored" or bool(against(incident)),
        FindingCleared: lambda incident: set(incident.findings) > set(incident.cleared).intersection(incident.findings),
        TaskSet: lambda incident: bool(incident.tasks),
        TaskDone: lambda incident: any(is_waiting(task) for task in incident.tasks),
        RumourAnswered: lambda incident: bool(incident.rumours),
        NoticeScheduled: _has_notice("drafted"),
        NoticePublished: _has_notice("drafted"),
        NoticeSigned: _awaits_signature,
        NoticeWithdrawn: _has_notice("drafted", "published"),
        SplitOff: lambda incident: len(incident.scopes) > 1,
        CreditsApproved: _has_batch("asked"),
        CreditsReversed: _has_batch("asked", "approved"),
        CreditsHandedOver: _has_batch("approved"),
    }
)


def _refuse_scopes(incident: Incident, fact: Fact) -> None:
    if not isinstance(fact, (Confirmed, ClaimedFixed, Restored, Relapsed)):
        return
    origins = MOVES_OF_SCOPES[type(fact)][0]
    possible = movable(incident, origins)
    wrong = [scope for scope in fact.scopes if scope not in possible]
    if wrong:
        raise ForbiddenMove(
            f"{tag_of(type(fact))} leads from {' or '.join(origins)}, "
            f"and {_named(wrong)} of {incident.id} is not there",
            key="move.scopes",
        )


def _named(scopes: Iterable[msgspec.Struct]) -> str:
    return "; ".join(
        " ".join(str(value) for value in msgspec.structs.astuple(scope) if value) or "everything" for scope in scopes
    )


def _refuse_rejecting(incident: Incident, fact: Fact) -> None:
    """What was said in public of something that was no outage is put right in public, before it is dropped."""
    said = [one for one in incident.notices if one.state == "published"]
    if isinstance(fact, Rejected) and said and max(said, key=lambda one: one.published_us or 0).kind != "correction":
        raise ForbiddenMove(
            f"{incident.id} has the statement {said[-1].id} in public; publish a correction or withdraw it first",
            key="move.said",
            notice=said[-1].id,
        )
