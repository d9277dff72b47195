"""Asks one target once: a name server, a port, a web address; says whether it answered well, and how long it took.

Nothing here takes longer than the target's time: whatever a server does, drip bytes or never end a line, the
connection is cut then. Redirects are not followed, since they lead to where nobody looked.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import msgspec

from pulih.adapters.addresses import Address, Lookup, Network, by_dns, settled
from pulih.adapters.config.settings import ProbeTable
from pulih.adapters.config.targets import HostPort, http_target, name_server, tcp_target
from pulih.model.errors import OutsideFailed, PulihError

_STATUS_WELL: Final = range(200, 400)
# More of an answer says no more about whether service is there.
_BODY_BYTES: Final = 1 << 16


class Answer(msgspec.Struct, frozen=True):
    """What came of asking: well or not, in how many seconds, and what it was in a few words.

    `asked` is False when nothing was sent, because the target may not be reached: that says nothing about service.
    """

    well: bool
    took_s: float
    what: str
    asked: bool = True


class Reach(msgspec.Struct, frozen=True):
    """How far probes go: which networks beside the public ones, and who knows addresses of names."""

    allowed: Sequence[Network] = ()
    lookup: Lookup = by_dns
    trust: ssl.SSLContext | None = None


def ask(probe: ProbeTable, reach: Reach) -> Answer:
    """Ask a target once and return what came of it; a failure is an answer too, and raises nothing."""
    began_s = time.monotonic()
    asking = _Asking(probe, reach, began_s + probe.timeout_s)
    by_kind = {"dns": asking.name_server, "tcp": asking.port, "http": asking.web}
    try:
        what = by_kind[probe.kind]()
    except OutsideFailed as failure:
        return Answer(False, time.monotonic() - began_s, str(failure))
    except PulihError as refusal:
        return Answer(False, time.monotonic() - began_s, str(refusal), asked=False)
    except TimeoutError:
        return Answer(False, time.monotonic() - began_s, f"no answer within {probe.timeout_s:g} s")
    except ssl.SSLCertVerificationError as error:
        return Answer(False, time.monotonic() - began_s, f"its certificate is not valid: {error.verify_message}")
    except (OSError, ValueError, http.client.HTTPException, dns.exception.DNSException) as error:
        said = getattr(error, "strerror", None) or str(error) or type(error).__name__
        late = time.monotonic() >= began_s + probe.timeout_s
        what = f"no answer within {probe.timeout_s:g} s" if late else _one_line(said)
        return Answer(False, time.monotonic() - began_s, what)
    return Answer(True, time.monotonic() - began_s, what)


class _Asking:
    """One question with its deadline."""

    def __init__(self, probe: ProbeTable, reach: Reach, deadline_s: float) -> None:
        self._probe = probe
        self._reach = reach
        self._deadline_s = deadline_s

    def name_server(self) -> str:
        """Ask a name server for the record; an answer without it is a failure."""
        at = name_server(self._probe.server)
        address = self._address(at.host)
        question = dns.message.make_query(dns.name.from_text(self._probe.target), self._probe.record)
        answer, by_tcp = dns.query.udp_with_fallback(question, str(address), self._left_s(), port=at.port)
        if answer.rcode() != dns.rcode.NOERROR:
            raise OutsideFailed(f"{dns.rcode.to_text(answer.rcode())} for {self._probe.target}")
        if not answer.answer:
            raise OutsideFailed(f"no {self._probe.record} record for {self._probe.target}")
        return f"{self._probe.record} record answered{' by TCP' if by_tcp else ''}"

    def port(self) -> str:
        """Open a connection and close it."""
        with self._connected(tcp_target(self._probe.target)):
            return "connected"

    def web(self) -> str:
        """Get a web address and read the start of the answer."""
        target = http_target(self._probe.target)
        with self._connected(target.at) as connection, self._ends_in_time(connection):
            stream = connection
            if target.tls:
                trust = self._reach.trust or ssl.create_default_context()
                stream = trust.wrap_socket(connection, server_hostname=target.at.host)
            status = _status(stream, target.at, path=target.path)
        well = status in _STATUS_WELL if self._probe.status == 0 else status == self._probe.status
        if not well:
            raise OutsideFailed(f"status {status}")
        return f"status {status}"

    def _connected(self, at: HostPort) -> socket.socket:
        return socket.create_connection((str(self._address(at.host)), at.port), self._left_s())

    def _address(self, host: str) -> Address:
        return settled(host, self._reach.allowed, lookup=self._reach.lookup, timeout_s=self._left_s())

    def _left_s(self) -> float:
        left_s = self._deadline_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        return left_s

    @contextmanager
    def _ends_in_time(self, connection: socket.socket) -> Iterator[None]:
        """Cut the connection at the deadline; a time-out of the socket begins anew with every byte."""
        # A second handle, since encryption takes the first one over.
        handle = connection.dup()
        cut = threading.Timer(self._left_s(), _cut, (handle,))
        cut.daemon = True
        cut.start()
        try:
            yield
        finally:
            cut.cancel()
            handle.close()


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        # The other side was faster.
        return


def _status(stream: socket.socket, at: HostPort, *, path: str) -> int:
    asking = http.client.HTTPConnection(at.host, at.port)
    asking.sock = stream
    try:
        asking.request("GET", path, headers={"User-Agent": "pulih-probe", "Connection": "close"})
        answer = asking.getresponse()
        answer.read(_BODY_BYTES)
        return answer.status
    finally:
        asking.close()


def _one_line(said: str) -> str:
    return " ".join(said.split())[:200]
