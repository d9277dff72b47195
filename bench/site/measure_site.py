"""Measures publishing: one change in a long history, a minute in which every region changes, and a crowd at nginx.

    python bench/site/measure_site.py [--only change|minute|crowd] [--seconds 10]

Incidents are real ones in a database of their own; pages are those of the site, put into a temporary folder with their
packed forms. Time on the clock stands beside the processor time of this process, since others may share the machine.
The crowd comes from wrk (apt-get install wrk) to nginx (apt-get install nginx-light) on the folder, without a desk; it
shares the machine's cores with what it loads.
"""

from __future__ import annotations

import argparse
import gzip
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil

from pulih.adapters.config import DeskSettings
from pulih.adapters.publishers.folder import FolderPublisher
from pulih.adapters.sql.engine import open_engine, sqlite_url
from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.planned_changes import SqlPlannedChanges
from pulih.adapters.sql.upgrading import upgrade
from pulih.communicate.speech import Speech
from pulih.confirm.timeline import follow
from pulih.model.actor import Actor
from pulih.model.bulletin import Bulletin, ComplaintLevel
from pulih.model.clock import HOUR_S, MICROS
from pulih.model.entry import (
    CauseSet,
    ClaimedFixed,
    Confirmed,
    Entry,
    Fact,
    NoticeDrafted,
    NoticePublished,
    Opened,
    Restored,
)
from pulih.model.incident import Incident
from pulih.model.scope import Scope
from pulih.ports.incidents import Grown
from pulih.serve.knowledge import known_to
from pulih.serve.pages import names_of
from pulih.serve.publishing import masthead_of
from pulih.serve.renderers import renderers_of
from pulih.service.bulletin import Bulletins
from pulih.service.courier import Courier
from pulih.service.incidents import Incidents
from pulih.service.levels import Heard
from pulih.service.publishing import Publishing

NOW_US = 1_759_461_120 * MICROS
MINUTE_US = 60 * MICROS
HISTORY = 1_000
SARI = Actor("sari", "duty")
NGINX = """
daemon off; pid {folder}/nginx.pid; error_log stderr error; worker_processes 1;
events {{ worker_connections 4096; }}
http {{
    types {{ text/html html; application/json json; text/javascript js; }}
    access_log off; gzip_static on; gzip_vary on; etag on; sendfile on;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port} backlog=4096; root {root}; index index.html; }}
}}
"""


class SetClock:
    """A clock that goes on when told."""

    at_us = NOW_US

    def now_us(self) -> int:
        """Return what it was set to."""
        return self.at_us


class Bench:
    """A desk's publishing over a history, into a folder."""

    def __init__(self, folder: Path) -> None:
        settings = DeskSettings()
        known = known_to(settings)
        engine = open_engine(sqlite_url(folder / "desk.db"), "desk")
        upgrade(engine, "desk")
        self.clock, self.site = SetClock(), folder / "site"
        names = names_of(known.catalogue, known.gazetteer)
        speech = Speech(zone=ZoneInfo("Asia/Jakarta"), operators=names.operators, regions=names.regions)
        store = SqlIncidentStore(engine)
        store.append([grown for number in range(HISTORY) for grown in over(number)])
        self.incidents = Incidents(store, self.clock, speech=speech, changes=SqlPlannedChanges(engine))
        self.masthead = masthead_of(settings, known)
        self.heard = Heard(heard=True)
        bulletins = Bulletins(
            self.incidents, self.masthead, speech=speech, heard=lambda _: self.heard, works=lambda _: ()
        )
        self.courier = Courier(FolderPublisher(self.site), self.clock)

        def make(now_us: int, turn: bool) -> Bulletin:
            return bulletins.make(now_us, turn=turn)

        self.publishing = Publishing(make, renderers_of(settings, known), [self.courier], self.clock)

    def publish(self, *, turn: bool) -> str:
        """Publish, and tell how long it took until all was in the folder."""
        begun_s, cpu_s = time.perf_counter(), time.process_time()
        self.publishing.publish(turn=turn)
        self.courier.bring()
        return f"{time.perf_counter() - begun_s:.2f} s ({time.process_time() - cpu_s:.2f} s of a core)"


def over(number: int) -> Iterator[Grown]:
    """Return the timeline of an incident that is over, one of them each seven hours."""
    begun_us = NOW_US - (number + 1) * 7 * HOUR_S * MICROS
    scope = Scope(operator="smartfren", service="mobile_data", region="31.74", symptom="no_internet")
    facts: list[Fact] = [
        Opened(operator="smartfren", onset_us=begun_us, scopes=(scope,)),
        *said("n1", "Internet seluler terganggu.", begun_us + 40 * MINUTE_US),
        Confirmed(),
        CauseSet(cause_id="kabel putus", cause_en="a cut cable"),
        *said("n2", "Penyebabnya: kabel putus.", begun_us + 90 * MINUTE_US),
        ClaimedFixed(),
        Restored(),
        *said("n3", "Internet seluler pulih.", None),
    ]
    incident: Incident | None = None
    for at, fact in enumerate(facts):
        entry = Entry(
            incident=f"20250101-{number:04d}",
            number=at + 1,
            at_us=begun_us + at * 10 * MINUTE_US,
            actor="sari",
            reason="diukur",
            fact=fact,
        )
        incident = follow(incident, entry)
        yield Grown(entry, incident)


def said(name: str, text: str, next_us: int | None) -> tuple[Fact, Fact]:
    """Return the two entries of a word."""
    drafted = NoticeDrafted(notice=name, kind="update", text_id=text, text_en=text, next_update_by_us=next_us)
    return drafted, NoticePublished(notice=name, break_glass=True)


def measure_change(bench: Bench) -> None:
    """Tell how long one change takes to be in the folder."""
    first = bench.publish(turn=True)
    now = bench.publishing.now()
    print(f"everything: {now.pages:,} pages of {HISTORY:,} incidents in {first}")
    scope = Scope(operator="smartfren", service="mobile_data", region="32.73", symptom="no_internet")
    opened = Opened(operator="smartfren", onset_us=NOW_US, scopes=(scope,))
    incident = bench.incidents.open(opened, actor=SARI, reason="dilihat")
    for fact in (Confirmed(), *said("n1", "Internet seluler terganggu.", NOW_US + 40 * MINUTE_US)):
        # All within one minute: the turn of the minute is measured by itself.
        bench.clock.at_us += 9 * MICROS
        incident = bench.incidents.act(incident.id, fact, actor=SARI, version=incident.version, reason="diukur di sana")
        took = bench.publish(turn=False)
        print(f"one change ({type(fact).__name__}): {took}, {bench.publishing.now().changed} pages differ")


def measure_minutes(bench: Bench) -> None:
    """Tell how long minutes take in which the level of every region changes, and what becomes of the memory."""
    bench.publish(turn=True)
    for minute in range(5):
        bench.clock.at_us += MINUTE_US
        levels = tuple(
            ComplaintLevel(operator="smartfren", level="above", reports=20 + minute, usual=4.0, region=place.code)
            for place in bench.masthead.places
        )
        bench.heard = Heard(heard=True, levels=levels)
        took = bench.publish(turn=True)
        memory = psutil.Process().memory_info().rss / 2**20
        print(f"minute {minute + 1}: {bench.publishing.now().changed:,} pages in {took}, {memory:.0f} MiB")


def measure_crowd(bench: Bench, seconds: int) -> None:
    """Tell what nginx gives a crowd, without a desk; beside it a page as large as those of single-page status sites."""
    for tool, package in (("nginx", "nginx-light"), ("wrk", "wrk")):
        if shutil.which(tool) is None and not Path(f"/usr/sbin/{tool}").exists():
            sys.exit(f"{tool} is missing. Install it: apt-get install {package}")
    bench.publish(turn=True)
    large = bench.site / "large.html"
    large.write_bytes(bytes(1_000_000))
    (bench.site / "large.html.gz").write_bytes(gzip.compress(os.urandom(500_000)))
    with serving(bench.site) as address:
        for path in ("/", "/wilayah/31.74/", "/large.html"):
            print(f"{path}: {crowd(address + path, seconds)}")


@contextmanager
def serving(root: Path) -> Iterator[str]:
    """Serve a folder by nginx until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as made:
        config = Path(made) / "nginx.conf"
        config.write_text(NGINX.format(folder=made, root=root, port=port))
        root.parent.chmod(0o755)
        server = subprocess.Popen([shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(config)])
        try:
            while server.poll() is None:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except ConnectionRefusedError:
                    continue
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def crowd(address: str, seconds: int) -> str:
    """Return what wrk says of a thousand readers at once."""
    command = ["wrk", "-t1", "-c1000", f"-d{seconds}s", "--latency", "-H", "Accept-Encoding: gzip", address]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    wanted = ("50%", "99%", "Requests/sec", "Transfer/sec", "Socket errors", "Non-2xx")
    return ", ".join(" ".join(line.split()) for line in told.splitlines() if line.strip().startswith(wanted))


def main() -> None:
    """Measure what was asked for."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--only", choices=("change", "minute", "crowd"))
    asked.add_argument("--seconds", type=int, default=10)
    wishes = asked.parse_args()
    for name in ("change", "minute", "crowd"):
        if wishes.only not in {None, name}:
            continue
        with tempfile.TemporaryDirectory() as made:
            bench = Bench(Path(made))
            if name == "change":
                measure_change(bench)
            elif name == "minute":
                measure_minutes(bench)
            else:
                measure_crowd(bench, wishes.seconds)


if __name__ == "__main__":
    main()
