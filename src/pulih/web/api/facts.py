"""Facts as the interface spells them: those of the model, with moments in ISO 8601.

What the desk alone notes (that a finding joined or cleared, that an incident was opened) can be read and not sent.
"""

from __future__ import annotations

import msgspec

from pulih.model import entry as model
from pulih.model.clock import from_micros, to_micros
from pulih.model.incident import Party, State, TaskState
from pulih.model.notice import NoticeKind
from pulih.model.scope import Scope
from pulih.web.api.shapes import EstimateShape, IncidentShape, Moment, ScopeRecoveryShape, told


class OpenedShape(msgspec.Struct, frozen=True, kw_only=True, tag="opened"):
    """The incident was opened, by a finding or by hand, as suspected."""

    operator: str
    onset: Moment
    scopes: tuple[Scope, ...]
    findings: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    split_from: str = ""


class OnsetSetShape(msgspec.Struct, frozen=True, kw_only=True, tag="onset_set"):
    """People know better when it began."""

    onset: Moment


class TaskAddedShape(msgspec.Struct, frozen=True, kw_only=True, tag="task_added"):
    """There is work to do; `tells_end` where `due` is your own word on when the outage will be over."""

    task: str
    what: str
    party: Party = "own"
    owner: str = ""
    due: Moment | None = None
    outside: str = ""
    after: tuple[str, ...] = ()
    tells_end: bool = False


class TaskSetShape(msgspec.Struct, frozen=True, kw_only=True, tag="task_set"):
    """How a task stands, and all that may change of it; one that was done is open again."""

    task: str
    state: TaskState = "open"
    owner: str = ""
    due: Moment | None = None
    outside: str = ""
    after: tuple[str, ...] = ()


class NoticeDraftedShape(msgspec.Struct, frozen=True, kw_only=True, tag="notice_drafted"):
    """A statement was drafted; a draft of the same id is replaced.

    `speaker` and `office` say who speaks; `corrects` is the statement that a correction puts right.
    `as_worded` is the desk's own word on whether the text is exactly the approved one; what is sent of it is not heard.
    """

    notice: str
    kind: NoticeKind
    text_id: str
    text_en: str
    next_update_by: Moment | None = None
    as_worded: bool = False
    speaker: str = ""
    office: str = ""
    corrects: str = ""


class RecoveryJudgedShape(msgspec.Struct, frozen=True, kw_only=True, tag="recovery_judged"):
    """What the desk could say of the end in each scope, and when it may come."""

    scopes: tuple[ScopeRecoveryShape, ...]
    estimate: EstimateShape | None = None


class NoticeScheduledShape(msgspec.Struct, frozen=True, kw_only=True, tag="notice_scheduled"):
    """A second person lets a draft out at a later moment, which the desk then does; null takes that back."""

    notice: str
    at: Moment | None


# What people, and machines in their name, may add to a timeline.
Sent = (
    model.Confirmed
    | model.Rejected
    | model.ClaimedFixed
    | model.Restored
    | model.Relapsed
    | model.ScopesSet
    | OnsetSetShape
    | model.SeveritySet
    | model.OwnerSet
    | model.CauseSet
    | model.HelpSet
    | TaskAddedShape
    | TaskSetShape
    | model.TaskDone
    | model.Acknowledged
    | model.RumourAdded
    | model.RumourAnswered
    | NoticeDraftedShape
    | NoticeScheduledShape
    | model.NoticePublished
    | model.NoticeSigned
    | model.NoticeWithdrawn
    | model.MergedInto
    | model.SplitOff
    | model.Explained
    | model.CreditBasisSet
    | model.Noted
)


class CreditsApprovedShape(msgspec.Struct, frozen=True, kw_only=True, tag="credits_approved"):
    """A second person approved a batch of credits, to be with subscribers by then."""

    batch: str
    by: Moment | None = None


Told = (
    Sent
    | OpenedShape
    | model.FindingJoined
    | model.FindingCleared
    | RecoveryJudgedShape
    | model.TookOver
    | model.Called
    | model.CreditsAsked
    | CreditsApprovedShape
    | model.CreditsReversed
    | model.CreditsHandedOver
    | model.ReportSent
    | model.CustomersAsked
)


class EntryShape(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a timeline: who did what, when and why; `number` is the version of the incident after it."""

    incident: str
    number: int
    at: Moment
    actor: str
    reason: str
    fact: Told


class IncidentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One incident with its timeline, first entry first."""

    incident: IncidentShape
    entries: tuple[EntryShape, ...]


class EntriesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A timeline, first entry first."""

    entries: tuple[EntryShape, ...]


def fact_of(sent: Sent) -> model.Fact:
    """Return the fact that was sent, as the model spells it.

    >>> fact_of(OnsetSetShape(onset=from_micros(5))).onset_us
    5
    """
    match sent:
        case OnsetSetShape():
            return model.OnsetSet(onset_us=to_micros(sent.onset))
        case TaskAddedShape():
            return model.TaskAdded(
                task=sent.task,
                what=sent.what,
                party=sent.party,
                owner=sent.owner,
                due_us=_micros(sent.due),
                outside=sent.outside,
                after=sent.after,
                tells_end=sent.tells_end,
            )
        case TaskSetShape():
            return model.TaskSet(
                task=sent.task,
                state=sent.state,
                owner=sent.owner,
                due_us=_micros(sent.due),
                outside=sent.outside,
                after=sent.after,
            )
        case NoticeDraftedShape():
            return model.NoticeDrafted(
                notice=sent.notice,
                kind=sent.kind,
                text_id=sent.text_id,
                text_en=sent.text_en,
                next_update_by_us=None if sent.next_update_by is None else to_micros(sent.next_update_by),
                speaker=sent.speaker,
                office=sent.office,
                corrects=sent.corrects,
            )
        case NoticeScheduledShape():
            return model.NoticeScheduled(notice=sent.notice, at_us=None if sent.at is None else to_micros(sent.at))
        case _:
            return sent


def told_fact(fact: model.Fact) -> Told:
    """Return a fact as the interface spells it.

    >>> told_fact(model.OnsetSet(onset_us=5)).onset.microsecond
    5
    """
    match fact:
        case model.Opened():
            return OpenedShape(
                operator=fact.operator,
                onset=from_micros(fact.onset_us),
                scopes=fact.scopes,
                findings=fact.findings,
                states=fact.states,
                split_from=fact.split_from,
            )
        case model.CreditsApproved():
            return CreditsApprovedShape(batch=fact.batch, by=_moment(fact.by_us))
        case model.RecoveryJudged():
            return RecoveryJudgedShape(
                scopes=tuple(told(ScopeRecoveryShape, one) for one in fact.scopes),
                estimate=None if fact.estimate is None else told(EstimateShape, fact.estimate),
            )
        case model.OnsetSet():
            return OnsetSetShape(onset=from_micros(fact.onset_us))
        case model.TaskAdded():
            return told(TaskAddedShape, fact)
        case model.TaskSet():
            return told(TaskSetShape, fact)
        case model.NoticeDrafted():
            return NoticeDraftedShape(
                notice=fact.notice,
                kind=fact.kind,
                text_id=fact.text_id,
                text_en=fact.text_en,
                next_update_by=_moment(fact.next_update_by_us),
                as_worded=fact.as_worded,
                speaker=fact.speaker,
                office=fact.office,
                corrects=fact.corrects,
            )
        case model.NoticeScheduled():
            return NoticeScheduledShape(notice=fact.notice, at=_moment(fact.at_us))
        case _:
            return fact


def _micros(at: Moment | None) -> int | None:
    return None if at is None else to_micros(at)


def _moment(at_us: int | None) -> Moment | None:
    return None if at_us is None else from_micros(at_us)


def told_entry(entry: model.Entry) -> EntryShape:
    """Return a line of a timeline as the interface spells it."""
    return EntryShape(
        incident=entry.incident,
        number=entry.number,
        at=from_micros(entry.at_us),
        actor=entry.actor,
        reason=entry.reason,
        fact=told_fact(entry.fact),
    )
