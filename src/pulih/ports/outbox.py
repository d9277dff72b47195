"""What sending asks of the outside: a store of subscriptions, and an outbox that loses nothing and doubles nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from pulih.model.subscription import (
    ChannelKind,
    Delivery,
    DeliveryState,
    Language,
    LetterKind,
    Pace,
    Parcel,
    QueuedWord,
    SendProgress,
    Subscription,
    Topics,
)


class SubscriptionStore(Protocol):
    """Keeps subscriptions. Every method is one transaction, and may be called from any thread."""

    def add(self, subscription: Subscription) -> bool:
        """Add a subscription; False when one with that address on that channel is there and has not ended."""
        ...

    def subscription(self, subscription_id: str) -> Subscription | None:
        """Return one subscription, ended ones too."""
        ...

    def of_address(self, channel: ChannelKind, address_key: str) -> Subscription | None:
        """Return the subscription of an address, None when there is none that has not ended."""
        ...

    def active(self, channel: ChannelKind) -> Sequence[Subscription]:
        """Return all that are active on a channel; for channels with few."""
        ...

    def on_call(self) -> Sequence[Subscription]:
        """Return those who are called."""
        ...

    def confirm(self, subscription_id: str, at_us: int) -> bool:
        """Make a pending subscription active; False when it is not pending."""
        ...

    def change(self, subscription_id: str, topics: Topics, *, language: Language, pace: Pace, quiet: bool) -> bool:
        """Change what it is told; False when it has ended. What waits already is sent as it was going to be."""
        ...

    def end(self, subscription_id: str, at_us: int) -> bool:
        """End a subscription: its address is forgotten and what waits for it dropped; False when it had ended."""
        ...

    def forget(self, *, pending_before_us: int, ended_before_us: int) -> int:
        """Remove what was never confirmed and what ended before; return how many."""
        ...

    def counts(self) -> Mapping[ChannelKind, int]:
        """Return how many are active on each channel."""
        ...


class Due(msgspec.Struct, frozen=True):
    """When a word falls due for subscriptions of one pace, with quiet hours or without."""

    pace: Pace
    quiet: bool
    at_us: int


class Became(msgspec.Struct, frozen=True, kw_only=True):
    """What became of deliveries of one letter: how many are in a state, since when at the latest, and why."""

    state: DeliveryState
    many: int
    changed_us: int
    why: str = ""


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a delivery: its state, why, when it is due again if it waits; `gone` ends its subscription."""

    delivery: Delivery
    state: DeliveryState
    why: str = ""
    due_us: int | None = None
    gone: bool = False


class Handovers(Protocol):
    """Remembers which deliveries were at the step that cannot be taken back, when the process that sends is killed."""

    def begun(self) -> frozenset[Delivery] | None:
        """Return what the process before had marked; None when nobody can know, as after a loss of power."""
        ...

    def mark(self, deliveries: Sequence[Delivery]) -> None:
        """Mark deliveries, right before the step; raise OutsideFailed when it cannot be done."""
        ...


class Outbox(Protocol):
    """Keeps what is to be sent. Every method is one transaction, and may be called from any thread.

    One process sends at a time; what it had leased when it ended is found by `recover`.
    """

    def queue(self, word: QueuedWord, dues: Sequence[Due], at_us: int) -> int | None:
        """Queue a word for every active subscription that it concerns and that was confirmed before it was published.

        Those of its places come before those of everywhere. Older words of the incident that still wait are dropped:
        whoever reads late wants the newest.

        Return: how many it is queued for; None, and nothing changed, when it was queued before.
        """
        ...

    def queue_letter(self, kind: LetterKind, subscription: Subscription, at_us: int) -> None:
        """Queue a letter to one subscription, due at once and before words."""
        ...

    def queue_call(self, call: str, subscription: Subscription, at_us: int) -> bool:
        """Queue a call of somebody on duty, due at once and before all else; False when it was queued before."""
        ...

    def queue_report(self, post: str, subscription: Subscription, at_us: int) -> bool:
        """Queue a report to a recipient, due at once; False when it was queued before."""
        ...

    def queue_survey(self, post: str, incident: str, dues: Sequence[Due], at_us: int) -> bool:
        """Queue a question for every reader who was told of an incident; False when it was queued before."""
        ...

    def readers_of(self, incident: str) -> int:
        """Return how many people who still want to be told were told of an incident by mail, chat or SMS."""
        ...

    def became(self, post: str) -> Sequence[Became]:
        """Return what became of a report or question, nothing when it is not queued."""
        ...

    def claim(self, channel: ChannelKind, now_us: int, most: int) -> Sequence[Parcel]:
        """Lease what is due on a channel, what comes first first; about `most` deliveries."""
        ...

    def settle(self, changes: Sequence[Settled], at_us: int) -> None:
        """Write states of deliveries, in order."""
        ...

    def recover(self, at_us: int, *, begun: frozenset[Delivery] | None) -> int:
        """After a start, let what was leased wait again, and settle what was being handed over.

        Args:
            at_us: the present.
            begun: those for which the step that cannot be taken back had begun; None when nobody can know.

        Return: how many are uncertain; the others wait again, since they had not begun.
        """
        ...

    def withdraw(self, word: str, at_us: int) -> int:
        """Drop what waits of a word that was taken back; return how many."""
        ...

    def progress(self, most: int) -> Sequence[SendProgress]:
        """Return how far the words queued last have come, newest first."""
        ...

    def waiting(self) -> Mapping[ChannelKind, int]:
        """Return how many deliveries are not settled yet, by channel."""
        ...

    def forget(self, before_us: int) -> int:
        """Remove words queued before, with their deliveries, and letters; return how many deliveries."""
        ...
