"""Windows of measurements over a gap: each is judged once, whether the service or the desk was away (L1, L2)."""

from __future__ import annotations

import asyncio
import calendar
import time
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from journal_in_memory import SetClock
from measurement_services import Params, Service, service
from test_public_measurements import COUNTRY, NOON_S, measured, pings, probes, settings

from pulih.adapters.sources.contract import tried_means
from pulih.adapters.sources.kinds import kind_of
from pulih.model.errors import OutsideFailed
from pulih.ports.sources import Source


def atlas_results(params: Params) -> list[dict[str, Any]]:
    """Twelve probes every minute of the span that is asked for."""
    span = range(int(params["start"]), int(params["stop"]) + 1)
    return [one for at_s in span if at_s % 60 == 0 for one in pings(at_s, 0, 12)]


def ooni_results(params: Params) -> dict[str, Any]:
    """Twenty tests every ten minutes of the span that is asked for."""
    since_s, until_s = (calendar.timegm(time.strptime(params[key], "%Y-%m-%dT%H:%M:%S")) for key in ("since", "until"))
    told = [one for at_s in range(since_s, until_s) if at_s % 600 == 0 for one in measured(at_s, 0, 20)]
    return {"results": told[int(params["offset"]) :]}


class Ear:
    """Listens to a source as a desk does whose clock a test sets."""

    def __init__(self, kind: str, served: Service, **keys: Any) -> None:
        self.clock = SetClock()
        means = msgspec.structs.replace(tried_means(kind), clock=self.clock)
        self._open: Callable[[], Source] = lambda: kind_of(kind).open(settings(kind, served, **keys), means)
        self.cursor = ""
        self.judged: list[int] = []

    async def hear(self, at_s: int) -> None:
        """Open the source anew, as after a start or a failure, and take one batch at a moment."""
        self.clock.at_us = at_s * 1_000_000
        source = self._open()
        batches = source.listen(self.cursor)
        try:
            batch = await anext(batches)
            self.judged += [(one.at_us or 0) // 1_000_000 for one in batch.items]
            self.cursor = batch.cursor
            assert (batch.gap, batch.refused) == ("", ())
        finally:
            await batches.aclose()  # type: ignore[attr-defined]
            await source.close()


def test_an_end_that_is_announced_is_told_when_it_is_there_and_not_before() -> None:
    annotation = {"startDate": "2025-10-03T01:48:00Z", "endDate": "2025-10-03T06:00:00Z", "locations": ["ID"]}
    begun_s, end_s = 1_759_456_080, 1_759_471_200

    async def run(served: Service) -> list[tuple[str, ...]]:
        served.answers["/annotations/outages"] = {"success": True, "result": {"annotations": [annotation]}}
        clock = SetClock()
        means = msgspec.structs.replace(tried_means("radar", secrets={"t": "cf-token"}), clock=clock)
        own = settings("radar", served, watch=(COUNTRY,), token_file="t", anomalies="none", every_s=0)
        source = kind_of("radar").open(own, means)
        told = list[tuple[str, ...]]()
        batches = source.listen("")
        try:
            # The answer is the same each time, and said to be so.
            for at_s in (begun_s + 600, begun_s + 1_200, end_s - 1, end_s, end_s + 600):
                clock.at_us = at_s * 1_000_000
                batch = await anext(batches)
                told.append(tuple(one.text.partition(":")[0] for one in batch.items))
        finally:
            await batches.aclose()  # type: ignore[attr-defined]
            await source.close()
        return told

    with service() as served:
        assert asyncio.run(run(served)) == [("failed",), (), (), ("ok",), ()]


ASKED: dict[str, tuple[str, Callable[[Params], Any], int, dict[str, Any]]] = {
    "atlas": ("/measurements/7/results/", atlas_results, 300, {"watch": (COUNTRY,)}),
    "ooni": ("/measurements", ooni_results, 3_600, {"watch": (COUNTRY,), "incidents": False}),
}


@pytest.mark.parametrize("kind", ASKED)
def test_no_window_of_a_gap_is_passed_over_or_judged_twice(kind: str) -> None:
    path, says, width_s, keys = ASKED[kind]

    async def run(served: Service) -> Ear:
        ear = Ear(kind, served, **keys)
        await ear.hear(NOON_S)
        for windows in range(1, 9):
            served.answers.clear()
            served.answers[path] = b"<html>not now</html>"
            with pytest.raises(OutsideFailed):
                await ear.hear(NOON_S + windows * width_s)
        served.answers |= {path: says, "/probes/": probes}
        await ear.hear(NOON_S + 8 * width_s + 7)
        await ear.hear(NOON_S + 8 * width_s + 9)
        await ear.hear(NOON_S + 30 * width_s)
        return ear

    with service() as served:
        ear = asyncio.run(run(served))
    # Both have all of a window one window later.
    assert ear.judged == [NOON_S + width_s * number for number in range(-1, 29)]
