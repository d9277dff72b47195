"""Health: whether the process lives, and whether it is ready to take reports and to tell what is found.

A desk that lives and is not ready must not be restarted for it (a full disk stays full) and should get no new work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Literal

import anyio
import anyio.to_thread
import msgspec
from msgspec import Meta

from pulih.model.clock import MICROS
from pulih.model.errors import PulihError
from pulih.ports.clock import Clock
from pulih.ports.intake import Journal
from pulih.service.upkeep import stands_s

# Returns "" when all is well, else a sentence; may block, and may raise one of our errors.
Check = Callable[[], str]
# Whoever asks has their own patience, of seconds as a rule.
CHECK_S_MAX = 2.0
# Reports are counted within a second; a pipeline that is a minute behind tells of a past.
LAG_S_MAX = 60.0


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at: its name, whether the desk is ready for all of it, and what is wrong or ""."""

    name: str
    ready: bool
    says: str = ""


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the desk is ready, and what was looked at."""

    ready: bool
    checks: tuple[Checked, ...]

    def brief(self) -> Readiness:
        """Return the same without sentences, which may name what strangers need not know."""
        return Readiness(ready=self.ready, checks=tuple(Checked(name=one.name, ready=one.ready) for one in self.checks))


class Liveness(msgspec.Struct, frozen=True, kw_only=True):
    """The process lives; that it answers is all there is to say."""

    alive: Annotated[Literal["yes"], Meta(description="always")] = "yes"


class Health(msgspec.Struct, frozen=True):
    """What is looked at, by name: what a desk needs to be ready, and what it only has something to say of."""

    checks: Mapping[str, Check] = {}
    notes: Mapping[str, Check] = {}

    async def look(self) -> Readiness:
        """Look at everything at once; what does not answer in time is not well."""
        found: dict[str, Checked] = {}
        async with anyio.create_task_group() as group:
            for name, check in {**self.notes, **self.checks}.items():
                group.start_soon(_look, name, check, found)
        noted = [Checked(name=name, ready=True, says=found[name].says) for name in self.notes]
        told = (*(found[name] for name in self.checks), *noted)
        return Readiness(ready=all(one.ready for one in told), checks=told)


def storage_check(
    trouble: Callable[[], str], write: Callable[[], None], *, room: Callable[[], None] = lambda: None
) -> Check:
    """Return the check that reports can be kept.

    A desk that gets no work because its disk was full would never learn that there is room again; so after trouble
    the disk itself is tried.

    Args:
        trouble: why the last commit failed, "" when it did not (`Accepting.trouble`).
        write: writes something small where the journal is; raises OutsideFailed.
        room: raises OutsideFailed when too little is left of the disk, whether that was noticed or not.

    >>> storage_check(lambda: "The disk was full.", lambda: None)()
    ''
    """

    def check() -> str:
        room()
        if trouble():
            write()
        return ""

    return check


def answer_check(ask: Callable[[], object]) -> Check:
    """Return the check that somebody answers at all, such as a database; what they say does not matter.

    >>> answer_check(lambda: 5)()
    ''
    """

    def check() -> str:
        ask()
        return ""

    return check


def lag_check(lag_s: Callable[[], float]) -> Check:
    """Return the check that a pipeline keeps up.

    Args:
        lag_s: how far it is behind, in seconds; see `lag_of`.

    >>> lag_check(lambda: 3.0)(), lag_check(lambda: 90.0)()
    ('', 'The pipeline is 90 s behind; right would be at most 60 s.')
    """

    def check() -> str:
        behind_s = lag_s()
        if behind_s <= LAG_S_MAX:
            return ""
        return f"The pipeline is {behind_s:.0f} s behind; right would be at most {LAG_S_MAX:.0f} s."

    return check


def clock_check(counted_until_us: Callable[[], int], clock: Clock) -> Check:
    """Return the check that the clock has not been ahead.

    Windows that were closed by a clock that was ahead stay closed, so reports of now count in none of them.

    Args:
        counted_until_us: the moment until which windows were closed.
        clock: that they are closed by.
    """

    def check() -> str:
        ahead_s = stands_s(counted_until_us(), clock.now_us())
        if not ahead_s:
            return ""
        return (
            f"The clock was {ahead_s:,.0f} s ahead and was set back: until then reports are kept and not counted in "
            "findings. Stop the desk, move away the snapshots made since, and start it again: it counts them then."
        )

    return check


def lag_of(
    journal: Journal, position: Callable[[], int], clock: Clock, *, over_s: Callable[[], float] = lambda: 0.0
) -> Callable[[], float]:
    """Return what tells how far a pipeline is behind, in seconds: the age of the first frame that it has not read, or
    for how long windows are over that it has not closed, as after a desk that was stopped for hours has read all.

    Args:
        journal: what it reads.
        position: number of the last frame that it read.
        clock: that frames are dated by.
        over_s: since when windows are over that are not closed.
    """

    def lag_s() -> float:
        waiting = journal.frame(position() + 1)
        unread_s = 0.0 if waiting is None else (clock.now_us() - waiting.received_us) / MICROS
        return max(0.0, unread_s, over_s())

    return lag_s


async def _look(name: str, check: Check, found: dict[str, Checked]) -> None:
    says = f"No answer within {CHECK_S_MAX:.0f} s."
    with anyio.move_on_after(CHECK_S_MAX):
        says = await anyio.to_thread.run_sync(_asked, check, abandon_on_cancel=True)
    found[name] = Checked(name=name, ready=not says, says=says)


def _asked(check: Check) -> str:
    try:
        return check()
    except PulihError as problem:
        return str(problem)
