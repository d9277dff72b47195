"""What people do in the console: each form becomes an entry of the timeline, or a page that says why not.

After an act the browser is led back to the page of the incident, so that loading it again does nothing twice.
"""

from __future__ import annotations

from typing import cast, get_args
from urllib.parse import quote

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec.structs import replace

from pulih.model.entry import Fact, MergedInto, NoticeDrafted
from pulih.model.errors import ForbiddenMove, PulihError, RefusedInput
from pulih.model.incident import Incident
from pulih.model.notice import NoticeKind
from pulih.web.console.acts import ACTS, fact_of, opening_of
from pulih.web.console.asking import AnyRequest, Asking, asking
from pulih.web.console.fault import Attempt, Fault, fault_of, said
from pulih.web.console.forms import Form, fields_of
from pulih.web.console.incident_page import incident_values
from pulih.web.console.incidents_page import incidents_values
from pulih.web.console.promising import worded
from pulih.web.console.statement_page import refused_page
from pulih.web.frame.guards import require
from pulih.web.frame.redirects import led
from pulih.web.frame.rendering import page
from pulih.web.frame.threads import in_thread

# Where a saved draft leads when it was written at the statement desk.
WORDS = "words"
# The one act of which the desk writes the words.
SUGGEST = "suggest"
# Where on the page an act is to be seen afterwards; the others lead to the timeline.
_PLACES = {
    "draft": "notices", "suggest": "notices", "publish": "notices", "schedule": "notices", "sign": "notices",
    "withdraw": "notices",
    "task": "tasks", "task_done": "tasks", "task_set": "tasks", "acknowledge": "headline", "rumour": "rumours",
    "rumour_answer": "rumours", "confirm": "headline",
}  # fmt: skip


@post("/console/incidents/{incident_id:str}/{act:str}", guards=[require("duty")], include_in_schema=False)
async def make_entry(request: AnyRequest, incident_id: FromPath[str], act: FromPath[str]) -> Response[bytes]:
    """Do what a form says, and show the incident."""
    who = asking(request)
    form = Form(fields_of(await request.form()), who.zone, who.tongue.when.now_us)
    return await in_thread(_act)(request, who, form, (incident_id, act))


@get("/console/incidents/{incident_id:str}/{act:str}", guards=[require("duty")], include_in_schema=False)
async def back_to_incident(incident_id: FromPath[str], act: FromPath[str]) -> Response[bytes]:
    """Lead whoever asks for an act without its form (another language, a reload) to the incident."""
    if act not in ACTS and act != SUGGEST:
        raise NotFoundException(f"There is no page {act[:40]} of an incident.")
    return led(f"/console/incidents/{quote(incident_id, safe='')}")


@post("/console/incidents", guards=[require("duty")], include_in_schema=False)
async def open_incident(request: AnyRequest) -> Response[bytes]:
    """Open an incident by hand, as suspected, and show it."""
    who = asking(request)
    form = Form(fields_of(await request.form()), who.zone, who.tongue.when.now_us)
    return await in_thread(_open)(request, who, form)


ACTING: tuple[ControllerRouterHandler, ...] = (make_entry, back_to_incident, open_incident)


def _act(request: AnyRequest, who: Asking, form: Form, what: tuple[str, str]) -> Response[bytes]:
    incident_id, act = what
    incident = who.incident(incident_id)
    attempt = Attempt(who.actor, act, 0, form.filled(), form.several("scope"))
    try:
        version = form.number("version")
        attempt = replace(attempt, version=version)
        fact = _suggested(who, form, incident_id) if act == SUGGEST else fact_of(act, form, incident)
        after: Incident = who.rooms.incidents.act(
            incident_id, fact, actor=who.actor, version=version, reason=form.text("reason")
        )
    except (ForbiddenMove, RefusedInput) as error:
        if act == "draft" and form.text("then") == WORDS:
            return refused_page(request, who, form, incident, fault=_fault(who, attempt, incident_id, error))
        return _refused(request, who, attempt, (incident_id, error))
    if isinstance(fact, NoticeDrafted) and form.text("then") == WORDS:
        saved = fact.notice or after.notices[-1].id
        return led(f"/console/incidents/{incident_id}/words?notice={saved}&done=draft")
    return led(f"/console/incidents/{_led_to(incident_id, fact)}?done={act}#{_PLACES.get(act, 'timeline')}")


def _open(request: AnyRequest, who: Asking, form: Form) -> Response[bytes]:
    try:
        reason = form.text("reason", needed=True)
        opened = who.rooms.incidents.open(opening_of(form), actor=who.actor, reason=reason)
    except (ForbiddenMove, RefusedInput) as error:
        told = Fault(status=400, title=who.tongue.say("console.fault.refused"), said=said(who.tongue, error),
                     act="open", fields=form.filled())  # fmt: skip
        return page(request, "console/incidents.html", status=400, **incidents_values(who, fault=told))
    return led(f"/console/incidents/{opened.id}?done=open#headline")


def _suggested(who: Asking, form: Form, incident_id: str) -> Fact:
    """Word a statement of the kind asked for from what is known; it stays a draft until somebody publishes it."""
    kind = cast(NoticeKind, form.choice("kind", get_args(NoticeKind)))
    draft = worded(who, kind, who.incident(incident_id), approved_only=form.ticked("approved"))
    return NoticeDrafted(
        notice=form.text("notice"),
        kind=draft.kind,
        text_id=draft.text_id,
        text_en=draft.text_en,
        next_update_by_us=draft.next_update_by_us,
        speaker=who.tongue.speech.speaker,
        office=who.tongue.speech.office,
    )


def _led_to(incident_id: str, fact: Fact) -> str:
    return fact.incident if isinstance(fact, MergedInto) else incident_id


def _fault(who: Asking, attempt: Attempt, incident_id: str, error: PulihError) -> Fault:
    incident, entries = who.incident(incident_id), who.rooms.incidents.timeline(incident_id)
    return fault_of(who.tongue, error, attempt, incident=incident, entries=entries)


def _refused(request: AnyRequest, who: Asking, attempt: Attempt, what: tuple[str, PulihError]) -> Response[bytes]:
    incident = who.incident(what[0])
    fault = _fault(who, attempt, incident.id, what[1])
    return page(request, "console/incident.html", status=fault.status, **incident_values(who, incident, fault=fault))
