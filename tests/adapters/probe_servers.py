"""Small real servers for probes to ask: a name server, a port, web servers that behave and that do not."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import dns.message
import dns.rcode
import dns.rrset


class Answering(BaseHTTPRequestHandler):
    """Answers by path: /status/404, /elsewhere (a redirect), /drip (a byte at a time, for ever)."""

    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers["Host"]))  # type: ignore[attr-defined]
        if self.path == "/drip":
            self._drip()
            return
        status = int(self.path.rsplit("/", 1)[1]) if self.path.startswith("/status/") else 200
        self.send_response(302 if self.path == "/elsewhere" else status)
        if self.path == "/elsewhere":
            self.send_header("Location", "/status/200")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def _drip(self) -> None:
        try:
            while True:
                self.wfile.write(b"H")
                self.server.stopping.wait(0.05)  # type: ignore[attr-defined]
                if self.server.stopping.is_set():  # type: ignore[attr-defined]
                    return
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class WebServer(ThreadingHTTPServer):
    """A web server on a free port; `seen` holds path and Host of each request."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.seen: list[tuple[str, str]] = []
        self.stopping = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


@contextmanager
def running(server: socketserver.BaseServer) -> Iterator[socketserver.BaseServer]:
    """Run a server in a thread."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        stopping = getattr(server, "stopping", None)
        if stopping is not None:
            stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def web_server() -> Iterator[WebServer]:
    """A web server on this machine."""
    server = WebServer()
    with running(server):
        yield server


@contextmanager
def name_server(answer: Callable[[dns.message.Message], dns.message.Message | None]) -> Iterator[int]:
    """A name server that answers as told, or is silent; yields its port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, back = self.request
            reply = answer(dns.message.from_wire(data))
            if reply is not None:
                back.sendto(reply.to_wire(), self.client_address)

    server = socketserver.UDPServer(("127.0.0.1", 0), Handler)
    with running(server):
        yield int(server.server_address[1])


def knows(question: dns.message.Message) -> dns.message.Message:
    """Answer every question with an address."""
    reply = dns.message.make_response(question)
    reply.answer.append(dns.rrset.from_text(question.question[0].name, 60, "IN", "A", "192.0.2.7"))
    return reply


def knows_nothing(question: dns.message.Message) -> dns.message.Message:
    """Answer that there is no such name."""
    reply = dns.message.make_response(question)
    reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply


@contextmanager
def silent_port() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield int(listening.getsockname()[1])


def closed_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
