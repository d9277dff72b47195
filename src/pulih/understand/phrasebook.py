"""Phrasebook: the phrases of a lexicon ready to be looked for, made once for all readers that spell its words alike.

The packaged rules write out to a hundred thousand phrases, for which a machine needs a third of a second. Readers of
several operators hardly ever spell a word of a rule differently, and what they look for in texts is then the same.
"""

from __future__ import annotations

from collections import Counter

import msgspec

from pulih.understand.lettering import Lettering
from pulih.understand.lexicon import GROUP_LAYER, MAIN_LAYER, TIME_LAYER, Lexicon
from pulih.understand.matcher import Matcher, words_written
from pulih.understand.normal import canonical_word
from pulih.understand.speller import Speller
from pulih.understand.word_codes import WordCodes

# An operator whose name spells a word of a rule anew needs phrases of its own; those made last are kept.
KEPT_MOST = 2


class Layers(msgspec.Struct, frozen=True):
    """The phrases of a lexicon as one speller spells them, layer by layer; nothing in them changes.

    Attributes:
        main, time, group: what is looked up one by one.
        codes: the letters of their words.
        digits: numbers that are words of their own.
        forms: the canonical words of each word that rules use.
    """

    main: Matcher
    time: Matcher
    group: Matcher
    codes: WordCodes
    digits: frozenset[str]
    forms: dict[str, list[str]]


class Phrasebook:
    """Makes the layers of one lexicon, and gives readers that spell alike the same ones."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Take the lexicon; nothing is made before it is asked for."""
        self.lexicon = lexicon
        self._kept: tuple[Layers, ...] = ()

    def layers(self, speller: Speller, digits: frozenset[str]) -> Layers:
        """Return the layers as `speller` spells them; see `Matcher` for the digits."""
        for one in self._kept:
            if one.digits == digits and all(canonical_word(raw, speller) == form for raw, form in one.forms.items()):
                return one
        made = self._made(speller, digits)
        self._kept = (made, *self._kept[: KEPT_MOST - 1])
        return made

    def _made(self, speller: Speller, digits: frozenset[str]) -> Layers:
        lettering = Lettering(speller, self.lexicon.grammar)
        lettering.meet(word for word, _ in Counter(words_written(self.lexicon)).most_common())
        main, time, group = (
            Matcher(self.lexicon, lettering, roles=roles, digits=digits)
            for roles in (MAIN_LAYER, TIME_LAYER, GROUP_LAYER)
        )
        return Layers(main, time, group, lettering.codes, digits, lettering.forms)
