"""Servers of other makers that fall, start again and are out of reach: Kannel, and npm's telegram-test-api (L1, L2).

Both keep nothing over their own end, and hand over once: what is said while they live is heard, once.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from channel_peers import kannel
from cut_wire import cut_wire
from network_peers import HERE, Server, free_port, program, started
from telegram_peer import TOKEN

from pulih.adapters.sources.contract import Trial, listening, tried_means
from pulih.adapters.sources.kinds import kind_of
from pulih.ports.source_peers import Peer
from pulih.ports.sources import Source

NODE = Path(__file__).parent.parent / "node"
WAIT_S = 60.0


def sms(port: int) -> Source:
    kind = kind_of("sms")
    told = kind.settings(host=HERE, port=port, system_id="pulih", password_file="key", tls=False, enquire_s=1)
    return kind.open(told, tried_means("sms", secrets={"key": "sandi"}))


class Mute:
    """A peer that says what it has to say by itself; only `say` is asked of it, to no end."""

    async def say(self, text: str) -> None:
        return None


def _trial(opened: Any, peer: Any = None) -> Trial:
    silent: Peer = peer or Mute()
    return Trial(open=opened, peer=silent, wait_s=WAIT_S)


def test_kannel_is_listened_to_again_after_it_was_killed_and_after_a_cut(tmp_path: Path) -> None:
    async def tried() -> None:
        port = free_port()
        with cut_wire(port) as wire:
            first = kannel(tmp_path, messages=3, port=port)
            await asyncio.to_thread(first.__enter__)
            # A cursor, so that nobody asks the peer to speak first.
            async with listening(_trial(lambda: sms(wire.port)), "0") as ear:
                await ear.until(lambda: len(ear.heard) == 3, "three messages are heard")
                before = set(ear.heard)
                await asyncio.to_thread(first.__exit__, None, None, None)
                # It has forgotten what it delivered, and delivers it again, with two more.
                with kannel(tmp_path, messages=5, port=port) as again:
                    await ear.until(lambda: again.commands().count("deliver_sm_resp") == 5, "all five are kept")
                    await ear.until(lambda: len(ear.heard) == 5, "two more are heard")
                    assert before < set(ear.heard)
                    wire.cut()
                    await asyncio.sleep(0.5)
                with kannel(tmp_path, messages=6, port=port) as after:
                    wire.heal()
                    await ear.until(lambda: after.commands().count("deliver_sm_resp") == 6, "all six are kept")
                    await ear.until(lambda: len(ear.heard) == 6, "one more is heard")
                assert sorted(ear.heard.values()) == [str(number) for number in range(1, 7)]

    asyncio.run(asyncio.wait_for(tried(), 4 * WAIT_S))


@contextmanager
def telegram_test_api() -> Iterator[Server]:
    assert (NODE / "node_modules" / "telegram-test-api").exists(), "telegram-test-api is missing: make peers"
    port = free_port()
    with started(Server(program("node", "make peers"), str(NODE / "telegram_server.cjs"), str(port), port=port)) as one:
        yield one


class TelegramStranger:
    """Writes to the bot past the wire, in one chat.

    Attributes:
        chat: its number; a server that was started again numbers messages anew, which Telegram never does.
    """

    def __init__(self, server: Server) -> None:
        self._server, self.chat = server, 5

    async def say(self, text: str) -> None:
        chat = {"id": self.chat, "type": "private", "first_name": "A"}
        person = {"botToken": TOKEN, "date": int(time.time()), "chat": chat}
        person |= {"from": {"id": self.chat, "first_name": "A", "is_bot": False, "language_code": "id"}}
        told = json.dumps({**person, "text": f"Biznet mati {text}"}).encode()
        where = f"http://{HERE}:{self._server.port}/sendMessage"
        asked = Request(where, told, {"Content-Type": "application/json"})
        await asyncio.to_thread(lambda: urlopen(asked, timeout=10).close())


@pytest.mark.parametrize("fault", ["restart", "cut"])
def test_telegram_test_api_is_asked_again_after_it_fell_and_after_a_cut(fault: str) -> None:
    kind = kind_of("telegram")

    async def tried(server: Server) -> None:
        with cut_wire(server.port or 0) as wire:
            api = f"http://{HERE}:{wire.port}"
            settings = kind.settings(token_file="t", held_s=0.2, api=api, answers=False)
            means = tried_means("telegram", secrets={"t": TOKEN}, filters=("Biznet",))
            peer = TelegramStranger(server)
            async with listening(_trial(lambda: kind.open(settings, means), peer)) as ear:
                await peer.say("satu")
                await ear.hears("satu")
                if fault == "restart":
                    await asyncio.to_thread(server.stop)
                    await asyncio.to_thread(server.start)
                    peer.chat += 1
                else:
                    wire.cut()
                    await peer.say("gelap")
                    await asyncio.sleep(1)
                    wire.heal()
                    await ear.hears("gelap")
                await peer.say("dua")
                await ear.hears("satu", "dua")

    with telegram_test_api() as server:
        asyncio.run(asyncio.wait_for(tried(server), 4 * WAIT_S))
