"""Who may send reports: asked for in a thread, remembered for half a second, and never in the way of others."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from pulih.model.errors import OutsideFailed
from pulih.model.person import TokenView
from pulih.service.tokens import TokenOver
from pulih.web.intake.answers import Barred
from pulih.web.intake.gate import KNOWN_S, Gate

VIEW = TokenView(id="01", name="shop", role="source", made_by="ayu")


class Asked:
    """Answers what it is told to, and counts how often and by which threads it was asked."""

    def __init__(self) -> None:
        self.answer: Callable[[], TokenView | None] = lambda: VIEW
        self.threads: list[int] = []
        self.now_s = 0.0

    def __call__(self, _: str) -> TokenView | None:
        self.threads.append(threading.get_ident())
        return self.answer()

    def gate(self) -> Gate:
        return Gate(self, monotonic_s=lambda: self.now_s)


def test_a_bearer_is_asked_for_once_in_half_a_second_and_never_in_the_event_loop() -> None:
    asked = Asked()

    async def come() -> None:
        gate = asked.gate()
        for asked.now_s in (0.0, 0.1, KNOWN_S - 0.01, KNOWN_S, KNOWN_S + 0.1):
            assert await gate.bearer(b"Bearer pulih_x") == VIEW
        assert len(asked.threads) == 2
        assert threading.get_ident() not in asked.threads

    asyncio.run(come())


def test_many_requests_at_once_ask_once() -> None:
    asked, held = Asked(), threading.Event()

    def slowly() -> TokenView:
        assert held.wait(10)
        return VIEW

    asked.answer = slowly

    async def come() -> None:
        gate = asked.gate()
        waiting = [asyncio.create_task(gate.bearer(b"Bearer pulih_x")) for _ in range(50)]
        # The loop is free meanwhile.
        await asyncio.sleep(0)
        waiting[0].cancel()
        held.set()
        told = await asyncio.gather(*waiting, return_exceptions=True)
        assert told[1:] == [VIEW] * 49
        assert isinstance(told[0], asyncio.CancelledError)

    asyncio.run(come())
    assert len(asked.threads) == 1


def test_a_token_that_was_taken_back_opens_nothing_half_a_second_later() -> None:
    asked = Asked()

    async def come() -> None:
        gate = asked.gate()
        await gate.bearer(b"Bearer pulih_x")
        asked.answer = lambda: None
        asked.now_s = KNOWN_S
        for _ in range(2):
            with pytest.raises(Barred, match="taken back"):
                await gate.bearer(b"Bearer pulih_x")
        # Who is not let in is asked for every time.
        assert len(asked.threads) == 3

    asyncio.run(come())


def test_who_bears_what_the_desk_signed_is_told_why_it_opens_nothing_more() -> None:
    asked = Asked()

    def over() -> TokenView:
        raise TokenOver("the token 1f of probe-a has ended")

    asked.answer = over

    async def come() -> None:
        with pytest.raises(Barred, match="the token 1f of probe-a has ended") as told:
            await asked.gate().bearer(b"Bearer pulih_probe_x")
        assert told.value.status == 401

    asyncio.run(come())


def test_when_nobody_can_tell_who_comes_the_next_one_is_asked_for_again() -> None:
    asked = Asked()

    def away() -> TokenView:
        raise OutsideFailed("The database is away.")

    async def come() -> None:
        gate = asked.gate()
        asked.answer = away
        with pytest.raises(OutsideFailed):
            await gate.bearer(b"Bearer pulih_x")
        asked.answer = lambda: VIEW
        assert await gate.bearer(b"Bearer pulih_x") == VIEW

    asyncio.run(come())


def test_who_is_known_is_a_bounded_number() -> None:
    asked = Asked()

    async def come() -> None:
        gate = asked.gate()
        for number in range(3_000):
            await gate.bearer(b"Bearer pulih_%d" % number)
        assert len(gate._known) <= 1_024

    asyncio.run(come())
