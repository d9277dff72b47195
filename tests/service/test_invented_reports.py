"""A thousand reports by the public form that one hand invents turn no public page; those of many networks do (L4)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from journal_in_memory import post
from simulated_streams import quiet_stream
from started_desk import FIRST_DAY, World, us

from pulih.main_reading import load_knowledge
from pulih.model.clock import HOUR_S, MICROS, iso
from pulih.service.levels import level_of
from pulih.service.view import OperatorNow

MORNING = FIRST_DAY + timedelta(days=8, hours=9)


def tapped(number: int, at_us: int, network: str) -> bytes:
    said = {"id": f"t{number}", "source": "form", "at": iso(at_us), "author": f"b{number}", "network": network}
    return json.dumps(said | {"operator": "smartfren", "symptom": "no_internet", "service": "mobile_data"}).encode()


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A desk after a quiet week of some forty reports a day."""
    world = World(tmp_path_factory.mktemp("quiet"), load_knowledge())
    world.post(quiet_stream("Smartfren", per_day=40, weeks=1, seed=3), 0)
    world.advance(us(MORNING))
    return world


def hear(world: World, many: int, networks: int, *, first: int, hour: int) -> OperatorNow:
    """Post so many reports within an hour, evenly, from so many networks; return how that is shown at its end."""
    begin_us = us(MORNING) + hour * HOUR_S * MICROS
    for number in range(many):
        at_us = begin_us + number * HOUR_S * MICROS // many
        post(world.journal, world.ledger, [tapped(first + number, at_us, f"net {number % networks}")], at_us)
    world.advance(begin_us + HOUR_S * MICROS)
    [shown] = [one for one in world.desk.operators() if one.operator == "smartfren"]
    return shown


def test_a_thousand_from_one_network_leave_the_level_as_usual_and_raise_nothing(quiet: World) -> None:
    opened = len(quiet.opened)
    shown = hear(quiet, 1_000, 1, first=0, hour=0)
    assert shown.reports >= 990
    assert level_of(shown) == "usual"
    assert len(quiet.opened) == opened


def test_a_hundred_from_sixty_networks_are_far_above_usual_and_an_outage(quiet: World) -> None:
    opened = len(quiet.opened)
    shown = hear(quiet, 100, 60, first=5_000, hour=6)
    assert level_of(shown) == "far_above"
    assert "likely" in {finding.standing for finding, _ in quiet.opened[opened:]}
