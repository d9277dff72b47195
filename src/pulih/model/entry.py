"""An Entry is one line of an incident's timeline: who did what, when and why; entries are added and never changed.

What was done is a Fact, one struct for each kind of move. Facts carry all that `confirm.timeline` needs to add them up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from pulih.model.credit_batch import CreditService
from pulih.model.incident import EmergencyCalls, Party, Severity, State, TaskState
from pulih.model.notice import NoticeKind
from pulih.model.recovery import Estimate, ScopeRecovery
from pulih.model.scope import Scope

# The actor of what the desk does by itself.
DESK = "desk"


class Opened(msgspec.Struct, frozen=True, kw_only=True, tag="opened"):
    """The incident was opened as suspected, by a finding or by hand; or split off, its scopes in the states they had.

    `states` has one state for each scope, or none: all are suspected.
    """

    operator: str
    onset_us: int
    scopes: tuple[Scope, ...]
    findings: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    split_from: str = ""


class FindingJoined(msgspec.Struct, frozen=True, kw_only=True, tag="finding_joined"):
    """Another finding belongs to it, with the scopes that it adds."""

    finding: str
    scopes: tuple[Scope, ...] = ()


class FindingCleared(msgspec.Struct, frozen=True, kw_only=True, tag="finding_cleared"):
    """Reports of a finding are back to usual; that is evidence, and no recovery yet."""

    finding: str


class Confirmed(msgspec.Struct, frozen=True, kw_only=True, tag="confirmed"):
    """These scopes are in trouble, says a person. Empty scopes mean all that may be."""

    scopes: tuple[Scope, ...] = ()


class Rejected(msgspec.Struct, frozen=True, kw_only=True, tag="rejected"):
    """It is no outage."""


class ClaimedFixed(msgspec.Struct, frozen=True, kw_only=True, tag="claimed_fixed"):
    """These scopes are said to work again; customers have not said so yet. Empty scopes mean all that may be."""

    scopes: tuple[Scope, ...] = ()


class Restored(msgspec.Struct, frozen=True, kw_only=True, tag="restored"):
    """These scopes work again. Empty scopes mean all that may be.

    `overrides` says that a person answers for it although what is heard does not prove it for all of them; written by
    the desk where that is so, and refused where it is so and nobody said it.
    """

    scopes: tuple[Scope, ...] = ()
    overrides: bool = False


class Relapsed(msgspec.Struct, frozen=True, kw_only=True, tag="relapsed"):
    """These scopes are in trouble again after all. Empty scopes mean all that may be."""

    scopes: tuple[Scope, ...] = ()


class RecoveryJudged(msgspec.Struct, frozen=True, kw_only=True, tag="recovery_judged"):
    """What the desk can say of the end in each scope, and when it may come; written when that changes."""

    scopes: tuple[ScopeRecovery, ...]
    estimate: Estimate | None = None


class ScopesSet(msgspec.Struct, frozen=True, kw_only=True, tag="scopes_set"):
    """People added or took away scopes; those that stay keep their state, new ones take the incident's."""

    scopes: tuple[Scope, ...]


class OnsetSet(msgspec.Struct, frozen=True, kw_only=True, tag="onset_set"):
    """People know better when it began."""

    onset_us: int


class SeveritySet(msgspec.Struct, frozen=True, kw_only=True, tag="severity_set"):
    """How bad it is."""

    severity: Severity


class OwnerSet(msgspec.Struct, frozen=True, kw_only=True, tag="owner_set"):
    """Whose it is now; "" is nobody's."""

    owner: str


class CauseSet(msgspec.Struct, frozen=True, kw_only=True, tag="cause_set"):
    """The cause is known, in both languages."""

    cause_id: str
    cause_en: str


class HelpSet(msgspec.Struct, frozen=True, kw_only=True, tag="help_set"):
    """Whether emergency calls go through, which priority customers are hit, and what still works."""

    emergency_calls: EmergencyCalls
    priority_customers: tuple[str, ...] = ()
    alternatives_id: str = ""
    alternatives_en: str = ""


class TaskAdded(msgspec.Struct, frozen=True, kw_only=True, tag="task_added"):
    """There is work to do; `tells_end` where its due time is the desk's own word on when the outage will be over."""

    task: str
    what: str
    party: Party = "own"
    owner: str = ""
    due_us: int | None = None
    outside: str = ""
    after: tuple[str, ...] = ()
    tells_end: bool = False


class TaskSet(msgspec.Struct, frozen=True, kw_only=True, tag="task_set"):
    """How a task stands, and all that may change of it; one that was done is open again."""

    task: str
    state: TaskState = "open"
    owner: str = ""
    due_us: int | None = None
    outside: str = ""
    after: tuple[str, ...] = ()


class TaskDone(msgspec.Struct, frozen=True, kw_only=True, tag="task_done"):
    """A task is done."""

    task: str


class Acknowledged(msgspec.Struct, frozen=True, kw_only=True, tag="acknowledged"):
    """Somebody took it up: what was called for until now calls nobody else."""


class Called(msgspec.Struct, frozen=True, kw_only=True, tag="called"):
    """The desk calls somebody who is on duty, since nobody took it up.

    Attributes:
        about: what it is about: "suspected", "confirmed", or the rule or task of a clock that was missed.
        step: 1 for the first who is called, and so on; each step of a matter is called once.
        who: name of the person on the rota; `channel` how, as the settings name it.
    """

    about: str
    step: int
    who: str
    channel: str = ""


class RumourAdded(msgspec.Struct, frozen=True, kw_only=True, tag="rumour_added"):
    """A claim goes round."""

    rumour: str
    claim: str


class RumourAnswered(msgspec.Struct, frozen=True, kw_only=True, tag="rumour_answered"):
    """What is true about it, and what the desk answers."""

    rumour: str
    fact: str
    answer_id: str
    answer_en: str


class NoticeDrafted(msgspec.Struct, frozen=True, kw_only=True, tag="notice_drafted"):
    """A statement was drafted; a draft of the same id is replaced.

    `speaker` and `office` are who speaks in public, "" nobody by name. `corrects` is the id of the statement that a
    correction puts right, "" elsewhere. `as_worded` is written by the desk, whoever drafts: the words are exactly those
    approved beforehand for these facts.
    """

    notice: str
    kind: NoticeKind
    text_id: str
    text_en: str
    next_update_by_us: int | None = None
    as_worded: bool = False
    speaker: str = ""
    office: str = ""
    corrects: str = ""


class NoticeScheduled(msgspec.Struct, frozen=True, kw_only=True, tag="notice_scheduled"):
    """A second person lets a draft out at a later moment, which the desk then does; None takes that back."""

    notice: str
    at_us: int | None


class NoticePublished(msgspec.Struct, frozen=True, kw_only=True, tag="notice_published"):
    """A statement is public, with a second signature by the actor, or before it (holding, break-glass).

    When its time has come, the desk itself publishes what a second person had scheduled; theirs is the signature.
    """

    notice: str
    before_second: bool = False
    break_glass: bool = False


class NoticeSigned(msgspec.Struct, frozen=True, kw_only=True, tag="notice_signed"):
    """The second signature under a statement that was published before it."""

    notice: str


class NoticeWithdrawn(msgspec.Struct, frozen=True, kw_only=True, tag="notice_withdrawn"):
    """A draft was dropped, or a public statement taken back; what was public stays on the timeline."""

    notice: str


class MergedInto(msgspec.Struct, frozen=True, kw_only=True, tag="merged_into"):
    """Another incident goes on for this one."""

    incident: str


class TookOver(msgspec.Struct, frozen=True, kw_only=True, tag="took_over"):
    """It goes on for another one, with its scopes, the state of each, and its findings."""

    incident: str
    scopes: tuple[Scope, ...]
    findings: tuple[str, ...] = ()
    states: tuple[State, ...] = ()


class SplitOff(msgspec.Struct, frozen=True, kw_only=True, tag="split_off"):
    """Some scopes and findings went to an incident of their own."""

    incident: str
    scopes: tuple[Scope, ...]
    findings: tuple[str, ...] = ()


class Explained(msgspec.Struct, frozen=True, kw_only=True, tag="explained"):
    """A planned change explains it; "" takes that back."""

    maintenance: str


class CreditBasisSet(msgspec.Struct, frozen=True, kw_only=True, tag="credit_basis_set"):
    """A person says what credits go by, where scopes do not tell; see `CreditBasis`."""

    services: tuple[CreditService, ...] = ()
    nationwide: bool = False
    excluded: bool = False
    cause: str = ""
    attributes: Mapping[str, int] = {}


class CreditsAsked(msgspec.Struct, frozen=True, kw_only=True, tag="credits_asked"):
    """Credits were worked out, and somebody asks a second person to approve them; see `CreditBatch`."""

    batch: str
    policy: str
    subscribers: int
    rows: int
    net_minor: Mapping[str, int]
    digest: str
    rests_on: str
    who_id: tuple[str, ...] = ()
    who_en: tuple[str, ...] = ()


class CreditsApproved(msgspec.Struct, frozen=True, kw_only=True, tag="credits_approved"):
    """A second person approves them, to be with subscribers by `by_us`; from here on they stand in the books."""

    batch: str
    by_us: int | None = None


class CreditsReversed(msgspec.Struct, frozen=True, kw_only=True, tag="credits_reversed"):
    """A batch is dropped, or, when it was approved, taken out of the books by a reversal; never after its hand-over."""

    batch: str


class CreditsHandedOver(msgspec.Struct, frozen=True, kw_only=True, tag="credits_handed_over"):
    """The file went to who pays; from here on nothing is taken back."""

    batch: str


class ReportSent(msgspec.Struct, frozen=True, kw_only=True, tag="report_sent"):
    """The desk was told to send a report, as it then read, to a recipient of the settings, for one clock of a rule."""

    rule: str
    clock: str
    recipient: str
    text: str


class CustomersAsked(msgspec.Struct, frozen=True, kw_only=True, tag="customers_asked"):
    """The desk was told to ask those who were told of the outage one question; so many they are."""

    question: Literal["csat", "nps", "ces"]
    readers: int


class Noted(msgspec.Struct, frozen=True, kw_only=True, tag="noted"):
    """Words of a person, without a move."""


Fact = (
    Opened
    | FindingJoined
    | FindingCleared
    | Confirmed
    | Rejected
    | ClaimedFixed
    | Restored
    | Relapsed
    | RecoveryJudged
    | ScopesSet
    | OnsetSet
    | SeveritySet
    | OwnerSet
    | CauseSet
    | HelpSet
    | TaskAdded
    | TaskSet
    | TaskDone
    | Acknowledged
    | Called
    | RumourAdded
    | RumourAnswered
    | NoticeDrafted
    | NoticeScheduled
    | NoticePublished
    | NoticeSigned
    | NoticeWithdrawn
    | MergedInto
    | TookOver
    | SplitOff
    | Explained
    | CreditBasisSet
    | CreditsAsked
    | CreditsApproved
    | CreditsReversed
    | CreditsHandedOver
    | ReportSent
    | CustomersAsked
    | Noted
)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a timeline.

    Attributes:
        incident: whose timeline it is.
        number: 1 for the first; an entry's number is the version of the incident after it.
        at_us: when it was written, by the desk's clock, microseconds since 1970 UTC.
        actor: user name, or `DESK`.
        reason: why, in the actor's words; some moves demand one.
        fact: what was done.
    """

    incident: str
    number: int
    at_us: int
    actor: str
    fact: Fact
    reason: str = ""
