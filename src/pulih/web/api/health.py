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

from pulih.model.errors import PulihError

# Returns "" when all is well, else a sentence; may block, and may raise one of our errors.
Check = Callable[[], str]
# Whoever asks has their own patience, of seconds as a rule.
CHECK_S_MAX = 2.0
# Reports are counted within a second; a pipeline that is a minute behind tells of a past.
LAG_S_MAX = 60.0


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at: its name, whether it is well, and what is wrong or ""."""

    name: str
    ready: bool
    says: str = ""


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the desk is ready, and what was looked at."""

    ready: bool
    checks: tuple[Checked, ...]


class Liveness(msgspec.Struct, frozen=True, kw_only=True):
    """The process lives; that it answers is all there is to say."""

    alive: Annotated[Literal["yes"], Meta(description="always")] = "yes"


class Health(msgspec.Struct, frozen=True):
    """What is looked at, by name."""

    checks: Mapping[str, Check] = {}

    async def look(self) -> Readiness:
        """Look at everything at once; what does not answer in time is not well."""
        found: dict[str, Checked] = {}
        async with anyio.create_task_group() as group:
            for name, check in self.checks.items():
                group.start_soon(_look, name, check, found)
        told = tuple(found[name] for name in self.checks)
        return Readiness(ready=all(one.ready for one in told), checks=told)


def lag_check(lag_s: Callable[[], float]) -> Check:
    """Return the check that a pipeline keeps up.

    Args:
        lag_s: how old the oldest report is that was accepted and not yet read, in seconds.

    >>> lag_check(lambda: 3.0)(), lag_check(lambda: 90.0)()
    ('', 'The pipeline is 90 s behind; right would be at most 60 s.')
    """

    def check() -> str:
        behind_s = lag_s()
        if behind_s <= LAG_S_MAX:
            return ""
        return f"The pipeline is {behind_s:.0f} s behind; right would be at most {LAG_S_MAX:.0f} s."

    return check


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
