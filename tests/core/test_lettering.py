"""Phrases written out in letters are those written out in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from readers import reader

from pulih.adapters.lexicon import load_lexicon
from pulih.model.errors import RefusedInput
from pulih.understand.lettering import Lettering
from pulih.understand.matcher import rule_words
from pulih.understand.naming import brand_words, single_brands
from pulih.understand.phrases import lettered, written_out
from pulih.understand.speller import Speller

_WORDS = st.sampled_from(["mati", "total", "lagi", "ini", "nya", " ", " bisa ", "mau "])
_PHRASES = st.recursive(
    _WORDS,
    lambda inner: st.lists(st.lists(inner, max_size=3).map("".join), min_size=1, max_size=3).map(
        lambda choices: f"({'|'.join(choices)})"
    ),
    max_leaves=8,
)


def _capitals(word: str) -> str:
    return f"{word.upper()}-"


@given(st.lists(_PHRASES, max_size=5).map("".join))
def test_a_bracketed_phrase_stands_for_the_same_in_letters_and_in_words(phrase: str) -> None:
    in_words = {"".join(map(_capitals, one.split())) for one in written_out(phrase)}
    assert set(lettered(phrase, _capitals)) == in_words


def test_the_packaged_rules_are_looked_for_as_they_are_written() -> None:
    lexicon = load_lexicon()
    catalogue = reader().catalogue
    words = rule_words(lexicon) | brand_words(catalogue)
    lettering = Lettering(Speller(lexicon, words, brands=single_brands(catalogue), handles={}), lexicon.grammar)
    for rule in lexicon.rules[::12]:
        said = {lettering.codes.phrase(line) for line in lettering.words(rule.phrases) if line}
        assert set(lettering.lines(rule.phrases)) == said, rule.id


@pytest.mark.parametrize("phrase", ["mati)", "(mati", "mati|down", "((mati|down) total"])
def test_brackets_and_bars_without_a_partner_are_refused_in_letters_too(phrase: str) -> None:
    for read in (written_out, lambda one: lettered(one, _capitals)):
        with pytest.raises(RefusedInput, match="without its partner") as refusal:
            read(phrase)
        assert repr(phrase) in str(refusal.value)


def test_a_phrase_that_stands_for_too_many_is_refused() -> None:
    with pytest.raises(RefusedInput, match="more than 4096 alternatives"):
        written_out("(a|b|c|d|e|f|g|h)" * 5)
