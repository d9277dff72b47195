"""Probing: the schedule of own probes, whose answers come in by the intake like all that is heard."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pulih.adapters.addresses import networks
from pulih.adapters.config import DeskSettings
from pulih.adapters.probes.asking import Reach, ask
from pulih.adapters.probes.schedule import ProbeReport, Schedule
from pulih.listen.payload import PayloadReader
from pulih.ports.clock import Clock
from pulih.service.accepting import Accepting, Outcome


def schedule_of(settings: DeskSettings, accepting: Accepting, reader: PayloadReader, clock: Clock) -> Schedule:
    """Return the schedule of the probes in the settings; it asks nobody before it is started."""
    reach = Reach(networks(settings.probes.allow_networks))

    def hand_over(reports: Sequence[ProbeReport]) -> Outcome:
        lines = b"\n".join(msgspec.json.encode(one) for one in reports)
        return accepting.accept(reader.batch(lines, clock.now_us()))

    return Schedule(
        settings.probe, lambda probe: ask(probe, reach), hand_over, clock=clock, at_once=settings.probes.at_once
    )
