"""The file for the operator's own platforms: whom the last word of an incident is for, and which text they are told."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.service.public_incident import is_shown, public_incident
from pulih.service.segment_sheet import written
from pulih.service.segments import Handover
from pulih.web.console.asking import AnyRequest, Asking, asking
from pulih.web.frame.guards import require
from pulih.web.frame.threads import in_thread


@get("/console/incidents/{incident_id:str}/segments.csv", guards=[require("viewer")], include_in_schema=False)
@in_thread
def segments(request: AnyRequest, incident_id: FromPath[str]) -> Response[bytes]:
    """Hand over who is told what as CSV: each segment once, in both languages; it names no subscriber."""
    sheet = "".join(written(_handover(asking(request), incident_id).lines(), "csv"))
    named = f'attachment; filename="segments-{incident_id}.csv"'
    return Response(
        sheet.encode(),
        media_type="text/csv",
        headers={"content-disposition": named, "cache-control": "no-store"},
    )


def _handover(who: Asking, incident_id: str) -> Handover:
    incident = who.incident(incident_id)
    nothing = "Nothing of this incident is public, so there is nothing to hand over."
    if not is_shown(incident):
        raise ForbiddenMove(nothing, key="segments.none")
    shown = public_incident(who.rooms.incidents.timeline(incident.id), who.tongue.speech)
    try:
        return Handover(shown, who.tongue.speech, address=who.rooms.settings.public_address)
    except RefusedInput as refused:
        raise ForbiddenMove(nothing, key="segments.none") from refused
