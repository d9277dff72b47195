"""A clock says what time it is; the desk runs on one that a replay may set."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Where the desk's time comes from."""

    def now_us(self) -> int:
        """Return the present, microseconds since 1970 UTC."""
        ...
