"""The threads that keep a desk going: what fails is tried again, told, and never in a hurry."""

from __future__ import annotations

import threading
import time

import pytest

from pulih.model.errors import OutsideFailed
from pulih.serve.beating import House, Pulse
from pulih.serve.clocks import WorldClock
from pulih.service.upkeep import Chore


def test_what_fails_is_not_tried_again_for_every_report_that_comes(capsys: pytest.CaptureFixture[str]) -> None:
    tried: list[int] = []

    def advance(now_us: int) -> None:
        tried.append(now_us)
        raise OutsideFailed("A process that reads texts has ended.")

    pulse = Pulse(advance, WorldClock())
    pulse.start()
    until = time.monotonic() + 1.5
    while time.monotonic() < until:
        pulse.wake()
        time.sleep(0.005)
    assert pulse.trouble() == "A process that reads texts has ended."
    times = len(tried)
    pulse.stop()
    assert 1 <= times <= 2
    assert capsys.readouterr().err.count("has ended") == 1


def test_what_is_accepted_is_counted_at_once_again_after_a_success() -> None:
    tried: list[int] = []
    pulse = Pulse(tried.append, WorldClock())
    pulse.start()
    until = time.monotonic() + 5
    while len(tried) < 3 and time.monotonic() < until:
        pulse.wake()
        time.sleep(0.01)
    pulse.stop()
    assert len(tried) >= 3
    assert pulse.trouble() == ""


def test_a_chore_that_fails_is_told_by_its_name_and_keeps_no_other_from_being_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    done = threading.Event()

    def fails(_: int) -> None:
        raise OutsideFailed("The disk is full.")

    house = House(
        {"expiry": fails, "calendars": lambda _: ["work.ics: no date."], "last": lambda _: done.set()}, WorldClock()
    )
    house.start()
    assert done.wait(10)
    house.stop()
    assert house.told() == (
        Chore("expiry", 1, "The disk is full."),
        Chore("calendars", 0, "work.ics: no date."),
        Chore("last"),
    )
    assert "keeping house (expiry) failed" in capsys.readouterr().err
