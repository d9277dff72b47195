"""Subscribing: who asks to be told, shows that the address is theirs, changes what they are told, and ends it.

Nobody learns here whether an address is subscribed: the answer on the page is the same, and what differs goes to the
address alone. Nobody can have a stranger's mailbox filled: one question a day to a mailbox, a few requests from a
network, and a bound for all; what is not confirmed is forgotten after two days.
Source: M3AAWG Recommendations on preventing subscription bombing; UU 27/2022 (consent that can be withdrawn).
"""

from __future__ import annotations

import secrets
from typing import Final

import msgspec

from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.model.subscription import Language, Pace, Subscription, Topics
from pulih.ports.clock import Clock
from pulih.ports.outbox import Outbox, SubscriptionStore
from pulih.service.email_address import email_address, mailbox
from pulih.service.limits import Limit
from pulih.service.subscription_tokens import address_key, subscription_in, token_of

CONFIRM_US: Final = 2 * DAY_S * MICROS
# Thousands of customers of a mobile operator share an address of the network.
_NETWORK_S: Final = 600
_MAILBOX: Final = (1, DAY_S)
_GUESSES: Final = (20, 600)
TOPICS_MAX: Final = 60


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """How many requests are taken from one network in ten minutes, and from everybody in an hour."""

    network: int = 60
    everybody: int = 3_000


USUAL: Final = Bounds()


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks for: of what, in which language, how gathered, and whether nights stay quiet."""

    topics: Topics = Topics()
    language: Language = "id"
    pace: Pace = "each"
    quiet: bool = False


class Subscribing:
    """Subscriptions by e-mail; every method may be called from any thread.

    Args:
        store: where subscriptions are kept.
        outbox: what the letters of subscribing go through.
        clock: the desk's.
        key: the desk's secret, from which tokens are made.
        bounds: how many requests are taken.
    """

    def __init__(
        self, store: SubscriptionStore, outbox: Outbox, clock: Clock, key: bytes, *, bounds: Bounds = USUAL
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._clock = clock
        self._key = key
        self._by_network = Limit(bounds.network, _NETWORK_S)
        self._by_mailbox = Limit(*_MAILBOX)
        self._of_all = Limit(bounds.everybody, HOUR_S)
        self._guesses = Limit(*_GUESSES)

    def ask(self, written: str, wish: Wish, *, network: str) -> None:
        """Take a request; whoever owns the address gets a letter, or none when one went to it lately.

        Args:
            written: the e-mail address as it was typed.
            wish: what is asked for.
            network: from which address of the network.

        Raises: RefusedInput when the address or wish cannot be used, or too many come; OutsideFailed.
        """
        address = email_address(written)
        _check(wish)
        now_us = self._clock.now_us()
        self._limit(network, now_us)
        key = address_key(self._key, address)
        box = address_key(self._key, mailbox(address))
        if self._by_mailbox.wait_s(box, now_us):
            return
        known = self._store.of_address("email", key)
        if known is None:
            known = Subscription(
                id=secrets.token_hex(8),
                channel="email",
                address=address,
                address_key=key,
                language=wish.language,
                topics=wish.topics,
                pace=wish.pace,
                quiet=wish.quiet,
                made_us=now_us,
            )
            if not self._store.add(known):
                return
        self._by_mailbox.note(box, now_us)
        self._outbox.queue_letter("confirm" if known.state == "pending" else "known", known, now_us)

    def to_confirm(self, token: str, *, network: str) -> Subscription:
        """Return the subscription of a token to confirm, active ones too.

        Raises: RefusedInput when there is none, it is over, or too many were tried.
        """
        return self._of("confirm", token, network)

    def confirm(self, token: str, *, network: str) -> Subscription:
        """Begin to tell, and return the subscription; confirming twice is no harm.

        Raises: as `to_confirm`.
        """
        found = self._of("confirm", token, network)
        self._store.confirm(found.id, self._clock.now_us())
        return self._of("confirm", token, network)

    def of(self, token: str, *, network: str) -> Subscription:
        """Return the subscription of a token to manage it.

        Raises: as `to_confirm`.
        """
        return self._of("manage", token, network)

    def change(self, token: str, wish: Wish, *, network: str) -> Subscription:
        """Change what is told, and return the subscription.

        Raises: as `to_confirm`; RefusedInput when the wish cannot be used.
        """
        _check(wish)
        found = self._of("manage", token, network)
        self._store.change(found.id, wish.topics, language=wish.language, pace=wish.pace, quiet=wish.quiet)
        return self._of("manage", token, network)

    def stop(self, token: str, *, network: str) -> None:
        """End a subscription; one that has ended is no harm, since mail programs ask more than once.

        Raises: RefusedInput when the token is none of this desk's, or too many were tried.
        """
        self._store.end(self._id("manage", token, network), self._clock.now_us())

    def manage_token(self, subscription_id: str) -> str:
        """Return the token with which a subscription is managed."""
        return token_of(self._key, "manage", subscription_id)

    def confirm_token(self, subscription_id: str) -> str:
        """Return the token with which a subscription is confirmed."""
        return token_of(self._key, "confirm", subscription_id)

    def _of(self, purpose: str, token: str, network: str) -> Subscription:
        found = self._store.subscription(self._id(purpose, token, network))
        if found is None or found.state == "ended" or self._is_stale(found):
            raise RefusedInput(
                "This subscription is over, or was not confirmed within two days; subscribe again.",
                key="subscribe.over",
            )
        return found

    def _is_stale(self, found: Subscription) -> bool:
        return found.state == "pending" and self._clock.now_us() - found.made_us > CONFIRM_US

    def _id(self, purpose: str, token: str, network: str) -> str:
        now_us = self._clock.now_us()
        if wait_s := self._guesses.wait_s(network, now_us):
            raise _hurried(wait_s)
        found = subscription_in(self._key, "confirm" if purpose == "confirm" else "manage", token)
        if found is None:
            self._guesses.note(network, now_us)
            raise RefusedInput(
                "This link is not whole, or not from this desk; open the link in the message itself.",
                key="subscribe.link",
            )
        return found

    def _limit(self, network: str, now_us: int) -> None:
        wait_s = self._by_network.wait_s(network, now_us)
        if wait_s:
            raise _hurried(wait_s)
        if self._of_all.wait_s("", now_us):
            raise OutsideFailed("Very many subscribe at this moment; try again in an hour.", key="subscribe.crowded")
        self._by_network.note(network, now_us)
        self._of_all.note("", now_us)


def _check(wish: Wish) -> None:
    named = (wish.topics.operators, wish.topics.services, wish.topics.regions)
    if max(len(one) for one in named) > TOPICS_MAX:
        raise RefusedInput(
            f"More than {TOPICS_MAX} were chosen of one kind; choose fewer, or none for all.",
            key="subscribe.many",
            most=TOPICS_MAX,
        )


def _hurried(wait_s: int) -> RefusedInput:
    minutes = -(-wait_s // 60)
    return RefusedInput(
        f"Too many tries from this network; try again in {minutes} minutes.", key="subscribe.wait", n=minutes
    )
