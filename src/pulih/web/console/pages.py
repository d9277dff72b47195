"""The pages of the console: the first screen, now, incidents, one incident, sources, settings and help."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pulih.communicate.situation import handover, situation
from pulih.model.clock import MICROS
from pulih.web.console.asking import AnyRequest, Asking, asking
from pulih.web.console.incident_page import first_values, incident_values, spoken
from pulih.web.console.incidents_page import incidents_values
from pulih.web.console.now_page import now_values
from pulih.web.console.picture import alarm_of, ending, findings_of, series_of
from pulih.web.console.promises_page import promises_values
from pulih.web.console.sources_page import sources_values
from pulih.web.frame.guards import require
from pulih.web.frame.rendering import page
from pulih.web.frame.threads import in_thread


@get("/console", guards=[require("viewer")], include_in_schema=False)
@in_thread
def first(request: AnyRequest) -> Response[bytes]:
    """Show what is broken, where, since when, how sure, and the one next step."""
    return page(request, "console/first.html", **first_values(asking(request)))


@get("/console/now", guards=[require("viewer")], include_in_schema=False)
@in_thread
def now(request: AnyRequest) -> Response[bytes]:
    """Show every operator, what is found, which sources are alive, and the counters."""
    return page(request, "console/now.html", **now_values(asking(request)))


@get("/console/incidents", guards=[require("viewer")], include_in_schema=False)
@in_thread
def incidents(request: AnyRequest) -> Response[bytes]:
    """List the incidents that go on and past ones, or those that hold the words of `q`."""
    asked = request.query_params.get("q", "")[:100]
    return page(request, "console/incidents.html", **incidents_values(asking(request), asked=asked))


@get("/console/incidents/{incident_id:str}", guards=[require("viewer")], include_in_schema=False)
@in_thread
def incident(request: AnyRequest, incident_id: FromPath[str]) -> Response[bytes]:
    """Show one incident with all that is known and may be done."""
    who = asking(request)
    done = request.query_params.get("done", "")
    return page(request, "console/incident.html", **incident_values(who, who.incident(incident_id), done=done))


@get("/console/incidents/{incident_id:str}/series", guards=[require("viewer")], include_in_schema=False)
@in_thread
def series(request: AnyRequest, incident_id: FromPath[str]) -> dict[str, Any]:
    """Return the curve of an incident as columns for the drawing: seconds since 1970, counts, usual, threshold."""
    return _columns(asking(request), incident_id)


@get("/console/incidents/{incident_id:str}/situation", guards=[require("viewer")], include_in_schema=False)
@in_thread
def situation_page(request: AnyRequest, incident_id: FromPath[str]) -> Response[bytes]:
    """Show the situation report for management, ready to be copied."""
    return page(request, "console/document.html", **_situation(asking(request), incident_id))


@get("/console/incidents/{incident_id:str}/handover", guards=[require("viewer")], include_in_schema=False)
@in_thread
def handover_page(request: AnyRequest, incident_id: FromPath[str]) -> Response[bytes]:
    """Show the text with which one shift hands over to the next."""
    return page(request, "console/document.html", **_handover(asking(request), incident_id))


@get("/console/promises", guards=[require("viewer")], include_in_schema=False)
@in_thread
def promises(request: AnyRequest) -> Response[bytes]:
    """Show which promises run, which are overdue, and how they were kept."""
    return page(request, "console/promises.html", **promises_values(asking(request)))


@get("/console/sources", guards=[require("viewer")], include_in_schema=False)
@in_thread
def sources(request: AnyRequest) -> Response[bytes]:
    """Show each source with its counters and whether it is alive."""
    return page(request, "console/sources.html", **sources_values(asking(request)))


@get("/console/settings", guards=[require("viewer")], include_in_schema=False)
@in_thread
def settings(request: AnyRequest) -> Response[bytes]:
    """Show how the desk is set, and what each person can choose for themselves."""
    return page(request, "console/settings.html", **spoken(asking(request).tongue))


@get("/console/help", guards=[require("viewer")], include_in_schema=False)
@in_thread
def help_page(request: AnyRequest) -> Response[bytes]:
    """Say what the words mean, which keys there are, and what to do in the first quarter of an hour."""
    return page(request, "console/help.html", **spoken(asking(request).tongue))


PAGES: tuple[ControllerRouterHandler, ...] = (
    first, now, incidents, incident, series, situation_page, handover_page, promises, sources, settings, help_page,
)  # fmt: skip


def _situation(who: Asking, incident_id: str) -> dict[str, Any]:
    found = who.incident(incident_id)
    strongest = max(findings_of(who.rooms, found), key=lambda one: one.evidence_nats, default=None)
    verdict = who.rooms.live.verdict(strongest.id) if strongest else None
    reasons = [(one.text_id, one.text_en) for one in verdict.reasons] if verdict else []
    text = situation(found, who.tongue.speech, now_us=who.tongue.when.now_us, reasons=reasons)
    return _document(who, incident_id, "situation", text)


def _handover(who: Asking, incident_id: str) -> dict[str, Any]:
    found, entries = who.incident(incident_id), who.rooms.incidents.timeline(incident_id)
    text = handover(found, entries, who.tongue.speech, now_us=who.tongue.when.now_us)
    return _document(who, incident_id, "handover", text)


def _document(who: Asking, incident_id: str, kind: str, text: tuple[str, str]) -> dict[str, Any]:
    indonesian, english = text
    own = indonesian if who.tongue.say.language == "id" else english
    return {"kind": kind, "incident_id": incident_id, "text": own, **spoken(who.tongue)}


def _columns(who: Asking, incident_id: str) -> dict[str, Any]:
    found = who.incident(incident_id)
    end_us = ending(found, who.rooms.incidents.timeline(incident_id), who.rooms.clock.now_us())
    drawn = series_of(who.rooms, found, end_us)
    alarm_us = alarm_of(findings_of(who.rooms, found))
    return {
        "x": [drawn.start_us // MICROS + index * drawn.step_s for index in range(len(drawn.counts))],
        "reports": drawn.counts,
        "usual": drawn.expected,
        "threshold": drawn.alarm_at,
        "step": drawn.step_s,
        "onset": found.onset_us / MICROS,
        "alarm": None if alarm_us is None else alarm_us / MICROS,
    }
