"""Bluesky's own server of accounts (PDS, npm's @atproto/dev-env) is listened to by its firehose (L1, L2).

It falls, is out of reach and has a gap; posts and a whole account are taken back. Twenty seconds for each half of the
gap; `make replay AWAY_S=600` makes it ten minutes.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from network_peers import HERE, Relay, free_port, program
from test_gap_of_every_kind import AWAY_S, WAIT_S

from pulih.adapters.sources.contract import Trial, hold, listening, tried_means
from pulih.adapters.sources.contract_long import hears_what_was_said_over_a_gap
from pulih.adapters.sources.people.bluesky import Bluesky, BlueskySettings

NODE = Path(__file__).parent.parent / "node" / "bluesky"
# Each post is a commit that the server signs.
MISSED = 60


class Pds:
    """The server, which does what it is told line by line, behind a relay."""

    def __init__(self, running: asyncio.subprocess.Process, relay: Relay) -> None:
        self._running, self._relay = running, relay

    async def heard(self) -> dict[str, Any]:
        assert self._running.stdout is not None
        async with asyncio.timeout(WAIT_S):
            while line := await self._running.stdout.readline():
                # The server writes its own log there as well.
                told = json.loads(line) if line.startswith(b"{") else {}
                if told.keys() & {"port", "done", "failed"}:
                    return dict(told)
        raise AssertionError("the server of Bluesky ended")

    async def do(self, what: str, text: str = "") -> None:
        assert self._running.stdin is not None
        self._running.stdin.write(json.dumps({"do": what, "text": text}).encode() + b"\n")
        assert await self.heard() == {"done": what}

    async def say(self, text: str) -> None:
        await self.do("say", text)

    async def delete(self, text: str) -> None:
        await self.do("delete", text)

    async def restart(self) -> None:
        await self.do("restart")

    async def cut(self) -> None:
        self._relay.cut()

    async def heal(self) -> None:
        self._relay.heal()

    async def repeat(self, text: str) -> None:
        raise NotImplementedError

    async def garble(self) -> None:
        raise NotImplementedError


@asynccontextmanager
async def pds() -> AsyncIterator[tuple[Trial, Pds]]:
    assert (NODE / "node_modules").exists(), "@atproto/dev-env is missing: make bluesky"
    port, pipe = free_port(), asyncio.subprocess.PIPE
    running = await asyncio.create_subprocess_exec(
        program("node", "make peers"),
        str(NODE / "server.cjs"),
        str(port),
        stdin=pipe,
        stdout=pipe,
        stderr=asyncio.subprocess.DEVNULL,
    )
    relay = Relay(port)
    await relay.start()
    peer = Pds(running, relay)
    try:
        await peer.heard()
        # A firehose that has said nothing has no number to go on from.
        await peer.say("halo")
        settings = BlueskySettings(address=f"ws://{HERE}:{relay.port}/xrpc/com.atproto.sync.subscribeRepos")
        trial = Trial(
            open=lambda: Bluesky(settings, tried_means("sky", filters=("Biznet",))),
            peer=peer,
            cannot=frozenset({"repeat", "garble"}),
            wait_s=WAIT_S,
        )
        yield trial, peer
    finally:
        await relay.stop()
        running.kill()
        await running.wait()


def _with_pds(work: Callable[[Trial, Pds], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        async with pds() as (trial, peer):
            await work(trial, peer)

    asyncio.run(asyncio.wait_for(run(), 2 * AWAY_S + 6 * WAIT_S))


def test_bluesky_s_own_server_is_listened_to_as_the_contract_says_and_over_a_gap() -> None:
    async def work(trial: Trial, _: Pds) -> None:
        await hold(trial)
        await hears_what_was_said_over_a_gap(trial, away_s=AWAY_S, missed=MISSED)

    _with_pds(work)


def test_an_account_that_is_deleted_at_bluesky_s_own_server_takes_its_posts_back() -> None:
    async def work(trial: Trial, peer: Pds) -> None:
        async with listening(trial) as ear:
            await peer.do("gone", "pamit")
            await ear.hears("pamit")
            await ear.until(lambda: ear.ids("pamit")[0] in ear.deleted, "the account takes its post back")
            await peer.say("tinggal")
            await ear.hears("tinggal")
            assert ear.deleted == {*ear.ids("pamit")}

    _with_pds(work)
