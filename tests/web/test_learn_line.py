"""What an incident's page says of its obligations: what is due first, and what the outage will grow into."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from console_world import ConsoleWorld
from lessons_in_memory import LessonsInMemory
from msgspec.structs import replace
from still_desk import NOW_US

from pulih.adapters.regulators import load_regulators
from pulih.model.actor import Actor
from pulih.model.entry import Confirmed, HelpSet, OnsetSet
from pulih.model.impact import Bounds
from pulih.model.incident import Incident
from pulih.model.lesson import FiguresSet
from pulih.model.record import Affected, Figures
from pulih.service.learning import Learning, LearnSettings
from pulih.service.survey_links import SurveyLinks
from pulih.web.console.asking import Asking, speech_of
from pulih.web.console.learn_line import LearnLine, learn_line
from pulih.web.console.phrasing import Tongue
from pulih.web.frame.moments import Moments
from pulih.web.frame.words import words

DEWI = Actor("dewi", "duty")
MINUTE_US = 60_000_000


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> ConsoleWorld:
    made: Path = tmp_path_factory.mktemp("world")
    return ConsoleWorld(made)


def _line(world: ConsoleWorld, incident: Incident, users: int, *, country: str) -> LearnLine | None:
    learning = Learning(
        world.incidents,
        LessonsInMemory(),
        load_regulators(),
        clock=world.clock,
        settings=LearnSettings(country=country),
        links=SurveyLinks(b"k" * 16),
    )
    figures = Figures(affected=(Affected(users=Bounds(users, users, users)),))
    learning.write(incident.id, FiguresSet(figures=figures), actor=DEWI)
    rooms = replace(world.rooms, learning=learning)
    when = Moments("en", ZoneInfo("Asia/Jakarta"), NOW_US)
    tongue = Tongue(words("en"), when, rooms.names, speech_of(rooms.settings, rooms.names))
    return learn_line(Asking(rooms, tongue, DEWI), incident)


def test_it_is_said_ahead_where_a_rule_binds_and_nowhere_else(world: ConsoleWorld) -> None:
    incident = world.outage()
    reachable = HelpSet(emergency_calls="reachable")
    for fact in (Confirmed(), OnsetSet(onset_us=NOW_US - 68 * MINUTE_US), reachable):
        incident = world.incidents.act(incident.id, fact, actor=DEWI, version=incident.version, reason="Ya")
    here = _line(world, incident, 10_000, country="US")
    assert here is not None
    surely, perhaps = here.ahead
    assert surely.startswith("In 22 min (")
    assert "this becomes notifiable under FCC: Network outage reporting" in surely
    # Whether it is internet telephony that fails is for people to say.
    assert "this may become notifiable under FCC: Outages of interconnected VoIP" in perhaps
    large = _line(world, incident, 10_000_000, country="US")
    assert large is not None
    assert (large.ahead, large.says[:18]) == ((), "First notice (FCC)")
    elsewhere = _line(world, incident, 10_000, country="ID")
    assert elsewhere is not None
    assert (elsewhere.ahead, elsewhere.says[:20]) == ((), "First notice (Pulih)")
