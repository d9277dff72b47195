"""The public page of an incident says what its end rests on: reports, the desk's word alone, or neither."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from sample_bulletin import NOW_US, bulletin, outage, over
from site_folder import site, text

from pulih.adapters.site.summary import now_of
from pulih.model.bulletin import Turn
from pulih.ports.channels import Language

SAYS = {
    "id": ("laporan pelanggan belum membuktikannya", "Laporan pelanggan masih di atas biasanya"),
    "en": ("reports do not prove it yet", "Reports are still above usual"),
}
DOUBTED = {
    "id": "Gangguan yang dinyatakan pulih mungkin belum selesai",
    "en": "An outage that was called restored may not be over",
}
REOPENED = {"id": "kembali setelah dinyatakan pulih", "en": "is back after it had been called restored"}
RISEN = Turn(kind="relapsed", at_us=NOW_US, number=12, stage="resolved")


@pytest.mark.parametrize("language", ["id", "en"])
def test_an_end_that_rests_on_a_word_alone_is_told_as_such(language: str) -> None:
    assert SAYS[language][0] in text(site(past=(over(unproved=True),)), "over", language)
    assert SAYS[language][0] not in text(site(), "over", language)


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_repair_that_reports_contradict_is_told_as_such(language: str) -> None:
    turn = Turn(kind="contradicted", at_us=NOW_US, number=9, stage="monitoring", was="monitoring")
    against = outage(stage="monitoring", contradicted=True, turns=(turn,))
    assert SAYS[language][1] in text(site(current=(against,)), "going on", language)
    assert SAYS[language][1] not in text(site(current=(outage(stage="monitoring"),)), "going on", language)


@pytest.mark.parametrize(("language", "says"), [("id", "lalu naik lagi"), ("en", "have risen again")])
def test_an_end_after_which_reports_rose_again_is_told_as_such(language: str, says: str) -> None:
    again = over(contradicted=True, relapsed=True, turns=(RISEN,))
    for page in ("over", "home"):
        told = text(site(past=(again,)), page, language)
        assert says in told and SAYS[language][1] not in told
    assert DOUBTED[language] in text(site(current=(), past=(again,)), "home", language)
    assert DOUBTED[language] not in text(site(current=(), past=(over(),)), "home", language)


@pytest.mark.parametrize("language", ["id", "en"])
def test_an_outage_that_was_taken_up_again_says_so_on_its_page_and_on_the_first(language: str) -> None:
    turn = Turn(kind="reopened", at_us=NOW_US, number=9, stage="identified", was_us=NOW_US)
    for page in ("going on", "home"):
        told = text(site(current=(outage(turns=(turn,)),)), page, language)
        assert REOPENED[language] in told
        assert REOPENED[language] not in text(site(), page, language)


@pytest.mark.parametrize("language", ["id", "en"])
def test_what_the_widget_asks_for_tells_of_both(language: Language) -> None:
    turn = Turn(kind="reopened", at_us=NOW_US, number=9, stage="identified", was_us=NOW_US)
    back = now_of(replace(bulletin(), current=(outage(turns=(turn,)),), past=()))
    assert REOPENED[language] in back.incidents[0].back[language]
    maybe = now_of(replace(bulletin(), current=(), past=(over(contradicted=True, turns=(RISEN,)),), levels=()))
    assert (maybe.level, maybe.sentence[language]) == ("watch", DOUBTED[language])
    assert maybe.incidents[0].back[language]
    assert now_of(replace(bulletin(), current=(), past=(over(),), levels=())).incidents == ()
