"""Sending: what is tried again and for how long, how fast, how many at once, and what a stop leaves for later."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest
from outbox_database import emptied, made_database
from sqlalchemy import Engine
from subscriptions import MINUTE_US, NOW_US, queued, subscription

from pulih.adapters.sql.outbox_store import SqlOutbox
from pulih.adapters.sql.subscription_store import SqlSubscriptionStore
from pulih.model.errors import OutsideFailed
from pulih.model.subscription import ChannelKind, Delivery, Parcel
from pulih.ports.channels import Message, Outcome
from pulih.ports.outbox import Settled
from pulih.service.pace import Pace
from pulih.service.sending import TRIES_MAX, Lane, Sending


class SetClock:
    def __init__(self) -> None:
        self.at_us = NOW_US

    def now_us(self) -> int:
        return self.at_us


class Peer:
    """A channel that answers as a test says, and keeps whom it was sent for."""

    kind: ChannelKind = "email"

    def __init__(self, answer: Callable[[Message], Outcome] = lambda _: Outcome("sent")) -> None:
        self.answer = answer
        self.sent: list[str] = []
        self.asked = self.now = self.most = 0
        self.closed = False

    async def send(self, message: Message) -> Outcome:
        self.asked += 1
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        self.now -= 1
        outcome = self.answer(message)
        if outcome.fate == "sent":
            self.sent.append(message.address)
        return outcome

    async def close(self) -> None:
        self.closed = True


class Marks:
    """Remembers nothing, as a machine that lost power."""

    def begun(self) -> frozenset[Delivery] | None:
        return None

    def mark(self, deliveries: Sequence[Delivery]) -> None:
        assert deliveries


class FailingOutbox(SqlOutbox):
    """An outbox that cannot be written so many times."""

    failures = 0

    def settle(self, changes: list[Settled], at_us: int) -> None:  # type: ignore[override]
        if self.failures:
            self.failures -= 1
            raise OutsideFailed("The disk is full.")
        super().settle(changes, at_us)


class World:
    def __init__(self, engine: Engine, readers: int) -> None:
        self.clock, self.outbox = SetClock(), FailingOutbox(engine)
        store = SqlSubscriptionStore(engine)
        assert all(store.add(subscription(number)) for number in range(readers))
        self.outbox.queue(queued(), [], NOW_US)

    def counts(self) -> dict[str, int]:
        return dict(self.outbox.progress(1)[0].counts)

    def send(self, peer: Peer, until: Callable[[], bool], *, at_once: int = 4, per_s: float = 0) -> None:
        """Send until something is so."""

        async def sending() -> None:
            made = Sending(
                self.outbox,
                {"email": Lane(channel=peer, at_once=at_once, per_s=per_s)},
                messages=message_of,
                handovers=Marks(),
                clock=self.clock,
            )
            running = asyncio.create_task(made.run())
            async with asyncio.timeout(30):
                while not until() and not running.done():
                    await asyncio.sleep(0.01)
            made.stop()
            await running

        asyncio.run(sending())


def message_of(parcel: Parcel) -> Message:
    return Message(id=parcel.subscription.id, address=parcel.subscription.address, language="id", text="Kabar.")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return made_database(tmp_path_factory.mktemp("sending"))


@pytest.fixture
def world(engine: Engine) -> World:
    return World(emptied(engine), 12)


def test_everybody_gets_it_once_and_no_more_at_a_time_than_may_be(world: World) -> None:
    peer = Peer()
    world.send(peer, lambda: world.counts().get("sent") == 12)
    assert sorted(peer.sent) == sorted(subscription(number).address for number in range(12))
    assert 1 < peer.most <= 4
    assert peer.closed


def test_what_is_refused_is_settled_and_what_may_go_later_is_tried_again_after_longer_and_longer(world: World) -> None:
    def answer(message: Message) -> Outcome:
        if message.address == subscription(1).address:
            return Outcome("refused", "No such mailbox.")
        return Outcome("later", "Busy.") if message.address == subscription(2).address else Outcome("sent")

    for tried in range(TRIES_MAX):
        peer = Peer(answer)
        expected = {"sent": 10, "refused": 1} | ({"given_up": 1} if tried + 1 == TRIES_MAX else {"waiting": 1})
        world.send(peer, lambda peer=peer, expected=expected: peer.asked > 0 and world.counts() == expected)  # type: ignore[misc]
        wait_us = min(60 * 4**tried, 6 * 3_600) * 1_000_000
        world.clock.at_us += wait_us - 1
        assert world.outbox.claim("email", world.clock.at_us, 9) == [], "not before its time"
        world.clock.at_us += 1
    assert world.counts() == {"sent": 10, "refused": 1, "given_up": 1}


def test_a_peer_that_says_when_to_come_again_is_listened_to(world: World) -> None:
    world.send(Peer(lambda _: Outcome("later", "Slow down.", retry_s=90)), lambda: world.counts() == {"waiting": 12})
    world.clock.at_us += 90 * 1_000_000
    assert len(world.outbox.claim("email", world.clock.at_us, 99)) == 12


def test_a_fault_of_one_message_costs_that_one_a_try_and_no_other(world: World) -> None:
    def answer(message: Message) -> Outcome:
        if message.address == subscription(3).address:
            raise RuntimeError("A fault of ours.")
        return Outcome("sent")

    world.send(Peer(answer), lambda: world.counts() == {"sent": 11, "waiting": 1})


def test_nothing_is_handed_over_that_could_not_be_written_down_before(world: World) -> None:
    world.outbox.failures = 1
    peer = Peer()
    world.send(peer, lambda: world.counts().keys() == {"sent", "waiting"})
    assert len(peer.sent) == world.counts()["sent"] < 12
    world.clock.at_us += MINUTE_US
    world.send(peer, lambda: world.counts() == {"sent": 12})
    assert len(set(peer.sent)) == len(peer.sent) == 12


def test_a_stop_ends_what_is_under_way_and_leaves_the_rest_waiting(engine: Engine) -> None:
    world = World(emptied(engine), 40)
    peer = Peer()
    world.send(peer, lambda: bool(peer.sent), at_once=2)
    counts = world.counts()
    assert counts.get("sent") == len(peer.sent) and counts.keys() <= {"sent", "waiting"}


def test_a_channel_gives_no_more_turns_a_second_than_may_be() -> None:
    async def turns() -> float:
        pace, loop = Pace(200), asyncio.get_running_loop()
        begun = loop.time()
        await asyncio.gather(*(pace.turn() for _ in range(21)))
        return loop.time() - begun

    assert asyncio.run(turns()) >= 0.1
