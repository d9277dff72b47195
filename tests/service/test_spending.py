"""A paid source costs no more than its budget of the month, whatever asks at once and whenever the desk is killed."""

from __future__ import annotations

import asyncio

import pytest
from intake_in_memory import SetClock
from listening_in_memory import MemoryListeningStore

from pulih.model.clock import MICROS
from pulih.ports.sources import SpendReached
from pulih.service.listening.spending import Governor, Spent, left_of_month_s, month_of


def test_requests_at_once_do_not_all_fit_into_what_is_left_for_one() -> None:
    store, clock = MemoryListeningStore(), SetClock()
    governor = Governor("x", 10, store, clock)

    async def asked() -> list[object]:
        return await asyncio.gather(*(governor.spend(4) for _ in range(5)), return_exceptions=True)

    told = asyncio.run(asked())
    assert [one is None for one in told].count(True) == 2
    assert all(isinstance(one, SpendReached) for one in told if one is not None)
    assert governor.now() == Spent(micros=8, budget_micros=10)


def test_what_was_spent_counts_after_a_restart_and_not_in_the_next_month() -> None:
    store, clock = MemoryListeningStore(), SetClock()
    asyncio.run(Governor("x", 10, store, clock).spend(10))
    again = Governor("x", 10, store, clock)
    with pytest.raises(SpendReached, match=r"budget of 2025-10 \(1e-05\) is used up"):
        asyncio.run(again.spend(1))
    clock.at_us += int(left_of_month_s(clock.at_us) * MICROS)
    assert month_of(clock.at_us) == "2025-11"
    asyncio.run(again.spend(1))
    assert again.now().micros == 1


def test_what_is_given_back_may_be_spent_again_and_nobody_spends_less_than_nothing() -> None:
    store, clock = MemoryListeningStore(), SetClock()
    governor = Governor("x", 10, store, clock)
    for micros, spent in ((10, 10), (-4, 6), (4, 10), (-99, 0), (10, 10)):
        asyncio.run(governor.spend(micros))
        assert governor.now().micros == spent
    with pytest.raises(SpendReached):
        asyncio.run(governor.spend(1))


def test_what_was_paid_in_the_month_before_is_not_given_back_in_this_one() -> None:
    store, clock = MemoryListeningStore(), SetClock()
    governor = Governor("x", 10, store, clock)
    asyncio.run(governor.spend(10))
    clock.at_us += int(left_of_month_s(clock.at_us) * MICROS)
    asyncio.run(governor.spend(4))
    asyncio.run(governor.spend(-9))
    assert governor.now().micros == 0
    # Another process spends the same budget, and gives back what it paid itself.
    other = Governor("x", 10, store, clock)
    asyncio.run(governor.spend(8))
    asyncio.run(other.spend(2))
    asyncio.run(other.spend(-9))
    assert governor.now().micros == 8


def test_the_last_second_of_a_year_is_one_before_the_next() -> None:
    # 2025-12-31T23:59:59Z
    assert left_of_month_s(1_767_225_599 * MICROS) == 1.0
