"""Settles where a finding belongs: in an incident that goes on, or in one of its own; and what incidents are called.

As in a backtest, findings of nested regions less than six hours apart are one outage (docs/detection.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from typing import Final

import msgspec

from pulih.model.clock import MICROS, from_micros
from pulih.model.entry import FindingJoined, Opened
from pulih.model.finding import Finding
from pulih.model.incident import Incident
from pulih.model.scope import Scope, nested
from pulih.service.raising import INCIDENT_GAP_S
from pulih.service.view import Certainty, Verdict

# Without those that people take for others: 0 and o, 1 and l and i.
_LETTERS: Final = "23456789abcdefghjkmnpqrstuvwxyz"
_CERTAINTY: Final[Mapping[Certainty, tuple[str, str]]] = {
    "low": ("rendah", "low"),
    "medium": ("sedang", "medium"),
    "high": ("tinggi", "high"),
}


def scope_of(finding: Finding) -> Scope:
    """Return what a finding is about."""
    return Scope(operator=finding.operator, service=finding.service, region=finding.region, symptom=finding.symptom)


def home_of(finding: Finding, current: Iterable[Incident], parents: Mapping[str, str]) -> Incident | None:
    """Return the incident that a finding joins, None when it needs one of its own.

    Args:
        finding: one that belongs to no incident.
        current: incidents that go on, in order of preference.
        parents: code of the region above each region.
    """
    near = [
        incident
        for incident in current
        if _gap_us(incident, finding) < INCIDENT_GAP_S * MICROS
        and any(nested(part.scope.region, finding.region, parents) for part in incident.scopes)
    ]
    own = [incident for incident in near if incident.operator == finding.operator]
    # Who names nobody while one operator has an outage speaks of that; while several have, nobody can tell.
    return own[0] if own else near[0] if not finding.operator and len(near) == 1 else None


def joined_to(incident: Incident, finding: Finding) -> FindingJoined:
    """Return the fact that a finding belongs to an incident, with the scope that it adds."""
    scope = scope_of(finding)
    known = not finding.operator or any(part.scope == scope for part in incident.scopes)
    return FindingJoined(finding=finding.id, scopes=() if known else (scope,))


def opened_by(finding: Finding, now_us: int) -> Opened:
    """Return the fact that a finding opens an incident of its own."""
    return Opened(
        operator=finding.operator,
        onset_us=min(finding.onset_us, now_us),
        scopes=(scope_of(finding),),
        findings=(finding.id,),
    )


def reason_of(finding: Finding, verdict: Verdict | None) -> str:
    """Return why the desk opens or joins: what raised the finding and how sure it is, in Indonesian, then in English.

    One line each.
    """
    indonesian, english = finding.mengapa, finding.why
    if verdict is not None:
        sure_id, sure_en = _CERTAINTY[verdict.certainty]
        indonesian += f" Keyakinan {sure_id}."
        english += f" Certainty {sure_en}."
    return f"{indonesian.strip()}\n{english.strip()}".strip()


def new_id(opened: Opened, now_us: int, zone: tzinfo, *, attempt: int) -> str:
    """Return an id: the local day and four letters or digits that follow from what is opened, and from the attempt.

    >>> from datetime import UTC
    >>> one = Opened(operator="xl", onset_us=0, scopes=(Scope(operator="xl"),))
    >>> new_id(one, 0, UTC, attempt=0)[:9], new_id(one, 0, UTC, attempt=0) == new_id(one, 0, UTC, attempt=1)
    ('19700101-', False)
    """
    seed = msgspec.json.encode((opened, now_us, attempt))
    number = int.from_bytes(hashlib.blake2b(seed, digest_size=8).digest())
    letters = ""
    for _ in range(4):
        number, rest = divmod(number, len(_LETTERS))
        letters += _LETTERS[rest]
    local: datetime = from_micros(now_us).astimezone(zone)
    return f"{local:%Y%m%d}-{letters}"


def _gap_us(incident: Incident, finding: Finding) -> int:
    """Return how long an incident had been quiet when a finding began; 0 or less while it is not."""
    if not incident.findings:
        # Opened by hand: nothing was measured, so what people said last of its time counts.
        return finding.onset_us - max(incident.onset_us, incident.opened_us)
    return 0 if incident.quiet_us is None else finding.onset_us - incident.quiet_us
