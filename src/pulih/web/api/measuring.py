"""Measuring: the calls that tell the measures of one incident and of many, and that make links to one question."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from pulih.learn.complaint_level import group_level
from pulih.learn.experience import Experience, Range, Step, experience
from pulih.learn.measures import MEASURES
from pulih.learn.survey import survey_result
from pulih.learn.trend import Period, trend
from pulih.model.actor import Actor
from pulih.model.clock import from_micros
from pulih.model.impact import Bounds
from pulih.model.record import Question, Record
from pulih.web.api.acting import actor_of
from pulih.web.api.learning import learning_behind
from pulih.web.api.operation import Behind, Call, Operation
from pulih.web.api.reading import incident_named
from pulih.web.api.shapes import Moment

LINKS_MAX: Final = 10_000


class SurveyShape(msgspec.Struct, frozen=True, kw_only=True):
    """The score of one question, with the bounds of those who did not answer."""

    question: Question
    asked: int
    answered: int
    response_percent: float | None
    score: float | None
    low: float | None
    high: float | None


class GroupShape(msgspec.Struct, frozen=True, kw_only=True):
    """Complaints of one region, "" the whole country: reports beyond usual, and when they were as usual again."""

    region: str
    excess_reports: float
    peak: Moment | None
    peak_ratio: float | None
    recovered: Moment | None


class MeasuresShape(msgspec.Struct, frozen=True, kw_only=True):
    """The measures of one incident; what nobody knows is null and never zero.

    `restored` is since when reports prove it, with `on_word` when a person called it so, as `called_restored` is.
    """

    incident: str
    steps: dict[Step, Moment | None]
    on_word: bool
    minutes: dict[str, float | None]
    promises_kept: int
    promises_broken: int
    users: Bounds | None
    user_minutes: Bounds | None
    saidi: Range | None
    saifi: Range | None
    caidi: Range | None
    surveys: tuple[SurveyShape, ...] = ()
    groups: tuple[GroupShape, ...] = ()


class MeasureShape(msgspec.Struct, frozen=True, kw_only=True):
    """What a measure means."""

    name_id: str
    name_en: str
    formula: str
    unit_id: str
    unit_en: str
    source: str


class TrendAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Measures over restored incidents, latest first; `median_minutes` of those of which it is known."""

    incidents: tuple[MeasuresShape, ...]
    median_minutes: dict[str, float | None]
    known: dict[str, int]
    first_words_in_time: int
    first_words: int
    promises_kept: int
    promises_broken: int
    periods: tuple[Period, ...]
    measures: dict[str, MeasureShape]


class SurveySent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which question, and how many people who were hit are to be asked."""

    question: Annotated[Question, Meta(description="csat, nps or ces")]
    count: Annotated[
        float,
        Meta(
            ge=1,
            le=LINKS_MAX,
            multiple_of=1,
            description="how many links, one for each who is asked",
            extra_json_schema={"type": "integer"},
        ),
    ]


class SurveyAnswerShape(msgspec.Struct, frozen=True, kw_only=True):
    """A link for each who is asked, good for two weeks; your own system sends them."""

    question: Question
    links: tuple[str, ...]


def _measures(behind: Behind, call: Call) -> MeasuresShape:
    record = learning_behind(behind).record(incident_named(behind, call.name).id)
    return _told(record, experience(record, now_us=behind.clock.now_us()))


def _trend(behind: Behind, _: Call) -> TrendAnswer:
    records = learning_behind(behind).past()
    found = trend(records, now_us=behind.clock.now_us())
    by_id = {one.incident.id: one for one in records}
    return TrendAnswer(
        incidents=tuple(_told(by_id[one.incident], one.measures) for one in found.points),
        median_minutes=dict(found.medians),
        known=dict(found.known),
        first_words_in_time=found.in_time,
        first_words=found.told,
        promises_kept=found.kept,
        promises_broken=found.broken,
        periods=found.periods,
        measures={
            row.id: MeasureShape(
                name_id=row.name[0],
                name_en=row.name[1],
                formula=row.formula,
                unit_id=row.unit[0],
                unit_en=row.unit[1],
                source=row.source,
            )
            for row in MEASURES.values()
        },
    )


def _survey(behind: Behind, call: Call) -> SurveyAnswerShape:
    sent: SurveySent = call.body
    actor: Actor = actor_of(call.token)
    name = incident_named(behind, call.name).id
    tokens = learning_behind(behind).survey(name, sent.question, int(sent.count), actor=actor)
    links = tuple(f"{behind.desk}/opinion?t={token}" for token in tokens)
    return SurveyAnswerShape(question=sent.question, links=links)


def _told(record: Record, found: Experience) -> MeasuresShape:
    levels = [group_level(one, onset_us=record.incident.onset_us) for one in record.curves]
    return MeasuresShape(
        incident=record.incident.id,
        steps={step: _moment(at_us) for step, at_us in found.steps.items()},
        on_word=found.on_word,
        minutes=dict(found.minutes),
        promises_kept=found.kept,
        promises_broken=found.broken,
        users=found.hit,
        user_minutes=found.user_minutes,
        saidi=found.saidi,
        saifi=found.saifi,
        caidi=found.caidi,
        surveys=tuple(
            SurveyShape(
                question=one.question,
                asked=one.asked,
                answered=one.answered,
                response_percent=one.response_rate,
                score=one.score,
                low=one.low,
                high=one.high,
            )
            for one in map(survey_result, record.surveys)
        ),
        groups=tuple(
            GroupShape(
                region=one.group,
                excess_reports=one.excess,
                peak=_moment(one.peak_us),
                peak_ratio=one.peak_ratio,
                recovered=_moment(one.recovered_us),
            )
            for one in levels
        ),
    )


def _moment(at_us: int | None) -> Moment | None:
    return None if at_us is None else from_micros(at_us)


_MEASURED: Final[dict[str, Any]] = {
    "incident": "20251003-k7qd",
    "steps": {"onset": "2025-10-03T01:48:00Z", "detected": "2025-10-03T01:57:00Z", "restored": None},
    "on_word": False,
    "minutes": {"time_to_detect": 9.0, "time_to_restore": None},
    "promises_kept": 3,
    "promises_broken": 0,
    "users": {"low": 20_000, "likely": 30_000, "high": 40_000},
    "user_minutes": {"low": 4_440_000, "likely": 6_660_000, "high": 8_880_000},
    "saidi": None,
    "saifi": None,
    "caidi": {"low": 222.0, "likely": 222.0, "high": 222.0},
    "surveys": [],
    "groups": [],
}
_TREND: Final[dict[str, Any]] = {
    "incidents": [_MEASURED],
    "median_minutes": {"time_to_detect": 9.0},
    "known": {"time_to_detect": 1},
    "first_words_in_time": 1,
    "first_words": 1,
    "promises_kept": 3,
    "promises_broken": 0,
    "periods": [],
    "measures": {},
}

MEASURING = (
    Operation(
        id="getMeasures",
        method="GET",
        path="/v1/incidents/{incident}/measures",
        role="viewer",
        summary="The measures of an incident",
        description="Times of steps, promises, user-minutes and availability with bounds, answers, complaint levels.",
        answer=MeasuresShape,
        do=_measures,
        refusals=(404,),
        examples={"answer": _MEASURED},
    ),
    Operation(
        id="getTrend",
        method="GET",
        path="/v1/measures",
        role="viewer",
        summary="Measures over past incidents",
        description="Of restored incidents, latest first, with medians, availability by month, and what each means.",
        answer=TrendAnswer,
        do=_trend,
        examples={"answer": _TREND},
    ),
    Operation(
        id="makeSurveyLinks",
        method="POST",
        path="/v1/incidents/{incident}/survey-links",
        role="duty",
        summary="Links to one question for those who were hit",
        description=(
            "For your own message platform, one link for each who is asked; each counts one answer. How many were made "
            "is how many were asked, so that nobody mistakes those who answered for all. 409 before it is restored."
        ),
        body=SurveySent,
        answer=SurveyAnswerShape,
        do=_survey,
        refusals=(404, 409),
        examples={
            "answer": {"question": "csat", "links": ["https://desk.example.id/opinion?t=lK4yMDI1.abc"]},
            "body": {"question": "csat", "count": 1},
        },
    ),
)
