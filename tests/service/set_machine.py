"""A machine whose clock a test sets and whose time a test lets pass; `kept_right` is what it says of its clock."""

from __future__ import annotations

from pulih.adapters.machine_time import MachineTime

SECOND_US = 1_000_000
# 2026-11-26 04:00 UTC.
NOW_US = 1_795_665_600 * SECOND_US


class Machine:
    """Set `wall_us` and `passed_us`, or let time pass; `told` gathers what is told."""

    def __init__(self, boot: str = "first") -> None:
        self.wall_us, self.passed_us = NOW_US, 50 * SECOND_US
        self.kept_right = False
        self.boot = boot
        self.told: list[str] = []

    def time(self) -> MachineTime:
        return MachineTime(
            wall_us=lambda: self.wall_us,
            passed_us=lambda: self.passed_us,
            is_synchronised=lambda: self.kept_right,
            boot=self.boot,
        )

    def passes(self, seconds: float) -> None:
        self.wall_us += round(seconds * SECOND_US)
        self.passed_us += round(seconds * SECOND_US)

    def jumps(self, seconds: float) -> None:
        self.wall_us += round(seconds * SECOND_US)
