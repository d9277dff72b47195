"""Write texts again as another hand might have: misspelt, in other spellings of a word, without stops, in capitals.

Whoever learns from them beside the texts themselves hangs less on the letters of one writer. What is done to a text
hangs on its number alone, and of `random` only what is promised to stay the same in every version is used.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

from pulih.understand.lexicon import Spelling

# Of a hundred words that have other spellings so many are written in one of them, and of longer ones so many misspelt.
OTHERWISE, MISSPELT = 0.30, 0.25
# A text loses its case, or is shouted, or loses its stops so often.
LOWER, SHOUTED, STOPLESS = 0.15, 0.05, 0.30
# What programs that mend slang make of a word; some collections of posts were mended so before anybody read them.
MENDED = {"lemot": "lemah otak", "4g": "4 tidak"}
_LETTERS_LEAST = 4
_VOWEL = re.compile("[aeiou]")
_STOPS = re.compile("[,.!?]")


def spellings(spelling: Spelling) -> dict[str, list[str]]:
    """Return for each spelling that the lexicon knows all those of the same word."""
    of: dict[str, list[str]] = {}
    for written, word in spelling.same.items():
        of.setdefault(word, []).append(written)
    same = {written: others for others in of.values() for written in others}
    return same | {word: [*same.get(word, [word]), mended] for word, mended in MENDED.items()}


def rewritten(text: str, others: Mapping[str, Sequence[str]], *, number: int) -> str:
    """Return a text as another hand might have written it.

    Args:
        text: as its writer wrote it.
        others: what `spellings` gives.
        number: what decides; the same number always gives the same.

    >>> rewritten("sinyal gak ada dari tadi malam", {"gak": ["gak", "ga", "nggak"]}, number=7)
    'sinyal ga ada dari tadi mlaam'
    """
    chance = random.Random(number)
    words = [_word(word, others, chance) for word in text.split(" ")]
    text, case = " ".join(words), chance.random()
    if case < LOWER:
        text = text.lower()
    elif case < LOWER + SHOUTED:
        text = text.upper()
    return _STOPS.sub("", text) if chance.random() < STOPLESS else text


def _word(word: str, others: Mapping[str, Sequence[str]], chance: random.Random) -> str:
    drawn, same = chance.random(), others.get(word.lower())
    if same is not None and drawn < OTHERWISE:
        return same[_below(len(same), chance)]
    return _slipped(word, chance) if len(word) >= _LETTERS_LEAST and word.isalpha() and drawn < MISSPELT else word


def _slipped(word: str, chance: random.Random) -> str:
    """Return a word without a vowel or two, with a letter twice, two exchanged, one missing, or its end drawn out."""
    way, at = _below(5, chance), 1 + _below(len(word) - 2, chance)
    return (
        word[0] + _VOWEL.sub("", word[1:], count=1 + at % 2),
        word[:at] + word[at] + word[at:],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word + word[-1] * (1 + at % 2),
    )[way]


def _below(count: int, chance: random.Random) -> int:
    return int(chance.random() * count)
