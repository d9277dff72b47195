"""The page of an incident's review: words, actions tracked to done, both versions, publication by two people.

What is drawn from the record is not written here; the documents show it beside the words (requirement N2).
"""

from __future__ import annotations

from typing import Any, Final, cast

import msgspec
from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pulih.learn.survey import QUESTIONS, survey_result
from pulih.model.actor import are_two
from pulih.model.entry import CustomersAsked
from pulih.model.errors import ForbiddenMove, OutsideFailed, RefusedInput
from pulih.model.incident import Incident
from pulih.model.lesson import (
    ActionAdded,
    ActionDone,
    Learnt,
    LessonFact,
    ReviewAsked,
    ReviewPublished,
    ReviewWithdrawn,
    ReviewWritten,
)
from pulih.model.record import Question
from pulih.model.review import Action
from pulih.service.reviewing import Reviewing
from pulih.web.console.asking import AnyRequest, Asking, asking
from pulih.web.console.fault import Fault
from pulih.web.console.forms import Form, fields_of, moment_value
from pulih.web.console.incident_page import spoken
from pulih.web.console.measures_page import survey_told
from pulih.web.console.obligations_page import fault_of_form, learning_desk
from pulih.web.console.posted import posts_of
from pulih.web.frame.guards import require
from pulih.web.frame.redirects import led
from pulih.web.frame.rendering import page
from pulih.web.frame.threads import in_thread

HERE: Final = "/console/incidents/{incident_id:str}/review"
_TEMPLATE: Final = "console/review.html"
# Each act, and where on the page it is to be seen afterwards.
ACTS: Final = {
    "write": "words",
    "add": "actions",
    "done": "actions",
    "ask": "publication",
    "publish": "publication",
    "withdraw": "publication",
    "survey": "survey",
}
PAPERS: Final = ("inside.html", "public.html", "inside.pdf", "public.pdf")
# All of a document is in it; nothing is loaded and nothing runs.
_SEALED: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


class ActionView(msgspec.Struct, frozen=True):
    """One action, and whether it is overdue."""

    action: Action
    overdue: bool


def review_desk(who: Asking) -> Reviewing:
    """Return what draws reviews. Raises OutsideFailed where the desk runs without."""
    if who.rooms.reviewing is None:
        raise OutsideFailed("This desk runs without reviews and obligations; start it with pulih serve.")
    return who.rooms.reviewing


def review_values(who: Asking, incident: Incident, *, fault: Fault | None = None, done: str = "") -> dict[str, Any]:
    """Return what the page shows.

    Args:
        who: who asks.
        incident: as it is now.
        fault: what was refused just now, if anything.
        done: name of the button that was pressed just now, "" if none.
    """
    tongue, sums = who.tongue, learning_desk(who).learnt(incident.id)
    asked = tuple(one for one in posts_of(who, incident.id) if isinstance(one.fact, CustomersAsked))
    review, now_us, key = sums.review, tongue.when.now_us, f"review.done.{done}"
    return {
        **spoken(tongue),
        "incident": incident,
        "review": review,
        "let_out": sums.public,
        "version": sums.version,
        "values": _filled(sums, fault),
        "actions": [
            ActionView(one, one.done_us is None and one.due_us is not None and one.due_us < now_us)
            for one in review.actions
        ],
        "acts": _acts(who, sums, incident),
        "waits_for_other": review.state == "asked" and not are_two(review.asked_by, who.actor.name),
        "papers": PAPERS,
        "questions": QUESTIONS,
        "asked": asked,
        "may_ask": all(one.in_vain for one in asked),
        "askable": _askable(who, incident),
        "surveys": _surveys(who, incident),
        "due_value": moment_value(now_us + 14 * 86_400 * 1_000_000, who.zone),
        "fault": fault,
        "acted": done,
        "done": tongue.say(key) if tongue.say.has(key) else "",
    }


@get(HERE, guards=[require("viewer")], include_in_schema=False)
@in_thread
def review_page(request: AnyRequest, incident_id: FromPath[str]) -> Response[bytes]:
    """Show the review of an incident as it stands."""
    who = asking(request)
    done = request.query_params.get("done", "")
    return page(request, _TEMPLATE, **review_values(who, who.incident(incident_id), done=done))


@get(f"{HERE}/{{paper:str}}", guards=[require("viewer")], include_in_schema=False)
@in_thread
def review_paper(request: AnyRequest, incident_id: FromPath[str], paper: FromPath[str]) -> Response[bytes]:
    """Return a version of the review as a page of its own or as PDF."""
    who = asking(request)
    if paper not in PAPERS:
        raise NotFoundException(f"A review has no {paper[:20]}; it has {', '.join(PAPERS)}.")
    incident, language, desk = who.incident(incident_id), who.tongue.say.language, review_desk(who)
    public = paper.startswith("public")
    named = f'inline; filename="review-{incident.id}-{language}-{paper}"'
    headers = {"content-disposition": named, "cache-control": "no-store", "content-security-policy": _SEALED}
    if paper.endswith(".pdf"):
        made = desk.pdf(incident.id, language, public=public)
        return Response(made, media_type="application/pdf", headers=headers)
    made = desk.html(incident.id, language, public=public)
    return Response(made, media_type="text/html; charset=utf-8", headers=headers)


@post(f"{HERE}/{{act:str}}", guards=[require("duty")], include_in_schema=False)
async def act_on_review(request: AnyRequest, incident_id: FromPath[str], act: FromPath[str]) -> Response[bytes]:
    """Do what a form says, and show the page."""
    who = asking(request)
    form = Form(fields_of(await request.form()), who.zone, who.tongue.when.now_us)
    return await in_thread(_act)(request, who, form, (incident_id, act))


REVIEWS: tuple[ControllerRouterHandler, ...] = (review_page, review_paper, act_on_review)


def _act(request: AnyRequest, who: Asking, form: Form, what: tuple[str, str]) -> Response[bytes]:
    incident_id, act = what
    if act not in ACTS:
        raise NotFoundException(f"There is nothing called {act[:20]} to do with a review.")
    incident = who.incident(incident_id)
    try:
        if act == "survey":
            _ask_customers(who, form, incident)
            return led(f"/console/incidents/{incident_id}/review?done={act}#{ACTS[act]}")
        learning_desk(who).write(
            incident.id, _fact(form, act), actor=who.actor, version=form.number("version"), reason=form.text("reason")
        )
    except (ForbiddenMove, RefusedInput) as error:
        fault = fault_of_form(who.tongue, error, act, form)
        values = review_values(who, who.incident(incident_id), fault=fault)
        return page(request, _TEMPLATE, status=fault.status, **values)
    return led(f"/console/incidents/{incident_id}/review?done={act}#{ACTS[act]}")


def _askable(who: Asking, incident: Incident) -> int:
    """Return how many could be asked now."""
    if who.rooms.posting is None or incident.state != "restored":
        return 0
    return who.rooms.posting.askable(incident.id)


def _surveys(who: Asking, incident: Incident) -> list[str]:
    found = learning_desk(who).record(incident.id, brief=True).surveys
    return [survey_told(who.tongue, survey_result(one)) for one in found if one.asked]


def _ask_customers(who: Asking, form: Form, incident: Incident) -> None:
    if who.rooms.posting is None:
        raise RefusedInput("This desk sends nothing; set a channel, such as [mail].", key="post.no_channel")
    question = cast(Question, form.choice("question", tuple(QUESTIONS)))
    who.rooms.posting.survey(incident.id, question, actor=who.actor)


def _fact(form: Form, act: str) -> LessonFact:
    match act:
        case "write":
            return ReviewWritten(
                summary_id=form.text("summary_id"),
                summary_en=form.text("summary_en"),
                causes_id=form.lines("causes_id"),
                causes_en=form.lines("causes_en"),
                well_id=form.lines("well_id"),
                well_en=form.lines("well_en"),
                inside=form.text("inside"),
            )
        case "add":
            return ActionAdded(
                what_id=form.text("what_id", needed=True),
                what_en=form.text("what_en", needed=True),
                owner=form.text("owner", needed=True),
                due_us=form.moment("due"),
                public=form.ticked("public"),
            )
        case "done":
            return ActionDone(action=form.text("action", needed=True))
        case "ask":
            return ReviewAsked()
        case "publish":
            return ReviewPublished()
        case _:
            return ReviewWithdrawn()


def _acts(who: Asking, sums: Learnt, incident: Incident) -> tuple[str, ...]:
    """Return the buttons of publication that may be pressed now."""
    if who.actor.role == "viewer" or incident.state != "restored":
        return ()
    signs, review = who.actor.role in {"approver", "admin"}, sums.review
    acts = []
    if review.state in {"open", "withdrawn"} and review.summary_id and review.causes_id:
        acts.append("ask")
    if review.state == "asked" and signs and are_two(review.asked_by, who.actor.name):
        acts.append("publish")
    if sums.public is not None and signs:
        acts.append("withdraw")
    return tuple(acts)


def _filled(sums: Learnt, fault: Fault | None) -> dict[str, str]:
    review = sums.review
    known = {
        "summary_id": review.summary_id,
        "summary_en": review.summary_en,
        "causes_id": "\n".join(review.causes_id),
        "causes_en": "\n".join(review.causes_en),
        "well_id": "\n".join(review.well_id),
        "well_en": "\n".join(review.well_en),
        "inside": review.inside,
    }
    empty = {"what_id": "", "what_en": "", "owner": ""}
    return {**known, **empty, **(dict(fault.fields) if fault is not None else {})}
