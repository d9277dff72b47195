"""A Subscription says who wants to be told of what, on which channel, how often; a Parcel is what goes out at once.

A subscription is the only place where a reader's address stands, and the address goes when the subscription ends.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from pulih.model.bulletin import PublicIncident, Word
from pulih.model.reading import Service

# What carries words to people; staff is the operator's own people, webhook a machine.
ChannelKind = Literal["email", "push", "telegram", "whatsapp", "sms", "webhook", "staff"]
Language = Literal["id", "en"]
# Each word by itself, what came within an hour together, or once a day.
Pace = Literal["each", "hourly", "daily"]
# pending: asked for, and nobody has shown yet that the address is theirs.
# on_call: of somebody on the rota, who is called and hears no words.
SubscriptionState = Literal["pending", "active", "ended", "on_call"]
# A word, the question whether an address is its owner's, the answer to one who is subscribed already, a call, a report
# to a regulator, or the question after an outage.
LetterKind = Literal["word", "confirm", "known", "call", "report", "survey"]
# waiting -> leased -> handing -> sent, refused (the peer never will), given_up (it was tried too often), or waiting
# again. uncertain: the desk was cut off while it handed it over. dropped: overtaken, withdrawn, or nobody's any more.
DeliveryState = Literal[
    "waiting", "leased", "handing", "sent", "refused", "given_up", "uncertain", "dropped"
]  # fmt: skip


class Topics(msgspec.Struct, frozen=True, kw_only=True):
    """Of what: catalogue ids of operators, services, Kemendagri codes of regions; none of a kind means all of it."""

    operators: tuple[str, ...] = ()
    services: tuple[Service, ...] = ()
    regions: tuple[str, ...] = ()


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """One address on one channel, and what it is told.

    Attributes:
        id: 16 hexadecimal digits; tells nothing of the address.
        channel, address: where it goes (`ports/channels.py`, Message); the address is "" once it ended.
        address_key: keyed digest of the address, so that nobody is subscribed twice; the id once it ended.
        language: of what is sent; `pace` how it is gathered.
        quiet: nothing between 22.00 and 06.00, unless calls for help fail.
        made_us, confirmed_us, ended_us: microseconds since 1970 UTC, None until it is so.
    """

    id: str
    channel: ChannelKind
    address: str
    address_key: str
    language: Language = "id"
    topics: Topics = Topics()
    pace: Pace = "each"
    quiet: bool = False
    state: SubscriptionState = "pending"
    made_us: int = 0
    confirmed_us: int | None = None
    ended_us: int | None = None


class QueuedWord(msgspec.Struct, frozen=True, kw_only=True):
    """A published word as it is sent: the incident as it stood then, and whether calls for help fail."""

    incident: PublicIncident
    word: Word
    urgent: bool = False

    @property
    def key(self) -> str:
        """Names it in the outbox."""
        return f"{self.incident.id}/{self.word.id}"

    @property
    def regions(self) -> tuple[str, ...]:
        """What places it is about, none for all."""
        return self.word.regions or tuple({one.region: None for one in self.incident.scopes if one.region})

    @property
    def services(self) -> tuple[Service, ...]:
        """What services it is about, none for all."""
        named = {one.service for one in self.incident.scopes}
        found = self.word.services or (() if None in named else tuple(one for one in named if one is not None))
        return () if "any" in found else tuple(sorted(found))


class Delivery(msgspec.Struct, frozen=True):
    """One thing that is to reach one subscription: the key of a word or letter, and the subscription's id."""

    word: str
    subscription: str


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """What one subscription is sent in one message.

    Attributes:
        subscription: to whom.
        letter: of what kind; `words` what is said, oldest first, none for other letters.
        deliveries: all that is settled by it; `tries` how often it was tried before.
    """

    subscription: Subscription
    letter: LetterKind
    deliveries: tuple[Delivery, ...]
    words: tuple[QueuedWord, ...] = ()
    tries: int = 0


class SendProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far the sending of one word on one channel is: how many deliveries are in which state, and since when."""

    word: str
    channel: ChannelKind
    incident: str
    counts: tuple[tuple[DeliveryState, int], ...]
    queued_us: int
    changed_us: int
