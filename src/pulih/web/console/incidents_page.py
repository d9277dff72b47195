"""What the list of incidents shows: those that go on, past ones, what was searched for, and the form to open one."""

from __future__ import annotations

from typing import Any, get_args

from pulih.confirm.recovery_moves import against
from pulih.model.incident import Incident
from pulih.model.reading import SERVICE_LOSS, Symptom
from pulih.web.console.asking import Asking
from pulih.web.console.fault import Fault
from pulih.web.console.forms import moment_value
from pulih.web.console.incident_page import SERVICES, spoken
from pulih.web.console.rows import found_by, matching, open_incidents, row_of

_PAST_MAX = 50
_SEARCHED_MAX = 500


def incidents_values(asking: Asking, *, asked: str = "", fault: Fault | None = None) -> dict[str, Any]:
    """Return what the list shows.

    Args:
        asking: who asks.
        asked: words that are searched for, "" for all.
        fault: what was refused just now, if anything.
    """
    going, past = open_incidents(asking.rooms), asking.rooms.incidents.past(_SEARCHED_MAX)
    findings = found_by(asking.rooms)
    return {
        **spoken(asking.tongue),
        "q": asked,
        "fault": fault,
        "done": "",
        "found": matching(asking.tongue, [*going, *past], asked, findings) if asked.strip() else [],
        "leaping": len(asking.rooms.live.findings()),
        "open": [row_of(asking.tongue, one, findings) for one in going],
        # What is called over and is back stands above all that is over.
        "past": [row_of(asking.tongue, one, findings) for one in sorted(past, key=_is_over)[:_PAST_MAX]],
        "services": SERVICES,
        "symptoms": [one for one in get_args(Symptom) if one in SERVICE_LOSS and one != "other"],
        "operators": sorted(asking.rooms.names.operators.items(), key=lambda one: one[1].casefold()),
        "now_value": moment_value(asking.tongue.when.now_us, asking.zone),
    }


def _is_over(incident: Incident) -> bool:
    return not (incident.state == "restored" and against(incident))
