"""A report to a regulator and the question after an outage, pressed for on a real desk with a real mail server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from credit_desk_world import did, until
from desk_seats import Seats
from learn_desk_world import CITRA, outage, seats_at
from mail_server import Mail, Sink, mail_server
from playwright.sync_api import Browser, Page, expect
from test_sending_on_a_real_desk import links, press

from pulih.model import entry
from pulih.model.incident import Incident

SETTINGS = """
[desk]
operators = ["smartfren"]
speaker = "Sari Wulandari"

[server]
address = "http://localhost:8000"

[mail]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "kabar@smartfren.example.id"

[[recipient]]
name = "Komdigi"
rules = ["id.house.2026"]
channel = "email"
address = "lapor@komdigi.example.id"
"""


@pytest.fixture(scope="module")
def sink() -> Sink:
    return Sink()


@pytest.fixture(scope="module")
def seats(tmp_path_factory: pytest.TempPathFactory, browser: Browser, sink: Sink) -> Iterator[Seats]:
    with mail_server(sink) as port, seats_at(_home(tmp_path_factory, port), browser) as made:
        yield made


def _home(factory: pytest.TempPathFactory, port: int) -> Path:
    home = factory.mktemp("desk")
    (home / "pulih.toml").write_text(SETTINGS.format(port=port))
    (home / "pulih.toml").chmod(0o600)
    return home


def everybody(page: Page) -> None:
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def text_of(mail: Mail) -> str:
    text = mail.read().get_body(("plain",))
    assert text is not None
    said: str = text.get_content()
    return said


def mails_to(sink: Sink, address: str) -> list[Mail]:
    return [mail for mail in sink.mails if mail.to == address]


def told_of(seats: Seats, sink: Sink, readers: dict[str, str]) -> Incident:
    """Return an outage that is over, of which readers who subscribed got a word; `readers` are names and languages."""
    headers = {"host": "localhost:8000"}
    for name, language in readers.items():
        with httpx.Client(base_url=seats.address, headers=headers) as client:
            press(client, f"/subscribe?lang={language}", email=f"{name}@example.id")
            until(lambda at=f"{name}@example.id": mails_to(sink, at))  # type: ignore[misc]
            press(client, links(mails_to(sink, f"{name}@example.id")[0])[0])
    incident = outage(seats.desk, restored=False)
    said = entry.NoticeDrafted(notice="", kind="update", text_id="Kami menangani.", text_en="We work on it.")
    ended = (entry.ClaimedFixed(), entry.Restored(overrides=True))
    incident = did(seats.desk, incident, said)
    incident = did(seats.desk, incident, entry.NoticePublished(notice="n1"), actor=CITRA)
    until(lambda: all(len(mails_to(sink, f"{name}@example.id")) == 2 for name in readers), seconds=90)
    return did(seats.desk, incident, *ended)


@pytest.mark.parametrize("seat", [("id", 360, False), ("en", 1280, True)], ids=["phone", "desktop"])
def test_a_report_is_sent_by_a_press_written_on_the_timeline_and_stops_the_clock_when_it_is_taken_over(
    seats: Seats, sink: Sink, seat: tuple[str, int, bool]
) -> None:
    language, width, script = seat
    incident, before = outage(seats.desk, restored=False, minutes=100), len(mails_to(sink, "lapor@komdigi.example.id"))
    place = f"/console/incidents/{incident.id}"
    page = seats.open("dewi", f"{place}/obligations", language=language, width=width, script=script)
    send = "Kirimkan: Laporan awal" if language == "id" else "Have it sent: Initial report"
    page.click(f"#binding summary:has-text('{send}')")
    if script:
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            everybody(page)
    page.click(f"#binding button:has-text('{send}')")
    page.wait_for_url("**done=send*")
    until(lambda: len(mails_to(sink, "lapor@komdigi.example.id")) == before + 1)
    mail = mails_to(sink, "lapor@komdigi.example.id")[-1]
    assert incident.id in str(mail.read()["Subject"])
    assert "LAPORAN GANGGUAN LAYANAN" in text_of(mail)
    assert "localhost:8000" not in text_of(mail) and mail.read()["List-Unsubscribe"] is None
    seats.desk.post.look()
    until(lambda: [one.by for one in seats.desk.learning.record(incident.id).filings] == ["dewi"])
    page.reload()
    expect(page.locator("#binding")).to_contain_text(
        "sudah diterima server" if language == "id" else "accepted by the server"
    )
    expect(page.locator("#binding")).to_contain_text("selesai tepat waktu" if language == "id" else "done in time")
    page.goto(f"{seats.address}{place}")
    expect(page.locator("main")).to_contain_text("dikirim ke Komdigi" if language == "id" else "sent to Komdigi")


def test_readers_who_were_told_are_asked_by_a_press_answer_by_their_link_and_are_not_asked_again(
    seats: Seats, sink: Sink
) -> None:
    incident = told_of(seats, sink, {"ayu": "id", "budi": "en"})
    place = f"/console/incidents/{incident.id}/review"
    page = seats.open("dewi", place, width=360, script=False)
    page.click("#survey summary:has-text('Tanya 2 penerima kabar')")
    page.check("#question-nps")
    page.click("#survey button:has-text('Tanya 2 penerima kabar')")
    page.wait_for_url("**done=survey*")
    until(lambda: all(len(mails_to(sink, f"{name}@example.id")) == 3 for name in ("ayu", "budi")))
    mail = mails_to(sink, "budi@example.id")[-1]
    assert str(mail.read()["Subject"]) == "One question about the Smartfren outage"
    assert "How likely are you to recommend" in text_of(mail) and mail.read()["List-Unsubscribe"] is not None
    link = re.search(r"http://localhost:8000(/opinion\?t=\S+)", text_of(mail))
    assert link is not None
    reader = seats.guest(link[1], width=360)
    reader.click("button:has-text('9')")
    expect(reader.locator("main")).to_contain_text("9")
    seats.desk.post.look()
    until(lambda: [one.asked for one in seats.desk.learning.record(incident.id).surveys] == [2])
    english = seats.open("citra", place, language="en")
    expect(english.locator("#survey")).to_contain_text("of 1 who answered, of 2 asked")
    assert english.locator("#survey button").count() == 0
    everybody(english)


def test_a_press_that_cannot_be_is_refused_in_words(seats: Seats) -> None:
    incident = outage(seats.desk, restored=False, minutes=100)
    page = seats.open("dewi", f"/console/incidents/{incident.id}/review", language="en")
    expect(page.locator("#survey")).to_contain_text("Nobody can be asked")
    page.goto(f"{seats.address}/console/incidents/{incident.id}/obligations")
    page.locator("summary:has-text('Have it sent: Initial report')").click()
    page.evaluate("document.querySelector('#binding select[name=recipient]').innerHTML = '<option>MIC</option>'")
    page.click("#binding button:has-text('Have it sent: Initial report')")
    expect(page.locator("#fault")).to_contain_text("gets no reports of this rule")
