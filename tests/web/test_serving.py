"""`pulih serve` as a person runs it: it says where it is, stops when asked, and goes on where it stopped."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from typing_hands import typed

from pulih.adapters.config import DeskSettings, ServerTable
from pulih.serve.pages import web_settings_of
from pulih.understand.operators import Catalogue

PULIH = [sys.executable, "-m", "pulih.cli"]
# Over a thousand pages of a site that nobody asks for here would only take time, and so would a second reader.
QUIET = "[site]\non = false\n[reading]\nworkers = 1\n"
REPORT = {"id": "1", "source": "loket", "text": "indihome mati total di bandung"}
# A source that cannot be meant is told where a desk begins, and keeps it from nothing.
UNMEANT = '[[source]]\nname = "alarms"\nkind = "kafka"\nservers = ["kafka"]\ntopics = ["noc"]\n'


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def desk(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Run a desk until it is asked to stop; kill it when the test does not."""
    config = folder.with_name("quiet.toml")
    config.write_text(QUIET)
    command = [*PULIH, "serve", "--data", str(folder), "--config", str(config), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        until = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < until:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        yield process
    finally:
        process.kill()
        process.communicate()


def token(folder: Path, role: str) -> str:
    made = typed("token", "create", "--data", folder, "--role", role)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


def asked(port: int, path: str, secret: str) -> dict[str, object]:
    answer = httpx.get(f"http://127.0.0.1:{port}{path}", headers={"authorization": f"Bearer {secret}"})
    return dict(json.loads(answer.raise_for_status().content))


def post(port: int, secret: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {secret}"}
    return httpx.post(f"http://127.0.0.1:{port}/v1/reports", json=REPORT, headers=headers)


def stop(running: subprocess.Popen[str], number: signal.Signals) -> str:
    """Ask a desk to stop, see that it does so in good order, and return what it said."""
    running.send_signal(number)
    said, wrong = running.communicate(timeout=120)
    assert (running.returncode, wrong) == (0, "")
    return said


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int, subprocess.Popen[str]]]:
    """A desk that runs until a test stops it: its folder, its port and its process."""
    folder, port = tmp_path_factory.mktemp("serving") / "desk", free_port()
    with desk(folder, port) as running:
        yield folder, port, running


def test_a_second_desk_on_a_folder_and_a_taken_port_are_refused_in_a_sentence(
    tmp_path: Path, begun: tuple[Path, int, subprocess.Popen[str]]
) -> None:
    folder, port, _ = begun
    second = typed("serve", "--data", folder, "--port", str(free_port()))
    assert (second.returncode, second.stdout) == (2, "")
    assert "has this folder" in second.stderr
    config = tmp_path / "alarms.toml"
    config.write_text(QUIET + UNMEANT)
    # In a process of its own: what it began by mistake would live on in this one.
    words = ["serve", "--data", str(tmp_path / "other"), "--config", str(config), "--port", str(port)]
    other = subprocess.run([*PULIH, *words], capture_output=True, text=True, check=False)
    [untold] = other.stdout.splitlines()
    assert untold.startswith("Not listened to: ")
    assert "no host with a port" in untold
    assert other.returncode == 1
    assert f"127.0.0.1:{port}: the desk cannot listen there" in other.stderr


@pytest.mark.parametrize(
    ("path", "status"),
    [("/console", 303), ("/sign-in", 200), ("/report", 200), ("/healthz", 200), ("/readyz", 200), ("/nowhere", 404)],
)
def test_head_is_answered_as_get_without_a_body_and_options_with_what_may_be_asked(
    begun: tuple[Path, int, subprocess.Popen[str]], path: str, status: int
) -> None:
    _, port, _ = begun
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"accept-encoding": "identity"}) as client:
        got, head, options = client.get(path), client.head(path), client.options(path)
    assert (got.status_code, head.status_code, head.content) == (status, status, b"")
    assert head.headers.get("content-type") == got.headers.get("content-type")
    assert (options.status_code, "GET, HEAD" in options.headers.get("allow", "")) == (
        (204, True) if status < 404 else (404, False)
    )


@pytest.mark.parametrize(
    ("server", "secure"),
    [
        (ServerTable(), False),
        (ServerTable(address="http://localhost:8000"), False),
        (ServerTable(address="https://desk.example.id"), True),
        (ServerTable(host="0.0.0.0"), True),
        (ServerTable(proxies=("127.0.0.1",)), True),
    ],
)
def test_cookies_need_tls_unless_the_own_machine_alone_reaches_the_desk(server: ServerTable, secure: bool) -> None:
    settings = web_settings_of(DeskSettings(server=server), "Asia/Jakarta", Catalogue(()))
    assert settings.secure_cookies is secure


@pytest.mark.parametrize("port", ["0", "-1", "65536", "99999"])
def test_a_number_that_is_no_port_is_refused_in_a_sentence(tmp_path: Path, port: str) -> None:
    refused = typed("serve", "--data", tmp_path / "desk", f"--port={port}")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "right would be a number from 1 to 65535" in refused.stderr
    assert not (tmp_path / "desk").exists()


def takes_sigterm(process: int) -> bool:
    """Return whether a process does something of its own at SIGTERM."""
    status = Path(f"/proc/{process}/status").read_text()
    caught = int(status.partition("SigCgt:")[2].split()[0], 16)
    return bool(caught >> (signal.SIGTERM - 1) & 1)


def has_begun_readers(process: int) -> bool:
    """Return whether the first reader of a desk begins."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return any(b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes() for one in children)


@pytest.mark.parametrize("far", [takes_sigterm, has_begun_readers])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_desk_that_is_asked_to_stop_before_it_listens_ends_in_good_order_and_says_so(
    tmp_path: Path, number: signal.Signals, code: int, far: Callable[[int], bool]
) -> None:
    config = tmp_path / "quiet.toml"
    config.write_text(QUIET)
    words = ["serve", "--data", str(tmp_path / "desk"), "--config", str(config), "--port", str(free_port())]
    # Ctrl-C is for all processes of a terminal.
    running = subprocess.Popen(
        [sys.executable, "-m", "pulih", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + 60
    while not far(running.pid):
        assert running.poll() is None
        assert time.monotonic() < until
    (os.killpg if number == signal.SIGINT else os.kill)(running.pid, number)
    said, wrong = running.communicate(timeout=60)
    assert (running.returncode, said) == (code, "")
    assert wrong == "pulih: asked to stop before it listened; the desk ended in good order.\n"


def test_a_desk_stops_in_good_order_by_either_signal_and_knows_everything_afterwards(
    begun: tuple[Path, int, subprocess.Popen[str]],
) -> None:
    folder, port, running = begun
    secret = token(folder, "source")
    posted = post(port, secret)
    assert (posted.status_code, posted.json()["accepted"]) == (202, 1)
    said = stop(running, signal.SIGTERM)
    assert f"Console:  http://127.0.0.1:{port}/console" in said
    assert "/link/" in said
    assert list((folder / "snapshot").iterdir())
    with desk(folder, port) as again:
        assert post(port, secret).json()["repeated"] == 1
        total = asked(port, "/v1/counters", token(folder, "viewer"))["total"]
        assert total == {"heard": 2, "counted": 1, "refused": 0, "repeated": 1, "late": 0}
        stop(again, signal.SIGINT)
