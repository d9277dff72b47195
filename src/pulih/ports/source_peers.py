"""What the contract of sources asks of a peer, so that a source can be tried (adapters/sources/contract.py)."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


class Peer(Protocol):
    """What a source listens to, as far as a test can make it.

    A text is one word of letters and digits; it must be found in `Item.text` as it was said. What this peer cannot do
    is named in `Trial.cannot`, and is not called; what only some peers can (`Late`, `Expiring`, `Freezing`) is tried
    where a peer has it.
    """

    async def say(self, text: str) -> None:
        """Say something new, now."""
        ...

    async def repeat(self, text: str) -> None:
        """Deliver once more what was said before, as the same item."""
        ...

    async def garble(self) -> None:
        """Deliver something that cannot be read."""
        ...

    async def restart(self) -> None:
        """End and start again, with what it keeps; return when it answers."""
        ...

    async def cut(self) -> None:
        """Be out of reach: connections end, new ones fail, but go on living."""
        ...

    async def heal(self) -> None:
        """Be in reach again."""
        ...

    async def delete(self, text: str) -> None:
        """Take back what was said."""
        ...


class Freezing(Protocol):
    """What a peer has whose wire can fall silent, as networks do that fail: nobody is told, and nothing ends."""

    async def freeze(self) -> None:
        """Carry nothing any more, neither way, and end nothing, new connections either; until `heal`."""
        ...


@runtime_checkable
class Late(Protocol):
    """What a peer has that may deliver in another order than it was said in."""

    async def say_late(self, text: str) -> None:
        """Say something now that is older than what was said last, by no more than the peer is known to be late."""
        ...


@runtime_checkable
class Expiring(Protocol):
    """What a peer has that asks who listens, by a token, a key or a password."""

    async def expire(self) -> None:
        """Take what the source shows no more, and end the connections that it opened by it; `say` goes on."""
        ...

    async def renew(self) -> str:
        """Have the source show what is taken; return that, "" when it is the same secret as before."""
        ...
