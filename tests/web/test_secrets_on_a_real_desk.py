"""Secrets of sources stand nowhere: a whole desk whose peers fail, and shout back what they were shown (L2)."""

from __future__ import annotations

import logging
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from desk_here import desk_here
from desk_world import PASSWORD
from direct_sources import Asked, answering
from listening_in_memory import wait_for
from playwright.sync_api import Browser
from served import Server
from telegram_peer import TOKEN

from pulih.adapters.config import DeskSettings, read_config
from pulih.adapters.data_folder import DataFolder
from pulih.adapters.sources.kinds import kind_of
from pulih.serve.clocks import WorldClock
from pulih.serve.desk import Desk

# What is asked over HTTP, and what over a connection of its own; each secret stands in a file that is called as its
# kind.
OVER_HTTP = {
    "mastodon": 'address = "{http}"\ntoken_file = "mastodon"\ntags = ["biznet"]',
    "x": 'api = "{http}"\ntoken_file = "x"\nbudget = 50',
    "reddit": 'api = "{http}"\nlogin = "{http}"\nclient_id = "c"\nsecret_file = "reddit"\nsubreddits = ["biznet"]\n'
    'user_agent = "linux:pulih:v1 (by /u/desk)"',
    "telegram": 'api = "{http}"\ntoken_file = "telegram"',
    "freshdesk": 'address = "{http}"\nkey_file = "freshdesk"',
    "tmf621": 'address = "{http}/v4"\ntoken_file = "tmf621"',
    "radar": 'address = "{http}"\ntoken_file = "radar"\nwatch = [{{ country = "ID" }}]',
}
OVER_TCP = {
    "email": 'host = "127.0.0.1"\nport = {tcp}\nuser = "care"\npassword_file = "email"\ntls = "none"',
    "sms": 'host = "127.0.0.1"\nport = {tcp}\nsystem_id = "a"\npassword_file = "sms"\ntls = false',
    "mqtt": 'host = "127.0.0.1"\nport = {tcp}\ntopics = ["a"]\nuser = "desk"\npassword_file = "mqtt"',
    "nats": 'host = "127.0.0.1"\nport = {tcp}\nsubjects = ["a"]\nuser = "desk"\npassword_file = "nats"',
    "kafka": 'servers = ["127.0.0.1:{tcp}"]\ntopics = ["a"]\nuser = "desk"\npassword_file = "kafka"\n'
    'mechanism = "PLAIN"',
}
POSTS = frozenset({"mastodon", "x", "reddit", "telegram"})
SECRETS = {name: f"{name}-5ecr3t-0123456789" for name in (*OVER_HTTP, *OVER_TCP)} | {"telegram": TOKEN}


def source(name: str, keys: str) -> str:
    """Return the table of a source, "my-" and its kind."""
    filters = 'filters = ["Biznet"]\n' if name in POSTS else ""
    return f'[[source]]\nname = "my-{name}"\nkind = "{name}"\nallow_networks = ["127.0.0.0/8"]\n{filters}{keys}\n'


def shouting(asked: Asked) -> tuple[int, Any, dict[str, str]]:
    """Answer with all that was shown: as an answer, as an error, and at last as a refusal."""
    shown = {"said": f"{asked.path} {dict(asked.query)} {dict(asked.headers)} {asked.body!r}", "data": 7, "result": 7}
    times = COUNTS[asked.path] = COUNTS.get(asked.path, 0) + 1
    return {1: 200, 2: 500}.get(times, 401), shown, {"X-Shown": asked.headers.get("authorization", "")}


COUNTS: dict[str, int] = {}


class _Parrot(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        # A greeting of a NATS server, of which no other makes anything; then whatever is said is said back.
        self.request.sendall(b'INFO {"server_id":"a","version":"2","max_payload":1000,"auth_required":true}\r\n')
        self.request.settimeout(2)
        for _ in range(3):
            if not (said := self.request.recv(4_096)):
                return
            self.request.sendall(b"-ERR '" + said + b"'\r\n")


@contextmanager
def parrot() -> Iterator[int]:
    """Yield the port of a server that says back what it hears."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Parrot) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[tuple[DeskSettings, Path]]:
    """Settings of a desk that listens to all of them, and a folder for it."""
    COUNTS.clear()
    for name, secret in SECRETS.items():
        (tmp_path / name).write_text(secret)
        (tmp_path / name).chmod(0o600)
    with answering(shouting) as server, parrot() as port:
        tables = [source(name, keys.format(http=server.address)) for name, keys in OVER_HTTP.items()]
        tables += [source(name, keys.format(tcp=port)) for name, keys in OVER_TCP.items()]
        (tmp_path / "pulih.toml").write_text("[site]\non = false\n\n[reading]\nworkers = 1\n\n" + "\n".join(tables))
        yield read_config(tmp_path / "pulih.toml", kind_of), tmp_path / "desk"


def shown(desk: Desk, serving: Server, browser: Browser) -> dict[str, str]:
    """Return what the console and /metrics show, by path."""
    address = serving(desk.app, desk.hub)
    first = desk.people.first_link()
    assert first is not None
    desk.people.accept(first, "ayu", PASSWORD)
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/sign-in?next=/console&lang=en")
    page.fill("#name", "ayu")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/console")
    paths = ("/console/sources", *(f"/console/sources/my-{name}" for name in SECRETS), "/metrics", "/v1/sources")
    token = desk.people.tokens.create("watching", "viewer", by="ayu").secret
    headers = {"authorization": f"Bearer {token}"}
    answers = {
        path: context.request.get(f"{address}{path}", headers={} if path.startswith("/console") else headers)
        for path in paths
    }
    told = {path: answer.text() for path, answer in answers.items()}
    assert {path: answer.status for path, answer in answers.items() if answer.status != 200} == {}
    context.close()
    return told


def test_no_secret_of_a_failing_source_stands_in_the_folder_the_console_the_metrics_or_the_log(
    settings: tuple[DeskSettings, Path], serving: Server, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told_to, place = settings
    with DataFolder(place) as folder:
        desk = desk_here(folder, told_to, WorldClock())
        desk.start()
        try:
            for name in SECRETS:
                failing = {"refused"} if name in OVER_HTTP else {"refused", "waiting"}
                wait_for(lambda name=name, to=failing: desk.listening.one(f"my-{name}").standing.state in to, 60)  # type: ignore[misc]
            told = shown(desk, serving, browser)
        finally:
            desk.stop()
    told |= {str(path): path.read_bytes().decode("latin-1") for path in place.rglob("*") if path.is_file()}
    told["the log"] = caplog.text
    assert len(told) > len(SECRETS) + 5
    assert [(where, name) for where, text in told.items() for name, secret in SECRETS.items() if secret in text] == []
