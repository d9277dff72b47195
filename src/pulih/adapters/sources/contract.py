"""Contract: what every source must do (ports/sources.py), tried on any of them against a peer that can be made to fail.

Whoever writes a source writes a small `Peer` around a server of the kind, and runs `hold`. It stands in for the desk:
keeps items, then the cursor; counts an item once by its id; listens again after an OutsideFailed. Nothing of it is
needed by a running desk. `python -O` changes nothing: what is broken is raised, not asserted.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

import msgspec

from pulih.adapters.sources._searched_log import searched_log
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.source_peers import Expiring, Late, Peer
from pulih.ports.sources import Batch, Means, Source, SpendReached

# How often it is looked whether something came, and how long after a failure a source listens again.
_LOOK_S: Final = 0.01
_AGAIN_S: Final = 0.05
# What is said until the first of it is heard: the source is there then.
_HELLO_S: Final = 0.2


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One source to be tried.

    Attributes:
        open: makes it, anew each time.
        peer: what it listens to; it runs already.
        secret: the token it was given, "" without one.
        keeps: whether the peer offers again what was said while nobody listened.
        cannot: names of what the peer cannot do: "repeat", "garble", "restart", "cut", "delete", "late", "expire".
        wait_s: how long something may take, in seconds.
    """

    open: Callable[[], Source]
    peer: Peer
    secret: str = ""
    keeps: bool = True
    cannot: frozenset[str] = frozenset()
    wait_s: float = 15.0


class ContractBroken(AssertionError):
    """A source does not do what ports/sources.py says."""


class Ear:
    """Listens as the desk does.

    Args:
        trial: what to listen with.
        cursor: where to go on.
        forget: a text at which the listener "dies" before the batch that holds it is kept; "" = never.

    Attributes:
        cursor: the last that was kept.
        heard: texts by id.
        deleted, refused, gaps, errors, shut: what was told so far; `shut` is what only a person can mend.
        may_be_shut: whether it may be told that it is not let in; then it is opened anew, as the desk does.
        secrets: what nothing that is told may hold.
        lived_s: when a batch was yielded last, by `time.monotonic`.
    """

    def __init__(self, trial: Trial, cursor: str = "", *, forget: str = "") -> None:
        self._trial, self._forget = trial, forget
        self.cursor = cursor
        self.heard: dict[str, str] = {}
        self.deleted: set[str] = set()
        self.refused: list[str] = []
        self.gaps: list[str] = []
        self.errors: list[str] = []
        self.shut: list[str] = []
        self.may_be_shut = False
        self.secrets = [trial.secret]
        self.lived_s = time.monotonic()
        self._source = trial.open()
        self._task = asyncio.create_task(self._run())

    def ids(self, text: str) -> list[str]:
        """Return the ids under which a text was heard."""
        return [one for one, said in self.heard.items() if text in said]

    async def until(self, true: Callable[[], bool], what: str) -> None:
        """Wait for something. Raises ContractBroken, with all that was told, when it does not happen in time."""
        end = time.monotonic() + self._trial.wait_s
        while not true():
            if self._task.done() and (problem := self._task.exception()) is not None:
                raise ContractBroken(f"The source ended before {what}: {problem!r}") from problem
            if time.monotonic() > end:
                told = f"refused {self.refused}, errors {self.errors + self.shut}, heard {self.heard}"
                raise ContractBroken(f"Not within {self._trial.wait_s:g} s: {what} ({told}).")
            await asyncio.sleep(_LOOK_S)

    async def hears(self, *texts: str) -> None:
        """Wait until each text was heard, and see that none has two ids."""
        await self.until(lambda: all(self.ids(text) for text in texts), f"{', '.join(texts)} is heard")
        for text in texts:
            if len(self.ids(text)) > 1:
                raise ContractBroken(f"{text} was said once and has {len(self.ids(text))} ids: it is counted twice.")

    async def died(self) -> None:
        """Wait until the listener "died" over the text that it was to forget."""
        await self.until(self._task.done, f"{self._forget} is heard")

    async def close(self) -> None:
        """End it as a desk that stops does, and see that no secret was told."""
        self._task.cancel()
        await asyncio.wait([self._task], timeout=self._trial.wait_s)
        if not self._task.done():
            raise ContractBroken(f"A source that is cancelled must end within {self._trial.wait_s:g} s.")
        told = [*self.refused, *self.gaps, *self.errors, *self.shut, self.cursor, repr(self._source)]
        if any(secret in one for secret in self.secrets if secret for one in told):
            raise ContractBroken("The secret stands in an error, a refusal, a cursor or the repr of the source.")

    async def _run(self) -> None:
        try:
            while await self._listened():
                await asyncio.sleep(_AGAIN_S)
        finally:
            await self._source.close()

    async def _listened(self) -> bool:
        """Listen until it fails; return whether to listen again."""
        batches = self._source.listen(self.cursor)
        try:
            async for batch in batches:
                if self._forget and any(self._forget in item.text for item in batch.items):
                    return False
                self._keep(batch)
        except OutsideFailed as problem:
            self.errors.append(str(problem))
            return True
        except RefusedInput as problem:
            if not self.may_be_shut:
                raise
            self.shut.append(str(problem))
            await self._source.close()
            self._source = self._trial.open()
            return True
        finally:
            if (end := getattr(batches, "aclose", None)) is not None:
                await end()
        raise ContractBroken("`listen` came to an end; it yields without end, or raises OutsideFailed.")

    def _keep(self, batch: Batch) -> None:
        self.lived_s = time.monotonic()
        for item in batch.items:
            if not item.id:
                raise ContractBroken(f"An item without id: {item}.")
            self.heard.setdefault(item.id, item.text)
        self.deleted.update(batch.deleted)
        self.refused.extend(batch.refused)
        self.gaps.extend([batch.gap] if batch.gap else [])
        self.cursor = batch.cursor or self.cursor


@asynccontextmanager
async def listening(trial: Trial, cursor: str = "", *, forget: str = "") -> AsyncIterator[Ear]:
    """Yield an ear that listens; without a cursor, once it hears the peer."""
    ear = Ear(trial, cursor, forget=forget)
    try:
        if not cursor:
            await greet(trial, ear)
        yield ear
    finally:
        await ear.close()


async def greet(trial: Trial, ear: Ear) -> None:
    """Say something now and then until it is heard: from then on, everything must be. Raises ContractBroken."""
    before, word = set(ear.heard), f"hello{time.monotonic_ns()}"
    for number in range(int(trial.wait_s / _HELLO_S)):
        await trial.peer.say(f"{word}n{number}")
        await asyncio.sleep(_HELLO_S)
        if ear.heard.keys() - before:
            return
    await ear.until(lambda: bool(ear.heard.keys() - before), "anything is heard")


async def hears_each_once(trial: Trial) -> None:
    """What is said is heard once, also by a listener that goes on from the cursor of one that stopped."""
    async with listening(trial) as first:
        for text in ("mati1", "mati2", "mati3"):
            await trial.peer.say(text)
        await first.hears("mati1", "mati2", "mati3")
        cursor, before = first.cursor, set(first.heard)
    if not trial.keeps:
        return
    if not cursor:
        raise ContractBroken("The peer keeps what was said, but no batch had a cursor.")
    await trial.peer.say("mati4")
    async with listening(trial, cursor) as second:
        await second.hears("mati4")
        if "mati4" in "".join(text for one, text in second.heard.items() if one in before):
            raise ContractBroken("The id of an item was given to another before.")


async def loses_nothing_unkept(trial: Trial) -> None:
    """A listener that dies before a batch is kept has not acknowledged it: the next one hears the same again."""
    if not trial.keeps:
        return
    async with listening(trial) as first:
        cursor = first.cursor
    async with listening(trial, cursor, forget="putus1") as dying:
        await trial.peer.say("putus1")
        await dying.died()
        cursor = dying.cursor
    async with listening(trial, cursor) as second:
        await second.hears("putus1")


async def survives_a_restart(trial: Trial) -> None:
    """The peer ends and starts again; what is said afterwards is heard."""
    async with listening(trial) as ear:
        await trial.peer.restart()
        await greet(trial, ear)
        await trial.peer.say("pulang1")
        await ear.hears("pulang1")


async def survives_a_cut(trial: Trial) -> None:
    """The peer is out of reach for a while; what was said meanwhile is heard, if the peer keeps it."""
    async with listening(trial) as ear:
        await trial.peer.cut()
        if trial.keeps:
            await trial.peer.say("gelap1")
        await asyncio.sleep(_HELLO_S)
        await trial.peer.heal()
        await greet(trial, ear)
        await trial.peer.say("gelap2")
        await ear.hears("gelap2", *(("gelap1",) if trial.keeps else ()))


async def counts_repeats_once(trial: Trial) -> None:
    """What is delivered again is the same item."""
    async with listening(trial) as ear:
        await trial.peer.say("ulang1")
        await trial.peer.say("ulang2")
        await ear.hears("ulang1", "ulang2")
        await trial.peer.repeat("ulang1")
        await trial.peer.say("ulang3")
        await ear.hears("ulang1", "ulang2", "ulang3")


async def tells_what_it_cannot_read(trial: Trial) -> None:
    """Something malformed is told in `refused`, and the rest goes on."""
    async with listening(trial) as ear:
        await trial.peer.say("rusak1")
        await trial.peer.garble()
        await trial.peer.say("rusak2")
        await ear.hears("rusak1", "rusak2")
        await ear.until(lambda: bool(ear.refused), "what cannot be read is told")


async def honours_what_is_taken_back(trial: Trial) -> None:
    """An item that is taken back is named in `deleted`, by its id."""
    async with listening(trial) as ear:
        await trial.peer.say("hapus1")
        await ear.hears("hapus1")
        await trial.peer.delete("hapus1")
        await ear.until(lambda: ear.ids("hapus1")[0] in ear.deleted, "what was taken back is told")


async def hears_what_comes_late(trial: Trial) -> None:
    """What is older than the last that was heard, and comes after it, is heard too, each once."""
    if not isinstance(trial.peer, Late):
        return
    async with listening(trial) as first:
        await trial.peer.say("awal1")
        await first.hears("awal1")
        if trial.keeps:
            await first.until(lambda: bool(first.cursor), "a batch has a cursor")
        cursor = first.cursor
    if trial.keeps:
        await trial.peer.say_late("telat1")
    async with listening(trial, cursor) as second:
        await trial.peer.say("awal2")
        await second.hears("awal2", *(("telat1",) if trial.keeps else ()))
        await trial.peer.say_late("telat2")
        await trial.peer.say("awal3")
        await second.hears("telat2", "awal3")


async def goes_on_with_a_new_token(trial: Trial) -> None:
    """A token that is taken no more is told to a person; with one that is, what was said meanwhile is heard."""
    if not isinstance(trial.peer, Expiring):
        return
    async with listening(trial) as ear:
        await trial.peer.say("kunci1")
        await ear.hears("kunci1")
        ear.may_be_shut = True
        await trial.peer.expire()
        if trial.keeps:
            await trial.peer.say("kunci2")
        await ear.until(lambda: bool(ear.shut), "a token that is taken no more is told by a RefusedInput")
        ear.secrets.append(await trial.peer.renew())
        await greet(trial, ear)
        await trial.peer.say("kunci3")
        await ear.hears("kunci1", "kunci3", *(("kunci2",) if trial.keeps else ()))


# Each check, by what the peer must be able to do; "" = nothing beyond saying something.
CHECKS: Final = (
    (hears_each_once, ""),
    (loses_nothing_unkept, ""),
    (counts_repeats_once, "repeat"),
    (tells_what_it_cannot_read, "garble"),
    (survives_a_restart, "restart"),
    (survives_a_cut, "cut"),
    (honours_what_is_taken_back, "delete"),
    (hears_what_comes_late, "late"),
    (goes_on_with_a_new_token, "expire"),
)


async def hold(trial: Trial) -> None:
    """Hold a source to the contract, check after check; in the event loop that its peer lives in.

    Raises: ContractBroken.
    """
    with searched_log(trial.secret) as log:
        for check, needs in CHECKS:
            if needs not in trial.cannot:
                await check(trial)
    if log.loggers:
        raise ContractBroken(f"The secret stands in the log, of {', '.join(sorted(log.loggers))}.")


class _MachineClock:
    def now_us(self) -> int:
        return time.time_ns() // 1000


def tried_means(
    name: str = "tried",
    *,
    secrets: Mapping[str, str] | None = None,
    allow_networks: tuple[str, ...] = ("127.0.0.0/8", "::1/128"),
    filters: tuple[str, ...] = (),
    budget: int = 1 << 62,
    look_up: Callable[[str, float], Sequence[str]] | None = None,
) -> Means:
    """Return means for a trial: this machine may be reached, secrets are given by path.

    Args:
        name: of the source.
        secrets: what `means.secret` returns, by path.
        allow_networks, filters: as in Means.
        budget: what may be spent, in millionths.
        look_up: as in Means.
    """
    left = [budget]

    def secret(path: str) -> str:
        if path not in (secrets or {}):
            raise RefusedInput(f"{path}: there is no such file; right would be one that holds the secret.")
        return (secrets or {})[path]

    async def spend(micros: int) -> None:
        if micros > left[0]:
            raise SpendReached(f"{name}: what may be spent this month is spent.")
        left[0] -= micros

    return Means(
        name=name,
        clock=_MachineClock(),
        allow_networks=allow_networks,
        secret=secret,
        spend=spend,
        filters=filters,
        look_up=look_up,
    )
