"""What being on duty asks of the outside: a store of exceptions from the rota."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pulih.model.on_call import Override


class OverrideStore(Protocol):
    """Keeps exceptions; each method is one transaction, and may be called from any thread."""

    def add(self, override: Override) -> None:
        """Keep an exception. Raises OutsideFailed."""
        ...

    def remove(self, override_id: str) -> bool:
        """Take one back; False when there is none of that id."""
        ...

    def after(self, at_us: int) -> Sequence[Override]:
        """Return those that end after a moment, by start."""
        ...
