"""Words: which posts of a public stream the desk wants, and which of its filters let each through.

A platform carries thousands of posts a second and few are of an operator. So the stream is sieved here, before
anything is kept: what nobody asked for is not stored (data minimisation), and only a filter that let something through
shows life.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ahocorasick_rs import AhoCorasick

from pulih.model.errors import RefusedInput

# Lets everything through: for a forum of one operator, or a hashtag that says it all.
EVERYTHING: Final = "*"
WORDS_MAX: Final = 400
_WORD_CHARS_MAX: Final = 100
# "indihomenya" is of IndiHome, but "trik" is not of Tri: names so short must stand alone.
_SHORT_CHARS: Final = 4


class Words:
    """Looks for words and phrases in texts, in any case, from the beginning of a word on.

    Args:
        source: its name, for refusals.
        wanted: names and phrases.

    Raises: RefusedInput when there are none, or too many, or one is empty or long.

    >>> words = Words("bluesky", ("Tri", "IndiHome"))
    >>> words.found("indihomenya mati"), words.found("trik baru"), words.found("Biznet, #tri mati")
    (('IndiHome',), (), ('Tri',))
    """

    def __init__(self, source: str, wanted: Sequence[str]) -> None:
        self.wanted = tuple(dict.fromkeys(wanted))
        if not self.wanted or len(self.wanted) > WORDS_MAX:
            raise RefusedInput(
                f"{source}: filters: there are {len(self.wanted)}; right would be 1 to {WORDS_MAX} names or phrases to "
                f'listen for, such as ["IndiHome", "Biznet"], or ["{EVERYTHING}"] for all that is said there.'
            )
        for one in self.wanted:
            if not one.strip() or len(one) > _WORD_CHARS_MAX:
                raise RefusedInput(f'{source}: filters: "{one[:40]}" is empty or has over {_WORD_CHARS_MAX} letters.')
        self._folded = [" ".join(one.casefold().split()) for one in self.wanted]
        self._all = EVERYTHING in self.wanted
        self._finder = AhoCorasick(self._folded)

    def found(self, text: str) -> tuple[str, ...]:
        """Return the words that stand in a text, in their order; all that is said is found by "*"."""
        folded = " ".join(text.casefold().split())
        seen = {
            which
            for which, start, end in self._finder.find_matches_as_indexes(folded, overlapping=True)
            if self._stands(folded, start, end)
        }
        if self._all:
            seen.add(self.wanted.index(EVERYTHING))
        return tuple(self.wanted[which] for which in sorted(seen))

    @staticmethod
    def _stands(text: str, start: int, end: int) -> bool:
        if start and text[start - 1].isalnum():
            return False
        return end - start > _SHORT_CHARS or end == len(text) or not text[end].isalnum()
