"""What the tamper-evident timeline asks of the outside: a place for leaves that never change, and witnesses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from pulih.communicate.signed_note import VerifierKey


class KeptLeaf(msgspec.Struct, frozen=True):
    """A leaf: its number from 0, the incident it is about ("" for planned work), and its bytes."""

    number: int
    incident: str
    octets: bytes


class Head(msgspec.Struct, frozen=True):
    """What was signed last: how many leaves, the hash over them, when (microseconds since 1970 UTC), by which key.

    `cosignatures` are lines of witnesses below it, each with its line end.
    """

    size: int
    root: bytes
    signed_us: int
    cosignatures: tuple[str, ...] = ()


class TimelineStore(Protocol):
    """Keeps leaves and what was signed over them; used by one thread at a time."""

    def append(self, leaves: Sequence[KeptLeaf], head: Head) -> None:
        """Keep leaves and the head after them, all or none.

        Raises: StaleVersion when there is a leaf of that number already; OutsideFailed when nothing could be written.
        """
        ...

    def leaves(self, start: int, end: int) -> list[KeptLeaf]:
        """Return the leaves from number `start` to before `end`, in order."""
        ...

    def of(self, incident: str) -> list[KeptLeaf]:
        """Return the leaves of an incident, in order."""
        ...

    def head(self) -> Head | None:
        """Return what was signed last, None before the first."""
        ...

    def cosign(self, size: int, lines: Sequence[str]) -> None:
        """Keep lines of witnesses below the head of that size, beside those that are there."""
        ...


class WitnessAnswer(msgspec.Struct, frozen=True):
    """What a witness said: lines of its cosignatures, or the size that it saw last, from which it wants the proof."""

    lines: str = ""
    size: int | None = None


class Witness(Protocol):
    """Somebody else who signs below a head that it continues the one they saw before."""

    @property
    def key(self) -> VerifierKey:
        """Return the key with which its cosignatures are checked."""
        ...

    def add_checkpoint(self, request: str) -> WitnessAnswer:
        """Show it a head.

        Args:
            request: the size that it saw last, the proof from there, and the signed head (C2SP tlog-witness).

        Raises: OutsideFailed when it cannot be reached or refuses.
        """
        ...
