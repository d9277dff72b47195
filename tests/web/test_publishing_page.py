"""The console page of publishing: what became of the site at each place, the failing first, in both languages."""

from __future__ import annotations

import pytest
from console_seats import Desk
from playwright.sync_api import expect


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("id", ("cdn (s3)", "gagal", "4 kali berturut-turut:", "belum pernah", "Di Pulih sendiri", "3.305 halaman")),
        ("en", ("cdn (s3)", "failing", "4 times in a row:", "not yet", "This desk itself", "3,305 pages")),
    ],
)
def test_each_place_is_told_of_and_one_that_fails_comes_first(desk: Desk, language: str, lines: list[str]) -> None:
    page = desk.seat("dewi", "/console/publishing", language=language)
    for line in lines:
        expect(page.locator("main")).to_contain_text(line)
    expect(page.locator("tbody tr").first).to_contain_text("cdn (s3)")
    expect(page.locator("tbody tr").last).to_contain_text(lines[-2])
    expect(page.locator("nav.ways a[aria-current]")).to_have_attribute("href", "/console/publishing")
