"""Webhook: hands an event to a machine of somebody else, signed as Standard Webhooks says (requirement T4).

The receiver is told the message's id with every try, so that it can drop a second copy; a desk that is killed between
the receiver's answer and its own note of it tries once more, with the same id.

Source: Standard Webhooks 1.0.0: signature scheme, 410 Gone ends a subscription, any answer of the twohundreds is a yes.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from pulih.adapters.channels.posting import Poster, outcome_of
from pulih.listen.hooks.signature import signature
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.channels import ChannelKind, Message, Outcome


class Webhook:
    """Posts the body of a message to its address, signed with its secret.

    Args:
        poster: takes the bytes over.
        now_s: the clock of the world, seconds since 1970 UTC.
    """

    def __init__(self, poster: Poster, *, now_s: Callable[[], float] = time.time) -> None:
        self._poster, self._now_s = poster, now_s

    @property
    def kind(self) -> ChannelKind:
        """Return what it carries."""
        return "webhook"

    async def send(self, message: Message) -> Outcome:
        """Try once to hand over a message."""
        if not message.body:
            return Outcome("refused", "it has no body for a machine")
        sent = str(int(self._now_s()))
        try:
            headers = {
                "content-type": "application/json",
                "webhook-id": message.id,
                "webhook-timestamp": sent,
                "webhook-signature": signature(message.secret, message.id, sent, message.body).decode(),
            }
            return outcome_of(await self._poster.post(message.address, message.body, headers))
        except RefusedInput as refusal:
            return Outcome("refused", str(refusal))
        except OutsideFailed as failure:
            return Outcome("later", str(failure))

    async def close(self) -> None:
        """Give connections back."""
        await self._poster.close()
