"""Keeps those subscribed whom the settings name: own machines and own people, who hear of every word.

They go through the same outbox as everybody, so that they hear each word once and after a crash too. Nobody confirms
anything: whoever writes the settings vouches for them, and whoever takes them out ends it with the next start.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final

import msgspec

from pulih.model.subscription import ChannelKind, Language, Subscription, Topics
from pulih.ports.outbox import SubscriptionStore
from pulih.service.subscription_tokens import address_key

STANDING: Final[tuple[ChannelKind, ...]] = ("webhook", "staff")


class Standing(msgspec.Struct, frozen=True):
    """Who hears of every word because the settings say so: on which channel, by which name, in which language."""

    kind: ChannelKind
    name: str
    language: Language


def keep_standing(store: SubscriptionStore, wanted: Sequence[Standing], key: bytes, now_us: int) -> None:
    """Subscribe all that are wanted, and end what is wanted no more.

    Args:
        store: where subscriptions are kept.
        wanted: whom the settings name.
        key: the desk's secret.
        now_us: the present.

    Raises: OutsideFailed when the store cannot be written.
    """
    named = {(one.kind, one.name): one for one in wanted}
    for kind in STANDING:
        for known in store.active(kind):
            if "://" in known.address:
                # Of somebody who subscribed a machine of their own; those of the settings are kept by name.
                continue
            one = named.pop((kind, known.address), None)
            if one is None:
                store.end(known.id, now_us)
            elif known.language != one.language:
                store.change(known.id, Topics(), language=one.language, pace="each", quiet=False)
    for one in named.values():
        store.add(_subscription(one, key, now_us))


def _subscription(one: Standing, key: bytes, now_us: int) -> Subscription:
    return Subscription(
        id=secrets.token_hex(8),
        channel=one.kind,
        address=one.name,
        address_key=address_key(key, one.name),
        language=one.language,
        state="active",
        made_us=now_us,
        confirmed_us=now_us,
    )
