"""One question after an outage, behind a signed link: how it was handled, one answer, which can be changed.

Opening the link changes nothing, as programs open links in messages; a button does. Nothing is asked of who somebody
is, and a link that is none or over says the same of both (requirement N1).
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import Request, Response, get, post

from pulih.learn.survey import QUESTIONS
from pulih.model.errors import RefusedInput
from pulih.model.incident import Incident
from pulih.ports.learning import SurveyAnswer
from pulih.service.survey_links import SurveyLink, digest_of
from pulih.web.frame.rendering import page
from pulih.web.frame.rooms import rooms_of
from pulih.web.frame.threads import in_thread
from pulih.web.frame.visitor import visitor_of
from pulih.web.people.forms import Form

AnyRequest = Request[Any, Any, Any]
HERE: Final = "/opinion"
_TEMPLATE: Final = "public/opinion.html"
_HEADERS: Final = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}


class OpinionForm(msgspec.Struct, frozen=True):
    """The answer as a button sends it, and the token of the link."""

    score: str = ""
    t: str = ""


@get(HERE, include_in_schema=False)
@in_thread
def opinion_page(request: AnyRequest) -> Response[bytes]:
    """Ask."""
    token = request.query_params.get("t", "")
    found = _found(request, token)
    return _gone(request) if found is None else _asked(request, found, token)


@post(HERE, include_in_schema=False)
@in_thread
def answer_opinion(request: AnyRequest, data: Form[OpinionForm]) -> Response[bytes]:
    """Take the answer and say thank you."""
    found = _found(request, data.t)
    if found is None:
        return _gone(request)
    link, _ = found
    question, rooms = QUESTIONS[link.question], rooms_of(request)
    assert rooms.learning is not None, "a link was read by it"
    if not (data.score.isascii() and data.score.isdecimal() and question.low <= int(data.score[:3]) <= question.high):
        return _asked(request, found, data.t, status=400)
    answer = SurveyAnswer(
        incident=link.incident,
        question=link.question,
        link=digest_of(link),
        score=int(data.score),
        at_us=rooms.clock.now_us(),
    )
    try:
        rooms.learning.answer(answer)
    except RefusedInput:
        return _gone(request)
    return _asked(request, found, data.t, chosen=int(data.score))


def _found(request: AnyRequest, token: str) -> tuple[SurveyLink, Incident] | None:
    rooms = rooms_of(request)
    if rooms.learning is None:
        return None
    wait_s = rooms.survey_tries.wait_s(visitor_of(request).network, rooms.clock.now_us())
    rooms.survey_tries.note(visitor_of(request).network, rooms.clock.now_us())
    link = None if wait_s else rooms.learning.links.read(token, rooms.clock.now_us())
    incident = None if link is None else rooms.incidents.get(link.incident)
    return None if link is None or incident is None else (link, incident)


def _asked(
    request: AnyRequest,
    found: tuple[SurveyLink, Incident],
    token: str,
    *,
    chosen: int | None = None,
    status: int = 200,
) -> Response[bytes]:
    link, incident = found
    question = QUESTIONS[link.question]
    number = 0 if visitor_of(request).language == "id" else 1
    return page(
        request,
        _TEMPLATE,
        status=status,
        headers=_HEADERS,
        question=question.words[number],
        low_means=question.low_means[number],
        high_means=question.high_means[number],
        scores=range(question.low, question.high + 1),
        operator=incident.operator,
        at_us=incident.onset_us,
        chosen=chosen,
        wrong=status == 400,
        token=token,
    )


def _gone(request: AnyRequest) -> Response[bytes]:
    return page(request, _TEMPLATE, status=404, headers=_HEADERS, question="")
