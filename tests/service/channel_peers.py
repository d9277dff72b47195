"""Peers of channels that really listen: a web server told what to answer, Kannel's message centre, a push service."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request, urlopen

from pulih.ports.channels import Message

NODE = Path(__file__).resolve().parents[1] / "node" / "node_modules"
KANNEL = Path("/usr/lib/kannel/test/drive_smpp")


def message(address: str, **more: object) -> Message:
    """Return a message with an invented word."""
    given = {"id": "i1/n1/s1", "language": "id", "text": "Internet seluler pulih.", "subject": "Pulih", **more}
    return Message(address=address, **given)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are written one after the other; the second must not wait for an answer to the first.
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        box: PostBox = self.server  # type: ignore[assignment]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        box.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        status, headers, answer = box.answers.pop(0) if box.answers else box.usual
        if status == 0:
            # Nobody answers: the connection is cut after everything was read.
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class PostBox(ThreadingHTTPServer):
    """A web server: `seen` holds path, headers and body of each request; `answers` what is said next, else `usual`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.usual: tuple[int, dict[str, str], bytes] = (200, {}, b"{}")
        self.address = f"http://127.0.0.1:{self.server_address[1]}"

    def says(self, status: int, answer: object = None, **headers: str) -> None:
        """Answer the next request with this."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append((status, named, json.dumps(answer).encode()))


@contextmanager
def post_box() -> Iterator[PostBox]:
    """A web server on this machine."""
    server = PostBox()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    """Return a port of this machine that nobody has."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


class Kannel:
    """The message centre of Debian's kannel-extras: takes one session, and writes down what it was sent."""

    def __init__(self, port: int, log: Path) -> None:
        self.port, self._log = port, log

    def texts(self) -> list[str]:
        """Return the texts of the messages it took."""
        lines = self._log.read_text("latin-1").splitlines()
        return [line.split("short_message = <", 1)[1][:-1] for line in lines if "short_message = <" in line]

    def commands(self) -> list[str]:
        """Return what it was asked, in order."""
        lines = self._log.read_text("latin-1").splitlines()
        return [line.rsplit(" ", 1)[1] for line in lines if "Handling SMPP PDU of type" in line]


@contextmanager
def kannel(folder: Path, *, messages: int = 0, port: int = 0) -> Iterator[Kannel]:
    """Kannel's message centre in a process of its own, which delivers so many messages; on a port, or any."""
    assert KANNEL.exists(), f"{KANNEL} is missing: apt-get install kannel-extras (or make peers)"
    port, log = port or free_port(), folder / "kannel.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [str(KANNEL), "-v", "0", "-m", str(messages), "-p", str(port)], stdout=written, stderr=subprocess.STDOUT
        )
        try:
            _wait_for(lambda: "Started thread 1" in log.read_text("latin-1") and _listens(port, process))
            yield Kannel(port, log)
        finally:
            process.kill()
            process.wait()


class PushService:
    """The push service of the package web-push-testing: subscribes browsers, decrypts what is sent to them."""

    def __init__(self, address: str) -> None:
        self._address = address

    def subscribe(self, key: str) -> dict[str, object]:
        """Return the subscription of a new browser that lets only the holder of `key` send."""
        asked = {"userVisibleOnly": "true", "applicationServerKey": key}
        subscription: dict[str, object] = json.loads(self._asked("subscribe", asked))["data"]
        return subscription

    def expire(self, subscription: dict[str, object]) -> None:
        """Have a browser forget its subscription."""
        self._asked(f"expire-subscription/{subscription['clientHash']}", {})

    def shown(self, subscription: dict[str, object]) -> list[str]:
        """Return what a browser was sent, decrypted."""
        told = json.loads(self._asked("get-notifications", {"clientHash": subscription["clientHash"]}))
        return list(told["data"]["messages"])

    def _asked(self, path: str, body: dict[str, object]) -> bytes:
        posted = Request(f"{self._address}/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urlopen(posted, timeout=10) as answer:
            read: bytes = answer.read()
        return read


@contextmanager
def push_service(folder: Path) -> Iterator[PushService]:
    """A push service in a process of its own."""
    server = NODE / "web-push-testing" / "src" / "bin" / "server.js"
    assert server.exists(), "web-push-testing is missing: make peers"
    node = shutil.which("node")
    assert node, "node is missing: make peers"
    port = free_port()
    with (folder / "push.log").open("wb") as written:
        process = subprocess.Popen([node, str(server), str(port)], stdout=written, stderr=subprocess.STDOUT, cwd=folder)
        try:
            _wait_for(lambda: _answers(port, process))
            yield PushService(f"http://localhost:{port}")
        finally:
            process.kill()
            process.wait()


def _wait_for(ready: object, within_s: float = 30.0) -> None:
    deadline_s = time.monotonic() + within_s
    while not ready():  # type: ignore[operator]
        assert time.monotonic() < deadline_s, "the peer did not begin in time"
        time.sleep(0.02)


def _listens(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Say whether somebody listens, without connecting: the message centre takes one session only."""
    assert process.poll() is None, "the peer ended"
    held = Path("/proc/net/tcp").read_text().splitlines()
    return any(line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A" for line in held[1:])


def _answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "the peer ended"
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
