"""The record that a desk gathers: from its incidents, its findings, what people wrote and what customers answered."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from database_here import database_in
from intake_in_memory import SetClock
from lessons_in_memory import LessonsInMemory

from pulih.adapters.regulators import load_regulators
from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.planned_changes import SqlPlannedChanges
from pulih.communicate.speech import Speech
from pulih.model.actor import Actor
from pulih.model.entry import ClaimedFixed, Confirmed, Opened, Restored
from pulih.model.errors import RefusedInput, StaleVersion
from pulih.model.impact import Bounds
from pulih.model.incident import Incident
from pulih.model.lesson import ActionAdded, FiguresSet, ReportFiled, ReviewAsked, ReviewPublished, ReviewWritten
from pulih.model.record import Affected, Figures
from pulih.model.scope import Scope
from pulih.ports.learning import SurveyAnswer
from pulih.service.incidents import Incidents
from pulih.service.learning import Learning, LearnSettings
from pulih.service.survey_links import SurveyLinks, digest_of

START_US = 1_772_588_880_000_000
MINUTE_US = 60_000_000
DEWI, CITRA = Actor("dewi", "duty"), Actor("citra", "approver")
JAKARTA = Scope(operator="smartfren", service="mobile_data", region="31")


class World:
    """A desk without pages: incidents in SQLite, lines in memory, a clock that is set."""

    def __init__(self, folder: Path) -> None:
        self.clock = SetClock(START_US)
        engine = database_in(folder / "desk.db")
        speech = Speech(zone=ZoneInfo("Asia/Jakarta"), operators={"smartfren": "Smartfren"}, regions={"31": "Jakarta"})
        self.incidents = Incidents(
            SqlIncidentStore(engine), self.clock, speech=speech, changes=SqlPlannedChanges(engine)
        )
        self.learning = Learning(
            self.incidents,
            LessonsInMemory(),
            load_regulators(),
            clock=self.clock,
            settings=LearnSettings(contact="Sari"),
            links=SurveyLinks(b"k" * 16),
            served=lambda scope: Bounds(0, 10, 1_000) if scope.region else Bounds(0, 50, 9_000),
        )

    def outage(self, *scopes: Scope, over: bool = True) -> Incident:
        opened = Opened(operator="smartfren", onset_us=self.clock.now_us() - 9 * MINUTE_US, scopes=scopes or (JAKARTA,))
        incident = self.incidents.open(opened, actor=DEWI, reason="Alarm")
        for fact in (Confirmed(), *((ClaimedFixed(), Restored(overrides=True)) if over else ())):
            incident = self.incidents.act(incident.id, fact, actor=DEWI, version=incident.version, reason="Ya")
        return incident


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("learn"))


def test_a_record_holds_what_the_desk_knows_and_the_bounds_of_its_widest_scope(world: World) -> None:
    incident = world.outage(JAKARTA, Scope(operator="smartfren", service="mobile_data"))
    record = world.learning.record(incident.id)
    assert (record.operator_name, record.region_names, record.contact) == ("Smartfren", {"31": "Jakarta"}, "Sari")
    assert record.detected_us == incident.opened_us
    assert record.estimate == Bounds(0, 0, 9_000)
    assert [one.number for one in record.entries] == [1, 2, 3, 4]


def test_who_wrote_on_an_older_version_is_told_so_and_reports_need_no_version(world: World) -> None:
    incident = world.outage()
    world.learning.write(incident.id, ReviewWritten(summary_id="a"), actor=DEWI, version=0)
    with pytest.raises(StaleVersion):
        world.learning.write(incident.id, ReviewWritten(summary_id="b"), actor=CITRA, version=0)
    filed = ReportFiled(rule="id.house.2026", clock="ministry", at_us=world.clock.now_us())
    assert world.learning.write(incident.id, filed, actor=CITRA).version == 2
    for unknown in (ReportFiled(rule="x", clock="ministry", at_us=0), ReportFiled(rule="us.nors", clock="x", at_us=0)):
        with pytest.raises(RefusedInput, match="No rule"):
            world.learning.write(incident.id, unknown, actor=CITRA)


def test_actions_are_numbered_and_open_ones_are_listed_until_they_are_done(world: World) -> None:
    incident = world.outage()
    for _ in range(2):
        world.learning.write(incident.id, ActionAdded(what_id="a", what_en="b", owner="NOC"), actor=DEWI)
    assert [one.id for one in world.learning.learnt(incident.id).review.actions] == ["a1", "a2"]
    assert incident.id in [name for name, _ in world.learning.open_actions()]


def test_a_review_is_public_once_a_second_person_lets_it_out_and_listeners_hear_each_line(
    world: World,
) -> None:
    incident = world.outage()
    heard: list[str] = []
    world.learning.on_written(heard.append)
    words = ReviewWritten(summary_id="a", summary_en="b", causes_id=("c",), causes_en=("d",))
    for fact in (words, ReviewAsked()):
        world.learning.write(incident.id, fact, actor=DEWI)
    assert incident.id not in world.learning.public_reviews()
    world.learning.write(incident.id, ReviewPublished(), actor=CITRA)
    assert world.learning.public_reviews()[incident.id].summary_en == "b"
    assert heard == [incident.id] * 3


def test_the_trend_has_restored_incidents_with_and_without_lines(world: World) -> None:
    plain, counted, going = world.outage(), world.outage(), world.outage(over=False)
    figures = Figures(affected=(Affected(users=Bounds(5, 5, 5)),))
    world.learning.write(counted.id, FiguresSet(figures=figures), actor=DEWI)
    found = {one.incident.id: one for one in world.learning.past()}
    assert found[counted.id].figures == figures
    assert found[plain.id].figures == Figures()
    assert going.id not in found


def test_asked_is_how_many_links_were_made_and_an_answer_counts_under_its_link(world: World) -> None:
    incident = world.outage()
    tokens = world.learning.survey(incident.id, "csat", 3, actor=DEWI)
    link = world.learning.links.read(tokens[0], world.clock.now_us())
    assert link is not None
    answer = SurveyAnswer(incident=incident.id, question="csat", link=digest_of(link), score=4, at_us=0)
    world.learning.answer(answer)
    assert [(one.asked, one.scores) for one in world.learning.record(incident.id).surveys] == [(3, (4,))]
    with pytest.raises(RefusedInput):
        world.learning.record("20990101-none")
    assert world.learning.links.read(tokens[0], world.clock.now_us() + 15 * 86_400_000_000) is None
