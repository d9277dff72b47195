"""The page "Estimates": how the ranges given for the end of past incidents held, how wide they were, how far off."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get

from pulih.model.recovery import Estimate
from pulih.web.console.asking import AnyRequest, Asking, asking
from pulih.web.console.incident_page import spoken
from pulih.web.console.rows import Row, row_of
from pulih.web.frame.guards import require
from pulih.web.frame.rendering import page
from pulih.web.frame.threads import in_thread

# Estimates that are listed; scores are of all.
ROWS_MAX = 60
# Of fewer incidents a share tells nothing, and is no headline.
FEW = 5


class Outcome(msgspec.Struct, frozen=True):
    """One estimate: of which incident, when it was given, what it said, when it was over, and whether it held."""

    row: Row
    at_us: int
    estimate: Estimate
    ended_us: int
    held: bool


@get("/console/estimates", guards=[require("viewer")], include_in_schema=False)
@in_thread
def estimates(request: AnyRequest) -> Response[bytes]:
    """Show how estimates of the end did."""
    return page(request, "console/estimates.html", **_values(asking(request)))


def _values(who: Asking) -> dict[str, Any]:
    scores, given = (None, ()) if who.rooms.recoveries is None else who.rooms.recoveries.scored()
    shown = []
    rows: dict[str, Row] = {}
    for one in given[:ROWS_MAX]:
        if one.incident not in rows:
            rows[one.incident] = row_of(who.tongue, who.incident(one.incident))
        held = one.estimate.low_us <= one.ended_us <= one.estimate.high_us
        shown.append(Outcome(rows[one.incident], one.at_us, one.estimate, one.ended_us, held))
    return {**spoken(who.tongue), "scores": scores, "outcomes": shown, "few": FEW}
