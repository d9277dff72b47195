"""The page that explains the timeline says in one screen what is proved, how it is checked, and what is not proved."""

from __future__ import annotations

import gzip

import pytest
from axe_playwright_python.sync_playwright import Axe
from intake_in_memory import SetClock
from msgspec.structs import replace
from sample_bulletin import NOW_US, bulletin, outage, word
from timeline_in_memory import TimelineInMemory

from conftest import Opener
from pulih.adapters.site.pages import SitePages
from pulih.communicate.signed_note import COSIGNED, PLAIN, SignerKey
from pulih.model.bulletin import Bulletin
from pulih.service.proving import Proving

SIGNER = SignerKey("desk.example.id/tlog", PLAIN, bytes(range(32)))
WITNESS = SignerKey("witness.example.org", COSIGNED, bytes(range(1, 33)))
PATHS = ("bukti/index.html", "en/proof/index.html")
FIRST_LOAD = 14_000


def a_desk() -> Proving:
    return Proving(TimelineInMemory(), SIGNER, SetClock(NOW_US), witnesses=(WITNESS.verifier(),))


def pages(told: Bulletin, before: Bulletin | None = None) -> dict[str, bytes]:
    return dict(SitePages(proved=True).pages(told, before))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (PATHS[0], ("13 catatan, terakhir bertambah Jumat, 3 Oktober 2025, pukul 10.12 WIB", "Belum ada saksi")),
        (PATHS[1], ("13 entries, the last added Friday, 3 October 2025, 10:12 WIB", "No witness has cosigned yet")),
    ],
)
def test_the_page_says_how_it_stands_how_to_check_it_and_what_is_not_proved(path: str, said: tuple[str, ...]) -> None:
    made = a_desk().proved(bulletin())
    page = pages(made)[path]
    html = page.decode()
    for one in (*said, SIGNER.verifier().text(), f"pulih verify {bulletin().address}"):
        assert one in html
    assert len(gzip.compress(page)) < FIRST_LOAD


@pytest.mark.parametrize(("path", "scheme"), [(PATHS[0], "dark"), (PATHS[1], "light")])
def test_the_page_reads_well_on_a_phone_and_for_a_screen_reader(opened: Opener, path: str, scheme: str) -> None:
    html = pages(a_desk().proved(bulletin()))[path].decode()
    page = opened(html, width=320, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found.response["violations"]] == []


def test_a_witness_is_named_once_it_cosigned() -> None:
    desk = a_desk()
    proof = desk.proved(bulletin()).proof
    assert proof is not None
    desk.cosign(WITNESS.line(proof.note.partition("\n\n")[0] + "\n", at_s=1))
    html = pages(desk.proved(bulletin()))[PATHS[1]].decode()
    assert f"Witnesses who cosigned the present state: {WITNESS.name}." in html


def test_incidents_lead_to_the_page_and_nothing_does_where_no_timeline_is_kept() -> None:
    incident = f"gangguan/{outage().id}/index.html"
    assert 'href="/bukti/"' in pages(a_desk().proved(bulletin()))[incident].decode()
    without = pages(bulletin())
    assert 'href="/bukti/"' not in without[incident].decode()
    assert not without.keys() & set(PATHS)


def test_a_timeline_that_grew_renders_its_page_and_leaves_others_alone() -> None:
    desk = a_desk()
    before = desk.proved(bulletin())
    same = replace(before, made_us=NOW_US + 1, stale_us=before.stale_us + 1)
    assert not pages(same, before).keys() & set(PATHS)
    other = replace(outage(), words=(*outage().words, word(3)))
    after = replace(desk.proved(bulletin(current=(other,))), made_us=NOW_US + 1, stale_us=before.stale_us + 1)
    grown = pages(after, before)
    assert set(PATHS) <= grown.keys()
    assert "gangguan/20251002-b3xd/index.html" not in grown
