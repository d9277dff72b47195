"""The packaged lexicon is sound data: it loads fast, every phrase says what it seems to say, and slips are refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest

from pulih.adapters.catalogue import load_catalogue
from pulih.adapters.lexicon import load_lexicon
from pulih.model.errors import RefusedInput
from pulih.understand.matcher import rule_words
from pulih.understand.naming import brand_words, single_brands
from pulih.understand.normal import canonical_phrase
from pulih.understand.phrases import written_out
from pulih.understand.speller import Speller

FACTS = """
operator handle all_cleared all_likened context trouble joined_trouble loss_trouble denied care_trouble past_trouble
recovered wished_back net_subject question short laden place own asked_fine fine_but headline spared
"""


def test_no_phrase_shrinks_to_one_everyday_word_by_losing_its_particles() -> None:
    """ "dulu deh" without its particle would be every "dulu"."""
    lexicon, catalogue = load_lexicon(), load_catalogue()
    words = rule_words(lexicon) | brand_words(catalogue)
    speller = Speller(lexicon, words, brands=single_brands(catalogue), handles={})
    memo: dict[str, list[str]] = {}
    shrunk = []
    for rule in lexicon.rules:
        written = [one for phrase in rule.phrases for one in written_out(phrase)]
        alone = [canonical_phrase(one, speller, lexicon.grammar, memo=memo) for one in written if len(one.split()) == 1]
        for one in written:
            said = canonical_phrase(one, speller, lexicon.grammar, memo=memo)
            if len(said) < min(2, len(one.split())) and said not in alone:
                shrunk.append((rule.id, one, said))
    assert shrunk == []


def test_every_phrase_stands_for_something_that_a_text_can_say() -> None:
    assert all(written for rule in load_lexicon().rules for phrase in rule.phrases for written in written_out(phrase))


def test_no_phrase_names_two_troubles() -> None:
    """One of them would only repeat the other; general and special words of one trouble have their own phrases."""
    lexicon = load_lexicon()
    troubles = {sign.name for sign in lexicon.signs if sign.role == "trouble"}
    owners: dict[str, set[str]] = {}
    for rule in lexicon.rules:
        if rule.sign in troubles:
            for phrase in rule.phrases:
                for written in written_out(phrase):
                    owners.setdefault(written, set()).add(rule.sign)
    assert {phrase: signs for phrase, signs in owners.items() if len(signs) > 1} == {}


def test_combinations_name_signs_or_facts_that_exist() -> None:
    lexicon = load_lexicon()
    facts = set(FACTS.split())
    known = facts | {sign.name for sign in lexicon.signs}
    unknown = {one.id: {*one.all, *one.none} - known for one in lexicon.combinations if {*one.all, *one.none} - known}
    assert unknown == {}


def test_every_sign_is_said_by_a_rule() -> None:
    lexicon = load_lexicon()
    said = {name for rule in lexicon.rules for name in (rule.sign, *rule.also)}
    assert {sign.name for sign in lexicon.signs} - said == set()


def test_joins_of_troubles_name_subjects_and_symptoms_that_exist() -> None:
    lexicon = load_lexicon()
    subjects = {sign.name for sign in lexicon.signs if sign.role == "subject"}
    kinds = {"brand", "brand_mobile", "brand_fixed", "brand_both", "brand_unknown"}
    for sign in lexicon.signs:
        assert set(sign.joins) <= subjects | kinds, sign.name


def _spoil(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (
            "trouble.toml",
            lambda text: text + '[[rule]]\nid = "x.y.1"\nsign = "unheard"\nphrases = ["a"]\n',
            "'unheard'",
        ),
        (
            "trouble.toml",
            lambda text: text + '[[rule]]\nid = "sym.dead.001"\nsign = "dead"\nphrases = ["a"]\n',
            "given twice",
        ),
        ("cues.toml", lambda text: text + "[[rule]]\n", "id"),
        ("signs.toml", lambda text: text + "\n[colour]\nred = {}\n", "'colour'"),
        ("spelling.toml", lambda text: text + '\nbisa2 = "gk"\n', "'gk'"),
        ("grammar.toml", lambda text: text + '\nmore = "a"\n', "'more'"),
        ("topics.toml", lambda text: text + "[[", "no TOML"),
    ],
)
def test_a_slip_in_the_data_is_refused_with_its_place(
    tmp_path: Path, name: str, change: Callable[[str], str], said: str
) -> None:
    with resources.as_file(resources.files("pulih") / "data" / "lexicon") as packaged:
        shutil.copytree(packaged, tmp_path / "lexicon")
    _spoil(tmp_path / "lexicon" / name, change)
    with pytest.raises(RefusedInput) as refused:
        load_lexicon(tmp_path / "lexicon")
    assert said in str(refused.value)
    assert name in str(refused.value)


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(RefusedInput, match=r"signs\.toml"):
        load_lexicon(tmp_path)
