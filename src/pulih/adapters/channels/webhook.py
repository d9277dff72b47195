"""Webhook: hands an event to a machine of somebody else, signed as Standard Webhooks says (requirement T4).

The receiver is told the message's id with every try, so that it can drop a second copy; a desk that is killed between
the receiver's answer and its own note of it tries once more, with the same id.

Source: Standard Webhooks 1.0.0: signature scheme, 410 Gone ends a subscription, any answer of the twohundreds is a yes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import msgspec

from pulih.adapters.addresses import Network
from pulih.adapters.channels.posting import Poster, Reach, outcome_of
from pulih.listen.hooks.signature import signature
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.channels import ChannelKind, Message, Outcome


class Receiver(msgspec.Struct, frozen=True):
    """A machine of the operator's own: address, secret, and the networks beside the public ones that it may be in."""

    address: str
    secret: str
    allowed: tuple[Network, ...] = ()


class Webhook:
    """Posts the body of a message to its address, signed with its secret.

    Args:
        own: receivers of the settings, by name; a message is for one of them when its address is that name.
        reach: how far posts to all others go.
        now_s: the clock of the world, seconds since 1970 UTC.
    """

    def __init__(self, own: Mapping[str, Receiver], reach: Reach, *, now_s: Callable[[], float] = time.time) -> None:
        self._own, self._now_s = own, now_s
        self._poster = Poster(reach)
        self._own_posters = {
            name: Poster(msgspec.structs.replace(reach, allowed=one.allowed)) for name, one in own.items()
        }

    @property
    def kind(self) -> ChannelKind:
        """Return what it carries."""
        return "webhook"

    async def send(self, message: Message) -> Outcome:
        """Try once to hand over a message."""
        if not message.body:
            return Outcome("refused", "it has no body for a machine")
        own = self._own.get(message.address)
        address, secret = (own.address, own.secret) if own else (message.address, message.secret)
        poster = self._own_posters[message.address] if own else self._poster
        sent = str(int(self._now_s()))
        try:
            headers = {
                "content-type": "application/json",
                "webhook-id": message.id,
                "webhook-timestamp": sent,
                "webhook-signature": signature(secret, message.id, sent, message.body).decode(),
            }
            return outcome_of(await poster.post(address, message.body, headers))
        except RefusedInput as refusal:
            return Outcome("refused", str(refusal))
        except OutsideFailed as failure:
            return Outcome("later", str(failure))

    async def close(self) -> None:
        """Give connections back."""
        for poster in (self._poster, *self._own_posters.values()):
            await poster.close()
