"""From the console, the last word of an incident is handed over to the operator's own platforms as a file (T4)."""

from __future__ import annotations

import csv
import io

from console_seats import Desk, outage, path_of
from playwright.sync_api import expect

from pulih.model import entry
from pulih.model.actor import Actor

LINK = "For the operator's own message platforms"


def _did(desk: Desk, fact: entry.Fact, actor: Actor) -> None:
    incident = desk.world.incidents.get(outage(desk))
    assert incident is not None
    desk.world.incidents.act(incident.id, fact, actor=actor, version=incident.version, reason="Sudah diperiksa")


def test_nothing_is_handed_over_before_a_word_is_public_and_then_a_file_is(desk: Desk) -> None:
    page = desk.seat("dewi", path_of(desk))
    expect(page.get_by_text(LINK)).to_have_count(0)
    refused = page.request.get(f"{desk.address}{path_of(desk)}/segments.csv")
    assert (refused.status, "nothing to hand over" in refused.text()) == (409, True)

    _did(desk, entry.Confirmed(), Actor("dewi", "duty"))
    said = entry.NoticeDrafted(notice="n1", kind="update", text_id="Sedang diperbaiki.", text_en="Being repaired.")
    _did(desk, said, Actor("dewi", "duty"))
    _did(desk, entry.NoticePublished(notice="n1"), Actor("agus", "approver"))
    page.reload()
    with page.expect_download() as download:
        page.get_by_text(LINK).click()
    assert download.value.suggested_filename == f"segments-{outage(desk)}.csv"
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    assert {row["language"] for row in rows} == {"id", "en"}
    assert {(row["subscriber"], row["operator"], row["word"]) for row in rows} == {("", "smartfren", "n1")}
    assert all("Smartfren" in row["text"] for row in rows)
