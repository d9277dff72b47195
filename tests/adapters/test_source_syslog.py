"""Syslog as a source: Debian's rsyslog and logger speak to it, over TCP, TLS and UDP."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from network_peers import HERE, Relay, Server, certificate_of, free_port, means, program, started, until

from pulih.adapters.sources.contract import Trial, hold
from pulih.adapters.sources.kinds import kind_of
from pulih.adapters.sources.network._inbox import Inbox, Message
from pulih.adapters.sources.network._phrases import Rule
from pulih.adapters.sources.network.syslog import SyslogSettings
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Batch, Item, Source

ALL = Rule(name="any")
DATED = "<187>1 2025-10-03T01:41:12.739266Z core-1 LINK - - - "


def syslog(**told: object) -> Source:
    settings = SyslogSettings(**{"senders": ("127.0.0.0/8",), "rule": (ALL,), **told})  # type: ignore[arg-type]
    files = {name: Path(name).read_text() for name in (settings.certificate_file, settings.key_file) if name}
    return kind_of("syslog").open(settings, means(secrets=files))


class RsyslogPeer:
    """rsyslog, which takes datagrams and hands them on over TCP; what it would mend is sent past it."""

    def __init__(self, server: Server, relay: Relay, *, takes: int, source: int) -> None:
        self._server, self._relay, self._takes, self._source = server, relay, takes, source

    async def say(self, text: str, dated: str = DATED) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.sendto(f"{dated}{text}".encode(), (HERE, self._takes))

    async def say_late(self, text: str) -> None:
        await self.say(text, DATED.replace("T01:41", "T01:21"))

    async def repeat(self, text: str) -> None:
        await self.say(text)

    async def garble(self) -> None:
        with socket.create_connection((HERE, self._source), 1) as one:
            one.sendall(b"GET / HTTP/1.1\n\xff\xfe\n")

    async def restart(self) -> None:
        await asyncio.to_thread(self._server.stop)
        await asyncio.to_thread(self._server.start)

    async def cut(self) -> None:
        self._relay.cut()

    async def heal(self) -> None:
        self._relay.heal()

    async def delete(self, text: str) -> None:
        raise NotImplementedError


def rsyslog(folder: Path, *, takes: int, to: int, framing: str) -> Server:
    (folder / "conf").write_text(
        f"""
        global(workDirectory="{folder}")
        module(load="imudp")
        input(type="imudp" address="{HERE}" port="{takes}")
        action(type="omfwd" target="{HERE}" port="{to}" protocol="tcp" TCP_Framing="{framing}"
               template="RSYSLOG_SyslogProtocol23Format" queue.type="LinkedList"
               action.resumeRetryCount="-1" action.resumeInterval="1")
        """
    )
    path = program("rsyslogd", "apt-get install rsyslog")
    return Server(path, "-n", "-f", str(folder / "conf"), "-i", str(folder / "pid"))


@pytest.mark.parametrize("framing", ["octet-counted", "traditional"])
def test_rsyslog_is_held_to_the_contract_of_a_peer_that_keeps_nothing(framing: str, tmp_path: Path) -> None:
    async def tried() -> None:
        port, takes = free_port(), free_port(socket.SOCK_DGRAM)
        relay = Relay(port)
        await relay.start()
        with started(rsyslog(tmp_path, takes=takes, to=relay.port, framing=framing)) as server:
            peer = RsyslogPeer(server, relay, takes=takes, source=port)
            # What one framing shows of cuts and restarts the other does.
            cannot = {"delete"} if framing == "octet-counted" else {"delete", "cut", "restart"}
            await hold(
                Trial(open=lambda: syslog(tcp_port=port), peer=peer, keeps=False, cannot=frozenset(cannot), wait_s=20)
            )
        await relay.stop()

    asyncio.run(tried())


class Listening:
    """What a source told so far."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.refused: list[str] = []
        self.batches: list[Batch] = []

    async def follow(self, source: Source) -> None:
        async for batch in source.listen(""):
            self.batches.append(batch)
            self.items += batch.items
            self.refused += batch.refused


@asynccontextmanager
async def listening(source: Source, port: int = 0) -> AsyncIterator[Listening]:
    """What is heard until the block ends; with a port of TCP, once it is open."""
    told = Listening()
    task = asyncio.create_task(told.follow(source))
    try:
        while port:
            assert not task.done(), task.exception()
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(HERE, port)
                writer.close()
                break
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        yield told
    finally:
        task.cancel()
        await asyncio.wait([task])


def logger(port: int, *more: str) -> None:
    path = program("logger", "apt-get install bsdutils")
    subprocess.run([path, "-n", HERE, "-P", str(port), "-p", "local7.err", "-t", "LINK", *more], check=True)


def test_logger_is_heard_in_every_format_over_both_ways() -> None:
    async def tried() -> list[str]:
        port = free_port()
        async with listening(syslog(tcp_port=port, udp_port=port), port) as told:
            for way in ("--tcp", "--udp"):
                for form in ("--rfc5424", "--rfc3164"):
                    await asyncio.to_thread(logger, port, way, form, f"mati{way}{form}")
            await asyncio.to_thread(logger, port, "--tcp", "--octet-count", "matioctet")
            await until(lambda: len(told.items) == 5, "five messages")
        assert {item.text.partition(":")[2].split(".")[0] for item in told.items} == {" any"}
        return sorted(item.text.split("(")[1].split(")")[0] for item in told.items)

    assert asyncio.run(tried()) == [
        "mati--tcp--rfc3164",
        "mati--tcp--rfc5424",
        "mati--udp--rfc3164",
        "mati--udp--rfc5424",
        "matioctet",
    ]


def test_strangers_are_told_about_and_not_heard() -> None:
    async def tried() -> Listening:
        port = free_port()
        source = syslog(tcp_port=port, udp_port=port, senders=("10.0.0.0/8",))
        async with listening(source, port) as told:
            for way in ("--udp", "--tcp", "--udp"):
                await asyncio.to_thread(logger, port, way, "mati")
            await until(lambda: told.refused != [], "the stranger")
            await asyncio.sleep(0.1)
        return told

    told = asyncio.run(tried())
    assert told.items == []
    assert told.refused == [f"{HERE} is not among the senders of this source; put its network into senders to hear it."]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate_of("desk.example.id", tmp_path_factory.mktemp("certificate"))


def test_messages_come_encrypted_and_plain_ones_are_not_heard_there(certificate: tuple[Path, Path]) -> None:
    async def tried() -> list[str]:
        port = free_port()
        files = {"certificate_file": str(certificate[0]), "key_file": str(certificate[1])}
        trust = ssl.create_default_context(cafile=str(certificate[0]))
        async with listening(syslog(tcp_port=port, **files), port) as told:
            _, plain = await asyncio.open_connection(HERE, port)
            plain.write(f"{DATED}plain\n".encode())
            _, writer = await asyncio.open_connection(HERE, port, ssl=trust, server_hostname="desk.example.id")
            writer.write(f"{DATED}sealed\n".encode())
            await until(lambda: told.items != [], "the encrypted message")
            for one in (plain, writer):
                one.transport.abort()
        return [item.text for item in told.items]

    assert asyncio.run(tried()) == ["firing (sealed): any. core-1"]


def test_a_key_that_is_none_is_for_a_person(certificate: tuple[Path, Path]) -> None:
    files = {"certificate_file": str(certificate[0]), "key_file": str(certificate[0])}

    async def tried() -> None:
        await anext(syslog(tcp_port=free_port(), **files).listen(""))

    with pytest.raises(RefusedInput, match="certificate_file and key_file"):
        asyncio.run(tried())


def test_a_port_that_is_taken_is_tried_again_later() -> None:
    async def tried() -> None:
        with socket.socket() as taken:
            taken.bind((HERE, 0))
            taken.listen()
            await anext(syslog(tcp_port=taken.getsockname()[1]).listen(""))

    with pytest.raises(OutsideFailed, match="cannot listen"):
        asyncio.run(tried())


def test_settings_without_a_port_are_refused() -> None:
    with pytest.raises(RefusedInput, match="no port"):
        syslog()


def test_what_comes_faster_than_it_is_kept_is_counted_as_a_gap_and_the_rest_told() -> None:
    async def tried() -> list[Batch]:
        inbox = Inbox(waiting_max=30)
        for number in range(50):
            inbox.offer(Message(refused=f"bad {number}"))
        batches = inbox.batches()
        inbox.fail(OutsideFailed("gone"))
        told = [await anext(batches)]
        with pytest.raises(OutsideFailed, match="gone"):
            await anext(batches)
        return told

    [batch] = asyncio.run(tried())
    assert batch.gap == "20 messages came faster than they could be kept."
    assert (len(batch.refused), batch.refused[-1]) == (21, "10 more could not be read.")


def test_a_connection_that_waits_for_room_ends_with_the_source() -> None:
    async def tried() -> None:
        port = free_port()
        batches = syslog(tcp_port=port).listen("")
        asked = asyncio.ensure_future(anext(batches))  # type: ignore[arg-type]
        writer = None
        while writer is None:
            await asyncio.sleep(0.01)
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(HERE, port)
        writer.write(b"".join(b"<187>1 - core-1 LINK - - - down %d\n" % number for number in range(9_000)))
        await asked
        await asyncio.sleep(0.3)
        assert len(asyncio.all_tasks()) > 1
        await batches.aclose()  # type: ignore[attr-defined]
        await asyncio.sleep(0.05)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        writer.close()

    asyncio.run(tried())
