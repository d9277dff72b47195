"""Write out the alternatives of a phrase: `(mati|down) (total|)` stands for four phrases."""

from __future__ import annotations

import re
from collections.abc import Callable

from pulih.model.errors import RefusedInput

_PIECE = re.compile(r"[()|]|[^()|]+")
_WORD = re.compile(r"[()|]|[^\s()|]+")
_SIGNS = frozenset("()|")
# Words that bring their space along: "(bisa |mau |)masuk" is "(bisa|mau|) masuk".
_SPACED = re.compile(r"\(((?:[^()|]+ \|)*(?:[^()|]+ )?)\)")
# A bracket within a word: "internet(nya|)".
_IN_A_WORD = re.compile(r"[^\s(|]\(|\)[^\s)|]")

MOST_ALTERNATIVES = 4096


def written_out(phrase: str) -> list[str]:
    """Return every phrase that a bracketed phrase stands for, white space tidied.

    Args:
        phrase: words with alternatives in round brackets, nested if wanted; an empty alternative means "or nothing".

    Raises:
        RefusedInput: brackets that do not pair, or more than 4,096 alternatives.

    >>> written_out("(mati|down) (total|)")
    ['mati total', 'mati', 'down total', 'down']
    >>> written_out("sinyal")
    ['sinyal']
    """
    return list(dict.fromkeys(" ".join(one.split()) for one in _alternatives(_PIECE.findall(phrase), phrase)))


def lettered(phrase: str, letters: Callable[[str], str]) -> list[str]:
    """Return every phrase that a bracketed phrase stands for, in letters; it may be there twice.

    Each word is put into letters once and not again in each alternative, and thus tens of thousands of phrases are
    written out in a tenth of a second.

    Args:
        phrase: as for `written_out`, which says what is refused.
        letters: the letters of a word, none of them a bracket or a bar.

    >>> lettered("(mati|down) (total |)lagi", str.upper)
    ['MATITOTALLAGI', 'MATILAGI', 'DOWNTOTALLAGI', 'DOWNLAGI']
    """
    if "(" not in phrase and ")" not in phrase and "|" not in phrase:
        return ["".join(map(letters, phrase.split()))]
    spaced = _SPACED.sub(_space_behind, phrase) if " |" in phrase or " )" in phrase else phrase
    if _IN_A_WORD.search(spaced):
        return ["".join(map(letters, one.split())) for one in written_out(phrase)]
    return _alternatives([one if one in _SIGNS else letters(one) for one in _WORD.findall(spaced)], phrase)


def _space_behind(found: re.Match[str]) -> str:
    return f"({found[1].replace(' |', '|')}) "


def _alternatives(pieces: list[str], phrase: str) -> list[str]:
    """Return what the pieces of a phrase stand for: signs of brackets and bars, and what stands between them."""
    said, others = [""], list[str]()
    outer: list[tuple[list[str], list[str]]] = []
    for piece in pieces:
        if piece == "(":
            outer.append((said, others))
            said, others = [""], []
        elif piece in _SIGNS and not outer:
            raise _unpaired(phrase)
        elif piece == "|":
            others += said
            said = [""]
        elif piece == ")":
            others += said
            before, further = outer.pop()
            if len(before) * len(others) > MOST_ALTERNATIVES:
                raise RefusedInput(
                    f"phrase {phrase!r} has more than {MOST_ALTERNATIVES} alternatives; split it into several"
                )
            said, others = [head + choice for head in before for choice in others], further
        else:
            said = [head + piece for head in said]
    if outer:
        raise _unpaired(phrase)
    return said


def _unpaired(phrase: str) -> RefusedInput:
    return RefusedInput(f"phrase {phrase!r} has a bracket or a bar without its partner")
