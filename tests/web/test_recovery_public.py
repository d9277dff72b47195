"""The public page of an incident says what its end rests on: reports, the desk's word alone, or neither."""

from __future__ import annotations

import pytest
from sample_bulletin import outage, over
from site_folder import site, text

SAYS = {
    "id": ("laporan pelanggan belum membuktikannya", "Laporan pelanggan masih di atas biasanya"),
    "en": ("reports do not prove it yet", "Reports are still above usual"),
}


@pytest.mark.parametrize("language", ["id", "en"])
def test_an_end_that_rests_on_a_word_alone_is_told_as_such(language: str) -> None:
    assert SAYS[language][0] in text(site(past=(over(unproved=True),)), "over", language)
    assert SAYS[language][0] not in text(site(), "over", language)


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_repair_that_reports_contradict_is_told_as_such(language: str) -> None:
    assert SAYS[language][1] in text(
        site(current=(outage(stage="monitoring", contradicted=True),)), "going on", language
    )
    assert SAYS[language][1] not in text(site(current=(outage(stage="monitoring"),)), "going on", language)


@pytest.mark.parametrize(("language", "says"), [("id", "lalu naik lagi"), ("en", "have risen again")])
def test_an_end_after_which_reports_rose_again_is_told_as_such(language: str, says: str) -> None:
    again = text(site(past=(over(contradicted=True, relapsed=True),)), "over", language)
    assert says in again and SAYS[language][1] not in again
