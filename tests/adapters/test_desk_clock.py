"""A probe at home whose clock is wrong loses no measurement, and dates none of them wrongly (issue H)."""

from __future__ import annotations

import io
import time
from datetime import datetime
from pathlib import Path

import pytest
from network_peers import free_port
from probe_servers import web_server
from small_desk import TOKEN, SmallDesk, small_desk

from pulih.adapters.config.settings import ProbeTable
from pulih.adapters.desk_client import DeskClient
from pulih.adapters.homeprobe.agent import Agent, Place, Targets
from pulih.adapters.homeprobe.desk_clock import DeskClock
from pulih.adapters.homeprobe.waiting import Moment, WaitingRoom
from pulih.model.clock import DAY_S, HOUR_S, MICROS, to_micros

YEAR_S = 365 * DAY_S


def moment(ahead_s: float, up_s: float = 100.0) -> Moment:
    return Moment(at_us=time.time_ns() // 1_000 + int(ahead_s * MICROS), boot="b1", up_s=up_s)


def client_of(desk: SmallDesk) -> DeskClient:
    return DeskClient(desk.address, TOKEN, patience_s=0.0)


def apart_s(at_us: int) -> float:
    return abs(at_us - time.time_ns() // 1_000) / MICROS


@pytest.mark.parametrize("ahead_s", [YEAR_S, -50 * YEAR_S, 600, -2 * DAY_S])
def test_what_a_probe_with_a_wrong_clock_measured_is_dated_by_the_desk(tmp_path: Path, ahead_s: float) -> None:
    room, out = WaitingRoom(tmp_path / "queue"), io.StringIO()
    with web_server() as web, small_desk() as desk:
        asked = ProbeTable(name="a", kind="http", target=f"http://127.0.0.1:{web.port}/", operator="xl", timeout_s=2)
        agent = Agent(
            Place(name="a", operator="xl"),
            Targets(asked=(asked,)),
            client_of(desk),
            room=room,
            out=out,
            now=lambda: moment(ahead_s),
        )
        assert agent.round()
        [report] = desk.reports.values()
    room.close()
    assert apart_s(to_micros(datetime.fromisoformat(report["at"]))) < 10
    assert ("ahead of" if ahead_s > 0 else "behind") in out.getvalue()


def test_a_clock_that_is_right_is_left_alone_and_looked_at_once_an_hour() -> None:
    out = io.StringIO()
    with small_desk() as desk:
        clock = DeskClock(client_of(desk), out)
        for up_s in (100.0, 200.0):
            now = moment(up_s - 100.0, up_s)
            assert clock.dated(now) == now
        assert out.getvalue() == ""


def test_a_clock_that_is_set_meanwhile_is_looked_at_again_also_where_the_desk_is_away() -> None:
    out = io.StringIO()
    with small_desk() as desk:
        clock = DeskClock(client_of(desk), out)
        assert apart_s(clock.dated(moment(-YEAR_S)).at_us) < 10
        # It was set by the network, and the desk is told of another time no more.
        assert apart_s(clock.dated(moment(0.0, 101.0)).at_us) < 10
        assert apart_s(clock.dated(moment(-YEAR_S, 102.0)).at_us) < 10
    # Now nobody says what time it is.
    now = moment(0.0, 103.0)
    assert clock.dated(now) == now


def test_without_a_desk_the_clock_of_the_machine_holds() -> None:
    clock = DeskClock(DeskClient(f"http://127.0.0.1:{free_port()}", TOKEN, patience_s=0.0), io.StringIO())
    now = moment(2 * HOUR_S)
    assert clock.dated(now) == now
