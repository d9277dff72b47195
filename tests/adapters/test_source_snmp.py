"""SNMP as a source: traps and informs of net-snmp, answered when they are kept, and what is not for us refused."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from network_peers import HERE, free_port, means, program, until

from pulih.adapters.sources.contract import Trial, hold
from pulih.adapters.sources.kinds import kind_of
from pulih.adapters.sources.network._traps import TrapRule
from pulih.adapters.sources.network.snmp import SnmpSettings, UserTable
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Batch, Item, Source

SECRETS = {"community": "hush-hush", "auth": "authauthauth", "privacy": "privprivpriv"}
DOWN, UP, NAME = "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.1.1.5.4", "1.3.6.1.2.1.1.5.0"
AGENT = "8000000001020304"
RULE = TrapRule(name="link down", oid=DOWN, clears=(UP,))
V2 = ("-v2c", "-c", SECRETS["community"])
SIGNED = ("-u", "nina", "-l", "authPriv", "-a", "SHA-256", "-A", "authauthauth", "-x", "AES", "-X", "privprivpriv")


def snmp(port: int, **told: object) -> Source:
    user = UserTable(name="nina", auth="sha256", auth_file="auth", privacy="aes", privacy_file="privacy")
    settings = {
        "senders": ("127.0.0.0/8",),
        "rule": (RULE,),
        "community_file": "community",
        "user": (user, UserTable(name="tina", auth="sha", auth_file="auth", engine=AGENT)),
        "port": port,
        **told,
    }
    return kind_of("snmp").open(SnmpSettings(**settings), means(secrets=SECRETS))  # type: ignore[arg-type]


class NetSnmp:
    """Sends by the programs of net-snmp, which keep their own state in a folder."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self.env = {**os.environ, "SNMP_PERSISTENT_DIR": str(folder), "MIBS": ""}

    async def run(self, name: str, *told: str) -> int:
        path = program(name, "apt-get install snmp")
        made = await asyncio.create_subprocess_exec(
            path, *told, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        return await made.wait()

    async def trap(self, *version: str, text: str, oid: str = DOWN) -> int:
        return await self.run("snmptrap", *version, f"{HERE}:{self.port}", "", oid, NAME, "s", text)

    async def inform(self, *version: str, text: str) -> int:
        to = f"{HERE}:{self.port}"
        return await self.run("snmpinform", *version, "-t", "1", "-r", "8", to, "", DOWN, NAME, "s", text)

    async def say(self, text: str) -> None:
        await self.trap(*V2, text=text)

    async def garble(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.sendto(b"hello", (HERE, self.port))

    async def repeat(self, text: str) -> None:
        raise NotImplementedError

    restart = cut = heal = garble
    delete = repeat


class Listening:
    """What a source told so far; asks for the next batch only while `keeps`."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.refused: list[str] = []
        self.gaps: list[str] = []
        self.keeps = asyncio.Event()
        self.keeps.set()

    async def follow(self, source: Source) -> None:
        batches: AsyncIterator[Batch] = source.listen("")
        try:
            async for batch in batches:
                self.items += batch.items
                self.refused += batch.refused
                self.gaps += [batch.gap] if batch.gap else []
                await self.keeps.wait()
        finally:
            await batches.aclose()  # type: ignore[attr-defined]


@asynccontextmanager
async def listening(source: Source, peer: NetSnmp) -> AsyncIterator[Listening]:
    told = Listening()
    task = asyncio.create_task(told.follow(source))
    try:
        for _ in range(100):
            await peer.garble()
            await asyncio.sleep(0.05)
            assert not task.done(), task.exception()
            if told.refused:
                break
        told.refused.clear()
        yield told
    finally:
        task.cancel()
        await asyncio.wait([task])


def test_traps_are_held_to_the_contract_of_a_peer_that_keeps_nothing(tmp_path: Path) -> None:
    async def tried() -> None:
        port = free_port(socket.SOCK_DGRAM)
        cannot = frozenset({"repeat", "restart", "cut", "delete"})
        peer = NetSnmp(port, tmp_path)
        await hold(Trial(open=lambda: snmp(port), peer=peer, secret=SECRETS["community"], keeps=False, cannot=cannot))

    asyncio.run(tried())


def test_every_version_is_heard_and_what_is_signed_wrongly_is_refused(tmp_path: Path) -> None:
    tina = ("-v3", "-e", AGENT, "-u", "tina", "-l", "authNoPriv", "-a", "SHA", "-A")

    async def tried() -> Listening:
        peer = NetSnmp(free_port(socket.SOCK_DGRAM), tmp_path)
        async with listening(snmp(peer.port), peer) as told:
            await peer.trap(*V2, text="dua", oid=UP)
            await peer.trap(*tina, "authauthauth", text="tiga")
            to = f"{HERE}:{peer.port}"
            await peer.run(
                "snmptrap", "-v1", *V2[1:], to, "1.3.6.1.6.3.1.1.5", "10.0.0.9", "2", "0", "", NAME, "s", "satu"
            )
            await peer.trap("-v2c", "-c", "wrong", text="empat")
            await peer.trap(*tina, "wrongwrong", text="lima")
            await peer.trap(*V2, text="enam", oid="1.3.6.1.6.3.1.1.5.1")
            await until(lambda: len(told.items) == 3 and len(told.refused) == 2, "three traps and two refusals")
        return told

    told = asyncio.run(tried())
    assert sorted(item.text for item in told.items) == [
        "cleared (dua): link down. 127.0.0.1",
        "firing (satu): link down. 10.0.0.9",
        "firing (tiga): link down. 127.0.0.1",
    ]
    assert sorted(one.rpartition("SNMP ")[2] for one in told.refused) == [
        "is none, or has another community.",
        "is signed by nobody who is known here.",
    ]


@pytest.mark.parametrize("version", [V2, ("-v3", *SIGNED)], ids=["2c", "3"])
def test_an_inform_is_answered_when_it_is_kept_and_not_before(version: tuple[str, ...], tmp_path: Path) -> None:
    async def tried() -> Listening:
        peer = NetSnmp(free_port(socket.SOCK_DGRAM), tmp_path)
        async with listening(snmp(peer.port), peer) as told:
            told.keeps.clear()
            sent = asyncio.create_task(peer.inform(*version, text="mati"))
            await until(lambda: told.items != [], "the inform")
            # It asks a second time after a second.
            await asyncio.sleep(1.2)
            assert not sent.done()
            told.keeps.set()
            assert await sent == 0
            await until(lambda: len(told.items) >= 2, "the inform again")
            assert len({item.id for item in told.items}) == 1
        return told

    assert asyncio.run(tried()).refused == []


def test_an_inform_of_what_does_not_count_is_answered_too(tmp_path: Path) -> None:
    async def tried() -> int:
        peer = NetSnmp(free_port(socket.SOCK_DGRAM), tmp_path)
        rule = TrapRule(name="other", oid="1.3.6.1.4.1.1")
        async with listening(snmp(peer.port, rule=(rule,)), peer) as told:
            answered = await peer.inform(*V2, text="mati")
            assert told.items == []
            return answered

    assert asyncio.run(tried()) == 0


def test_random_bytes_leave_it_listening(tmp_path: Path) -> None:
    chance = random.Random(7)
    head = b"\x30\x29\x02\x01\x01\x04\x09hush-hush\xa7"

    async def tried() -> None:
        peer = NetSnmp(free_port(socket.SOCK_DGRAM), tmp_path)
        async with listening(snmp(peer.port), peer) as told:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
                for number in range(200):
                    raw = chance.randbytes(chance.randrange(60))
                    one.sendto(head + raw if number % 2 else raw, (HERE, peer.port))
            await peer.trap(*V2, text="mati")
            await until(lambda: told.items != [], "the trap behind them")
            assert not any(SECRETS["community"] in said for said in told.refused)

    asyncio.run(tried())


def test_a_flood_is_left_out_and_shown_as_a_gap(tmp_path: Path) -> None:
    async def tried() -> list[str]:
        peer = NetSnmp(free_port(socket.SOCK_DGRAM), tmp_path)
        async with listening(snmp(peer.port), peer) as told:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
                for _ in range(3_000):
                    one.sendto(b"hello", (HERE, peer.port))
                    await asyncio.sleep(0)
            # What comes in the next second is read again, and tells of the gap before it.
            await asyncio.sleep(1.1)
            await peer.trap(*V2, text="mati")
            await until(lambda: told.gaps != [], "the gap")
            assert [item.text for item in told.items] == ["firing (mati): link down. 127.0.0.1"]
        return told.gaps

    assert "came faster than they could be kept" in asyncio.run(tried())[0]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"community_file": "", "user": ()}, "nobody may send"),
        ({"user": (UserTable(name="a", auth="sha"),)}, "auth needs auth_file"),
        ({"user": (UserTable(name="a", privacy="aes", privacy_file="privacy"),)}, "privacy needs auth"),
    ],
)
def test_settings_that_let_nobody_in_safely_are_refused(told: dict[str, object], said: str) -> None:
    with pytest.raises(RefusedInput, match=said):
        snmp(1162, **told)


def test_a_port_that_is_taken_is_tried_again_later() -> None:
    async def tried() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind((HERE, 0))
            batches = snmp(taken.getsockname()[1]).listen("")
            try:
                await anext(batches)
            finally:
                with contextlib.suppress(Exception):
                    await batches.aclose()  # type: ignore[attr-defined]

    with pytest.raises(OutsideFailed, match="cannot listen"):
        asyncio.run(tried())
