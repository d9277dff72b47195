"""Staff: a message to the operator's own people, through Apprise: chat rooms, pagers, ticket systems.

The addresses of such services hold their secrets, so a message names one of the settings' tables and nothing else. One
table is one service: of several, one could take a message and another not, and nobody could say what became of it.

Source: Apprise, https://github.com/caronc/apprise (BSD-2-Clause).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pulih.adapters.channels.missing import missing
from pulih.adapters.channels.text import with_link
from pulih.model.errors import RefusedInput
from pulih.ports.channels import ChannelKind, Message, Outcome

_TIMEOUT_S: Final = 30.0


class Staff:
    """Sends to services by the names that the settings give them.

    Args:
        services: address of each, as Apprise writes it, by name.

    Raises: OutsideFailed when the package is missing; RefusedInput when an address is none.
    """

    def __init__(self, services: Mapping[str, str]) -> None:
        try:
            from apprise import Apprise  # noqa: PLC0415 -- optional
        except ImportError:
            raise missing("A staff channel", "staff") from None
        self._services: dict[str, Apprise] = {}
        for name, address in services.items():
            self._services[name] = Apprise()
            if not self._services[name].add(address) or len(self._services[name]) != 1:
                raise RefusedInput(
                    f"staff channel {name}: its file holds no address that Apprise knows; "
                    "right would be one such as mailto://... or slack://..., and one only"
                )

    @property
    def kind(self) -> ChannelKind:
        """Return what it carries."""
        return "staff"

    async def send(self, message: Message) -> Outcome:
        """Try once to hand over a message."""
        service = self._services.get(message.address)
        if service is None:
            return Outcome("refused", "no [[staff]] table of the settings has this name")
        taken = await service.async_notify(body=with_link(message), title=message.subject, timeout=_TIMEOUT_S)
        return Outcome("sent") if taken else Outcome("later", "the service did not take it")

    async def close(self) -> None:
        """Give connections back: there are none between two messages."""
        self._services.clear()
