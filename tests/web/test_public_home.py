"""The public page says what is known and no more, in fourteen kilobytes, without script."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from desk_world import MINUTE_US, NOW_US, Incidents, Live, SetClock, operators, outage, people_in, rooms, source
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser
from served import Server

from pulih.model.clock import DAY_S, MICROS
from pulih.model.errors import OutsideFailed
from pulih.model.notice import Notice
from pulih.service.levels import level
from pulih.web.frame.assets import assets
from pulih.web.frame.lately import Lately
from pulih.web.frame.rooms import Rooms, WebSettings
from pulih.web.site import site

FIRST_LOAD = 14_000


class Reader:
    """Reads the public page of a desk."""

    def __init__(self, folder: Path, serving: Server) -> None:
        clock = SetClock()
        self._rooms = rooms(people_in(folder, clock), clock)
        self._serving = serving

    def address(self, **more: Any) -> str:
        made: Rooms = msgspec.structs.replace(self._rooms, **more)
        return self._serving(site(made), made.hub)

    def text(self, language: str = "en", **more: Any) -> str:
        return httpx.get(f"{self.address(**more)}/?lang={language}").text


@pytest.fixture
def reader(tmp_path: Path, serving: Server) -> Reader:
    return Reader(tmp_path, serving)


def test_a_confirmed_outage_is_told_with_the_desks_word_and_the_promise(reader: Reader) -> None:
    text = reader.text()
    assert "One outage going on" in text
    assert "Trouble with mobile internet — DKI Jakarta, Jawa Barat" in text
    assert "08:48 WIB" in text
    assert "calls and text messages" in text
    assert "112, 110 and 119 can be reached" in text
    assert "Smartfren mobile internet is disrupted" in text
    assert "Next update by" in text and "10:06 WIB" in text
    assert "If your clock shows a time after 09:27" in text


def test_it_is_told_in_indonesian_where_nobody_chose(reader: Reader) -> None:
    text = httpx.get(f"{reader.address()}/").text
    assert '<html lang="id">' in text
    assert "Gangguan internet seluler — DKI Jakarta, Jawa Barat" in text
    assert "Kabar berikutnya paling lambat" in text and "10.06 WIB" in text


@pytest.mark.parametrize("more", [{"state": "suspected"}, {"state": "rejected"}, {"merged_into": "20251003-zzzz"}])
def test_what_nobody_confirmed_is_no_outage_in_public(reader: Reader, more: dict[str, Any]) -> None:
    text = reader.text(incidents=Incidents(outage(**more)))
    assert "No confirmed outage" in text
    assert "Trouble with" not in text
    # The level of reports is shown all the same.
    assert "far above usual" in text


def test_a_word_about_a_suspicion_is_read_in_public_and_called_a_suspicion(reader: Reader) -> None:
    text = reader.text(incidents=Incidents(outage(state="suspected")))
    assert "suspected, being checked" in text
    assert "Smartfren mobile internet is disrupted" in text
    assert "Next update by" in text
    assert "No confirmed outage" in text
    bare = reader.text(incidents=Incidents(outage(state="suspected", notices=())))
    assert "suspected, being checked" not in bare
    assert "It is not just you: reports naming Smartfren are far above usual." in bare


def test_what_was_said_of_no_outage_is_put_right_in_public(reader: Reader) -> None:
    right = msgspec.structs.replace(outage().notices[0], id="n2", kind="correction", text_en="It was no outage.")
    text = reader.text(incidents=Incidents(outage(state="rejected", notices=(right,))))
    assert "It was no outage." in text
    assert "No confirmed outage" in text


def test_a_draft_and_a_statement_that_was_taken_back_stay_inside(reader: Reader) -> None:
    drafts = tuple(
        Notice(id=state, kind="update", text_id="rahasia", text_en="SECRET DRAFT", state=state)  # type: ignore[arg-type]
        for state in ("drafted", "withdrawn")
    )
    text = reader.text(incidents=Incidents(outage(notices=drafts)))
    assert "SECRET DRAFT" not in text
    assert "There is no official statement yet." in text


def test_an_outage_that_is_over_stays_for_a_day(reader: Reader) -> None:
    over = outage(state="restored", ended_us=NOW_US - MINUTE_US)
    text = reader.text(incidents=Incidents(over))
    assert "restored" in text
    assert "until" in text and "09:11 WIB" in text
    old = (msgspec.structs.replace(over.notices[0], published_us=NOW_US - DAY_S * MICROS),)
    gone = outage(state="restored", notices=old, onset_us=NOW_US - 2 * DAY_S * MICROS)
    assert "Smartfren mobile internet" not in reader.text(incidents=Incidents(gone))


def test_a_promise_that_was_not_kept_says_so(reader: Reader) -> None:
    late = (msgspec.structs.replace(outage().notices[0], next_update_by_us=NOW_US - MINUTE_US),)
    assert "not kept yet" in reader.text(incidents=Incidents(outage(notices=late)))


def test_where_nothing_can_be_heard_levels_are_unknown_and_never_as_usual(reader: Reader) -> None:
    text = reader.text(live=Live(operators(), (source("keluhan", "silent"),)))
    assert "as usual" not in text and "far above" not in text
    assert "unknown" in text


def test_a_desk_whose_counts_fail_still_tells_its_outages(reader: Reader) -> None:
    class Broken:
        def operators(self) -> None:
            raise OutsideFailed("The store does not answer.")

    text = reader.text(live=Broken())
    assert "Smartfren mobile internet is disrupted" in text
    assert "No source is heard just now" in text


def _counted(asked: list[int]) -> int:
    asked.append(1)
    return len(asked)


def test_a_crowd_costs_the_desk_no_more_than_one_who_asks() -> None:
    passed_s = [0.0]
    asked: list[int] = []
    lately = Lately[int](3.0, lambda: passed_s[0])
    with ThreadPoolExecutor(8) as crowd:
        told = list(crowd.map(lambda _: lately.answer(lambda: _counted(asked)), range(50)))
    assert (set(told), len(asked)) == ({1}, 1)
    passed_s[0] = 3.0
    assert lately.answer(lambda: 2) == 2


def test_an_operators_own_desk_shows_no_competitor(reader: Reader) -> None:
    text = reader.text(settings=WebSettings(mode="operator", own=("telkomsel",)))
    assert "Smartfren" not in text
    assert "Telkomsel" in text


def test_words_of_statements_are_text_and_never_markup(reader: Reader) -> None:
    sly = (msgspec.structs.replace(outage().notices[0], text_en="<script>alert(1)</script>"),)
    assert "<script>" not in reader.text(incidents=Incidents(outage(notices=sly)))


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_first_load_is_at_most_14_kb_and_holds_no_script(reader: Reader, language: str) -> None:
    page = httpx.get(f"{reader.address()}/?lang={language}")
    assert "<script" not in page.text
    sent = int(page.headers["content-length"]) + sum(len(assets()[name].packed) for name in ("frame.css", "mark.svg"))
    assert sent <= FIRST_LOAD


def test_it_reads_without_script_on_a_phone(reader: Reader, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 700}, java_script_enabled=False)
    page = context.new_page()
    page.goto(reader.address())
    assert "Gangguan internet seluler" in page.inner_text("main")
    context.close()


@given(st.integers(0, 10_000), st.floats(0, 1_000))
def test_more_reports_never_lower_a_level(reports: int, usual: float) -> None:
    order = ["usual", "above", "far_above"]
    assert order.index(level(reports, usual)) <= order.index(level(reports + 1, usual))
    assert level(int(usual), usual) == "usual"


def test_below_en_the_desk_answers_in_english_whether_there_is_a_page_or_not(reader: Reader) -> None:
    address = reader.address()
    assert '<html lang="en">' in httpx.get(f"{address}/en/").text
    nowhere = httpx.get(f"{address}/en/nothing/")
    assert nowhere.status_code == 404
    assert '<html lang="en">' in nowhere.text and 'class="button" href="/en/"' in nowhere.text
