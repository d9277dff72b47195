"""A source and its peer in memory, which keep the contract or break it in one way, for tests of what listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec

from pulih.model.errors import OutsideFailed
from pulih.ports.sources import Batch, Item, Means, SourceKind

SECRET = "s3cr3t-of-the-peer"
# Ways to break the contract.
LOSES, DOUBLES, LEAKS, SWALLOWS, ENDS = "loses", "doubles", "leaks", "swallows", "ends"


class MadeUpPeer:
    """Keeps a log of what it said; None is something that cannot be read, a negative number takes an entry back."""

    def __init__(self) -> None:
        self.log: list[str | int | None] = []
        self.reachable = True
        self.lives = 0

    async def say(self, text: str) -> None:
        self.log.append(text)

    async def repeat(self, text: str) -> None:
        self.log.append(text)

    async def garble(self) -> None:
        self.log.append(None)

    async def restart(self) -> None:
        self.lives += 1

    async def cut(self) -> None:
        self.reachable = False
        self.lives += 1

    async def heal(self) -> None:
        self.reachable = True

    async def delete(self, text: str) -> None:
        self.log.append(-self.log.index(text) - 1)


class MadeUpSource:
    """Reads the log of a peer, in the same event loop; `wrong` names a way to break the contract."""

    def __init__(self, peer: MadeUpPeer, wrong: str = "") -> None:
        self._peer, self._wrong = peer, wrong
        self.closed = False

    def __repr__(self) -> str:
        return f"MadeUpSource({SECRET if self._wrong == LEAKS else ''})"

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        lives, at = self._peer.lives, int(cursor or len(self._peer.log))
        while self._wrong != ENDS:
            if not self._peer.reachable or lives != self._peer.lives:
                at = len(self._peer.log) if self._wrong == LOSES else at
                raise OutsideFailed("The peer is not there.")
            new = self._peer.log[at:]
            if new:
                at += len(new)
                yield self._batch(new, at)
            await asyncio.sleep(0.005)

    async def close(self) -> None:
        self.closed = True

    def _batch(self, new: list[str | int | None], at: int) -> Batch:
        said = [one for one in new if isinstance(one, str)]
        items = [Item(id=f"{one}{at if self._wrong == DOUBLES else ''}", text=f"kata: {one}") for one in said]
        gone = [str(self._peer.log[-one - 1]) for one in new if isinstance(one, int)]
        refused = ["an entry that is no text"] * new.count(None)
        return Batch(
            cursor="" if self._wrong == LOSES else str(at),
            items=tuple(items),
            deleted=tuple(gone),
            refused=() if self._wrong == SWALLOWS else tuple(refused),
        )


class MadeUpSettings(msgspec.Struct, frozen=True, kw_only=True):
    """No keys of its own but one."""

    wrong: str = ""


PEER = MadeUpPeer()


def opened(settings: MadeUpSettings, means: Means) -> MadeUpSource:
    """Return a source of the one peer of this process."""
    return MadeUpSource(PEER, settings.wrong)


KIND = SourceKind(
    name="made-up",
    settings=MadeUpSettings,
    open=opened,
    says="A list in memory.",
    verified="itself",
)
