"""Contract, the checks that take long: a gap of many minutes, and a wire that fell silent.

They are not among what `hold` does (contract.py); whoever writes a source runs them by themselves.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

from pulih.adapters.sources.contract import ContractBroken, Trial, greet, listening
from pulih.ports.source_peers import Freezing

# What came over the wire before it fell silent may be told so much later: batches wait a moment for company.
ECHO_S: Final = 10.0
_LOOK_S: Final = 0.1


async def hears_what_was_said_over_a_gap(trial: Trial, *, away_s: float, missed: int) -> None:
    """The peer is out of reach for long, then the listener is away as long: all of it is heard, each once.

    Of peers that keep what was said.

    Args:
        trial: of a peer that keeps, and can be cut.
        away_s: how long each of the two lasts, in seconds.
        missed: how much is said meanwhile, each time.

    Raises: ContractBroken.
    """
    async with listening(trial) as first:
        await trial.peer.cut()
        dark = await _said_over(trial, "gelap", away_s, missed)
        await trial.peer.heal()
        await first.hears(*dark)
        cursor, known = first.cursor, {one: text for one, text in first.heard.items() if text}
    away = await _said_over(trial, "pergi", away_s, missed)
    async with listening(trial, cursor) as second:
        await second.hears(*away)
        again = [one for one, text in second.heard.items() if one not in known and any(dim in text for dim in dark)]
    if again:
        raise ContractBroken(f"What was heard before the gap has other ids after it: {again[:3]}.")


async def notices_a_silent_wire(trial: Trial, peer: Freezing, *, within_s: float, echo_s: float = ECHO_S) -> None:
    """The wire carries nothing and ends nothing: this is no sign of life, fails in time, and loses nothing.

    Twice: with a connection that stands, then with the ones that the source tries to make.

    Args:
        trial: of it.
        peer: the same as the trial's.
        within_s: how long the source may take to fail, each of the two times, in seconds.
        echo_s: for how long what came before may still be told, in seconds.

    Raises: ContractBroken.
    """
    async with listening(trial) as ear:
        await trial.peer.say("beku1")
        await ear.hears("beku1")
        failed, frozen_s = len(ear.errors), time.monotonic()
        await peer.freeze()
        if trial.keeps:
            await trial.peer.say("beku2")
        for more in (1, 2):
            end_s = time.monotonic() + within_s
            while len(ear.errors) < failed + more:
                if time.monotonic() > end_s:
                    raise ContractBroken(f"Not within {within_s:g} s: the silence of the wire is told ({ear.errors}).")
                if ear.lived_s > frozen_s + echo_s:
                    after_s = ear.lived_s - frozen_s
                    raise ContractBroken(f"A batch came {after_s:.1f} s after the wire fell silent: no sign of life.")
                await asyncio.sleep(_LOOK_S)
        await trial.peer.heal()
        await greet(trial, ear)
        await trial.peer.say("beku3")
        await ear.hears("beku1", "beku3", *(("beku2",) if trial.keeps else ()))


async def _said_over(trial: Trial, word: str, seconds: float, many: int) -> list[str]:
    """Say something again and again, and return what."""
    texts = [f"{word}{number:05}" for number in range(many)]
    for text in texts:
        await trial.peer.say(text)
        await asyncio.sleep(seconds / many)
    return texts
