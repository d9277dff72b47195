"""Whatever a text is, it is read, and what comes back is bounded and true to its letters."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from readers import reader

PIECES = st.sampled_from(
    ["biznet", "mati", "ga", "bisa", "sinyal", "kenapa", "lagi", "normal", "udah", "\u200b", "\u202e", "<b>",
     "</script>", "'; DROP TABLE x;--", "😡", "\x00", "@IndiHome", "#indihomedown", "3", "xl", "...", "?", "los",
     "merah", "100mbps", "^abc", "ﷺ", "ＢＩＺＮＥＴ", "m\u0336a\u0336t\u0336i", "\n", "putus2", "icon+", "by.u"]
)  # fmt: skip


@settings(max_examples=200)
@given(
    st.one_of(
        st.text(max_size=300), st.lists(PIECES, max_size=40).map(" ".join), st.lists(PIECES, max_size=40).map("".join)
    )
)
@example("MT1\u200bMT1")
def test_any_text_is_read_and_every_phrase_of_evidence_stands_in_it(text: str) -> None:
    reading = reader().read(text)
    assert 0.0 <= reading.p_report <= 1.0
    assert reading.is_report == (reading.p_report >= 0.5)
    assert (reading.symptom == "none") == (not reading.is_report)
    assert (reading.service is None) == (not reading.is_report and not reading.recovered)
    assert len(reading.evidence) <= 12
    assert all(one.phrase in text for one in reading.evidence)


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "\x00\x01\x02", "😡" * 50, "\u202e\u200b\ufeff", "." * 5000, "<" * 5000, "@" * 100]
)
def test_a_text_that_says_nothing_is_no_report(text: str) -> None:
    assert not reader().read(text).is_report


@pytest.mark.parametrize("filler", ["a", "a ", "<", "mati ", "biznet ga bisa ", "()", "@", "N ", "1.", "\n"])
def test_a_text_of_a_megabyte_is_read_as_its_first_4000_letters(filler: str) -> None:
    long = filler * (1_000_000 // len(filler))
    assert reader().read(long) == reader().read(long[:4000])


def test_markup_around_a_sentence_does_not_hide_it() -> None:
    plain = reader().read("indihome mati dari pagi")
    wrapped = reader().read("<p><b>indihome</b> mati dari pagi<script>alert('x')</script></p>")
    assert (wrapped.is_report, wrapped.symptom, wrapped.operator) == (True, plain.symptom, plain.operator)


def test_letters_that_cannot_be_seen_do_not_hide_a_word() -> None:
    assert reader().read("biz\u200bnet ma\u00adti to\ufefftal").symptom == "no_internet"


def test_reading_twice_gives_the_same_whatever_was_read_between() -> None:
    text = "wifii bizneett matiiii dr tadiii"
    first = reader().read(text)
    for at in range(200):
        reader().read(f"kata{at} lain{at * 7} biznet{at}")
    assert reader().read(text) == first


def test_the_reader_is_imported_without_what_takes_long_to_start() -> None:
    code = "import sys, pulih.understand.reader; print(*sorted({'numba', 'duckdb', 'pyarrow'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
