"""The page "On call": who is on duty now and next, what waits to be taken up, and exceptions from the rota."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pulih.communicate.told_tasks import matter
from pulih.confirm.escalation import Waiting, waiting
from pulih.model.entry import Called
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.service.calling import watched
from pulih.service.on_call import OnCall
from pulih.web.console.asking import AnyRequest, Asking, asking
from pulih.web.console.fault import Fault, said
from pulih.web.console.forms import Form, Misfilled, fields_of
from pulih.web.console.incident_page import spoken
from pulih.web.console.rows import Row, found_by, row_of
from pulih.web.frame.guards import require
from pulih.web.frame.redirects import led
from pulih.web.frame.rendering import page
from pulih.web.frame.threads import in_thread

HERE: Final = "/console/on-call"


class Unanswered(msgspec.Struct, frozen=True):
    """An incident that nobody has taken up: what waits, in words, since when, and who was called, first to last."""

    row: Row
    about: str
    since_us: int
    called: tuple[str, ...]


@get(HERE, guards=[require("viewer")], include_in_schema=False)
@in_thread
def on_call(request: AnyRequest) -> Response[bytes]:
    """Show who is on duty."""
    done = request.query_params.get("done", "")
    return page(request, "console/on_call.html", **on_call_values(asking(request), done=done))


@post(HERE, guards=[require("duty")], include_in_schema=False)
async def stand_in(request: AnyRequest) -> Response[bytes]:
    """Have somebody called first for a time."""
    who = asking(request)
    form = Form(fields_of(await request.form()), who.zone, who.tongue.when.now_us)
    return await in_thread(_stand_in)(request, who, form)


@post(f"{HERE}/{{override_id:str}}/end", guards=[require("duty")], include_in_schema=False)
async def end_stand_in(request: AnyRequest, override_id: FromPath[str]) -> Response[bytes]:
    """Take an exception back."""
    return await in_thread(_end)(asking(request), override_id)


ON_CALL: tuple[ControllerRouterHandler, ...] = (on_call, stand_in, end_stand_in)


def on_call_values(who: Asking, *, fault: Fault | None = None, done: str = "") -> dict[str, Any]:
    """Return what the page shows.

    Args:
        who: asks.
        fault: what was refused just now, if anything.
        done: name of the button that was pressed just now, "" if none.
    """
    kept = _kept(who)
    key = f"console.on_call.done_{done}"
    turns = kept.turns() if kept.rota.contacts else ()
    return {
        **spoken(who.tongue),
        "rota": kept.rota,
        "now": turns[0].duty if turns else None,
        "turns": turns,
        "overrides": kept.overrides(),
        "people": sorted(kept.rota.contacts),
        "unanswered": [*_unanswered(who, kept)],
        "fault": fault,
        "done": who.tongue.say(key) if who.tongue.say.has(key) else "",
    }


def _unanswered(who: Asking, kept: OnCall) -> list[Unanswered]:
    findings, found = found_by(who.rooms), []
    for incident in watched(who.rooms.incidents, who.tongue.when.now_us):
        entries = who.rooms.incidents.timeline(incident.id)
        left = waiting(incident, entries, kept.rota.escalation, who.tongue.when.now_us)
        if left is not None:
            called = tuple(
                entry.fact.who for entry in entries if isinstance(entry.fact, Called) and _is_of(entry.fact, left)
            )
            words = who.tongue.chosen(matter(left.about))
            found.append(Unanswered(row_of(who.tongue, incident, findings), words, left.since_us, called))
    return found


def _is_of(called: Called, left: Waiting) -> bool:
    return called.about == left.about


def _stand_in(request: AnyRequest, who: Asking, form: Form) -> Response[bytes]:
    try:
        start_us, end_us = form.moment("start"), form.moment("end")
        if end_us is None:
            raise Misfilled("empty", field="end")
        begin_us = who.tongue.when.now_us if start_us is None else start_us
        _kept(who).override(form.text("who", needed=True), begin_us, end_us, made_by=who.actor.name)
    except (ForbiddenMove, RefusedInput) as error:
        title = who.tongue.say("console.fault.refused")
        told = Fault(status=400, title=title, said=said(who.tongue, error), act="stand_in", fields=form.filled())
        return page(request, "console/on_call.html", status=400, **on_call_values(who, fault=told))
    return led(f"{HERE}?done=stand_in#overrides")


def _end(who: Asking, override_id: str) -> Response[bytes]:
    if not _kept(who).take_back(override_id):
        raise NotFoundException("There is no such exception from the rota, or no longer.")
    return led(f"{HERE}?done=end#overrides")


def _kept(who: Asking) -> OnCall:
    kept = who.rooms.on_call
    if kept is None:
        raise NotFoundException("This desk keeps no rota.")
    return kept
