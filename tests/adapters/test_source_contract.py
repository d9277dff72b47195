"""The contract suite that is shipped: it lets a good source pass, and catches each way to break the contract."""

from __future__ import annotations

import asyncio

import pytest
from made_up_source import (
    ANSWERS_EARLY,
    BABBLES,
    BELIEVES,
    DOUBLES,
    DROPS_LATE,
    ENDS,
    HANGS,
    KEEPS,
    LEAKS,
    LOGS,
    LOSES,
    MUTE,
    SECRET,
    SKIPS,
    STUCK,
    SWALLOWS,
    MadeUpPeer,
    MadeUpSource,
)

from pulih.adapters.sources.contract import ContractBroken, Trial, hold, tried_means
from pulih.adapters.sources.contract_long import notices_a_silent_wire
from pulih.model.errors import RefusedInput
from pulih.ports.sources import Means, SpendReached


def tried(wrong: str = "") -> None:
    peer = MadeUpPeer()
    trial = Trial(open=lambda: MadeUpSource(peer, wrong), peer=peer, secret=SECRET, wait_s=1.0)
    asyncio.run(hold(trial))


def test_a_source_that_keeps_the_contract_passes() -> None:
    tried()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (LOSES, "no batch had a cursor"),
        (DOUBLES, "counted twice"),
        (LEAKS, "The secret stands"),
        (LOGS, "The secret stands in the log, of made_up"),
        (SWALLOWS, "what cannot be read is told"),
        (ENDS, "came to an end"),
        (ANSWERS_EARLY, "Not within 1 s: putus1 is heard"),
        (HANGS, "Not within 1 s: anything is heard"),
        (SKIPS, "Not within 1 s: gelap2, gelap1 is heard"),
        (KEEPS, "what was taken back is told"),
        (DROPS_LATE, "telat1 is heard"),
        (MUTE, "taken no more is told by a RefusedInput"),
        (STUCK, "Not within 1 s: anything is heard .*The token is not taken"),
    ],
)
def test_each_way_to_break_the_contract_is_caught(wrong: str, sentence: str) -> None:
    with pytest.raises(ContractBroken, match=sentence):
        tried(wrong)


def silenced(wrong: str = "") -> None:
    async def run() -> None:
        peer = MadeUpPeer()
        trial = Trial(open=lambda: MadeUpSource(peer, wrong), peer=peer, wait_s=1.0)
        await notices_a_silent_wire(trial, peer, within_s=1.0, echo_s=0.3)

    asyncio.run(run())


def test_a_source_that_notices_a_silent_wire_passes() -> None:
    silenced()


@pytest.mark.parametrize(
    ("wrong", "sentence"), [(BABBLES, "no sign of life"), (BELIEVES, "the silence of the wire is told")]
)
def test_a_source_that_believes_in_a_silent_wire_is_caught(wrong: str, sentence: str) -> None:
    with pytest.raises(ContractBroken, match=sentence):
        silenced(wrong)


def test_means_for_trials_refuse_unknown_secrets_and_end_at_their_budget() -> None:
    means = tried_means(secrets={"token": SECRET}, budget=5)
    assert means.secret("token") == SECRET
    with pytest.raises(RefusedInput, match="there is no such file"):
        means.secret("other")
    asyncio.run(_spent(means, 5))
    with pytest.raises(SpendReached):
        asyncio.run(_spent(means, 1))


async def _spent(means: Means, micros: int) -> None:
    await means.spend(micros)
