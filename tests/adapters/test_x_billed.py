"""What X bills is what the desk counts: at the turn of a month, beyond what was asked for, and unread (issue H)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
import pytest
from platform_peer import Answered, said
from x_peer import PRICE, TOKEN, FastClock, XPeer

from pulih.adapters.sources.contract import tried_means
from pulih.adapters.sources.people._tweets import id_at
from pulih.adapters.sources.people._x_search import PAGE, Purse
from pulih.adapters.sources.people.x import X, XSettings
from pulih.model.clock import MICROS
from pulih.model.errors import OutsideFailed
from pulih.ports.sources import Batch, SpendReached
from pulih.service.listening.spending import left_of_month_s

MINUTE_US = 60 * MICROS


class SetClock:
    """A clock that stands until it is set; it begins a second before a month ends."""

    def __init__(self) -> None:
        self.at_us = 1_759_456_080 * MICROS
        self.at_us += int(left_of_month_s(self.at_us) - 1) * MICROS

    def now_us(self) -> int:
        return self.at_us


class Till:
    """Takes what is paid, up to a budget that holds for one month."""

    def __init__(self, budget: int = 1 << 40) -> None:
        self.paid, self._budget = 0, budget

    async def spend(self, micros: int) -> None:
        if micros > 0 and self.paid + micros > self._budget:
            raise SpendReached("The budget is used up.")
        self.paid += micros


def test_what_was_paid_for_in_one_month_pays_for_no_post_of_the_next() -> None:
    async def run() -> None:
        till, clock = Till(), SetClock()
        purse = Purse(1, till.spend, clock)
        await purse.hold(20)
        purse.take(5)
        clock.at_us += 2 * MICROS
        till.paid = 0
        assert purse.empty
        # Posts that are handed over in the new month, before anybody could pay for them, are owed.
        purse.take(3)
        await purse.hold(20)
        assert till.paid == 23
        await purse.give_back()
        assert till.paid == 3

    asyncio.run(run())


def test_what_is_left_of_the_month_before_is_not_given_back_in_the_next() -> None:
    async def run() -> None:
        till, clock = Till(), SetClock()
        purse = Purse(1, till.spend, clock)
        await purse.hold(100)
        purse.take(100)
        clock.at_us += 2 * MICROS
        till.paid = 50
        purse.put_back(60)
        await purse.give_back()
        assert till.paid == 50

    asyncio.run(run())


@pytest.mark.parametrize(("budget", "paid"), [(1_000, 45), (40, 40)])
def test_what_came_unasked_is_owed_and_noted_as_far_as_the_budget_goes(budget: int, paid: int) -> None:
    async def run() -> None:
        till = Till(budget)
        purse = Purse(1, till.spend, FastClock())
        await purse.hold(20)
        purse.take(20)
        purse.put_back(-25)
        assert purse.empty
        await purse.give_back()
        assert till.paid == paid

    asyncio.run(run())


def searched(answers: list[Answered], till: Till) -> list[Batch]:
    """Return what a search finds that is answered so."""

    async def run() -> list[Batch]:
        peer = XPeer()
        await peer.heal()
        means = tried_means("x", secrets={"t": TOKEN}, filters=("Biznet",))
        means = msgspec.structs.replace(means, clock=peer.clock, spend=till.spend)
        source = X(XSettings(token_file="t", api=peer.web.address), means)
        peer.ahead = list(answers)
        now_us = peer.clock.now_us()
        try:
            return [one async for one in source.between(now_us - 20 * MINUTE_US, now_us - 10 * MINUTE_US)]
        finally:
            await source.close()
            await peer.cut()

    return asyncio.run(asyncio.wait_for(run(), 30))


def posts(many: int) -> Answered:
    made = int(id_at(1_759_456_080 * MICROS))
    return said({"data": [{"id": str(made + number), "text": "Biznet mati"} for number in range(many)]})


def test_a_page_with_more_posts_than_were_asked_for_is_paid_for_as_it_is() -> None:
    till = Till()
    [batch] = searched([posts(PAGE + 250)], till)
    assert (len(batch.items), till.paid) == (PAGE + 250, (PAGE + 250) * PRICE)


def test_a_page_that_is_not_full_costs_what_stands_on_it() -> None:
    till = Till()
    searched([posts(7)], till)
    assert till.paid == 7 * PRICE


def cut_off(body: bytes) -> Answered:
    async def begun() -> AsyncIterator[bytes]:
        yield body
        raise ConnectionResetError

    return Answered(chunks=begun())


@pytest.mark.parametrize(
    "answer",
    [Answered(body=b"<html>"), Answered(body=b'{"data": 5}'), cut_off(b'{"data": [')],
    ids=["markup", "another shape", "cut off"],
)
def test_posts_that_x_handed_over_and_nobody_could_read_are_billed_all_the_same(answer: Answered) -> None:
    till = Till()
    with pytest.raises(OutsideFailed):
        searched([answer], till)
    assert till.paid == PAGE * PRICE


@pytest.mark.parametrize("status", [400, 429, 500, 503])
def test_a_page_that_x_refuses_costs_nothing(status: int) -> None:
    till = Till()
    with pytest.raises(OutsideFailed):
        searched([said({"title": "No"}, status)], till)
    assert till.paid == 0


def test_a_peer_that_is_not_reached_costs_nothing() -> None:
    async def run(work: Callable[[X], Awaitable[None]], till: Till) -> None:
        means = tried_means("x", secrets={"t": TOKEN}, filters=("Biznet",))
        # Nobody listens on the port of discarding.
        source = X(
            XSettings(token_file="t", api="http://127.0.0.1:9"), msgspec.structs.replace(means, spend=till.spend)
        )
        try:
            await work(source)
        finally:
            await source.close()

    async def ask(source: X) -> None:
        now_us = FastClock().now_us()
        with pytest.raises(OutsideFailed, match="ConnectError"):
            async for _ in source.between(now_us - 20 * MINUTE_US, now_us - 10 * MINUTE_US):
                pass

    till = Till()
    asyncio.run(run(ask, till))
    assert till.paid == 0
