"""A whole desk tells own machines and own people of a published word, each once (T4)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from channel_peers import PostBox, post_box
from desk_here import desk_here

from pulih.adapters.config import DeskSettings, read_config
from pulih.adapters.data_folder import DataFolder
from pulih.model.actor import Actor
from pulih.model.entry import Confirmed, Fact, NoticeDrafted, NoticePublished, Opened
from pulih.model.incident import Incident
from pulih.model.scope import Scope
from pulih.serve.clocks import WorldClock
from pulih.serve.desk import Desk
from pulih.web.hooks.proofs import standard

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SAID = "Internet seluler Smartfren tidak dapat dipakai di DKI Jakarta. Kami mohon maaf."


@pytest.fixture
def server() -> Iterator[PostBox]:
    with post_box() as box:
        yield box


def _settings(folder: Path, server: PostBox) -> DeskSettings:
    for name, secret in (("crm", SECRET), ("noc", f"json://{server.address.removeprefix('http://')}/noc")):
        (folder / f"{name}.secret").write_text(secret)
        (folder / f"{name}.secret").chmod(0o600)
    (folder / "pulih.toml").write_text(
        '[desk]\noperators = ["smartfren"]\n'
        f'[[webhook]]\nname = "crm"\naddress = "{server.address}/crm"\nsecret_file = "crm.secret"\n'
        'allow_networks = ["127.0.0.0/8"]\n[[staff]]\nname = "noc"\naddress_file = "noc.secret"\n'
    )
    return read_config(folder / "pulih.toml")


def _outage(desk: Desk) -> Incident:
    scope = Scope(operator="smartfren", service="mobile_data", region="31", symptom="no_internet")
    opened = Opened(operator="smartfren", onset_us=WorldClock().now_us() - 600_000_000, scopes=(scope,))
    return desk.incidents.open(opened, actor=Actor("ayu", "admin"), reason="Laporan dari lapangan")


def _act(desk: Desk, incident: Incident, fact: Fact, who: str = "ayu") -> Incident:
    return desk.incidents.act(incident.id, fact, actor=Actor(who, "admin"), version=incident.version, reason="Uji coba")


def _until(so: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + 60
    while not so():
        assert time.monotonic() < deadline_s, "it did not come about in time"
        time.sleep(0.02)


def test_a_published_word_reaches_own_machines_and_own_people_once(tmp_path: Path, server: PostBox) -> None:
    settings = _settings(tmp_path, server)
    with DataFolder(tmp_path / "desk") as folder:
        desk = desk_here(folder, settings, WorldClock())
        desk.start()
        try:
            incident = _act(desk, _outage(desk), Confirmed())
            draft = NoticeDrafted(notice="n1", kind="update", text_id=SAID, text_en="Down.")
            incident = _act(desk, incident, draft)
            _act(desk, incident, NoticePublished(notice="n1"), "citra")
            _until(lambda: len(server.seen) == 2)
        finally:
            desk.stop()
    got = {path: (headers, body) for path, headers, body in server.seen}
    assert sorted(got) == ["/crm", "/noc"]
    assert len(server.seen) == 2
    headers, body = got["/crm"]
    standard(headers, body, [SECRET], time.time())
    assert json.loads(body)[0]["word"]["text_id"] == SAID
    assert SAID in json.loads(got["/noc"][1])["message"]
