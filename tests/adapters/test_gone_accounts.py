"""An account of Bluesky that is deleted, taken down, suspended or put to rest takes all of its posts back (issue H)."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from firehose_peer import FirehosePeer, packed
from jetstream_peer import DID, JetstreamPeer, now_us

from pulih.adapters.sources.contract import Trial, listening, tried_means
from pulih.adapters.sources.people._firehose import blocks_read
from pulih.adapters.sources.people._jetstream import frames_read
from pulih.adapters.sources.people._words import Words
from pulih.adapters.sources.people.bluesky import Bluesky, BlueskySettings

BIZNET = Words("sky", ("Biznet",))
GONE = ("deleted", "takendown", "suspended", "deactivated")
# Troubles of the server where the account is, and no word of its holder.
STAYING = ("throttled", "desynchronized", "", "a status of tomorrow")
# What a PDS said of accounts that were taken down, put to rest and deleted, after each had posted.
RECORDED = [base64.b64decode(line) for line in Path(__file__).with_name("recorded_accounts.txt").read_text().split()]


def jetstream_frame(status: str, *, active: bool = False, did: str = DID) -> bytes:
    """Return a frame, shaped as the README of Jetstream shows one."""
    told = {"active": active, "did": did, "seq": 1409753013, "time": "2024-09-05T06:11:04.870Z"}
    account = told | ({"status": status} if status else {})
    return json.dumps({"did": did, "time_us": now_us(), "kind": "account", "account": account}).encode()


def firehose_frame(number: int, status: str, *, active: bool = False, did: str = DID) -> bytes:
    body: dict[str, object] = {"seq": number, "did": did, "time": "2024-09-05T06:11:04.870Z", "active": active}
    return packed({"op": 1, "t": "#account"}) + packed(body | ({"status": status} if status else {}))


@pytest.mark.parametrize("status", GONE)
def test_an_account_that_is_gone_is_told_of_by_both_streams(status: str) -> None:
    assert frames_read([jetstream_frame(status)], BIZNET, cursor_us=0)[0].gone == (DID,)
    told, number = blocks_read([firehose_frame(7, status)], BIZNET, number=0)
    assert (told.gone, number) == ((DID,), 7)


@pytest.mark.parametrize(("status", "active"), [*((one, False) for one in STAYING), ("deleted", True), ("", True)])
def test_an_account_that_is_in_trouble_or_back_takes_nothing_with_it(status: str, active: bool) -> None:
    assert frames_read([jetstream_frame(status, active=active)], BIZNET, cursor_us=0)[0].gone == ()
    assert blocks_read([firehose_frame(7, status, active=active)], BIZNET, number=0)[0].gone == ()


@pytest.mark.parametrize("body", [{"seq": 1, "did": 7}, {"seq": 1, "did": "d", "active": "no"}, {"status": []}])
def test_an_account_that_cannot_be_read_is_told_and_takes_nothing_with_it(body: dict[str, object]) -> None:
    told, _ = blocks_read([packed({"op": 1, "t": "#account"}) + packed(body)], BIZNET, number=0)
    assert (told.gone, len(told.refused)) == ((), 1)
    frame = json.dumps({"did": DID, "time_us": 1, "kind": "account", "account": body | {"active": "no"}}).encode()
    told, _ = frames_read([frame], BIZNET, cursor_us=0)
    assert (told.gone, len(told.refused)) == ((), 1)


def test_what_bluesky_s_own_server_says_of_accounts_is_understood() -> None:
    batch, _ = blocks_read(RECORDED, BIZNET, number=0)
    authors = {one.text.split()[-1]: one.author for one in batch.items}
    # Who comes back later is not told any more what a deleted account said, only that it is gone.
    assert set(authors) == {"takendown", "deactivated", "stays"}
    assert authors["stays"] not in batch.gone and len(batch.gone) == 3
    assert {authors["takendown"], authors["deactivated"]} < set(batch.gone)


@asynccontextmanager
async def _peer(peer: JetstreamPeer | FirehosePeer) -> AsyncIterator[Trial]:
    await peer.heal()
    settings = BlueskySettings(address=peer.address)
    try:
        yield Trial(open=lambda: Bluesky(settings, tried_means("sky", filters=("Biznet",))), peer=peer)
    finally:
        await peer.cut()


@pytest.mark.parametrize("stream", ["jetstream", "firehose"])
def test_what_an_account_said_of_late_is_taken_back_by_its_ids(stream: str) -> None:
    async def run(peer: JetstreamPeer | FirehosePeer) -> None:
        async with _peer(peer) as trial, listening(trial) as ear:
            await peer.say("satu")
            await ear.hears("satu")
            if isinstance(peer, JetstreamPeer):
                peer.add(jetstream_frame("deleted", did="did:plc:another"))
                peer.add(jetstream_frame("deleted"))
            else:
                peer.add(firehose_frame(len(peer.log) + 1, "deleted", did="did:plc:another"))
                peer.add(firehose_frame(len(peer.log) + 1, "deleted"))
            await ear.until(lambda: f"{DID}/satu" in ear.deleted, "the account takes its post back")
            assert ear.deleted == set(ear.heard)

    asyncio.run(run(JetstreamPeer() if stream == "jetstream" else FirehosePeer()))
