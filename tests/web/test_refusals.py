"""What the rules of incidents refuse is told in the reader's language, with the reason that it has."""

from __future__ import annotations

import re
from pathlib import Path

from console_seats import Desk, outage, path_of
from playwright.sync_api import expect

import pulih.confirm
from pulih.communicate.holding import holding
from pulih.model.actor import Actor
from pulih.model.entry import NoticeDrafted, NoticePublished
from pulih.web.frame.words import LANGUAGES, words

RULES = Path(pulih.confirm.__file__).parent


def refused(desk: Desk, act: str, **fields: str) -> str:
    """Return what dewi reads when she sends a form that a page would not have offered, in Indonesian."""
    page = desk.seat("dewi", path_of(desk), language="id")
    incident = desk.world.incidents.get(outage(desk))
    assert incident is not None
    csrf = page.locator("input[name=csrf]").first.get_attribute("value") or ""
    form = {"csrf": csrf, "version": str(incident.version), **fields}
    answer = page.request.post(f"{desk.address}{path_of(desk)}/{act}", form=form)
    assert answer.status in {400, 409}
    page.set_content(answer.text())
    return page.locator("#fault").inner_text()


def test_each_refusal_of_the_rules_has_a_sentence_in_both_languages() -> None:
    keys = {key for file in RULES.glob("*.py") for key in re.findall(r'key="([a-z_.]+)"', file.read_text())}
    assert len(keys) > 15
    assert [
        (language, key) for key in keys for language in LANGUAGES if not words(language).has(f"refusal.{key}")
    ] == []


def test_who_publishes_against_four_eyes_reads_who_may(desk: Desk) -> None:
    incident = desk.world.incidents.get(outage(desk))
    assert incident is not None
    draft = NoticeDrafted(notice="n1", kind="update", text_id="Masih diperbaiki.", text_en="Repair goes on.")
    desk.world.incidents.act(incident.id, draft, actor=Actor("dewi", "duty"), version=incident.version)
    told = refused(desk, "publish", notice="n1")
    assert "Kabar n1 harus diterbitkan oleh penyetuju." in told
    assert "approver" not in told


def test_who_rejects_what_was_said_in_public_reads_what_comes_first_and_is_not_offered_it_again(desk: Desk) -> None:
    incident = desk.world.incidents.get(outage(desk))
    assert incident is not None
    dewi = Actor("dewi", "duty")
    words = holding(incident, desk.world.incidents.speech, now_us=desk.world.clock.at_us)
    draft = NoticeDrafted(notice="n1", kind="holding", text_id=words.text_id, text_en=words.text_en,
                          next_update_by_us=words.next_update_by_us)  # fmt: skip
    incident = desk.world.incidents.act(incident.id, draft, actor=dewi, version=incident.version)
    said = NoticePublished(notice="n1", before_second=True)
    desk.world.incidents.act(incident.id, said, actor=dewi, version=incident.version)
    told = refused(desk, "reject", reason="Salah duga")
    assert "Terbitkan koreksi atau tarik kabar itu dahulu" in told
    assert "Bukan gangguan," not in told


def test_a_first_word_in_words_of_ones_own_waits_and_the_page_says_why_and_what_helps(desk: Desk) -> None:
    incident = desk.world.incidents.get(outage(desk))
    assert incident is not None
    draft = NoticeDrafted(notice="n1", kind="holding", text_id="Hubungi kami.", text_en="Call us.")
    desk.world.incidents.act(incident.id, draft, actor=Actor("dewi", "duty"), version=incident.version)
    assert "tidak persis sama dengan kabar pertama yang sudah disetujui" in refused(
        desk, "publish", notice="n1", before_second="yes"
    )
    page = desk.seat("dewi", path_of(desk), language="id")
    notice = page.locator("#n1")
    expect(notice).to_contain_text("orang kedua perlu membacanya dahulu")
    expect(notice.get_by_role("button", name="Terbitkan", exact=True)).to_have_count(0)
    notice.get_by_role("button", name="Susun dengan kata-kata yang disetujui").click()
    expect(page.locator("#n1")).to_contain_text("Ini kata-kata yang sudah disetujui")
    page.locator("#n1").get_by_role("button", name="Terbitkan", exact=True).click()
    expect(page.locator("#n1")).to_contain_text("menunggu tanda tangan kedua")


def test_a_promise_for_a_year_that_was_mistyped_is_refused_in_the_readers_words(desk: Desk) -> None:
    text = {"kind": "update", "text_id": "Masih diperbaiki.", "text_en": "Repair goes on."}
    told = refused(desk, "draft", **text, next_update_by="2035-10-03T10:00")
    assert "lebih dari 30 hari lagi" in told and "2035" in told
    told = refused(desk, "task", what="Ganti kabel", party="own", due="2035-10-03T10:00")
    assert "lebih dari 366 hari lagi" in told
    told = refused(desk, "draft", **text, next_update_by="2999-10-03T10:00")
    assert "2999" in told
