"""Works as people and the desk change them: announced, explained by, extended, called off, completed, overrun."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from database_here import database_in
from msgspec.structs import replace

from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.planned_changes import SqlPlannedChanges
from pulih.adapters.sql.work_store import SqlWorkStore
from pulih.communicate.speech import Speech
from pulih.confirm.works import OVERRUN_US
from pulih.model.actor import Actor
from pulih.model.clock import HOUR_S, MICROS
from pulih.model.errors import ForbiddenMove, RefusedInput, StaleVersion
from pulih.model.work import PlannedWork
from pulih.ports.live import PlannedChange
from pulih.serve.publishing import works_of
from pulih.service.incidents import Incidents
from pulih.service.works import Works, may_sign

SARI, BUDI, VIEWER = Actor("sari", "duty"), Actor("budi", "approver"), Actor("tamu", "viewer")
HOUR_US = HOUR_S * MICROS
START_US = 1_759_425_000 * MICROS
PLAN = PlannedWork(
    id="",
    operator="xl",
    start_us=START_US + HOUR_US,
    end_us=START_US + 4 * HOUR_US,
    title_id="Pemutakhiran perangkat inti",
    title_en="Core upgrade",
    regions=("31", "32.73"),
    services=("mobile_data",),
)


class Desk:
    """Works with incidents, planned changes and a clock that a test sets."""

    def __init__(self, folder: Path) -> None:
        self.engine = database_in(folder / "desk.db")
        self.at_us = START_US
        self.changes = SqlPlannedChanges(self.engine)
        self.heard: list[PlannedWork] = []
        speech = Speech(zone=ZoneInfo("Asia/Jakarta"))
        self.incidents = Incidents(SqlIncidentStore(self.engine), self, speech=speech, changes=self.changes)
        self.works = Works(SqlWorkStore(self.engine), self.changes, incidents=self.incidents, clock=self)
        self.works.on_change(self.heard.append)

    def now_us(self) -> int:
        """Return what the clock was set to."""
        return self.at_us


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.engine.dispose()


def test_announced_work_explains_complaints_in_every_place_at_once(desk: Desk) -> None:
    work = desk.works.announce(PLAN, actor=SARI)
    assert work.id.startswith("w20251003-")
    assert (work.announced_us, work.announced_by) == (START_US, "sari")
    found = desk.changes.between(PLAN.start_us, PLAN.end_us)
    assert [(one.operator, one.region) for one in found] == [("xl", "31"), ("xl", "32.73")]
    assert [one.id for one in desk.heard] == [work.id]


def test_work_is_public_once_a_second_person_signed_it(desk: Desk) -> None:
    work = desk.works.announce(PLAN, actor=SARI)
    assert desk.works.public(START_US) == ()
    with pytest.raises(ForbiddenMove, match="not for the role duty"):
        desk.works.sign(work.id, actor=Actor("tono", "duty"), version=1)
    with pytest.raises(ForbiddenMove, match="somebody else has to sign"):
        desk.works.sign(work.id, actor=Actor("sari", "admin"), version=1)
    assert [may_sign(work, who) for who in (SARI, Actor("sari", "admin"), BUDI)] == [False, False, True]
    desk.at_us += HOUR_US
    desk.works.sign(work.id, actor=BUDI, version=1)
    assert [(one.id, one.announced_us) for one in desk.works.public(desk.at_us)] == [(work.id, desk.at_us)]


def test_works_of_calendars_stand_beside_and_unsigned_work_in_neither_list(desk: Desk) -> None:
    work = desk.works.announce(PLAN, actor=SARI)
    desk.changes.put([PlannedChange(id="noc.ics/1f/17", operator="xl", start_us=PLAN.start_us, end_us=PLAN.end_us)])
    told = works_of(desk.works, desk.changes)
    assert [one.id for one in told(START_US)] == ["noc.ics/1f/17"]
    desk.works.sign(work.id, actor=BUDI, version=1)
    assert {one.id for one in told(START_US)} == {"noc.ics/1f/17", work.id}


def test_the_same_work_announced_twice_is_two_works(desk: Desk) -> None:
    assert desk.works.announce(PLAN, actor=SARI).id != desk.works.announce(PLAN, actor=SARI).id


def test_work_that_was_called_off_explains_nothing_and_still_shows(desk: Desk) -> None:
    work = desk.works.sign(desk.works.announce(PLAN, actor=SARI).id, actor=BUDI, version=1)
    desk.works.cancel(work.id, actor=SARI, version=2)
    assert list(desk.changes.between(PLAN.start_us, PLAN.end_us)) == []
    assert [one.cancelled_us for one in desk.works.public(START_US)] == [START_US]


def test_work_that_is_extended_or_done_early_explains_that_long(desk: Desk) -> None:
    work = desk.works.announce(PLAN, actor=SARI)
    work = desk.works.extend(work.id, PLAN.end_us + HOUR_US, actor=SARI, version=1)
    assert len(desk.changes.between(PLAN.end_us, PLAN.end_us + 1)) == 2
    desk.at_us = PLAN.start_us + HOUR_US
    desk.works.complete(work.id, actor=SARI, version=2)
    assert list(desk.changes.between(desk.at_us, PLAN.end_us)) == []


def test_who_saw_an_older_version_or_may_not_is_refused(desk: Desk) -> None:
    work = desk.works.announce(PLAN, actor=SARI)
    desk.works.extend(work.id, PLAN.end_us + HOUR_US, actor=SARI, version=1)
    with pytest.raises(StaleVersion):
        desk.works.cancel(work.id, actor=SARI, version=1)
    with pytest.raises(ForbiddenMove):
        desk.works.announce(PLAN, actor=VIEWER)
    with pytest.raises(RefusedInput, match="There is no planned work"):
        desk.works.cancel("w1", actor=SARI, version=1)


def test_work_that_overran_becomes_one_incident_that_names_it(desk: Desk) -> None:
    work = desk.works.sign(desk.works.announce(PLAN, actor=SARI).id, actor=BUDI, version=1)
    assert desk.works.advance(PLAN.end_us + OVERRUN_US - 1) == []
    desk.at_us = PLAN.end_us + OVERRUN_US
    told = desk.works.advance(desk.at_us)
    incident = desk.incidents.current()[0]
    assert told == [f"work {work.id} overran into incident {incident.id}"]
    assert (incident.state, incident.onset_us, incident.maintenance) == ("suspected", PLAN.end_us, work.id)
    assert {part.scope.region for part in incident.scopes} == {"31", "32.73"}
    assert desk.works.advance(desk.at_us + HOUR_US) == []
    assert [one.incident for one in desk.works.public(desk.at_us)] == [incident.id]


def test_a_desk_that_died_after_opening_the_incident_opens_no_second_one(desk: Desk) -> None:
    work = desk.works.announce(PLAN, actor=SARI)
    desk.at_us = PLAN.end_us + OVERRUN_US
    desk.works.advance(desk.at_us)
    marked = desk.works.get(work.id)
    assert marked is not None
    # As if the last write had not come to pass.
    SqlWorkStore(desk.engine).put(replace(marked, incident="", version=marked.version + 1))
    desk.works.advance(desk.at_us + HOUR_US)
    assert len(desk.incidents.current()) == 1


def test_work_that_is_late_stays_in_view_however_long_it_takes(desk: Desk) -> None:
    work = desk.works.announce(PLAN, actor=SARI)
    later_us = PLAN.end_us + 1_000 * HOUR_US
    assert [one.id for one in desk.works.around(later_us)] == [work.id]
    assert [one.kind for one in desk.works.reminders(later_us)] == ["overdue"]
