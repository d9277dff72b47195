"""One word, however people write it."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulih.adapters.lexicon import load_lexicon
from pulih.understand.matcher import rule_words
from pulih.understand.phrases import written_out
from pulih.understand.speller import Speller


@cache
def speller() -> Speller:
    lexicon = load_lexicon()
    return Speller(
        lexicon,
        rule_words(lexicon) | {"biznet", "indihome", "telkomsel", "icon+"},
        brands={"biznet", "indihome", "telkomsel"},
        handles={"indihome": "indihome", "telkomcare": "indihome", "spectranet": "spectranet"},
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("MATIIII", "mati"),
        ("lemooott", "lemot"),
        ("gk", "tidak"),
        ("gabisa", "tidak bisa"),
        ("gamasuk", "tidak masuk"),
        ("putus2", "putus putus"),
        ("internetnya", "internet"),
        ("wifiku", "wifi"),
        ("sinyale", "sinyal"),
        ("erorrr", "error"),
        ("ganguan", "gangguan"),
        ("jrngan", "jaringan"),
        ("tlkmsel", "telkomsel"),
        ("m4ti", "mati"),
        ("wifibiznet", "wifi biznet"),
        ("biznetmati", "biznet mati"),
        ("#indihomedown", "indihome down"),
        ("@TelkomCare", "@indihome"),
        ("@Spectranet_NG", "@spectranet"),
        ("@budi_santoso", ""),
        ("<user>", ""),
        ("50mbps", "N mbps"),
        ("10.29", "N"),
        ("mati.tolong", "mati . tolong"),
        ("ora", "tidak"),
        ("teu", "tidak"),
        ("ＢＩＺＮＥＴ", "biznet"),
        ("nih", ""),
        ("^abc", "^sig"),
    ],
)
def test_a_word_comes_to_its_canonical_form(written: str, meant: str) -> None:
    assert speller().canonical(written) == meant


@pytest.mark.parametrize("word", ["gangguin", "matiin", "lembut", "jarang", "dada", "kanal", "saat", "wkwkland"])
def test_a_real_word_is_not_taken_for_a_slip_of_another(word: str) -> None:
    assert speller().canonical(word) == word


@settings(max_examples=200)
@given(st.sampled_from(["mati", "lemot", "gangguan", "sinyal", "putus"]), st.integers(3, 30), st.integers(0, 3))
def test_stretching_any_letter_changes_nothing(word: str, times: int, at: int) -> None:
    stretched = word[:at] + word[at] * times + word[at + 1 :]
    assert speller().canonical(stretched) == word


@settings(max_examples=200)
@given(st.text(max_size=60).map(lambda text: "".join(text.split())))
def test_any_word_has_a_form_of_words_parted_by_single_spaces(word: str) -> None:
    form = speller().canonical(word)
    assert form == " ".join(form.split())


def test_alternatives_within_alternatives_are_all_written_out() -> None:
    assert sorted(written_out("(a|b (c|d)|) e")) == ["a e", "b c e", "b d e", "e"]
