"""Recovering: whether an incident is over as customers say, why, and when it may be; for machines (requirement R1)."""

from __future__ import annotations

import msgspec

from pulih.model.clock import from_micros
from pulih.model.recovery import RecoveryVerdict
from pulih.model.scope import Scope
from pulih.restore.reasons import Leaning, reasons_of
from pulih.service.recovery import ScopeJudged
from pulih.web.api.examples import RECOVERY_ANSWER
from pulih.web.api.operation import Behind, Call, Operation
from pulih.web.api.problems import Wrong
from pulih.web.api.reading import incident_named
from pulih.web.api.shapes import EstimateShape, Moment, told


class SaidShape(msgspec.Struct, frozen=True, kw_only=True):
    """One reason: whether it speaks for recovery, against it or for neither, in both languages."""

    side: Leaning
    text_id: str
    text_en: str


class EvidenceShape(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence that it is back, in nats: together, and of reports, answers, probes and texts by themselves."""

    total: float
    needed: float
    reports: float
    answers: float
    probes: float
    texts: float


class ScopeJudgedShape(msgspec.Struct, frozen=True, kw_only=True):
    """One scope: the verdict, since when, what it rests on, and how long reports alone would need to prove it."""

    scope: Scope
    verdict: RecoveryVerdict
    since: Moment | None
    relapsed: Moment | None
    silent: bool
    quiet_s: int | None
    evidence: EvidenceShape
    reasons: tuple[SaidShape, ...]


class RecoveryAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an incident is over: the whole, each scope, and the range of the end, null where nobody can say."""

    verdict: RecoveryVerdict
    scopes: tuple[ScopeJudgedShape, ...]
    estimate: EstimateShape | None


def _recovery(behind: Behind, call: Call) -> RecoveryAnswer:
    incident = incident_named(behind, call.name)
    if behind.recoveries is None:
        raise Wrong(404, "This desk does not judge recovery.", where="path", right="/v1/incidents")
    found = behind.recoveries.of(incident)
    return RecoveryAnswer(
        verdict=found.verdict,
        scopes=tuple(_scope(one) for one in found.scopes),
        estimate=None if found.estimate is None else told(EstimateShape, found.estimate),
    )


def _scope(one: ScopeJudged) -> ScopeJudgedShape:
    judged, course = one.judged, one.judged.course
    return ScopeJudgedShape(
        scope=one.scope,
        verdict=judged.verdict,
        since=_moment(judged.since_us),
        relapsed=_moment(judged.relapsed_us),
        silent=judged.silent,
        quiet_s=judged.quiet_s,
        evidence=EvidenceShape(
            total=round(course.nats, 2),
            needed=round(course.needed, 2),
            reports=round(course.reports_nats, 2),
            answers=round(course.answers_nats, 2),
            probes=round(course.probes_nats, 2),
            texts=round(course.texts_nats, 2),
        ),
        reasons=tuple(
            SaidShape(side=said.side, text_id=said.text_id, text_en=said.text_en) for said in reasons_of(judged)
        ),
    )


def _moment(at_us: int | None) -> Moment | None:
    return None if at_us is None else from_micros(at_us)


RECOVERING = (
    Operation(
        id="getRecovery",
        method="GET",
        path="/v1/incidents/{incident}/recovery",
        role="viewer",
        summary="Whether an incident is over",
        description=(
            "Judged now, scope by scope, from reports, answers, probes and texts; silence of a source proves nothing. "
            "The move to restored needs the verdict `restored` of each scope, or `overrides` with a reason."
        ),
        answer=RecoveryAnswer,
        do=_recovery,
        refusals=(404,),
        examples={"answer": RECOVERY_ANSWER},
    ),
)
