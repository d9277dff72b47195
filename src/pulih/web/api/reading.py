"""Reading: the calls that tell what is heard, found and managed, and change nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from pulih.model.clock import MICROS, to_micros
from pulih.model.finding import Finding
from pulih.model.incident import Incident
from pulih.service.view import SourceNow
from pulih.web.api.examples import COUNTERS, ENTRIES, FINDING, INCIDENT, SERIES, SOURCE, VERDICT, VOICE
from pulih.web.api.facts import EntriesAnswer, IncidentAnswer, told_entry
from pulih.web.api.operation import Behind, Call, Operation
from pulih.web.api.problems import missing
from pulih.web.api.shapes import (
    CountersAnswer,
    CountersShape,
    CreditBatchShape,
    EstimateShape,
    FilterShape,
    FindingAnswer,
    FindingsAnswer,
    FindingShape,
    IncidentsAnswer,
    IncidentShape,
    NoticeShape,
    ScopeRecoveryShape,
    SeriesAnswer,
    SourcesAnswer,
    SourceShape,
    TaskShape,
    VoiceShape,
    told,
)

HOUR_US = 3_600 * MICROS


class FindingsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which findings."""

    state: Annotated[Literal["open", "all"], Meta(description="open ones only, or those of all kept weeks")] = "open"
    operator: Annotated[str, Meta(max_length=64, description="catalogue id of an operator; empty = all")] = ""
    limit: Annotated[int, Meta(ge=1, le=1_000, description="how many at most")] = 200


class SeriesQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which series; windows that are not over yet are left out."""

    operator: Annotated[
        str, Meta(max_length=64, description="catalogue id of an operator; empty = reports that name none")
    ] = ""
    region: Annotated[
        str, Meta(pattern=r"^([0-9]{2}(\.[0-9]{2}){0,2})?$", description="Kemendagri code; empty = the whole country")
    ] = ""
    end: (
        Annotated[datetime, Meta(tz=True, description="its end, with a time zone; without it: now")] | msgspec.UnsetType
    ) = msgspec.UNSET
    hours: Annotated[int, Meta(ge=1, le=168, description="how many hours before the end it begins")] = 24
    step_s: Annotated[Literal[60, 300, 900, 3600], Meta(description="width of a window in seconds")] = 300


class IncidentsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which incidents."""

    state: Annotated[
        Literal["open", "ended"],
        Meta(description="open: suspected, confirmed or claimed fixed; ended: restored or rejected"),
    ] = "open"
    before: (
        Annotated[datetime, Meta(tz=True, description="only ended ones that began before this, with a time zone")]
        | msgspec.UnsetType
    ) = msgspec.UNSET
    limit: Annotated[int, Meta(ge=1, le=200, description="how many at most")] = 50


def told_incident(incident: Incident) -> IncidentShape:
    """Return an incident as the interface spells it."""
    return told(
        IncidentShape,
        incident,
        tasks=tuple(told(TaskShape, task) for task in incident.tasks),
        notices=tuple(told(NoticeShape, notice) for notice in incident.notices),
        credits=tuple(told(CreditBatchShape, batch) for batch in incident.credits),
        recovery=tuple(told(ScopeRecoveryShape, one) for one in incident.recovery),
        estimate=None if incident.estimate is None else told(EstimateShape, incident.estimate),
    )


def incident_named(behind: Behind, name: str) -> Incident:
    """Return the incident of an id; raise Wrong (404) when there is none."""
    incident = behind.incidents.get(name)
    if incident is None:
        raise missing("incident", name, listed="/v1/incidents")
    return incident


def _counters(behind: Behind, _: Call) -> CountersAnswer:
    return CountersAnswer(
        total=told(CountersShape, behind.live.counters()),
        sources={one.source: told(CountersShape, one) for one in behind.live.sources()},
    )


def _sources(behind: Behind, _: Call) -> SourcesAnswer:
    return SourcesAnswer(sources=tuple(_told_source(one) for one in behind.live.sources()))


def _told_source(one: SourceNow) -> SourceShape:
    return told(SourceShape, one, filters=tuple(told(FilterShape, inner) for inner in one.filters))


def _findings(behind: Behind, call: Call) -> FindingsAnswer:
    asked: FindingsQuery = call.query
    found = behind.live.findings(open_only=asked.state == "open")
    chosen = [one for one in found if not asked.operator or one.operator == asked.operator]
    return FindingsAnswer(findings=tuple(told(FindingShape, one) for one in chosen[: asked.limit]))


def _finding(behind: Behind, call: Call) -> FindingAnswer:
    finding: Finding | None = behind.live.finding(call.name)
    if finding is None:
        raise missing("finding", call.name, listed="/v1/findings?state=all")
    return FindingAnswer(
        finding=told(FindingShape, finding),
        verdict=behind.live.verdict(finding.id),
        voices=tuple(told(VoiceShape, voice) for voice in behind.live.voices(finding.id)),
    )


def _series(behind: Behind, call: Call) -> SeriesAnswer:
    asked: SeriesQuery = call.query
    now_us = behind.clock.now_us()
    # Nothing is known of what is to come, and nothing was heard before 1970.
    end_us = now_us if asked.end is msgspec.UNSET else min(max(to_micros(asked.end), asked.hours * HOUR_US), now_us)
    end_us -= end_us % (asked.step_s * MICROS)
    series = behind.live.series(
        asked.operator, asked.region, end_us - asked.hours * HOUR_US, end_us, step_s=asked.step_s
    )
    return told(SeriesAnswer, series)


def _incidents(behind: Behind, call: Call) -> IncidentsAnswer:
    asked: IncidentsQuery = call.query
    if asked.state == "open":
        found = behind.incidents.current(asked.limit)
    else:
        before_us = None if asked.before is msgspec.UNSET else to_micros(asked.before)
        found = behind.incidents.past(asked.limit, before_us=before_us)
    return IncidentsAnswer(incidents=tuple(told_incident(one) for one in found))


def _incident(behind: Behind, call: Call) -> IncidentAnswer:
    incident = incident_named(behind, call.name)
    return IncidentAnswer(
        incident=told_incident(incident),
        entries=tuple(told_entry(entry) for entry in behind.incidents.timeline(incident.id)),
    )


def _entries(behind: Behind, call: Call) -> EntriesAnswer:
    incident = incident_named(behind, call.name)
    return EntriesAnswer(entries=tuple(told_entry(entry) for entry in behind.incidents.timeline(incident.id)))


READING = (
    Operation(
        id="getCounters",
        method="GET",
        path="/v1/counters",
        role="viewer",
        summary="Counters of what was heard",
        description="Of every source and of all: heard = counted + refused + repeated + late.",
        answer=CountersAnswer,
        do=_counters,
        examples={"answer": {"total": COUNTERS, "sources": {"ticket-care": COUNTERS}}},
    ),
    Operation(
        id="getSources",
        method="GET",
        path="/v1/sources",
        role="viewer",
        summary="Sources and whether they live",
        description="A source that was never heard, or not for much longer than usual, is unknown and never fine.",
        answer=SourcesAnswer,
        do=_sources,
        examples={"answer": {"sources": [SOURCE]}},
    ),
    Operation(
        id="listFindings",
        method="GET",
        path="/v1/findings",
        role="viewer",
        summary="Findings",
        description="Claims that reports depart from their usual, newest alarm first; nobody has confirmed them.",
        query=FindingsQuery,
        answer=FindingsAnswer,
        do=_findings,
        examples={"answer": {"findings": [FINDING]}},
    ),
    Operation(
        id="getFinding",
        method="GET",
        path="/v1/findings/{finding}",
        role="viewer",
        summary="One finding with its evidence",
        description="With the verdict of all evidence, for and against, and the masked texts behind it.",
        answer=FindingAnswer,
        do=_finding,
        refusals=(404,),
        examples={"answer": {"finding": FINDING, "verdict": VERDICT, "voices": [VOICE]}},
    ),
    Operation(
        id="getSeries",
        method="GET",
        path="/v1/series",
        role="viewer",
        summary="Reports against usual over time",
        description="Of one operator and region, in windows; null where nothing could be heard.",
        query=SeriesQuery,
        answer=SeriesAnswer,
        do=_series,
        examples={"answer": SERIES},
    ),
    Operation(
        id="listIncidents",
        method="GET",
        path="/v1/incidents",
        role="viewer",
        summary="Incidents",
        description="Those that go on, or those that ended, latest onset first. Merged ones are left out.",
        query=IncidentsQuery,
        answer=IncidentsAnswer,
        do=_incidents,
        examples={"answer": {"incidents": [INCIDENT]}},
    ),
    Operation(
        id="getIncident",
        method="GET",
        path="/v1/incidents/{incident}",
        role="viewer",
        summary="One incident with its timeline",
        description="The incident is what the entries of its timeline add up to.",
        answer=IncidentAnswer,
        do=_incident,
        refusals=(404,),
        examples={"answer": {"incident": INCIDENT, "entries": ENTRIES}},
    ),
    Operation(
        id="listEntries",
        method="GET",
        path="/v1/incidents/{incident}/entries",
        role="viewer",
        summary="The timeline of an incident",
        description="First entry first; entries are added and never changed.",
        answer=EntriesAnswer,
        do=_entries,
        refusals=(404,),
        examples={"answer": {"entries": ENTRIES}},
    ),
)
