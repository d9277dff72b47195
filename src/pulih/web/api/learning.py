"""Learning: the calls that tell what regulators ask of an incident, and note what was sent to them."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from pulih.learn.obligations import Applies, Binding, Obligation, announced, document
from pulih.learn.regulator import ClockKind, Confidence, MetBy
from pulih.learn.rule_clocks import RuleClock, RuleClockState
from pulih.model.clock import from_micros, to_micros
from pulih.model.errors import OutsideFailed
from pulih.model.lesson import ReportFiled
from pulih.model.record import Record
from pulih.service.learning import Learning
from pulih.web.api.acting import actor_of
from pulih.web.api.operation import Behind, Call, Operation
from pulih.web.api.problems import Wrong
from pulih.web.api.reading import incident_named
from pulih.web.api.shapes import Moment


class RuleClockShape(msgspec.Struct, frozen=True, kw_only=True):
    """One clock of a rule; without `due` it is as soon as practicable, or has not begun."""

    id: str
    kind: ClockKind
    to_id: str
    to_en: str
    met_by: MetBy
    state: RuleClockState
    start: Moment | None
    due: Moment | None
    met: Moment | None
    kept: int
    broken: int
    provisional: bool


class PartShape(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a report; what nobody knows yet is null."""

    item: str
    name_id: str
    name_en: str
    says_id: str | None
    says_en: str | None


class ObligationShape(msgspec.Struct, frozen=True, kw_only=True):
    """One rule for one incident; where it does not bind, all is worked out as if it did."""

    rule: str
    country: str
    regulator: str
    title_id: str
    title_en: str
    applies: Applies
    binding: Binding
    surely_since: Moment | None
    possibly_since: Moment | None
    announced_id: str
    announced_en: str
    clocks: tuple[RuleClockShape, ...]
    parts: tuple[PartShape, ...]
    missing: tuple[str, ...]
    document: str
    language: str
    confidence: Confidence
    source: tuple[str, ...]


class ObligationsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What every known rule asks of an incident, binding ones first."""

    at: Moment
    obligations: tuple[ObligationShape, ...]


class FilingSent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A report that went to a regulator, by your own system."""

    rule: Annotated[str, Meta(min_length=1, max_length=64, description="id of a rule")]
    clock: Annotated[str, Meta(min_length=1, max_length=64, description="id of one of its clocks")]
    at: Annotated[Moment, Meta(description="when it was sent, with a time zone")]
    note: Annotated[str, Meta(max_length=300, description="a number or a name under which it is known there")] = ""


class FilingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The clock after it was noted."""

    obligation: ObligationShape


def learning_behind(behind: Behind) -> Learning:
    """Return what people learn with. Raises OutsideFailed where the desk runs without."""
    if behind.learning is None:
        raise OutsideFailed("This desk runs without reviews and obligations; start it with pulih serve.")
    return behind.learning


def _obligations(behind: Behind, call: Call) -> ObligationsAnswer:
    desk, now_us = learning_behind(behind), behind.clock.now_us()
    record = desk.record(incident_named(behind, call.name).id)
    found = tuple(_told(one, record, now_us) for one in desk.obligations(record))
    return ObligationsAnswer(at=from_micros(now_us), obligations=found)


def _file(behind: Behind, call: Call) -> FilingAnswer:
    sent: FilingSent = call.body
    desk, name = learning_behind(behind), incident_named(behind, call.name).id
    rule = next((one for one in desk.rules if one.id == sent.rule), None)
    if rule is None or all(row.id != sent.clock for row in rule.clock):
        raise Wrong(
            409,
            f"There is no clock {sent.clock!r} of a rule {sent.rule!r}",
            where="body.clock",
            right=f"one of those that GET /v1/incidents/{name}/obligations lists",
        )
    fact = ReportFiled(rule=sent.rule, clock=sent.clock, at_us=to_micros(sent.at), note=sent.note)
    desk.write(name, fact, actor=actor_of(call.token))
    record = desk.record(name)
    one = next(one for one in desk.obligations(record) if one.rule.id == sent.rule)
    return FilingAnswer(obligation=_told(one, record, behind.clock.now_us()))


def _told(one: Obligation, record: Record, now_us: int) -> ObligationShape:
    ahead = announced(one, record, now_us=now_us) or ("", "")
    rule = one.rule
    return ObligationShape(
        rule=rule.id,
        country=rule.country,
        regulator=rule.regulator,
        title_id=rule.title_id,
        title_en=rule.title_en,
        applies=one.applies,
        binding=one.binding,
        surely_since=_moment(one.reached.sure_us),
        possibly_since=_moment(one.reached.possible_us),
        announced_id=ahead[0],
        announced_en=ahead[1],
        clocks=tuple(map(_clock, one.clocks)),
        parts=tuple(
            PartShape(
                item=part.item,
                name_id=part.name[0],
                name_en=part.name[1],
                says_id=part.says[0] if part.says else None,
                says_en=part.says[1] if part.says else None,
            )
            for part in one.parts
        ),
        missing=one.missing,
        document=document(one, now_us=now_us),
        language=rule.language,
        confidence=rule.confidence,
        source=rule.source,
    )


def _clock(clock: RuleClock) -> RuleClockShape:
    return RuleClockShape(
        id=clock.clock,
        kind=clock.kind,
        to_id=clock.to[0],
        to_en=clock.to[1],
        met_by=clock.met_by,
        state=clock.state,
        start=_moment(clock.start_us),
        due=_moment(clock.due_us),
        met=_moment(clock.met_us),
        kept=clock.kept,
        broken=clock.broken,
        provisional=clock.provisional,
    )


def _moment(at_us: int | None) -> Moment | None:
    return None if at_us is None else from_micros(at_us)


_OBLIGATION: Final[dict[str, Any]] = {
    "rule": "jp.mic.2023",
    "country": "JP",
    "regulator": "MIC",
    "title_id": "Pedoman memberi tahu pengguna tentang gangguan telekomunikasi",
    "title_en": "Guideline on informing users of disruptions of telecommunications services",
    "applies": "applies",
    "binding": "elsewhere",
    "surely_since": "2025-10-03T01:48:00Z",
    "possibly_since": "2025-10-03T01:48:00Z",
    "announced_id": "",
    "announced_en": "",
    "clocks": [
        {
            "id": "first",
            "kind": "first_notice",
            "to_id": "publik, di tempat yang mudah terlihat di situs",
            "to_en": "the public, in an easily seen place of the home page",
            "met_by": "statement",
            "state": "met",
            "start": "2025-10-03T01:48:00Z",
            "due": "2025-10-03T02:18:00Z",
            "met": "2025-10-03T02:01:00Z",
            "kept": 0,
            "broken": 0,
            "provisional": False,
        }
    ],
    "parts": [
        {
            "item": "start_time",
            "name_id": "Mulai gangguan",
            "name_en": "Start",
            "says_id": "3 Oktober 2025 pukul 10.48 JST",
            "says_en": "3 October 2025, 10:48 JST",
        }
    ],
    "missing": [],
    "document": "OUTAGE REPORT\nTo: the public\n\nStart: 3 October 2025, 10:48 JST\n",
    "language": "en",
    "confidence": "medium",
    "source": ["https://portal.shojihomu.jp/archives/33778"],
}

LEARNING = (
    Operation(
        id="getObligations",
        method="GET",
        path="/v1/incidents/{incident}/obligations",
        role="viewer",
        summary="What regulators ask of an incident",
        description=(
            "For every known rule: whether it applies by the bounds of what is known, whether it binds here and on "
            "that day, its clocks, what its report lacks, and its text. Rules that do not bind are worked out as if."
        ),
        answer=ObligationsAnswer,
        do=_obligations,
        refusals=(404,),
        examples={"answer": {"at": "2025-10-03T02:30:00Z", "obligations": [_OBLIGATION]}},
    ),
    Operation(
        id="noteFiling",
        method="POST",
        path="/v1/incidents/{incident}/filings",
        role="duty",
        summary="Note that a report went to a regulator",
        description="For a report that your own system sent: this notes that it went out, and stops its clock.",
        body=FilingSent,
        answer=FilingAnswer,
        do=_file,
        refusals=(404, 409),
        examples={
            "answer": {"obligation": _OBLIGATION},
            "body": {"rule": "us.nors", "clock": "notice", "at": "2025-10-03T03:00:00Z", "note": "NORS 4711"},
        },
    ),
)
