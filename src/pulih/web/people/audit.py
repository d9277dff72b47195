"""The audit log: who did what to accounts and tokens, newest first."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromQuery

from pulih.web.frame.guards import require
from pulih.web.frame.rendering import page
from pulih.web.frame.rooms import rooms_of
from pulih.web.frame.threads import in_thread

PAGE = 100


@get("/console/audit", guards=[require("admin")], include_in_schema=False)
@in_thread
def audit(request: Request[Any, Any, Any], before: FromQuery[int | None] = None) -> Response[bytes]:
    """Show a page of the log, from those numbered below `before`."""
    deeds = rooms_of(request).people.deeds(before=before, limit=PAGE + 1)
    older = deeds[PAGE - 1].number if len(deeds) > PAGE else None
    return page(request, "people/audit.html", deeds=deeds[:PAGE], older=older, before=before)
