"""What the page "now" shows: every operator and service, the open findings by weight of evidence, and the counters."""

from __future__ import annotations

from typing import Any

import msgspec

from pulih.model.finding import Finding
from pulih.model.scope import Scope
from pulih.ports.intake import SourceCount
from pulih.web.console.asking import Asking
from pulih.web.console.incident_page import spoken
from pulih.web.console.operators import operator_rows
from pulih.web.console.phrasing import Tongue, operator_of, what_of, where_of
from pulih.web.console.rows import open_incidents


class FindingRow(msgspec.Struct, frozen=True, kw_only=True):
    """One open finding: its sentence, why it was raised, how it stands, its evidence, and its incident, if any."""

    id: str
    sentence: str
    why: str
    standing: str
    standing_why: str
    nats: float
    incident: str


def now_values(asking: Asking) -> dict[str, Any]:
    """Return what the page shows."""
    # A finding may go on after people said that its incident is over; then it leads to that one.
    known = (*asking.rooms.incidents.past(), *open_incidents(asking.rooms))
    by_finding = {finding: one.id for one in known for finding in one.findings}
    findings = sorted(asking.rooms.live.findings(), key=lambda one: (-one.evidence_nats, one.id))
    counters = asking.rooms.live.counters()
    return {
        **spoken(asking.tongue),
        "simulated": asking.simulated(),
        "operators": operator_rows(asking.tongue, asking.rooms.live.operators()),
        "findings": [finding_row(asking.tongue, one, by_finding.get(one.id, "")) for one in findings],
        "sources": asking.rooms.live.sources(),
        "counters": counters,
        "upkeep": asking.rooms.upkeep(),
        "balances": balances(counters),
    }


def finding_row(tongue: Tongue, one: Finding, incident: str) -> FindingRow:
    """Return the row of a finding, in the reader's language."""
    scope = Scope(operator=one.operator, service=one.service, region=one.region, symptom=one.symptom)
    indonesian = tongue.say.language == "id"
    return FindingRow(
        id=one.id,
        sentence=tongue.say(
            "console.sentence",
            operator=operator_of(tongue, one.operator),
            what=what_of(tongue, [scope]),
            where=where_of(tongue, [scope], scattered=one.scattered),
            since=tongue.when.moment(one.onset_us),
        ),
        why=one.mengapa if indonesian else one.why,
        standing=tongue.say(f"console.standing.{one.standing}"),
        standing_why=one.standing_mengapa if indonesian else one.standing_why,
        nats=one.evidence_nats,
        incident=incident,
    )


def balances(counters: SourceCount) -> bool:
    """Tell whether every report heard is counted, refused, repeated or late.

    >>> balances(SourceCount("", heard=3, counted=1, refused=1, repeated=1))
    True
    """
    return counters.heard == counters.counted + counters.refused + counters.repeated + counters.late
