"""What sending asks of the outside: a channel that carries one message to one address and says what became of it.

No channel says "sent" unless its peer has taken the message over: a word that was not sent must stay in the outbox.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal, Protocol, runtime_checkable

import msgspec

from pulih.model.subscription import ChannelKind, Language

__all__ = ["CarefulChannel", "Channel", "ChannelKind", "Fate", "Language", "Message", "Outcome"]

# sent: the peer took it; refused: it never will (no such address); later: it may if asked again.
Fate = Literal["sent", "refused", "later"]


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one address.

    Attributes:
        id: the same however often it is tried; a peer that knows ids is told it, so that it drops a second copy.
        address: where it goes: an e-mail address, a chat id, a number as in E.164, a push subscription as JSON, a URL.
        language: of its text; `subject` is "" where a channel has none.
        link: page that it is about; `stop` address at which one request ends the subscription, "" for staff.
        body: what a machine gets instead of the text (webhook), JSON; b"" for people.
        secret: with which a webhook is signed, "" elsewhere.
        arrived: address that a browser posts to when it got this, to show that the subscription is real; "" elsewhere.
    """

    id: str
    address: str
    language: Language
    text: str
    subject: str = ""
    link: str = ""
    stop: str = ""
    body: bytes = b""
    secret: str = ""
    arrived: str = ""


class Outcome(msgspec.Struct, frozen=True):
    """What became of a message.

    Attributes:
        fate: see `Fate`; `why` a sentence without addresses, `retry_s` how long to wait for another try.
        gone: the peer says that there is nobody any more: the subscription ends.
    """

    fate: Fate
    why: str = ""
    retry_s: float | None = None
    gone: bool = False


class Channel(Protocol):
    """Carries messages of one kind; used within one event loop, several messages at once."""

    @property
    def kind(self) -> ChannelKind:
        """Return what it carries."""
        ...

    async def send(self, message: Message) -> Outcome:
        """Try once to hand over a message; it never raises for what the peer says or does not say."""
        ...

    async def close(self) -> None:
        """Give connections back; it may be used no more."""
        ...


@runtime_checkable
class CarefulChannel(Channel, Protocol):
    """A channel whose handing over has one irrevocable step, before which all else is done and can be taken back."""

    async def hand_over(self, message: Message, ready: Callable[[], Awaitable[None]]) -> Outcome:
        """Do as `send`, and wait for `ready` right before the irrevocable step; what it raises stops the message."""
        ...
