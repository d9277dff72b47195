"""Put the phrases of a lexicon into letters, one for each word, as a speller spells them.

The packaged rules stand for a hundred thousand phrases of nine thousand words: each word is spelt once, and the
alternatives of a phrase are written out in letters.
"""

from __future__ import annotations

from collections.abc import Iterable

from pulih.understand.lexicon import Grammar
from pulih.understand.normal import canonical_phrase, canonical_word
from pulih.understand.phrases import lettered, written_out
from pulih.understand.speller import Speller
from pulih.understand.word_codes import UNKNOWN, WordCodes


class Lettering:
    """Spells and letters phrases, and remembers the words that it has met.

    Attributes:
        codes: the letters of words.
        forms: the canonical words of each word met.
    """

    def __init__(self, speller: Speller, grammar: Grammar) -> None:
        """Take what knows spellings, and the grammar that says when `ini` stays."""
        self.codes = WordCodes()
        self.forms: dict[str, list[str]] = {}
        self._speller, self._grammar = speller, grammar
        self._letters: dict[str, str] = {}
        self._idle = frozenset(self.codes.phrase(sorted(grammar.demonstratives)))
        self._times = frozenset(self.codes.phrase(sorted(grammar.times)))

    def meet(self, words: Iterable[str]) -> None:
        """Give words their letters; the first get the shortest, and with frequent words first less is to be built."""
        for word in words:
            self._word(word)

    def lines(self, phrases: Iterable[str]) -> list[str]:
        """Return the letters of all phrases that bracketed phrases stand for; those of several may be equal.

        Raises: RefusedInput when a phrase has brackets that do not pair, or too many alternatives.
        """
        lines = [line for phrase in phrases for line in lettered(phrase, self._word)]
        if not self._idle.isdisjoint("".join(lines)):
            lines = [self._spoken(line) for line in lines]
        return [line for line in lines if line]

    def words(self, phrases: Iterable[str]) -> list[list[str]]:
        """Return the canonical words of all phrases that bracketed phrases stand for."""
        return [
            canonical_phrase(one, self._speller, self._grammar, memo=self.forms)
            for phrase in phrases
            for one in written_out(phrase)
        ]

    def _spoken(self, line: str) -> str:
        """Return a line without the `ini` and `itu` that `canonical_phrase` leaves out."""
        after = zip((UNKNOWN, *line), line, strict=False)
        return "".join([letter for before, letter in after if letter not in self._idle or before in self._times])

    def _word(self, raw: str) -> str:
        known = self._letters.get(raw)
        if known is None:
            form = self.forms[raw] = canonical_word(raw, self._speller)
            known = self._letters[raw] = self.codes.phrase(form)
        return known
