"""Peers that keep talking while a listening desk is killed and started again, and what that desk counted in the end.

The peers are real: a broker of MQTT that keeps a session, a stream of NATS, a WebSocket that speaks Jetstream's frames.
They go on while the desk is away, repeat themselves, garble now and then, and take one thing back.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import aiomqtt
import msgspec
import nats
from jetstream_peer import DID, JetstreamPeer, jetstream
from network_peers import BROKERS, HERE, Server, as_report, free_port, mosquitto, nats_server, started
from sqlalchemy import select

from pulih.adapters.config import DeskSettings
from pulih.adapters.data_folder import Layout
from pulih.adapters.sql.listening_store import SqlListeningStore
from pulih.adapters.sql.live_tables import signals
from pulih.listen.payload import PayloadReader, report_of
from pulih.ports.intake import SourceCount
from pulih.serve.storage import Storage

PROGRAM = Path(__file__).with_name("killed_listening.py")
SOURCES = Path(__file__).parents[2] / "src"
SETTINGS = """
[reading]
workers = 1

[site]
on = false
{brokers}
[[source]]
name = "sky"
kind = "bluesky"
address = "{sky}"
filters = ["Biznet"]
allow_networks = ["127.0.0.0/8"]
"""
# Of each peer, one message in so many is said twice, and one in so many cannot be read.
REPEATED_EVERY, GARBLED_EVERY = 5, 50


class Kept(msgspec.Struct):
    """What a desk kept.

    Attributes:
        counted: how often each (source, id) counts; `rows` in how many rows of the console it stands.
        counters: of each source.
        forgotten: keys of what was taken back; `key` says the key of a source and an id.
    """

    counted: Counter[tuple[str, str]]
    rows: Counter[tuple[str, str]]
    counters: dict[str, SourceCount]
    forgotten: frozenset[int]
    key: Callable[[str, str], int]


class Talking:
    """Peers that say so many messages `a_second` each from when a desk hears them all until they are hushed.

    Attributes:
        said: what each source was told, by (source, id).
        taken_back: of that, what its peer took back.
        sky: address of the Jetstream.
    """

    def __init__(self, folder: Path, broker: Server, stream: Server, a_second: float) -> None:
        self.said: set[tuple[str, str]] = set()
        self.taken_back: set[tuple[str, str]] = set()
        self.sky = ""
        self._folder, self._broker, self._stream, self._pause_s = folder, broker, stream, 1 / a_second
        self._there, self._hush, self._silent, self._over = (threading.Event() for _ in range(4))
        self._thread = threading.Thread(target=lambda: asyncio.run(self._all()), daemon=True)

    def start(self) -> None:
        """Have the peers be there."""
        self._thread.start()
        assert self._there.wait(20), "the peers do not come"

    def hush(self) -> None:
        """Say no more; what was said is still offered."""
        self._hush.set()
        assert self._silent.wait(20), "the peers do not fall silent"

    def end(self) -> None:
        """Have the peers be gone."""
        self._hush.set()
        self._over.set()
        self._thread.join(20)

    async def _all(self) -> None:
        log = await nats.connect(f"nats://{HERE}:{self._stream.port}")
        jet = log.jetstream()
        await jet.add_stream(name="ALARMS", subjects=["noc.>"])
        async with jetstream() as sky, aiomqtt.Client(HERE, self._broker.port or 0) as bus:
            self.sky = sky.address
            self._there.set()
            # What is said before somebody listens for the first time is promised to nobody.
            while not (self._hush.is_set() or (self._begun() and await jet.consumers_info("ALARMS"))):
                await asyncio.sleep(0.05)
            number = 0
            while not self._hush.is_set():
                number += 1
                await self._say(number, bus, log, sky)
                await asyncio.sleep(self._pause_s)
            await log.flush()
            self._silent.set()
            while not self._over.is_set():
                await asyncio.sleep(0.02)
        await log.close()

    def _begun(self) -> bool:
        """Whether a desk knows where to go on listening to those that keep nothing for it by themselves."""
        path = self._folder / "desk/intake.db"
        return path.exists() and {"bus", "sky"} <= set(asked(path, "SELECT source FROM ledger_cursors"))

    async def _say(self, number: int, bus: aiomqtt.Client, log: Any, sky: JetstreamPeer) -> None:
        ids = {"bus": f"m{number}", "stream": f"n{number}", "sky": f"k{number}"}
        for _ in range(2 if number % REPEATED_EVERY == 0 else 1):
            await bus.publish("noc/alarms", as_report(ids["bus"]), qos=1)
            await log.publish("noc.alarms", as_report(ids["stream"]))
            await sky.say(ids["sky"])
        if number % GARBLED_EVERY == 0:
            await bus.publish("noc/alarms", b"\xff{", qos=1)
            await log.publish("noc.alarms", b"\xff{")
            await sky.garble()
        if number % GARBLED_EVERY == 1:
            await sky.delete(ids["sky"])
            self.taken_back.add(("sky", f"{DID}/{ids['sky']}"))
        self.said.update(ids.items())


@contextlib.contextmanager
def talking(folder: Path, a_second: float) -> Iterator[tuple[Talking, list[str]]]:
    """Yield peers that are there, and the arguments of a desk that listens to them."""
    with started(mosquitto(folder / "mqtt")) as broker, started(nats_server(folder / "nats")) as stream:
        peers = Talking(folder, broker, stream, a_second)
        peers.start()
        try:
            told = SETTINGS.format(brokers=BROKERS.format(mqtt=broker.port, nats=stream.port), sky=peers.sky)
            (folder / "pulih.toml").write_text(told)
            yield peers, ["--data", str(folder / "desk"), "--config", str(folder / "pulih.toml")]
        finally:
            peers.end()


class Running:
    """A desk that runs in a process of its own, with what it said so far."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self.process, self._log = process, log

    def serves(self) -> bool:
        """Whether it told where it is, or is gone already."""
        return "http://" in self._log.read_text() or self.process.poll() is not None

    def kill(self) -> bool:
        """Kill it, unless it is gone; return whether it was."""
        gone = self.process.poll() is not None
        self.process.kill()
        self.process.wait()
        return gone

    def stop(self) -> None:
        """End it in good order."""
        self.process.terminate()
        assert self.process.wait(60) == 0, self._log.read_text()


@contextlib.contextmanager
def desk(arguments: list[str], log: Path, *, stage: str = "", at: int = 0) -> Iterator[Running]:
    """Yield a desk that begins to listen; it ends itself at the `at`th time that it reaches a stage."""
    env = {**os.environ, "PYTHONPATH": str(SOURCES)}
    serve = ["serve", *arguments, "--port", str(free_port())]
    output: IO[str]
    with (
        log.open("w") as output,
        subprocess.Popen(
            [sys.executable, str(PROGRAM), stage, str(at), *serve], env=env, stdout=output, stderr=output, text=True
        ) as process,
    ):
        try:
            yield Running(process, log)
        finally:
            process.kill()
            process.wait()


def kept(folder: Path) -> Kept:
    """Return what a desk that ended left in its folder."""
    storage = Storage(Layout(folder), DeskSettings())
    try:
        frames = {frame.number: frame for frame in storage.journal.frames(0)}
        counted: Counter[tuple[str, str]] = Counter()
        for one in storage.ledger.accepted(0, 1_000_000):
            for place in one.counted:
                counted[_key(frames[one.frame].reports[place])] += 1
        with storage.desk.connect() as connection:
            found = connection.execute(select(signals.c.frame, signals.c.position)).all()
        rows = Counter(_key(frames[row.frame].reports[row.position]) for row in found)
        counters = {one.source: one for one in storage.ledger.counts()}
        forgotten = frozenset(SqlListeningStore(storage.desk).forgotten())
        return Kept(counted, rows, counters, forgotten, PayloadReader(Layout(folder).secret.read_bytes()).key)
    finally:
        storage.close()


def held(after: Kept, peers: Talking) -> None:
    """Hold what a desk kept against what was said to it."""
    said = peers.said
    assert peers.taken_back
    assert after.forgotten == {after.key(*one) for one in peers.taken_back}
    assert after.counted == dict.fromkeys(said, 1)
    # Rows of the console are written when their window closes; none stands there twice.
    assert set(after.rows.values()) <= {1}
    assert after.rows.keys() <= after.counted.keys()
    for one in after.counters.values():
        assert one.heard == one.counted + one.refused + one.repeated + one.late
    assert sum(one.counted for one in after.counters.values()) == len(said)


def counted_now(folder: Path) -> int:
    """Return how many reports a desk has counted, while it runs."""
    return sum(asked(folder / "intake.db", "SELECT counted FROM ledger_sources"))


def asked(database: Path, query: str) -> list[Any]:
    """Return the first column of what a database answers, nothing where it has no such table yet."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            return [row[0] for row in connection.execute(query)]
        except sqlite3.OperationalError:
            return []


def _key(line: bytes) -> tuple[str, str]:
    report = report_of(line)
    # A post of Bluesky is known by its writer too.
    return report.source, report.id.rsplit("/", 1)[-1]
