"""Clock start: by which clock a desk begins, and when it does not begin since the machine's clock cannot be right.

A desk that begins by a clock that is far ahead closes windows up to there, and all reports with true times come too
late for them; by one that is far behind it refuses them as of the future. It knows when it was last seen. Where the
machine was not started anew since, the time that passed tells the present, whatever the clock says.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from pulih.adapters.clock_file import keep_last_seen, read_last_seen
from pulih.adapters.data_folder import known_layout, running_process
from pulih.adapters.machine_time import MachineTime
from pulih.model.clock import DAY_S, MICROS, iso
from pulih.model.errors import ForbiddenMove, OutsideFailed
from pulih.serve.clocks import SteadyClock

# No desk of this version ran before: 2026-01-01 UTC.
EARLIEST_US: Final = 1_767_225_600 * MICROS
# A report may be as far ahead of the desk's clock, and a desk that is as far behind refuses none.
BEHIND_US_MAX: Final = 300 * MICROS
# A desk that was away for longer wants a clock that somebody vouches for.
AWAY_US_MAX: Final = 7 * DAY_S * MICROS
_RIGHT: Final = (
    "Set the clock right (timedatectl), then start the desk. If the clock is right, call pulih accept-clock once."
)


def steady_clock(path: Path, machine: MachineTime) -> SteadyClock:
    """Return the clock of a desk that begins.

    Args:
        path: where it stands when the desk was last seen.
        machine: the time of this machine.

    Raises: OutsideFailed when the machine's clock cannot be right.
    """
    seen = read_last_seen(path)
    if seen is not None and seen.boot and seen.boot == machine.boot:
        return SteadyClock(machine, tell, offset_us=seen.offset_us)
    wall_us = machine.wall_us()
    says = f"The clock of this machine says {iso(wall_us // MICROS * MICROS)}"
    if wall_us < EARLIEST_US:
        raise OutsideFailed(f"{says}, and no desk of this version is as old. Set the clock right (timedatectl).")
    if seen is not None:
        last = f"the desk was last seen at {iso(seen.at_us // MICROS * MICROS)}"
        if wall_us < seen.at_us - BEHIND_US_MAX:
            raise OutsideFailed(f"{says}, but {last}, which is later. {_RIGHT}")
        if wall_us > seen.at_us + AWAY_US_MAX and not machine.is_synchronised():
            raise OutsideFailed(f"{says}, {last}, and nothing keeps this clock right (NTP). {_RIGHT}")
    return SteadyClock(machine, tell)


def accept_clock(data: Path, machine: MachineTime) -> str:
    """Let the desk of a folder go by the machine's clock from its next start on; return what is said.

    Raises: RefusedInput when it is no desk's folder; ForbiddenMove while its desk runs; OutsideFailed.
    """
    layout = known_layout(data)
    if (process := running_process(layout)) is not None:
        raise ForbiddenMove(
            f"--data {data}: its desk runs (process {process}) and keeps its own time; stop it, call this, start it."
        )
    clock = SteadyClock(machine, tell)
    keep_last_seen(layout.clock, clock.seen())
    now = iso(clock.now_us() // MICROS * MICROS)
    return f"{data}: the desk goes by this machine's clock from its next start on; it is {now} now."


def tell(sentence: str) -> None:
    """Write a sentence to standard error."""
    sys.stderr.write(f"pulih: {sentence}\n")
