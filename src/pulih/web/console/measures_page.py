"""The page "Measures": how fast each step came over past incidents, promises kept, availability, and open actions.

Each picture is drawn from the same numbers as the table behind it (requirement N1).
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import Response, get
from litestar.types import ControllerRouterHandler

from pulih.learn.experience import Range
from pulih.learn.measures import MEASURES
from pulih.learn.survey import SurveyResult, survey_result
from pulih.learn.trend import FIRST_WORD_GOAL_MIN, TIMES, Period, Point, Trend, trend
from pulih.model.record import Record
from pulih.model.review import Action
from pulih.service.learning import Learning
from pulih.web.console.asking import AnyRequest, Asking, asking
from pulih.web.console.incident_page import spoken
from pulih.web.console.obligations_page import learning_desk
from pulih.web.console.phrasing import Tongue, span_words
from pulih.web.frame.guards import require
from pulih.web.frame.rendering import page
from pulih.web.frame.threads import in_thread

# Units of a bar's drawing, and incidents that are drawn; the table behind has all.
BAR_WIDTH: Final = 200
_DRAWN_MAX: Final = 12


class TrendBar(msgspec.Struct, frozen=True):
    """One incident's bar: its name and address, its width, what it stands for, and whether it is over the goal."""

    name: str
    incident: str
    width: int
    told: str
    over: bool


class TrendChart(msgspec.Struct, frozen=True):
    """One measure over incidents: its id and name, the finding, its bars, and where the goal is drawn."""

    id: str
    name: str
    finding: str
    bars: tuple[TrendBar, ...]
    goal_x: int | None


def measures_values(who: Asking) -> dict[str, Any]:
    """Return what the page shows."""
    desk, tongue = learning_desk(who), who.tongue
    records = desk.past()
    found = trend(records, now_us=tongue.when.now_us)
    return {
        **spoken(tongue),
        "headline": _headline(tongue, found),
        "charts": [chart for name in TIMES if (chart := _chart(tongue, found, name)).bars],
        "trend": found,
        "periods": [_period(tongue, one) for one in found.periods],
        "uncounted": sum(one.incidents - one.counted for one in found.periods),
        "surveys": [(one.incident.id, survey_told(tongue, result)) for one in records for result in _results(one)],
        "actions": _actions(desk),
        "rows": [(one, _cells(tongue, one)) for one in found.points],
        "heads": [tongue.chosen(MEASURES[name].name) for name in TIMES],
        "bar_width": BAR_WIDTH,
        "now_us": tongue.when.now_us,
    }


@get("/console/measures", guards=[require("viewer")], include_in_schema=False)
@in_thread
def measures_page(request: AnyRequest) -> Response[bytes]:
    """Show the measures of past incidents."""
    return page(request, "console/measures.html", **measures_values(asking(request)))


MEASURING: tuple[ControllerRouterHandler, ...] = (measures_page,)


def minutes_told(tongue: Tongue, minutes: float | None) -> str:
    """Write minutes as people say them, "–" where they are not known."""
    return "–" if minutes is None else span_words(tongue.say, minutes * 60)


def range_told(tongue: Tongue, found: Range | None, *, places: int = 1) -> str:
    """Write a measure with its bounds, "–" where it is not known."""
    if found is None:
        return "–"
    low, high = (tongue.say.written(round(one, places)) for one in (found.low, found.high))
    return str(low) if low == high else f"{low} – {high}"


def _headline(tongue: Tongue, found: Trend) -> str:
    if not found.points:
        return tongue.say("measures.none")
    if not found.told:
        return tongue.say("measures.no_words", n=len(found.points))
    return tongue.say("measures.headline", n=found.told, intime=found.in_time, goal=FIRST_WORD_GOAL_MIN)


def _chart(tongue: Tongue, found: Trend, name: str) -> TrendChart:
    known = [(one, minutes) for one in found.points[:_DRAWN_MAX] if (minutes := one.measures.minutes[name]) is not None]
    goal = FIRST_WORD_GOAL_MIN if name == "time_to_first_word" else None
    # What is told as nothing is drawn as nothing.
    drawn = [round(minutes * 60) / 60 for _, minutes in known]
    most = max([*drawn, *([goal] if goal else [])], default=0.0)
    median = found.medians[name]
    finding = tongue.say("measures.median", what=tongue.chosen(MEASURES[name].name), span=minutes_told(tongue, median))
    bars = tuple(
        TrendBar(
            name=f"{tongue.names.operator(one.operator)}, {tongue.when.day(one.onset_us)}",
            incident=one.incident,
            width=max(1, round(BAR_WIDTH * length / most)) if length else 0,
            told=minutes_told(tongue, minutes),
            over=goal is not None and minutes > goal,
        )
        for (one, minutes), length in zip(known, drawn, strict=True)
    )
    return TrendChart(
        name,
        tongue.chosen(MEASURES[name].name),
        finding,
        bars,
        round(BAR_WIDTH * goal / most) if goal and most else None,
    )


def _cells(tongue: Tongue, point: Point) -> list[str]:
    return [minutes_told(tongue, point.measures.minutes[name]) for name in TIMES]


def _period(tongue: Tongue, one: Period) -> dict[str, Any]:
    return {
        "month": one.month,
        "operator": tongue.names.operator(one.operator),
        "incidents": one.incidents,
        "saidi": range_told(tongue, one.saidi),
        "saifi": range_told(tongue, one.saifi, places=3),
        "caidi": range_told(tongue, one.caidi),
    }


def _results(record: Record) -> list[SurveyResult]:
    return [survey_result(one) for one in record.surveys if one.asked]


def survey_told(tongue: Tongue, result: SurveyResult) -> str:
    """Return what a question says, with how many were asked and what the others could have answered."""
    name, say = tongue.chosen(MEASURES[result.question].name), tongue.say
    if result.score is None or result.low is None or result.high is None:
        return say("measures.survey_silent", name=name, asked=result.asked)
    return say(
        "measures.survey",
        name=name,
        score=round(result.score, 1),
        answered=result.answered,
        asked=result.asked,
        rate=round(result.response_rate or 0.0, 1),
        low=round(result.low, 1),
        high=round(result.high, 1),
    )


def _actions(desk: Learning) -> list[tuple[str, Action]]:
    found = [(name, one) for name, review in desk.open_actions() for one in review.actions if one.done_us is None]
    return sorted(found, key=lambda one: (one[1].due_us is None, one[1].due_us or 0, one[0]))
