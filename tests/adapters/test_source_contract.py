"""The contract suite that is shipped: it lets a good source pass, and catches each way to break the contract."""

from __future__ import annotations

import asyncio

import pytest
from made_up_source import DOUBLES, ENDS, LEAKS, LOSES, SECRET, SWALLOWS, MadeUpPeer, MadeUpSource

from pulih.adapters.sources.contract import ContractBroken, Trial, hold, tried_means
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
        (SWALLOWS, "what cannot be read is told"),
        (ENDS, "came to an end"),
    ],
)
def test_each_way_to_break_the_contract_is_caught(wrong: str, sentence: str) -> None:
    with pytest.raises(ContractBroken, match=sentence):
        tried(wrong)


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
