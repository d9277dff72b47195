"""From a subscription to the word in the mailbox and the end of it, on a real desk with a real mail server."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest
from desk_here import desk_here
from desk_world import ADMIN as AYU
from desk_world import PASSWORD
from mail_server import Mail, Sink, mail_server
from served import Server

from pulih.adapters.config import DeskSettings, DeskTable, MailTable, ServerTable
from pulih.adapters.data_folder import DataFolder
from pulih.model.actor import Actor
from pulih.model.entry import Fact, NoticeDrafted, NoticePublished, Opened
from pulih.model.incident import Incident
from pulih.model.scope import Scope
from pulih.serve.clocks import WorldClock
from pulih.serve.desk import Desk

ADMIN = Actor("ayu", "admin")
SAID = "Internet seluler Smartfren tidak dapat dipakai di DKI Jakarta. Kami mohon maaf."

RIGHTED = "Koreksi: yang terganggu SMS, bukan internet seluler."
# Where a correction is read, beside the mail; an alert holds the newest word alone.
CARRIED = (
    "/gangguan/{}/", "/history.atom", "/history.rss", "/feed.json", "/cap/{}.xml", "/api/v2/incidents.json",
    "/bulletin.json",
)  # fmt: skip


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def port(sink: Sink) -> Iterator[int]:
    with mail_server(sink) as port:
        yield port


def settings_for(port: int) -> DeskSettings:
    return DeskSettings(
        desk=DeskTable(name="Smartfren", operators=("smartfren",)),
        server=ServerTable(address="http://localhost:8000"),
        mail=MailTable(host="127.0.0.1", port=port, security="none", sender="kabar@smartfren.example.id"),
    )


def text_of(mail: Mail) -> str:
    text = mail.read().get_body(("plain",))
    assert text is not None
    said: str = text.get_content()
    return said


def links(mail: Mail) -> list[str]:
    """Return the paths of the desk that a mail leads to."""
    return re.findall(r"http://localhost:8000(\S+)", text_of(mail))


def press(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    """Open a page and send its form, as a browser does."""
    page = keeping(client, client.get(path))
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
    assert token is not None
    return keeping(client, client.post(path, data={"csrf": token[1], **fields}))


def keeping(client: httpx.Client, answer: httpx.Response) -> httpx.Response:
    """Keep cookies as browsers do on localhost, where those for encrypted lines are sent without encryption too."""
    set_now = SimpleCookie(client.headers.get("cookie", ""))
    for line in answer.headers.get_list("set-cookie"):
        set_now.load(line)
    client.headers["cookie"] = "; ".join(f"{name}={one.value}" for name, one in set_now.items())
    return answer


def act(desk: Desk, incident: Incident, fact: Fact) -> Incident:
    return desk.incidents.act(incident.id, fact, actor=ADMIN, version=incident.version, reason="Untuk uji coba")


def outage(desk: Desk) -> Incident:
    scope = Scope(operator="smartfren", service="mobile_data", region="31", symptom="no_internet")
    opened = Opened(operator="smartfren", onset_us=WorldClock().now_us() - 600_000_000, scopes=(scope,))
    return desk.incidents.open(opened, actor=ADMIN, reason="Laporan dari lapangan")


def say(desk: Desk, incident: Incident, text: str) -> Incident:
    drafted = act(desk, incident, NoticeDrafted(notice="", kind="update", text_id=text, text_en=f"EN {text}"))
    return act(desk, drafted, NoticePublished(notice=drafted.notices[-1].id, break_glass=True))


def correct(desk: Desk, incident: Incident, text: str) -> Incident:
    first = incident.notices[0].id
    correction = NoticeDrafted(notice="", kind="correction", corrects=first, text_id=text, text_en=f"EN {text}")
    drafted = act(desk, incident, correction)
    return act(desk, drafted, NoticePublished(notice=drafted.notices[-1].id, break_glass=True))


def settled(desk: Desk, sent: int) -> bool:
    """Wait until so many deliveries of words are sent and none is under way."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        now = desk.post.now()
        if not now.waiting and sum(dict(one.counts).get("sent", 0) for one in now.words) == sent:
            return True
        time.sleep(0.05)
    return False


def test_a_reader_subscribes_confirms_gets_each_word_and_its_correction_once_and_ends_it(
    tmp_path: Path, serving: Server, sink: Sink, port: int
) -> None:
    with DataFolder(tmp_path / "desk") as folder:
        desk = desk_here(folder, settings_for(port), WorldClock())
        desk.start()
        first = desk.people.first_link()
        assert first is not None
        desk.people.accept(first, AYU.name, PASSWORD)
        with httpx.Client(base_url=serving(desk.app, desk.hub), headers={"host": "localhost:8000"}) as client:
            for name, place in (("ayu", "31.74"), ("budi", "73")):
                answer = press(client, "/subscribe", email=f"{name}@example.id", place=place)
                assert answer.headers.get("location") == "/subscribe/sent"
            sink.wait_for(2)
            assert {mail.to for mail in sink.mails} == {"ayu@example.id", "budi@example.id"}
            for mail in sink.mails:
                assert press(client, links(mail)[0]).status_code == 303
            incident = say(desk, outage(desk), SAID)
            # The first word after a start waits for the whole site to be made.
            sink.wait_for(3, within_s=90)
            word = sink.mails[2]
            assert word.to == "ayu@example.id", "Jakarta Selatan lies in DKI Jakarta, and Makassar does not"
            assert SAID in text_of(word)
            assert f"/gangguan/{incident.id}/" in links(word)
            assert SAID in client.get(f"/gangguan/{incident.id}/").text, "nobody is led to a page without its word"
            righted = correct(desk, incident, RIGHTED)
            sink.wait_for(4)
            assert RIGHTED in text_of(sink.mails[3]) and sink.mails[3].read()["Subject"].startswith("Koreksi. ")
            for path in CARRIED:
                told = client.get(path.format(incident.id)).text
                assert RIGHTED in told and (SAID in told or path.startswith("/cap")), path
            stop = re.search(r"<http://localhost:8000(\S+)>", word.read()["List-Unsubscribe"])
            assert stop is not None and stop[1] in links(word)
            assert settled(desk, 2)
            assert client.post(stop[1], data={"List-Unsubscribe": "One-Click"}).status_code == 200
            press(client, "/sign-in", name=AYU.name, password=PASSWORD)
            assert "1 dari 1 terkirim" in " ".join(client.get("/console/sending").text.split())
        say(desk, righted, "Kabar ketiga untuk semua yang masih berlangganan di sana.")
        desk.stop()
    assert len(sink.mails) == 4, "who was told has ended it"
