"""Clocks of a desk: the world's, a steady one that does not follow jumps of it, and one that a replay sets."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

import msgspec

from pulih.adapters.clock_file import LastSeen
from pulih.adapters.machine_time import MachineTime
from pulih.model.clock import DAY_S, MICROS, iso
from pulih.ports.clock import Clock

# What keeps a clock right moves it by less; a window that closes so much too early loses nothing.
STEP_US_MAX: Final = 5 * MICROS
# A jump has to stand so long before anybody is asked to vouch for it, and then is asked about once a second.
STANDS_US: Final = 10 * MICROS
# How much two readings of the time that passed may differ around one of the wall's.
_READING_US_MAX: Final = MICROS // 10
_READINGS_MAX: Final = 3


class WorldClock:
    """The time of this machine."""

    def now_us(self) -> int:
        """Return the present, microseconds since 1970 UTC."""
        return time.time_ns() // 1000


class _Jump(msgspec.Struct, frozen=True):
    """A jump that is not followed: how far the wall's clock is from the time that passed, and since when."""

    offset_us: int
    since_us: int


class SteadyClock:
    """Goes as time passes, from where the machine's clock stood; a jump of that is taken over when it is vouched for.

    A clock that jumps ahead would close windows into which reports are still to come, and one that jumps back would
    find reports of now to be of the future. So a jump by more than 5 s is not followed, in either direction, until it
    has stood for 10 s and the kernel was told that its clock is right: after a hand has set it, only a daemon that
    keeps time (NTP, PTP) says so. A machine without one goes by the time that passes until it is started anew.
    Smaller steps are followed at once; when they lead back, this clock waits. May be used from any thread.

    Args:
        machine: the time of this machine.
        tell: is told once in a sentence when a jump is seen, and when it is over.
        offset_us: how far the clock is ahead of the time that passed since the machine was started; as the machine's
            own clock has it when None.

    Attributes:
        jumps: how many were seen.
    """

    def __init__(self, machine: MachineTime, tell: Callable[[str], object], *, offset_us: int | None = None) -> None:
        self._machine = machine
        self._tell = tell
        self._lock = threading.Lock()
        wall_us, passed_us = self._read()
        self._offset_us = wall_us - passed_us if offset_us is None else offset_us
        self._last_us = passed_us + self._offset_us
        self._jump: _Jump | None = None
        self._asked_us = passed_us
        self.jumps = 0

    def now_us(self) -> int:
        """Return the present, microseconds since 1970 UTC."""
        with self._lock:
            return self._look()[0]

    def latest_us(self) -> int:
        """Return the latest moment that may be the present: at most a day ahead of this clock during a jump."""
        with self._lock:
            now_us, wall_us = self._look()
            return now_us if self._jump is None else max(now_us, min(wall_us, now_us + DAY_S * MICROS))

    def apart_us(self) -> int:
        """Return how far the machine's clock is ahead of this one by a jump, 0 without one; below 0: behind."""
        with self._lock:
            now_us, wall_us = self._look()
            return 0 if self._jump is None else wall_us - now_us

    def says(self) -> str:
        """Return what people need to know of a jump that is not followed, "" without one."""
        apart_us = self.apart_us()
        return _unfollowed(apart_us, self.now_us()) if apart_us else ""

    def seen(self) -> LastSeen:
        """Return what is kept for the next start."""
        with self._lock:
            now_us, _ = self._look()
            return LastSeen(now_us, self._offset_us, self._machine.boot)

    def _look(self) -> tuple[int, int]:
        """Return the present by this clock and by the machine's."""
        passed_us, wall_us = self._machine.passed_us(), self._machine.wall_us()
        if abs(wall_us - passed_us - self._offset_us) > STEP_US_MAX:
            # Perhaps the process was held up between the two.
            wall_us, passed_us = self._read()
        offset_us = wall_us - passed_us
        if abs(offset_us - self._offset_us) <= STEP_US_MAX:
            if self._jump is not None:
                self._jump = None
                self._tell("The clock of this machine is back where the desk's is.")
            self._offset_us = offset_us
        else:
            self._judge(offset_us, passed_us)
        self._last_us = max(self._last_us, passed_us + self._offset_us)
        return self._last_us, wall_us

    def _judge(self, offset_us: int, passed_us: int) -> None:
        """Note a jump, or take it over when it has stood and is vouched for."""
        apart_us = offset_us - self._offset_us
        if self._jump is None or abs(offset_us - self._jump.offset_us) > STEP_US_MAX:
            self._jump = _Jump(offset_us, passed_us)
            self.jumps += 1
            self._tell(_unfollowed(apart_us, passed_us + self._offset_us))
        elif passed_us - max(self._jump.since_us + STANDS_US, self._asked_us + MICROS) >= 0:
            self._asked_us = passed_us
            if self._machine.is_synchronised():
                self._offset_us, self._jump = offset_us, None
                # The one case in which this clock may go back.
                self._last_us = passed_us + offset_us
                self._tell(
                    f"The clock of this machine is {_way(apart_us)} and kept right (NTP): the desk goes by it now."
                )

    def _read(self) -> tuple[int, int]:
        """Return the wall's clock and the time that passed, of one moment even if the process was held up between."""
        for _ in range(_READINGS_MAX):
            before_us = self._machine.passed_us()
            wall_us = self._machine.wall_us()
            passed_us = self._machine.passed_us()
            if passed_us - before_us <= _READING_US_MAX:
                break
        return wall_us, passed_us


class EitherClock:
    """The later of a steady clock and the machine's own, at most a day ahead of the steady one.

    While nobody knows which of both is right, a report that is of the future by one of them is not refused for it.
    """

    def __init__(self, clock: SteadyClock) -> None:
        self._clock = clock

    def now_us(self) -> int:
        """Return the latest moment that may be the present, microseconds since 1970 UTC."""
        return self._clock.latest_us()


def latest_of(clock: Clock) -> Clock:
    """Return the clock that tells the latest moment that may be the present."""
    return EitherClock(clock) if isinstance(clock, SteadyClock) else clock


def _unfollowed(apart_us: int, now_us: int) -> str:
    return (
        f"The clock of this machine is {_way(apart_us)} of the time that passed since the desk was started, and the "
        f"desk does not follow it: it is {iso(now_us // MICROS * MICROS)} here. Set the machine's clock right "
        "(timedatectl). If the clock is right and the desk is not, it follows as soon as NTP says so; without NTP stop "
        "the desk, call pulih accept-clock, and start it."
    )


def _way(apart_us: int) -> str:
    """Say how far and which way.

    >>> _way(3_600_000_000), _way(-60_000_000)
    ('3,600 s ahead', '60 s behind')
    """
    return f"{abs(apart_us) / MICROS:,.0f} s {'ahead' if apart_us > 0 else 'behind'}"


class ReplayClock:
    """Stands where it was set, or runs from there, `speed` times as fast as the world; it never goes back."""

    def __init__(self, start_us: int) -> None:
        """Stand at `start_us`, microseconds since 1970 UTC."""
        self._lock = threading.Lock()
        self._from_us = start_us
        self._since_s = time.monotonic()
        self._speed = 0.0

    def now_us(self) -> int:
        """Return the present of the replay."""
        with self._lock:
            return self._now_us()

    def set(self, at_us: int) -> None:
        """Go on to `at_us`; a moment that has passed already changes nothing."""
        with self._lock:
            self._move(max(at_us, self._now_us()), self._speed)

    def run(self, speed: float) -> None:
        """Run `speed` times as fast as the world from now on; 0 stands still."""
        with self._lock:
            self._move(self._now_us(), speed)

    def _now_us(self) -> int:
        return self._from_us + round((time.monotonic() - self._since_s) * self._speed * MICROS)

    def _move(self, at_us: int, speed: float) -> None:
        self._from_us, self._since_s, self._speed = at_us, time.monotonic(), speed
