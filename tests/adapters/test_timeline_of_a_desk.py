"""A whole desk, what it publishes, and somebody outside: nobody changes what was said, in the database neither."""

from __future__ import annotations

import io
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desk_here import desk_here
from intake_in_memory import SetClock

from pulih.adapters.data_folder import DataFolder, Layout
from pulih.adapters.verifying import NOT_PROVED, Asked, verify
from pulih.model.actor import Actor
from pulih.model.entry import Confirmed, NoticeDrafted, NoticePublished, NoticeWithdrawn, Opened
from pulih.model.scope import Scope
from pulih.serve.desk import Desk
from pulih.serve.publishing import publish_once
from pulih.serve.storage import settings_of

NOW_US = 1_759_461_120_000_000
SARI, BUDI = Actor("sari", "duty"), Actor("budi", "approver")
SCOPE = Scope(operator="xl", service="mobile_data", region="31", symptom="no_internet")
SETTINGS = """
[desk]
operators = ["xl"]
places = "places.toml"
[server]
address = "https://gangguan.example.id"
[reading]
workers = 1
"""


PLACES = """
country = "ID"
[[region]]
code = "31"
name = "DKI Jakarta"
level = "province"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Return settings of a small country, whose site is made in no time."""
    (tmp_path / "places.toml").write_text(PLACES)
    file = tmp_path / "settings.toml"
    file.write_text(SETTINGS)
    return file


@contextmanager
def running(data: Path, config: Path) -> Iterator[Desk]:
    """Run a desk."""
    with DataFolder(data) as folder:
        desk = desk_here(folder, settings_of(data, config), SetClock(NOW_US))
        desk.start()
        try:
            yield desk
        finally:
            desk.stop()


def told(desk: Desk) -> str:
    """Let people confirm an outage and tell the public; return its id."""
    opened = Opened(operator="xl", onset_us=NOW_US - 3_600_000_000, scopes=(SCOPE,))
    incident = desk.incidents.open(opened, actor=SARI, reason="banyak laporan")
    for fact, actor in (
        (Confirmed(), SARI),
        (NoticeDrafted(notice="n1", kind="update", text_id="Internet XL mati.", text_en="XL is down."), SARI),
        (NoticePublished(notice="n1"), BUDI),
    ):
        incident = desk.incidents.act(incident.id, fact, actor=actor, version=incident.version, reason="a")
    return incident.id


def until_published(desk: Desk, site: Path, what: str) -> None:
    """Wait until the site shows something."""
    page, until_s = site / "bulletin.json", time.monotonic() + 30
    while not page.is_file() or what not in page.read_text():
        assert time.monotonic() < until_s, desk.publishing.now()
        desk.publishing.wake()
        time.sleep(0.01)


def looked_at(site: Path, state: Path) -> tuple[int, str]:
    out = io.StringIO()
    return verify(Asked(site=str(site), state=state), out, wait_s=0), out.getvalue()


def published_once(data: Path, config: Path, to: Path) -> bytes:
    """Publish a desk's site into a folder by command, and return the head of its timeline."""
    out = io.StringIO()
    assert publish_once(data, config, out, folder=to, clock=SetClock(NOW_US)) == 0, out.getvalue()
    return (to / "tlog" / "checkpoint").read_bytes()


def test_what_a_desk_said_can_not_be_changed_without_a_trace(tmp_path: Path, config: Path) -> None:
    data, state = tmp_path / "desk", tmp_path / "seen.json"
    site = Layout(data).site
    with running(data, config) as desk:
        incident = told(desk)
        until_published(desk, site, "XL is down.")
        assert looked_at(site, state)[0] == 0
        assert desk.proving.trouble() == ""
        assert published_once(data, config, tmp_path / "once") == (site / "tlog" / "checkpoint").read_bytes()
        now = desk.incidents.get(incident)
        assert now is not None
        desk.incidents.act(incident, NoticeWithdrawn(notice="n1"), actor=BUDI, version=now.version, reason="keliru")
        until_published(desk, site, f'"withdrawn_us":{NOW_US}')
        code, said = looked_at(site, state)
        assert (code, "1 were added since" in said) == (0, True), said
        out = io.StringIO()
        assert verify(Asked(site=str(site), state=state, incident=incident), out, wait_s=0) == 0, out.getvalue()
    assert (data / "timeline.key").read_text().startswith("PRIVATE+KEY+gangguan.example.id/tlog+")

    with sqlite3.connect(data / "desk.db") as database:
        database.execute("UPDATE incident_entries SET fact = replace(fact, 'XL is down.', 'XL is well.')")
    database.close()
    published_once(data, config, tmp_path / "copy")
    code, said = looked_at(tmp_path / "copy", state)
    assert (code, "FAILS" in said) == (NOT_PROVED, True), said
