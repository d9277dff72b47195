"""Gathers the numbers that can be shown of an incident: counts of its reports, what is usual, and the reasons given.

They are what a statement may say in figures (`communicate.facts_check`); everything else has to be entered first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from pulih.communicate.claims import claims_of
from pulih.model.clock import HOUR_S, MICROS
from pulih.model.incident import Incident
from pulih.ports.clock import Clock
from pulih.service.live.desk import LiveDesk
from pulih.service.view import Verdict

_STEP_S: Final = 300
_PER_CENT: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*%")


def evidence_of(live: LiveDesk, clock: Clock) -> Callable[[Incident], Iterator[float]]:
    """Return a function that tells the numbers of an incident, as they are when it is asked.

    Args:
        live: what is heard.
        clock: what time it is.
    """

    def numbers(incident: Incident) -> Iterator[float]:
        for name in incident.findings:
            finding = live.finding(name)
            if finding is None:
                continue
            yield from (finding.signals, finding.expected, *(phrase.signals for phrase in finding.phrases))
            verdict = live.verdict(name)
            if verdict is not None:
                yield from _reasons(verdict)
        yield from _last_hour(live, incident, clock.now_us())

    return numbers


def _reasons(verdict: Verdict) -> Iterator[float]:
    for reason in verdict.reasons:
        yield from (one.value for one in claims_of(reason.text_id, "id").numbers)
        yield from (float(found.replace(",", ".")) for found in _PER_CENT.findall(reason.text_id))


def _last_hour(live: LiveDesk, incident: Incident, now_us: int) -> Iterator[float]:
    """Yield the reports of the last hour, in the incident's region where that is one, and in all places."""
    regions = {part.scope.region or "" for part in incident.scopes}
    places = {"", *regions} if len(regions) == 1 else {""}
    for region in places:
        series = live.series(
            incident.operator, region, start_us=now_us - HOUR_S * MICROS, end_us=now_us, step_s=_STEP_S
        )
        yield sum(value or 0.0 for value in series.counts)
        yield float(sum(series.expected))
