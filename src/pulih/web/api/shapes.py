"""Shapes: what the interface says of the nouns; the same fields as in the model, with moments in ISO 8601 UTC.

A field `..._us` of the model is a moment of the same name without the ending; all others keep name and value.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from pulih.model.clock import from_micros
from pulih.model.credit_batch import BatchState, CreditBasis
from pulih.model.finding import Level, Phrase
from pulih.model.incident import EmergencyCalls, Party, Rumour, ScopeState, Severity, State, TaskState
from pulih.model.notice import NoticeKind, NoticeState, NoticeWording
from pulih.model.reading import Service, Symptom
from pulih.model.recovery import RecoveryVerdict
from pulih.model.scope import Scope
from pulih.service.view import Liveness, Verdict

Shape = TypeVar("Shape", bound=msgspec.Struct)
Moment = Annotated[datetime, Meta(tz=True)]
_MICROS = "_us"


class CountersShape(msgspec.Struct, frozen=True, kw_only=True):
    """What was heard: heard = counted + refused + repeated + late."""

    heard: int
    counted: int
    refused: int
    repeated: int
    late: int


class CountersAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The counters of all sources together, and of each by its name."""

    total: CountersShape
    sources: dict[str, CountersShape]


class FilterShape(msgspec.Struct, frozen=True, kw_only=True):
    """One filter of a source: how often it let something through, when last, its longest usual gap, what that says."""

    name: str
    batches: int
    last: Moment | None
    usual_gap_s: float | None
    liveness: Liveness


class SourceShape(msgspec.Struct, frozen=True, kw_only=True):
    """One source: its counters, when it was last heard, how long it is usually silent, and what that says.

    A source that is silent is unknown, never fine. Those that the desk listens to by itself have filters.
    """

    source: str
    heard: int
    counted: int
    refused: int
    repeated: int
    late: int
    last_heard: Moment | None
    usual_gap_s: float | None
    liveness: Liveness
    filters: tuple[FilterShape, ...] = ()


class SourcesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Every source that was ever heard."""

    sources: tuple[SourceShape, ...]


class VoiceShape(msgspec.Struct, frozen=True, kw_only=True):
    """One masked text behind a finding."""

    at: Moment
    text: str
    weight: float


class FindingShape(msgspec.Struct, frozen=True, kw_only=True):
    """A statistical claim that reports depart from their usual; nobody has confirmed it.

    `service`, `symptom` and `region` are null where the reports do not tell; `cleared` is null while it is open.
    """

    id: str
    incident: str
    operator: str
    operator_name: str
    service: Service | None
    region: str | None
    region_name: str | None
    symptom: Symptom | None
    onset: Moment
    alarm: Moment
    peak: Moment | None
    cleared: Moment | None
    last: Moment | None
    signals: int
    expected: float
    evidence_nats: float
    false_alarms_per_week: float
    phrases: tuple[Phrase, ...]
    rules: tuple[str, ...]
    why: str
    mengapa: str
    narrowed_to: str
    scattered: bool
    standing: Level
    standing_why: str
    standing_mengapa: str


class FindingsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Findings, newest alarm first."""

    findings: tuple[FindingShape, ...]


class FindingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One finding with all evidence joined and the voices behind it."""

    finding: FindingShape
    verdict: Verdict
    voices: tuple[VoiceShape, ...]


class SeriesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Reports of one scope in windows of `step_s` seconds from `start` on.

    `counts` is null where nothing could be heard; `alarm_at` is the count that would raise an alarm.
    """

    operator: str
    region: str
    start: Moment
    step_s: int
    counts: tuple[float | None, ...]
    expected: tuple[float, ...]
    alarm_at: tuple[float, ...]


class TaskShape(msgspec.Struct, frozen=True, kw_only=True):
    """Work towards recovery; `done` is null while it is open."""

    id: str
    what: str
    party: Party
    owner: str
    due: Moment | None
    done: Moment | None
    state: TaskState
    outside: str
    after: tuple[str, ...]
    tells_end: bool


class NoticeShape(msgspec.Struct, frozen=True, kw_only=True):
    """One statement in both languages, with the promise of the next word."""

    id: str
    kind: NoticeKind
    text_id: str
    text_en: str
    state: NoticeState
    drafted_by: str
    signed_by: str
    drafted: Moment
    published: Moment | None
    next_update_by: Moment | None
    before_second: bool
    wording: NoticeWording
    break_glass: bool
    speaker: str
    office: str
    corrects: str
    publish_at: Moment | None
    scheduled_by: str


class CreditBatchShape(msgspec.Struct, frozen=True, kw_only=True):
    """All credits that were worked out at once: sums, who asked and who approved, and the SHA-256 of their file.

    `who_id` and `who_en` say who qualifies; `by` is when subscribers have it, null where nobody said.
    """

    id: str
    policy: str
    subscribers: int
    rows: int
    net_minor: dict[str, int]
    digest: str
    rests_on: str
    asked_by: str
    asked: Moment
    approved_by: str
    approved: Moment | None
    state: BatchState
    who_id: tuple[str, ...]
    who_en: tuple[str, ...]
    by: Moment | None


class ScopeRecoveryShape(msgspec.Struct, frozen=True, kw_only=True):
    """What was judged of the end in one scope: since when it is back, or its repair contradicted, and the evidence."""

    scope: Scope
    verdict: RecoveryVerdict
    since: Moment | None
    nats: float
    needed_nats: float
    relapsed: bool


class EstimateShape(msgspec.Struct, frozen=True, kw_only=True):
    """When it may be over: a range with its confidence, and the middle; what it went by, and what it learnt from."""

    low: Moment
    middle: Moment
    high: Moment
    confidence: float
    share: float
    incidents: int
    desk_s: float | None


class IncidentShape(msgspec.Struct, frozen=True, kw_only=True):
    """What people manage: scopes with a state each, who owns it, what is known; the sum of its timeline.

    `version` is the number of its entries; who acts says which version they saw.
    """

    id: str
    version: int
    opened: Moment
    onset: Moment
    operator: str
    scopes: tuple[ScopeState, ...]
    state: State
    severity: Severity
    owner: str
    cause_id: str
    cause_en: str
    emergency_calls: EmergencyCalls
    priority_customers: tuple[str, ...]
    alternatives_id: str
    alternatives_en: str
    findings: tuple[str, ...]
    cleared: tuple[str, ...]
    quiet: Moment | None
    confirmed: Moment | None
    acknowledged: Moment | None
    reopened: Moment | None
    ended: Moment | None
    tasks: tuple[TaskShape, ...]
    rumours: tuple[Rumour, ...]
    notices: tuple[NoticeShape, ...]
    merged_into: str
    maintenance: str
    took_over: tuple[str, ...]
    credit_basis: CreditBasis | None
    credits: tuple[CreditBatchShape, ...]
    recovery: tuple[ScopeRecoveryShape, ...]
    estimate: EstimateShape | None
    overridden: tuple[Scope, ...]
    posts: tuple[int, ...]


class IncidentsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Incidents, newest first."""

    incidents: tuple[IncidentShape, ...]


def told(shape: type[Shape], noun: msgspec.Struct, **more: Any) -> Shape:
    """Return what the interface says of a noun.

    Args:
        shape: its shape.
        noun: struct of the model with the same fields; moments end in `_us`.
        more: fields that are shapes themselves.

    >>> from pulih.model.finding import Voice
    >>> told(VoiceShape, Voice(1_000_000, "mati", 1.0)).at.isoformat()
    '1970-01-01T00:00:01+00:00'
    """
    names = [name for name in shape.__struct_fields__ if name not in more]
    return shape(**{name: _value(noun, name) for name in names}, **more)


def _value(noun: msgspec.Struct, name: str) -> Any:
    if not hasattr(noun, name + _MICROS):
        return getattr(noun, name)
    at_us = getattr(noun, name + _MICROS)
    return None if at_us is None else from_micros(at_us)
