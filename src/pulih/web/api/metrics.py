"""Metrics: what Prometheus reads of the desk, worked out from its counters when it is asked.

Labels are bounded: so many sources and operators by name, the loudest first, and the rest as "other"; doors, methods
and statuses are few by nature. Source: Prometheus, metric and label naming; instrumentation, "do not overuse labels".
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from typing import Literal

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CollectorRegistry, Histogram, PlatformCollector, ProcessCollector
from prometheus_client import Counter as Tally
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from pulih.model.clock import MICROS
from pulih.ports.clock import Clock
from pulih.service.incidents import Incidents
from pulih.service.live.desk import LiveDesk
from pulih.service.upkeep import Upkeep
from pulih.service.view import SourceNow

# How many sources and operators are told by name.
NAMED_MOST = 100
OTHER = "other"
_FATES = ("counted", "refused", "repeated", "late")
_METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"})
_INCIDENTS_MOST = 1_000
_BUCKETS_S = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
Door = Literal["intake", "api", "pages"]


class DeskCollector(Collector):
    """Tells the counters of sources, open findings and incidents, and how far the pipeline is behind.

    Args:
        live, incidents: facades of the desk.
        clock: its clock.
        lag_s: as `lag_check` takes it; None where nothing can be behind.
        upkeep: how the desk is kept; None where nobody keeps it.
    """

    def __init__(
        self,
        live: LiveDesk,
        incidents: Incidents,
        clock: Clock,
        *,
        lag_s: Callable[[], float] | None = None,
        upkeep: Callable[[], Upkeep] | None = None,
    ) -> None:
        self._live, self._incidents, self._clock, self._lag_s, self._upkeep = live, incidents, clock, lag_s, upkeep

    def collect(self) -> Iterator[Metric]:
        """Yield every family of metrics once."""
        sources = sorted(self._live.sources(), key=lambda one: (-one.heard, one.source))
        yield _reports(sources)
        yield from self._liveness(sources[:NAMED_MOST])
        yield from self._filters(sources)
        findings = GaugeMetricFamily("pulih_findings_open", "Findings that are open now", labels=["operator"])
        for operator, count in _bounded(Counter(one.operator for one in self._live.findings(open_only=True))):
            findings.add_metric([operator], count)
        yield findings
        incidents = GaugeMetricFamily("pulih_incidents_open", "Incidents that go on", labels=["state"])
        for state, count in sorted(Counter(one.state for one in self._incidents.current(_INCIDENTS_MOST)).items()):
            incidents.add_metric([state], count)
        yield incidents
        if self._lag_s is not None:
            yield GaugeMetricFamily("pulih_pipeline_lag_seconds", "How far the pipeline is behind", self._lag_s())
        if self._upkeep is not None:
            yield from _kept(self._upkeep())

    def _liveness(self, sources: Iterable[SourceNow]) -> Iterator[Metric]:
        silence = GaugeMetricFamily("pulih_source_silence_seconds", "Since a source was heard", labels=["source"])
        living = GaugeMetricFamily("pulih_source_live", "1 for a source that lives, else 0", labels=["source"])
        now_us = self._clock.now_us()
        for one in sources:
            living.add_metric([one.source], float(one.liveness == "live"))
            if one.last_heard_us is not None:
                silence.add_metric([one.source], max(0.0, (now_us - one.last_heard_us) / MICROS))
        yield from (silence, living)

    def _filters(self, sources: Iterable[SourceNow]) -> Iterator[Metric]:
        """Yield how the filters are of sources that the desk listens to by itself; the loudest are told."""
        named = ["source", "filter"]
        living = GaugeMetricFamily("pulih_filter_live", "1 for a filter that lives, 0 for a silent one", labels=named)
        silence = GaugeMetricFamily("pulih_filter_silence_seconds", "Since a filter was heard", labels=named)
        batches = CounterMetricFamily("pulih_filter_batches", "How often a filter let something through", labels=named)
        now_us = self._clock.now_us()
        every = [(source.source, one) for source in sources for one in source.filters]
        for name, one in sorted(every, key=lambda pair: (-pair[1].batches, pair[0], pair[1].name))[:NAMED_MOST]:
            labels = [name, one.name]
            batches.add_metric(labels, one.batches)
            # Of what is unknown, neither is true.
            if one.liveness != "unknown":
                living.add_metric(labels, float(one.liveness == "live"))
            if one.last_us is not None:
                silence.add_metric(labels, max(0.0, (now_us - one.last_us) / MICROS))
        yield from (living, silence, batches)


class Metrics:
    """All metrics of a desk, in a registry of its own."""

    def __init__(self, *collectors: Collector) -> None:
        """Tell what `collectors` tell, beside requests and the process itself."""
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        for collector in collectors:
            self._registry.register(collector)
        self._requests = Tally(
            "pulih_requests", "Requests answered", ["door", "method", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "pulih_request_seconds",
            "Until a request was answered",
            ["door"],
            registry=self._registry,
            buckets=_BUCKETS_S,
        )

    def written(self, accept: str) -> tuple[bytes, str]:
        """Return all metrics and their content type, in the format that an Accept header prefers."""
        encode, kind = choose_encoder(accept)
        return encode(self._registry), kind

    def answered(self, door: Door, method: str, status: int, seconds: float) -> None:
        """Count one request.

        Args:
            door: which application answered.
            method: of the request; those nobody uses are one.
            status: of the answer; told by its hundred.
            seconds: from its headers to the last byte of the answer.
        """
        known = method if method in _METHODS else OTHER
        self._requests.labels(door, known, f"{status // 100}xx").inc()
        self._seconds.labels(door).observe(seconds)


class MeasuredLayer:
    """Counts and times the requests of an application."""

    def __init__(self, app: ASGIApp, metrics: Metrics, door: Door) -> None:
        self._app, self._metrics, self._door = app, metrics, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        method = scope["method"]
        begun_s, status = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            self._metrics.answered(self._door, method, status, time.perf_counter() - begun_s)


def _reports(sources: list[SourceNow]) -> Metric:
    """Return the counters of reports by source and fate; they sum to what was heard."""
    family = CounterMetricFamily("pulih_reports", "Reports heard, by what became of them", labels=["source", "fate"])
    for one in sources[:NAMED_MOST]:
        for fate in _FATES:
            family.add_metric([one.source, fate], getattr(one, fate))
    for fate in _FATES if len(sources) > NAMED_MOST else ():
        family.add_metric([OTHER, fate], sum(getattr(one, fate) for one in sources[NAMED_MOST:]))
    return family


def _kept(upkeep: Upkeep) -> Iterator[Metric]:
    """Yield what tells how a desk is kept."""
    yield CounterMetricFamily("pulih_clock_jumps", "Jumps of the machine's clock", upkeep.clock_jumps)
    apart = "How far the machine's clock is ahead of the desk's by a jump that is not followed"
    yield GaugeMetricFamily("pulih_clock_apart_seconds", apart, upkeep.clock_apart_s)
    unread = "Texts that failed or ended a reader; they are counted and say nothing"
    yield CounterMetricFamily("pulih_texts_unread", unread, upkeep.unread)
    failures = CounterMetricFamily("pulih_chore_failures", "Chores of the desk that failed", labels=["chore"])
    failing = GaugeMetricFamily(
        "pulih_chore_failing", "1 for a chore that had something to say the last time", labels=["chore"]
    )
    for one in upkeep.chores:
        failures.add_metric([one.name], one.failures)
        failing.add_metric([one.name], float(bool(one.says)))
    yield from (failures, failing)


def _bounded(counts: MutableMapping[str, int]) -> list[tuple[str, int]]:
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    rest = sum(count for _, count in ordered[NAMED_MOST:])
    return ordered[:NAMED_MOST] + ([(OTHER, rest)] if rest else [])
