"""Machine time: what the kernel says of time: the clock on the wall, the time that really passed, and who vouches.

A clock on the wall can be set; the time since the machine was started cannot, and on Linux CLOCK_BOOTTIME counts what a
suspended machine slept as well. The kernel knows whether somebody (an NTP or PTP daemon) keeps the clock right: setting
it by hand takes that mark away, and a daemon gives it back when it has found the clock right.
Source: clock_gettime(2), adjtimex(2); Linux, kernel/time/timekeeping.c (do_settimeofday64 clears the state of NTP).
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
# Larger than struct timex on every Linux; its first field, modes, is 0: nothing is changed.
_TIMEX_BYTES: Final = 512
_TIME_ERROR: Final = 5
# Where there is no CLOCK_BOOTTIME, what a suspended machine slept is not counted.
_PASSING: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class MachineTime(msgspec.Struct, frozen=True, kw_only=True):
    """How time is asked for.

    Attributes:
        wall_us: the clock on the wall, microseconds since 1970 UTC; it may be set.
        passed_us: microseconds since a moment that stays the same until the machine is started anew.
        is_synchronised: whether the kernel was told that its clock is kept right.
        boot: names this run of the machine, "" where it has no name.
    """

    wall_us: Callable[[], int]
    passed_us: Callable[[], int]
    is_synchronised: Callable[[], bool]
    boot: str = ""


def this_machine() -> MachineTime:
    """Return the time of this machine.

    >>> this_machine().wall_us() > 0
    True
    """
    return MachineTime(wall_us=_wall_us, passed_us=_passed_us, is_synchronised=_is_synchronised, boot=_boot())


def _wall_us() -> int:
    return time.time_ns() // 1000


def _passed_us() -> int:
    return time.clock_gettime_ns(_PASSING) // 1000


def _boot() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _is_synchronised() -> bool:
    adjtimex = getattr(ctypes.CDLL(None), "adjtimex", None)
    if adjtimex is None:
        return False
    return 0 <= int(adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))) < _TIME_ERROR
