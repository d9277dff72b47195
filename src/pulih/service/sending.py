"""Sending: takes what is due out of the outbox, hands it to its channel, and writes what became of it.

What counts is the order of three writes. A delivery is leased before anything is done with it; that it is being handed
over is on the disk before the one step that cannot be taken back; and what became of it follows. A desk that was cut
off sends again what was leased, and never what was at that step: nobody gets a word twice. The window that is left lies
between the step and its answer; what was in it is shown as uncertain, at most as many as are sent at once. After a loss
of power all that was being handed over is uncertain, since nobody can know how far it came.
Writes of many deliveries are gathered into one commit. Source: RFC 1047 (duplicate messages and SMTP); RFC 5321, 4.5.4.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from pulih.model.clock import MICROS
from pulih.model.errors import PulihError
from pulih.model.subscription import ChannelKind, DeliveryState, Parcel
from pulih.ports.channels import CarefulChannel, Channel, Message, Outcome
from pulih.ports.clock import Clock
from pulih.ports.outbox import Handovers, Outbox, Settled
from pulih.service.gathered_writes import GatheredWrites
from pulih.service.pace import Pace
from pulih.service.waking import woken

AT_ONCE: Final = 20
# Tries, and the wait after the first of them; each is four times as long as the one before, at most six hours.
TRIES_MAX: Final = 8
_WAIT_S: Final = 60.0
_WAIT_S_MAX: Final = 6 * 3_600.0
_LOOK_S: Final = 1.0
_TROUBLE_S: Final = 5.0


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """How a channel is used: so many messages at once, and at most so many a second, 0 for as many as it takes."""

    channel: Channel
    at_once: int = AT_ONCE
    per_s: float = 0.0


class LaneNow(msgspec.Struct, frozen=True, kw_only=True):
    """How a channel does: how many it sent since the start, how many a second lately, and what its peer said last."""

    channel: ChannelKind
    sent: int
    per_s: float
    trouble: str = ""


class Sending:
    """Sends for one desk, in one event loop.

    Args:
        outbox: what is to be sent.
        lanes: the channels.
        messages: makes the message of a parcel.
        handovers: remembers what is at the step that cannot be taken back.
        clock: the desk's.
    """

    def __init__(
        self,
        outbox: Outbox,
        lanes: Mapping[ChannelKind, Lane],
        *,
        messages: Callable[[Parcel], Message],
        handovers: Handovers,
        clock: Clock,
    ) -> None:
        self._outbox, self._lanes, self._messages, self._clock = outbox, lanes, messages, clock
        self._handovers = handovers
        self._writes = GatheredWrites(self._write)
        self._sent = dict.fromkeys(lanes, 0)
        self._rates = {kind: Rate() for kind in lanes}
        self._troubles = dict.fromkeys(lanes, "")
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Send until `stop`; then end what was begun, and give back the rest.

        Raises: OutsideFailed when the outbox cannot be read at the start.
        """
        at_us, begun = self._clock.now_us(), self._handovers.begun()
        await asyncio.to_thread(lambda: self._outbox.recover(at_us, begun=begun))
        writing = asyncio.create_task(self._writes.run())
        try:
            await asyncio.gather(*(self._lane(kind, lane) for kind, lane in self._lanes.items()))
        finally:
            await self._writes.close()
            await writing
            for lane in self._lanes.values():
                await lane.channel.close()

    def wake(self) -> None:
        """Look at once; called in the loop."""
        self._wake.set()

    def stop(self) -> None:
        """End soon; called in the loop."""
        self._stopping.set()
        self._wake.set()

    def now(self) -> tuple[LaneNow, ...]:
        """Return how each channel does; any thread may call it."""
        at_us = self._clock.now_us()
        return tuple(
            LaneNow(channel=kind, sent=self._sent[kind], per_s=rate.per_s(at_us), trouble=self._troubles[kind])
            for kind, rate in self._rates.items()
        )

    async def _lane(self, kind: ChannelKind, lane: Lane) -> None:
        """Feed the workers of a channel."""
        queue: asyncio.Queue[Parcel] = asyncio.Queue(lane.at_once * 2)
        pace = Pace(lane.per_s)
        workers = [asyncio.create_task(self._work(queue, lane, pace)) for _ in range(lane.at_once)]
        try:
            while not self._stopping.is_set():
                parcels = await self._claimed(kind, lane.at_once * 4)
                for number, parcel in enumerate(parcels):
                    if self._stopping.is_set():
                        await self._give_back(parcels[number:])
                        break
                    await queue.put(parcel)
                if not parcels:
                    await self._idle()
        finally:
            while not queue.empty():
                await self._give_back([queue.get_nowait()])
                queue.task_done()
            await queue.join()
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _claimed(self, kind: ChannelKind, most: int) -> list[Parcel]:
        try:
            return list(await asyncio.to_thread(self._outbox.claim, kind, self._clock.now_us(), most))
        except PulihError as problem:
            self._troubles[kind] = str(problem)
            return []

    async def _idle(self) -> None:
        """Wait until something may be due."""
        self._wake.clear()
        if not self._stopping.is_set():
            await woken(self._wake, _LOOK_S)

    async def _work(self, queue: asyncio.Queue[Parcel], lane: Lane, pace: Pace) -> None:
        while True:
            parcel = await queue.get()
            try:
                await pace.turn()
                await self._deliver(parcel, lane.channel)
            finally:
                queue.task_done()

    async def _deliver(self, parcel: Parcel, channel: Channel) -> None:
        """Send one parcel and note what became of it; a fault of ours costs this parcel a try, and no other."""

        async def ready() -> None:
            await self._writes.written([Settled(delivery=one, state="handing") for one in parcel.deliveries])
            # Nothing else gets a turn between this and the step.
            self._handovers.mark(parcel.deliveries)

        try:
            message = self._messages(parcel)
            if isinstance(channel, CarefulChannel):
                outcome = await channel.hand_over(message, ready)
            else:
                await ready()
                outcome = await channel.send(message)
        except Exception as problem:
            outcome = Outcome("later", f"{type(problem).__name__}: {problem}")
        self._count(channel.kind, outcome)
        settled = self._settled(parcel, outcome)
        self._writes.write(settled)

    def _count(self, kind: ChannelKind, outcome: Outcome) -> None:
        self._troubles[kind] = outcome.why if outcome.fate == "later" else ""
        if outcome.fate == "sent":
            self._sent[kind] += 1
            self._rates[kind].note(self._clock.now_us())

    def _settled(self, parcel: Parcel, outcome: Outcome) -> list[Settled]:
        states: dict[str, DeliveryState] = {"sent": "sent", "refused": "refused"}
        state: DeliveryState = states.get(outcome.fate, "waiting" if parcel.tries + 1 < TRIES_MAX else "given_up")
        due_us = None
        if state == "waiting":
            wait_s = outcome.retry_s or min(_WAIT_S * 4.0**parcel.tries, _WAIT_S_MAX)
            due_us = self._clock.now_us() + round(wait_s * MICROS)
        return [
            Settled(delivery=one, state=state, why=outcome.why, due_us=due_us, gone=outcome.gone)
            for one in parcel.deliveries
        ]

    async def _give_back(self, parcels: list[Parcel]) -> None:
        self._writes.write([Settled(delivery=one, state="waiting") for each in parcels for one in each.deliveries])

    def _write(self, changes: list[Settled]) -> None:
        self._outbox.settle(changes, self._clock.now_us())


class Rate:
    """How many a second in the last ten seconds."""

    def __init__(self) -> None:
        self._by_second: dict[int, int] = {}

    def note(self, at_us: int) -> None:
        """Note one."""
        second = at_us // MICROS
        self._by_second[second] = self._by_second.get(second, 0) + 1
        for old in [one for one in self._by_second if one < second - 10]:
            del self._by_second[old]

    def per_s(self, at_us: int) -> float:
        """Return the mean of the ten whole seconds before.

        >>> rate = Rate()
        >>> rate.note(0)
        >>> rate.per_s(1_000_000)
        0.1
        """
        second = at_us // MICROS
        return sum(count for one, count in list(self._by_second.items()) if second - 10 <= one < second) / 10
