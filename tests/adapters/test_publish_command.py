"""`pulih publish` and the site of a running desk: made of what is kept, put everywhere, each place told on its own."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from desk_here import desk_here

from pulih.adapters.config import DeskSettings, DeskTable, PublishTable, SiteTable
from pulih.adapters.data_folder import DataFolder
from pulih.model.actor import Actor
from pulih.model.bulletin import Bulletin, ComplaintLevel
from pulih.model.clock import MICROS
from pulih.model.entry import Confirmed, NoticeDrafted, NoticePublished, Opened
from pulih.model.incident import Incident
from pulih.model.scope import Scope
from pulih.serve.clocks import ReplayClock
from pulih.serve.publishing import heard_lately, publish_once
from pulih.service.incidents import Incidents

NOW_US = 1_759_461_120 * MICROS
SARI = Actor("sari", "duty")
PLACES = """country = "ID"
[[region]]
code = "31"
name = "DKI Jakarta"
level = "province"
[[region]]
code = "31.74"
name = "Jakarta Selatan"
level = "regency"
parent = "31"
"""


def until(true: Callable[[], bool]) -> None:
    """Wait for what another thread brings about."""
    for _ in range(6_000):
        if true():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not come about")


def confirmed(incidents: Incidents) -> Incident:
    """Return an outage that was confirmed and spoken of."""
    scope = Scope(operator="smartfren", service="mobile_data", region="31.74", symptom="no_internet")
    opened = Opened(operator="smartfren", onset_us=NOW_US - 600 * MICROS, scopes=(scope,))
    incident = incidents.open(opened, actor=SARI, reason="dilihat")
    drafted = NoticeDrafted(notice="n1", kind="update", text_id="Kami memperbaikinya.", text_en="We are mending it.")
    for fact in (Confirmed(), drafted, NoticePublished(notice="n1", break_glass=True)):
        incident = incidents.act(incident.id, fact, actor=SARI, version=incident.version, reason="sudah diukur di sana")
    return incident


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Incident, list[str]]]:
    """A desk that ran, spoke of an outage and published to two places, and was stopped; what its places said."""
    root = tmp_path_factory.mktemp("desk")
    (root / "places.toml").write_text(PLACES)
    settings = DeskSettings(
        desk=DeskTable(name="Pulih Contoh", operators=("smartfren",), places=root / "places.toml"),
        publish=(
            PublishTable(name="www", kind="folder", folder=root / "www"),
            PublishTable(name="broken", kind="folder", folder=root / "places.toml"),
        ),
    )
    with DataFolder(root / "data") as folder:
        desk = desk_here(folder, settings, ReplayClock(NOW_US))
        desk.start()
        try:
            incident = confirmed(desk.incidents)
            page = root / "www" / "gangguan" / incident.id / "index.html"
            until(lambda: page.is_file() and "Kami memperbaikinya." in page.read_text())
            until(lambda: any(place.failures for place in desk.publishing.now().places))
            said = [place.says for place in desk.publishing.now().places]
            checks = desk.publishing.trouble()
        finally:
            desk.stop()
    yield root, incident, [*said, checks]


def config(root: Path) -> Path:
    """Return the settings of the command: the same desk, one place that can be put to and one that cannot."""
    file = root / "pulih.toml"
    file.write_text(
        '[desk]\nname = "Pulih Contoh"\noperators = ["smartfren"]\nplaces = "places.toml"\n'
        '[[publish]]\nname = "mirror"\nkind = "folder"\nfolder = "mirror"\n'
        '[[publish]]\nname = "broken"\nkind = "folder"\nfolder = "places.toml"\n'
    )
    return file


def test_a_running_desk_publishes_what_was_said_and_a_broken_place_keeps_no_other_waiting(
    kept: tuple[Path, Incident, list[str]],
) -> None:
    root, incident, said = kept
    own = root / "data" / "site"
    assert "Kami memperbaikinya." in (root / "www" / "gangguan" / incident.id / "index.html").read_text()
    assert "We are mending it." in (own / "en" / "incident" / incident.id / "index.html").read_text()
    assert (own / "wilayah" / "31.74" / "index.html").is_file()
    assert [bool(one) for one in said] == [False, False, True, True]
    assert "places.toml" in said[2]


def test_the_command_puts_it_wherever_the_settings_say_and_tells_of_each_place(
    kept: tuple[Path, Incident, list[str]],
) -> None:
    root, incident, _ = kept
    out = io.StringIO()
    assert publish_once(root / "data", config(root), out, clock=ReplayClock(NOW_US + 60 * MICROS)) == 1
    told = out.getvalue().splitlines()
    assert " pages made in " in told[0]
    assert told[1].startswith("own site: ")
    assert told[2].startswith("mirror (folder): ")
    assert told[3].startswith("broken (folder): failed. ")
    assert (root / "mirror" / "gangguan" / incident.id / "index.html").is_file()


def test_into_a_folder_to_look_at_only_that_is_written(kept: tuple[Path, Incident, list[str]], tmp_path: Path) -> None:
    root, out = kept[0], io.StringIO()
    before = (root / "data" / "site" / "bulletin.json").read_bytes()
    clock = ReplayClock(NOW_US + 120 * MICROS)
    assert publish_once(root / "data", config(root), out, folder=tmp_path / "look", clock=clock) == 0
    bulletin = msgspec.json.decode((tmp_path / "look" / "bulletin.json").read_bytes(), type=Bulletin)
    assert [one.id for one in bulletin.current] == [kept[1].id]
    assert (root / "data" / "site" / "bulletin.json").read_bytes() == before


def test_what_a_desk_heard_is_taken_over_while_it_may_be_believed(tmp_path: Path) -> None:
    level = ComplaintLevel(operator="xl", level="above", reports=30, usual=8.0)
    made = Bulletin(
        desk="Pulih", address="", mode="operator", zone="Asia/Jakarta", made_us=0, stale_us=NOW_US, levels=(level,)
    )
    file = tmp_path / "bulletin.json"
    assert heard_lately(file, NOW_US).heard is False
    file.write_bytes(msgspec.json.encode(made))
    assert heard_lately(file, NOW_US - 1).levels == (level,)
    assert heard_lately(file, NOW_US).levels == ()
    file.write_bytes(b"{}")
    assert heard_lately(file, 0).heard is False


def test_a_desk_without_a_site_publishes_nothing(tmp_path: Path) -> None:
    (tmp_path / "places.toml").write_text(PLACES)
    settings = DeskSettings(desk=DeskTable(places=tmp_path / "places.toml"), site=SiteTable(on=False))
    with DataFolder(tmp_path / "data") as folder:
        desk = desk_here(folder, settings, ReplayClock(NOW_US))
        desk.publishing.publish()
        assert desk.publishing.now().pages == 0
        desk.stop()
    assert not (tmp_path / "data" / "site").exists()
