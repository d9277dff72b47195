"""Looks at what is found go on from the one before, and find what a look that begins anew finds."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from database_here import database_in
from live_world import PLACES, SECOND_US, START_US, TUNING, fold, framed, report

from pulih.adapters.sql.signal_store import SqlSignalStore
from pulih.model.reading import Reading
from pulih.service.live.looking import Looks
from pulih.service.live.watching import Watch, _Without

MINUTE_US = 60 * SECOND_US


def calls_fail(near: str, far: str) -> Reading:
    """Return the reading of a customer of `near` who cannot reach `far`, or who does not know whom ("")."""
    told = msgspec.structs.replace(report(far or near), symptom="call_failure", service="mobile_voice")
    return msgspec.structs.replace(told, caller=near) if far else told


def is_going_on(aside: tuple[tuple[str, tuple[tuple[int, int], ...]], ...]) -> bool:
    """Return whether something is set aside from a moment of an outage on, and still."""
    return any(start_s > 0 and end_s > START_US for _, spans in aside for start_s, end_s in spans)


def crossing(seed: int, quiet_s: int = 3_600) -> list[tuple[int, str, Reading]]:
    """Return small talk, then three operators that fail for 20 minutes, whose customers name each other.

    Half of the places speak for the first time when the outage is half over.
    """
    chance = np.random.default_rng(seed)
    names = ("alpha", "beta", "gamma")
    told = [(int(at), report(str(chance.choice(names)), talk="other")) for at in chance.integers(0, quiet_s, 20)]
    for near in names:
        for at in chance.integers(0, 1_200, 60):
            far = str(chance.choice([one for one in names if one != near]))
            own = report(near, str(chance.choice(PLACES[: 2 if at < 600 else 4])))
            said = [own, calls_fail(near, far), calls_fail(near, "")][int(chance.integers(3))]
            told.append((quiet_s + int(at), said))
    told += [(quiet_s + int(at), report("beta", talk="other")) for at in chance.integers(1_200, 2_400, 10)]
    ordered = sorted(told, key=lambda one: one[0])
    return [(START_US + at * SECOND_US, f"id{number:06d}", reading) for number, (at, reading) in enumerate(ordered)]


@pytest.mark.parametrize("quiet_s", [3_600, 27 * 3_600])
def test_looks_that_go_on_find_what_looks_that_begin_anew_find_while_operators_tell_of_each_other(
    tmp_path: Path, quiet_s: int
) -> None:
    engine = database_in(tmp_path / "desk.db")
    store, state = SqlSignalStore(engine), fold()
    going_on, anew = (Watch(state, Looks(store, lambda _: None), str, TUNING) for _ in range(2))
    compared, asked, still = 0, set[_Without](), set[_Without]()
    for frame in framed(crossing(1, quiet_s), 1):
        for closed in state.take(frame):
            store.keep(closed.rows)
            if not closed.window_us:
                continue
            before = going_on.saved()
            news = going_on.look(closed, lambda: None)
            still |= {one for one in asked & set(going_on._forks) if is_going_on(one[2])}
            asked = set(going_on._forks)
            if going_on.views and closed.number % 6 == 0:
                anew.restore(before)
                assert anew.look(closed, lambda: None) == news
                compared += 1
    assert compared > 2
    assert still, "what is set aside while an outage goes on is the same at the next look"
    assert {one.operator for one in going_on.told.values()} >= {"alpha", "beta"}
