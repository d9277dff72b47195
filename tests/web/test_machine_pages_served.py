"""A real desk serves what machines read: announced work reaches every format, and its overrun is an outage."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import feedparser
import httpx
import pytest
from icalendar import Calendar
from living_desk import LivingDesk
from served import serving_here

from pulih.adapters.data_folder import DataFolder
from pulih.confirm.works import OVERRUN_US
from pulih.model.actor import Actor
from pulih.model.clock import HOUR_S, MICROS
from pulih.model.work import PlannedWork

DEWI = Actor("dewi", "duty")
HOUR_US = HOUR_S * MICROS


@pytest.fixture
def living(tmp_path: Path) -> Iterator[LivingDesk]:
    """A desk that runs and is served."""
    with DataFolder(tmp_path / "desk") as folder, serving_here() as serve:
        made = LivingDesk(folder)
        made.desk.start()
        try:
            made.address = serve(made.desk.app, made.desk.hub)
            yield made
        finally:
            made.desk.stop()


def _until(true: Callable[[], Any], within_s: float = 30.0) -> Any:
    end = time.monotonic() + within_s
    while not (found := true()):
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)
    return found


def test_announced_work_reaches_every_format_and_its_overrun_opens_an_incident(living: LivingDesk) -> None:
    desk, now_us = living.desk, living.clock.now_us()
    plan = PlannedWork(
        id="",
        operator="smartfren",
        start_us=now_us + HOUR_US,
        end_us=now_us + 2 * HOUR_US,
        title_id="Pindah jalur serat",
        title_en="Fibre rerouted",
        regions=("31",),
        services=("mobile_data",),
    )
    work = desk.works.announce(plan, actor=DEWI)
    desk.works.sign(work.id, actor=Actor("citra", "approver"), version=1)
    with httpx.Client(base_url=living.address) as client:

        def ahead() -> list[Any]:
            answer = client.get("/en/api/v2/scheduled-maintenances/upcoming.json")
            return answer.json()["scheduled_maintenances"] if answer.status_code == 200 else []

        def there(path: str) -> httpx.Response:
            """Wait for a page: those of one round are put one after another."""
            return _until(lambda: answer if (answer := client.get(path)).status_code == 200 else None)

        assert [one["name"] for one in _until(ahead)] == ["Smartfren: Fibre rerouted"]
        atom = there("/en/history.atom")
        assert atom.headers["content-type"].startswith("application/atom+xml")
        assert [one.title for one in feedparser.parse(atom.content).entries] == ["Smartfren: Fibre rerouted"]
        calendar = there("/kalender.ics")
        assert calendar.headers["content-type"].startswith("text/calendar")
        assert [str(one["SUMMARY"]) for one in Calendar.from_ical(calendar.content).walk("VEVENT")] == [
            "Smartfren: Pindah jalur serat"
        ]
        answer = there("/api/v2/status.json")
        assert answer.headers["etag"].startswith('W/"')
        assert client.get("/api/v2/status.json", headers={"if-none-match": answer.headers["etag"]}).status_code == 304
        assert client.get("/api/v2/nothing.json").content == b""
        assert feedparser.parse(there("/cap/index.atom").content).entries == []
    living.clock.set(plan.end_us + OVERRUN_US)
    desk.works.advance(living.clock.now_us())
    assert [one.maintenance for one in desk.incidents.current()] == [work.id]
