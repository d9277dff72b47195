"""The page of one source: whether it is listened to, what it brings, and what is not known from it (L5)."""

from __future__ import annotations

import msgspec
import pytest
from console_seats import Desk
from playwright.sync_api import expect


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "id",
            (
                "mendengarkan",
                "412 pada jam ini, 1.612 dalam 24 jam",
                "12,34 dari anggaran 50,00",
                "12.431",
                "76%: menyebut 9 gangguan terkonfirmasi dan melewatkan 2",
                "it was cut for twelve",
            ),
        ),
        (
            "en",
            (
                "listening",
                "412 in this hour, 1,612 in 24 hours",
                "12.34 of a budget of 50.00",
                "12,431",
                "76%: spoke of 9 confirmed outages and missed 2",
                "it was cut for twelve",
            ),
        ),
    ],
)
def test_a_source_says_how_much_how_late_and_at_what_cost(desk: Desk, language: str, lines: tuple[str, ...]) -> None:
    page = desk.seat("dewi", "/console/sources/x", language=language)
    for line in lines:
        expect(page.locator("main")).to_contain_text(line)
    expect(page.locator("tbody tr").first).to_contain_text("axis")
    expect(page.locator("main")).to_contain_text("<b>oops</b>")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("id", "imap-aduan tidak mengizinkan Pulih masuk. Periksa nama pengguna di pulih.toml"),
        ("en", "imap-aduan does not let the desk in. See whether the user in pulih.toml"),
    ],
)
def test_why_a_source_needs_a_person_is_told_in_the_reader_s_language(desk: Desk, language: str, said: str) -> None:
    told = desk.seat("dewi", "/console/sources/imap-aduan", language=language).locator("p.refusal")
    expect(told).to_contain_text(said)
    expect(told.locator("[lang]")).to_have_count(0)


def test_the_list_of_sources_leads_there_and_tells_of_filters_that_are_silent(desk: Desk) -> None:
    page = desk.seat("dewi", "/console/sources")
    row = page.locator("tbody tr", has_text="1 of 3 filters silent")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("76%")
    expect(page.locator("tbody tr", has_text="not known yet").first).to_be_visible()
    row.get_by_role("link", name="x").click()
    expect(page.locator("h1")).to_have_text("Source: x")
    expect(page.locator("nav.ways a[aria-current]")).to_have_attribute("href", "/console/sources")


@pytest.mark.parametrize(("path", "place"), [("/console/now", "ul.chips li"), ("/console/sources", "tbody tr")])
def test_a_source_that_lives_while_a_filter_of_it_is_silent_is_nowhere_shown_as_fine(
    desk: Desk, path: str, place: str
) -> None:
    row = desk.seat("dewi", path).locator(place, has_text="1 of 3 filters silent")
    expect(row).to_have_count(1)
    expect(row.locator(".level-watch")).to_have_count(1)
    expect(row.locator(".level-ok")).to_have_count(0)


def test_a_source_that_needs_a_person_stands_first_in_the_list_and_says_so(desk: Desk) -> None:
    silent = next(one for one in desk.world.live.sources() if one.liveness == "silent")
    desk.world.live.heard_of = (msgspec.structs.replace(silent, source="imap-aduan", liveness="unknown"),)
    first = desk.seat("dewi", "/console/sources").locator("tbody tr").first
    expect(first).to_contain_text("imap-aduan")
    expect(first).to_contain_text("needs a person")


def test_a_source_that_needs_a_person_says_why_and_one_that_nobody_knows_has_no_page(desk: Desk) -> None:
    page = desk.seat("dewi", "/console/sources/imap-aduan")
    expect(page.locator("main")).to_contain_text("needs a person")
    expect(page.locator("main")).to_contain_text("nothing that it spoke of has been decided")
    expect(page.locator("dt", has_text="Cost").locator("xpath=following-sibling::dd[1]")).to_have_text("none")
    expect(page.locator(".refusal")).to_contain_text("does not let the desk in")
    expect(page.locator("main")).to_contain_text("a new password in its file is tried within ten minutes")
    expect(page.locator("main")).not_to_contain_text("Everything could be read")
    missing = page.goto(f"{desk.address}/console/sources/nobody")
    assert missing is not None
    assert missing.status == 404


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "id",
            (
                "Kiriman terakhir ditolak.",
                "hook (zendesk)",
                "7 pada jam ini, 48 dalam 24 jam",
                "Biaya",
                "tidak ada",
                "belum ada yang diputuskan",
                "(12 kali)",
            ),
        ),
        (
            "en",
            (
                "The last delivery was refused.",
                "a hook (zendesk)",
                "7 in this hour, 48 in 24 hours",
                "Cost",
                "none",
                "nothing that it spoke of has been decided",
                "(12 times)",
            ),
        ),
    ],
)
def test_a_hook_says_how_much_how_late_and_why_it_refused(desk: Desk, language: str, lines: tuple[str, ...]) -> None:
    page = desk.seat("dewi", "/console/sources/call-centre", language=language)
    for line in lines:
        expect(page.locator("main")).to_contain_text(line)
    expect(page.locator("main li")).to_contain_text("No signature")


def test_each_source_of_the_list_has_a_page(desk: Desk) -> None:
    page = desk.seat("dewi", "/console/sources")
    ways = [one.get_attribute("href") or "" for one in page.locator("tbody th a").all()]
    assert {"/console/sources/x", "/console/sources/alertmanager", "/console/sources/zammad"} < set(ways)
    for way in ways:
        answered = page.goto(f"{desk.address}{way}")
        assert answered is not None
        assert answered.status == 200


def test_a_hook_that_was_never_called_rightly_stands_in_the_list(desk: Desk) -> None:
    row = desk.seat("dewi", "/console/sources").locator("tbody tr", has_text="zammad")
    expect(row).to_contain_text("last delivery refused")
