"""What the training reads in other hands is the same in every training, and no other text."""

from __future__ import annotations

import sys

from checkout import ROOT

from pulih.adapters.lexicon import load_lexicon

TEXTS = ("sinyal gak ada dari tadi malam, kapan bener?", "a", "", "  dua  spasi ", "IndiHome mati", "😭 <user> 100rb")


def test_a_text_in_another_hand_has_its_words_in_their_order_and_is_the_same_each_time() -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    from noise import rewritten, spellings

    others = spellings(load_lexicon().spelling)
    for text in TEXTS:
        for number in range(40):
            again = rewritten(text, others, number=number)
            assert again == rewritten(text, others, number=number)
            assert again.count(" ") == text.count(" ")
            kept = zip(text.split(" "), again.split(" "), strict=True)
            assert all(word[:1].lower() == new[:1].lower() for word, new in kept if word.lower() not in others)


def test_a_word_with_other_spellings_is_written_in_those_of_the_same_word_alone() -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    from noise import rewritten, spellings

    same = load_lexicon().spelling.same
    others = spellings(load_lexicon().spelling)
    seen = {rewritten("gak", others, number=number).lower() for number in range(200)}
    assert len(seen) > 10
    assert {same[word] for word in seen} == {same["gak"]}
