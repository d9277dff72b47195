"""What learning the usefulness of sources asks of the outside: a place for the hours in which each spoke of trouble."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pulih.learn.usefulness import Spoke


class SpokeStore(Protocol):
    """Keeps the hours in which sources spoke; every method may be called from any thread."""

    def learn(self, spoke: Sequence[Spoke], until_hour: int) -> None:
        """Keep what was said in the hours before `until_hour`, and that they were looked at; all of it or nothing.

        What is there already is left alone; an hour that was looked at is not to be given again.
        """
        ...

    def until_hour(self) -> int | None:
        """Return the first hour, by number since 1970 UTC, that was not looked at; None before any was."""
        ...

    def spoke(self) -> list[Spoke]:
        """Return all that is kept."""
        ...

    def forget(self, before_hour: int) -> None:
        """Forget what was said before an hour."""
        ...
