"""Subscribing by chat: whoever writes to the desk's bot is who will be told, so nobody has to confirm anything.

The chat's address goes as soon as it ends (`SubscriptionStore.end`). A chat that writes on and on is answered with
silence; to end it is always possible.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from pulih.communicate.chat_commands import Command, ended, read_command, started, unknown_place, usage
from pulih.communicate.speech import Pair
from pulih.model.subscription import ChannelKind, Language, Subscription, Topics
from pulih.ports.clock import Clock
from pulih.ports.outbox import SubscriptionStore
from pulih.service.limits import Limit
from pulih.service.subscription_tokens import address_key

_TRIES: Final = (20, 600)
# A name of a place that nobody knows, in so many words at most, is a slip of the pen and no complaint.
_SLIP_WORDS: Final = 4


class Heard(msgspec.Struct, frozen=True):
    """What came of a message among complaints: the answer, "" for silence, and whether it may be a complaint."""

    answer: str
    complaint: bool


class ChatSubscribing:
    """Answers what is written to a bot; any thread may call it.

    Args:
        store: where subscriptions are kept.
        clock: the desk's.
        key: the desk's secret.
        desk: its name.
        find_region: code of a region by its name, "" when there is none.
        regions: names of regions by code.
    """

    def __init__(
        self,
        store: SubscriptionStore,
        clock: Clock,
        key: bytes,
        *,
        desk: str,
        find_region: Callable[[str], str],
        regions: Mapping[str, str],
    ) -> None:
        self._store, self._clock, self._key, self._desk = store, clock, key, desk
        self._find_region, self._regions = find_region, regions
        self._limit = Limit(*_TRIES)

    def answer(self, channel: ChannelKind, address: str, text: str, language: Language) -> str:
        """Do what a message asks for, and return the answer; "" for silence.

        Args:
            channel: on which it came.
            address: of the chat, as `Message` has it.
            text: what was written.
            language: of the answer, and of what is told from then on.

        Raises: OutsideFailed when the store cannot be written; nothing was done then.
        """
        command, now_us = read_command(text), self._clock.now_us()
        chat = f"{channel} {address}"
        if self._limit.wait_s(chat, now_us) and (command is None or command.kind != "stop"):
            return ""
        self._limit.note(chat, now_us)
        said = self._done(channel, address, command, language)
        return said[1] if language == "en" else said[0]

    def hear(self, channel: ChannelKind, address: str, text: str, language: Language) -> Heard:
        """Do what a message asks for, on a channel where people complain too: "mulai tadi pagi mati" is no command.

        Args, Raises: as `answer`.
        """
        command, words = read_command(text), len(text.split())
        if command is None:
            return Heard("", complaint=True)
        if command.kind == "stop":
            known = self._store.of_address(channel, address_key(self._key, address)) is not None
            if words > 1 and not known:
                return Heard("", complaint=True)
            return Heard(self.answer(channel, address, text, language), complaint=words > 1)
        unknown = bool(command.place) and not self._find_region(command.place)
        if unknown and words > _SLIP_WORDS:
            return Heard("", complaint=True)
        return Heard(self.answer(channel, address, text, language), complaint=unknown)

    def _done(self, channel: ChannelKind, address: str, command: Command | None, language: Language) -> Pair:
        if command is None:
            return usage(self._desk)
        key = address_key(self._key, address)
        known = self._store.of_address(channel, key)
        if command.kind == "stop":
            if known is not None:
                self._store.end(known.id, self._clock.now_us())
            return ended()
        region = self._find_region(command.place) if command.place else ""
        if command.place and not region:
            return unknown_place(command.place)
        topics = Topics(regions=(region,) if region else ())
        if known is not None:
            self._store.change(known.id, topics, language=language, pace=known.pace, quiet=known.quiet)
        else:
            self._store.add(self._subscription(channel, address, topics, language))
        return started(self._regions.get(region, region))

    def _subscription(self, channel: ChannelKind, address: str, topics: Topics, language: Language) -> Subscription:
        now_us = self._clock.now_us()
        return Subscription(
            id=secrets.token_hex(8),
            channel=channel,
            address=address,
            address_key=address_key(self._key, address),
            language=language,
            topics=topics,
            state="active",
            made_us=now_us,
            confirmed_us=now_us,
        )
