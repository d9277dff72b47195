"""Sources as they are now: one that the desk cannot listen to is silent, and so may one filter be (requirement L5)."""

from __future__ import annotations

from pulih.model.clock import HOUR_S, MICROS
from pulih.ports.intake import SourceCount
from pulih.ports.live import Pace
from pulih.service.live.present import sources_of
from pulih.service.view import Alive, FilterNow

HOUR_US = HOUR_S * MICROS


def test_a_source_that_the_desk_cannot_listen_to_is_silent_and_a_silent_filter_is_named() -> None:
    filters = (FilterNow(name="xl", last_us=0, usual_gap_s=60.0, liveness="silent"),)
    alive = {"mail": Alive(away_s=900.0), "posts": Alive(filters=filters), "new": Alive()}
    counts = [SourceCount("posts", 20, 20, last_heard_us=HOUR_US)]
    told = sources_of(counts, {"posts": Pace(60.0, 99, False)}, HOUR_US, alive)
    assert [(one.source, one.liveness) for one in told] == [("mail", "silent"), ("new", "unknown"), ("posts", "live")]
    assert [one.quiet() for one in told] == [("mail",), (), ("posts: xl",)]
