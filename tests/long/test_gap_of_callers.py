"""Who calls the desk by itself, over a network that is cut and a desk that is away: rsyslog with a queue on its disk,
informs of SNMP, Alertmanager (L1, L2).

Each brings again what was not taken, and it counts once; traps of SNMP are sent once and are gone, which the documents
say. For twenty seconds each; `make replay AWAY_S=600` makes it ten minutes.
"""

from __future__ import annotations

import asyncio
import socket
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from api_desk import ApiDesk, running
from cut_wire import cut_wire
from network_peers import HERE, Relay, Server, free_port, program, started
from test_alertmanager import Alertmanager, counted, repeated
from test_alertmanager import until as wait_until
from test_gap_of_every_kind import AWAY_S, WAIT_S
from test_source_snmp import DOWN, NAME, SECRETS, V2, NetSnmp, snmp
from test_source_syslog import RsyslogPeer, syslog

from pulih.adapters.sources.contract import Trial, listening
from pulih.adapters.sources.contract_long import hears_what_was_said_over_a_gap
from pulih.ports.sources import Source
from pulih.serve.clocks import WorldClock

# As docs/sources/network.md has it, but tried again each second.
QUEUED = """
global(workDirectory="{folder}")
module(load="imudp")
input(type="imudp" address="{here}" port="{takes}")
action(type="omfwd" target="{here}" port="{to}" protocol="tcp" TCP_Framing="octet-counted"
       template="RSYSLOG_SyslogProtocol23Format" queue.type="LinkedList" queue.filename="pulih"
       queue.saveOnShutdown="on" action.resumeRetryCount="-1" action.resumeInterval="1")
"""
# So long a source may take to open its port.
_OPENED_S = 2.0
# Each waits in a program of its own.
INFORMS = 40


class QueueingRsyslog(RsyslogPeer):
    """rsyslog that is itself started again in the middle of each gap, with what it could not bring on its disk."""

    _away = False

    async def say(self, text: str, dated: str = "<187>1 2025-10-03T01:41:12.739266Z core-1 LINK - - - ") -> None:
        if text == "pergi00000":
            await self.cut()
        if text in {"gelap00000", "pergi00000"}:
            # Nobody answers a line of syslog: the first ones behind a break are sent, lost, and never known to be.
            for number in range(3):
                await super().say(f"putus{number}", dated)
                await asyncio.sleep(0.5)
        if text in {"gelap00075", "pergi00075"}:
            await self.restart()
            # It opens its port some time after it began.
            await asyncio.sleep(2)
        await super().say(text, dated)

    def listened(self) -> Source:
        """Return the source, before which the wire is whole again some seconds after it began."""
        asyncio.get_running_loop().call_later(_OPENED_S, lambda: asyncio.ensure_future(self.heal()))
        return syslog(tcp_port=self._source)

    # Whoever takes a connection and drops it takes messages with it, since syslog has no answer: so nobody listens.
    async def cut(self) -> None:
        self._away = True
        await self._relay.stop()

    async def heal(self) -> None:
        self._relay.heal()
        if self._away:
            self._away = False
            await self._relay.start()


def test_rsyslog_brings_what_stood_in_its_queue_though_it_was_started_again(tmp_path: Path) -> None:
    async def tried() -> None:
        port, takes = free_port(), free_port(socket.SOCK_DGRAM)
        relay = Relay(port)
        await relay.start()
        (tmp_path / "conf").write_text(QUEUED.format(folder=tmp_path, here=HERE, takes=takes, to=relay.port))
        path = program("rsyslogd", "apt-get install rsyslog")
        with started(Server(path, "-n", "-f", str(tmp_path / "conf"), "-i", str(tmp_path / "pid"))) as server:
            peer = QueueingRsyslog(server, relay, takes=takes, source=port)
            trial = Trial(open=peer.listened, peer=peer, wait_s=WAIT_S)
            await hears_what_was_said_over_a_gap(trial, away_s=AWAY_S, missed=150)
        await relay.stop()

    asyncio.run(tried())


class DatagramRelay(asyncio.DatagramProtocol):
    """Carries datagrams to a port and their answers back, from the sender that each came from, until it is cut."""

    def __init__(self, to_port: int) -> None:
        self._to, self.carries = (HERE, to_port), True
        self._near: asyncio.DatagramTransport | None = None
        self._far: dict[tuple[str, int], asyncio.DatagramTransport] = {}
        self.port = 0

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._near, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(HERE, 0))
        self.port = self._near.get_extra_info("sockname")[1]

    def stop(self) -> None:
        for one in (self._near, *self._far.values()):
            if one is not None:
                one.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if self.carries:
            asyncio.get_running_loop().create_task(self._carry(data, addr))

    async def _carry(self, data: bytes, sender: tuple[str, int]) -> None:
        if sender not in self._far:
            back = _Back(lambda answer: self._near.sendto(answer, sender) if self._near and self.carries else None)
            made, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: back, local_addr=(HERE, 0))
            self._far[sender] = made
        self._far[sender].sendto(data, self._to)


class _Back(asyncio.DatagramProtocol):
    def __init__(self, answered: object) -> None:
        self._answered = answered

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._answered(data)  # type: ignore[operator]


class Informing(NetSnmp):
    """Informs, and asks each two seconds until it is answered; traps beside it."""

    def __init__(self, relay: DatagramRelay, folder: Path) -> None:
        super().__init__(relay.port, folder)
        self._relay, self._asking = relay, list[asyncio.subprocess.Process]()

    async def say(self, text: str) -> None:
        to = f"{HERE}:{self.port}"
        more = ("-t", "2", "-r", "400", to, "", DOWN, NAME, "s", text)
        path = program("snmpinform", "apt-get install snmp")
        silent = asyncio.subprocess.DEVNULL
        self._asking.append(
            await asyncio.create_subprocess_exec(path, *V2, *more, env=self.env, stdout=silent, stderr=silent)
        )

    async def end(self) -> None:
        """Ask no more; what was said before anybody listened asks still."""
        for one in self._asking:
            if one.returncode is None:
                one.kill()
            await one.wait()

    async def cut(self) -> None:
        self._relay.carries = False

    async def heal(self) -> None:
        self._relay.carries = True


def test_informs_are_asked_again_until_they_are_kept_and_traps_are_gone(tmp_path: Path) -> None:
    async def tried() -> None:
        port = free_port(socket.SOCK_DGRAM)
        relay = DatagramRelay(port)
        await relay.start()
        peer = Informing(relay, tmp_path)
        try:
            await over_a_gap(peer, port)
        finally:
            await peer.end()
            relay.stop()

    async def over_a_gap(peer: Informing, port: int) -> None:
        trial = Trial(open=lambda: snmp(port), peer=peer, secret=SECRETS["community"], wait_s=WAIT_S)
        await hears_what_was_said_over_a_gap(trial, away_s=AWAY_S, missed=INFORMS)
        await peer.trap(*V2, text="jebakan1")
        async with listening(trial) as ear:
            await peer.trap(*V2, text="jebakan2")
            await ear.hears("jebakan2")
            assert ear.ids("jebakan1") == []

    asyncio.run(asyncio.wait_for(tried(), 3 * AWAY_S + 3 * WAIT_S))


@pytest.mark.parametrize("fault", ["cut", "away"])
def test_alertmanager_tells_again_of_what_began_while_the_desk_was_not_there(fault: str, tmp_path: Path) -> None:
    """What stands still comes, once; of what began and ended meanwhile, its end."""
    starts = datetime.now(UTC) - timedelta(seconds=30)
    with cut_wire(free_port()) as wire:
        alertmanager = Alertmanager(tmp_path, f"http://{HERE}:{wire.port}")
        try:
            with running(tmp_path, clock=WorldClock()) as desk:
                wire.lead_to(int(desk.address.rpartition(":")[2]))
                alertmanager.start()
                alertmanager.tell(starts, "satu")
                wait_until(lambda: counted(desk) == 1, "the first alert is heard")
                if fault == "cut":
                    wire.cut()
                    _meanwhile(alertmanager, starts)
                    wire.heal()
                    _heard(desk)
            if fault == "away":
                _meanwhile(alertmanager, starts)
                with running(tmp_path, clock=WorldClock()) as desk:
                    wire.lead_to(int(desk.address.rpartition(":")[2]))
                    _heard(desk)
        finally:
            alertmanager.close()


def _meanwhile(alertmanager: Alertmanager, starts: datetime) -> None:
    """A second alert begins, a third begins and ends, and the first ends, while nobody hears it."""
    alertmanager.tell(starts, "dua", instance="upf-jkt-2:9100")
    alertmanager.tell(starts, "tiga", instance="upf-jkt-3:9100")
    _stands(alertmanager, starts, "dua", "tiga")
    alertmanager.stop()
    alertmanager.start()
    alertmanager.tell(starts, "dua", instance="upf-jkt-2:9100")
    alertmanager.tell(starts, "tiga", instance="upf-jkt-3:9100", ends=datetime.now(UTC))
    alertmanager.tell(starts, "satu", ends=datetime.now(UTC))
    _stands(alertmanager, starts, "dua")


def _stands(alertmanager: Alertmanager, starts: datetime, *texts: str) -> None:
    """Half of the time goes by, in which Prometheus tells again what stands: after five silent minutes it would end."""
    until_s = time.monotonic() + AWAY_S / 2
    instances = {"dua": "upf-jkt-2:9100", "tiga": "upf-jkt-3:9100"}
    while (left_s := until_s - time.monotonic()) > 0:
        for text in texts:
            alertmanager.tell(starts, text, instance=instances[text])
        time.sleep(min(60.0, left_s))


def _heard(desk: ApiDesk) -> None:
    """See that the second alert and the ends of the others are heard, once each, however often they are told."""
    wait_until(lambda: counted(desk) >= 4, "the second alert and the ends of the others are heard")
    again = repeated(desk)
    wait_until(lambda: repeated(desk) > again, "it is told again")
    texts = sorted({one["text"].partition("instance=")[2][:9] + one["text"].partition(" ")[0] for one in desk.kept()})
    assert texts == ["upf-jkt-1firing", "upf-jkt-1resolved", "upf-jkt-2firing", "upf-jkt-3resolved"]
    assert counted(desk) == 4
