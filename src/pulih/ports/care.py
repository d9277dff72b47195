"""What care asks of the outside: the lines of a subscriber, from the operator's own list, which nobody else sees."""

from __future__ import annotations

from typing import Protocol

import msgspec

from pulih.model.reading import Service


class Line(msgspec.Struct, frozen=True):
    """One line of a subscriber: operator, service and region; nothing that names anybody."""

    operator: str
    service: Service | None
    region: str


class SubscriberLines(Protocol):
    """Knows which lines a subscriber has; it holds keyed digests, never what they are made of."""

    def of(self, subscriber: str) -> tuple[Line, ...]:
        """Return the lines of a subscriber number as an agent types it; empty when the list has none."""
        ...
