"""A source and its peer in memory, which keep the contract or break it in one way, for tests of what listens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import msgspec

from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Batch, Item, Means, SourceKind

SECRET = "s3cr3t-of-the-peer"
# Ways to break the contract.
LOSES, DOUBLES, LEAKS, SWALLOWS, ENDS = "loses", "doubles", "leaks", "swallows", "ends"
ANSWERS_EARLY, HANGS, SKIPS, KEEPS = "answers early", "hangs", "skips", "keeps"
LOGS, DROPS_LATE, MUTE, STUCK, BABBLES, BELIEVES = "logs", "drops late", "mute", "stuck", "babbles", "believes"
# So long it waits for the peer's word.
_SILENT_S = 0.05


class MadeUpPeer:
    """Keeps a log of what it said; None is something that cannot be read, a negative number takes an entry back."""

    def __init__(self) -> None:
        self.log: list[str | int | None] = []
        self.reachable = True
        self.lives = 0
        # Up to where it was told that what it said is kept.
        self.answered = 0
        self.late: set[str] = set()
        self.lets_in, self.refused_once = True, False
        self.moves = asyncio.Event()
        self.moves.set()

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
        self.moves.set()

    async def freeze(self) -> None:
        self.moves.clear()

    async def say_late(self, text: str) -> None:
        self.late.add(text)
        self.log.append(text)

    async def expire(self) -> None:
        self.lets_in = False

    async def renew(self) -> str:
        self.lets_in = True
        return ""

    async def delete(self, text: str) -> None:
        self.log.append(-self.log.index(text) - 1)


class MadeUpSource:
    """Reads the log of a peer, in the same event loop; `wrong` names a way to break the contract."""

    def __init__(self, peer: MadeUpPeer, wrong: str = "") -> None:
        self._peer, self._wrong = peer, wrong
        self._skipped = 0
        self.closed = False

    def __repr__(self) -> str:
        return f"MadeUpSource({SECRET if self._wrong == LEAKS else ''})"

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        peer = self._peer
        lives, at = peer.lives, max(int(cursor or len(peer.log)), peer.answered, self._skipped)
        while self._wrong != ENDS:
            await self._asked(lives)
            new = peer.log[at:]
            if new:
                at += len(new)
                peer.answered = at if self._wrong == ANSWERS_EARLY else peer.answered
                yield self._batch(new, at)
                peer.answered = at
            elif self._wrong == BABBLES:
                yield Batch()
            await asyncio.sleep(0.005)

    async def _asked(self, lives: int) -> None:
        """Return when the peer answered; raise what it means when it does not."""
        peer, wrong = self._peer, self._wrong
        if wrong == LOGS:
            logging.getLogger("made_up").debug("asked with %s", SECRET)
        if not peer.lets_in or (wrong == STUCK and peer.refused_once):
            peer.refused_once = True
            raise OutsideFailed("Something is wrong.") if wrong == MUTE else RefusedInput("The token is not taken.")
        if lives != peer.lives and wrong == HANGS:
            await asyncio.Event().wait()
        if not peer.reachable or lives != peer.lives:
            self._skipped = len(peer.log) if wrong == SKIPS else 0
            raise OutsideFailed("The peer is not there.")
        if wrong != BABBLES:
            try:
                async with asyncio.timeout(None if wrong == BELIEVES else _SILENT_S):
                    await peer.moves.wait()
            except TimeoutError:
                raise OutsideFailed("The peer is silent.") from None

    async def close(self) -> None:
        self.closed = True

    def _batch(self, new: list[str | int | None], at: int) -> Batch:
        dropped = self._peer.late if self._wrong == DROPS_LATE else ()
        said = [one for one in new if isinstance(one, str) and one not in dropped]
        items = [Item(id=f"{one}{at if self._wrong == DOUBLES else ''}", text=f"kata: {one}") for one in said]
        gone = [str(self._peer.log[-one - 1]) for one in new if isinstance(one, int)]
        refused = ["an entry that is no text"] * new.count(None)
        return Batch(
            cursor="" if self._wrong == LOSES else str(at),
            items=tuple(items),
            deleted=() if self._wrong == KEEPS else tuple(gone),
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
