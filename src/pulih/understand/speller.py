"""Bring one word, however it is written, to the form that the rules are written in.

People write "lemooot", "gk bs", "putus2", "wifiku", "#indihomedown". Public normalisers were measured to hurt ("inet"
became "ingat", "lemot" became "lemah otak"), so the way goes from the surest to the least sure: the slang map, letters
said twice, numbers with units, endings, slips in long words only, and words grown together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

from pulih.understand.lexicon import Lexicon
from pulih.understand.slips import NearWords

STOP = "."
NUMBER = "N"
SIGNATURE = "^sig"
LONGEST = 40

_INVISIBLE = re.compile("[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]")
_RUN = re.compile(r"(.)\1{2,}")
_PAIR = re.compile(r"(.)\1+")
_AMOUNT = re.compile(r"(\d+(?:[.,]\d+)*)([a-z%]{0,8})\+?")
_TWICE = re.compile(r"([a-z]{2,20})2([a-z]{0,4})")
_VOWELS = re.compile("[aeiou]")
_SHORTEST_BONES = 5
_LEET = str.maketrans("013457", "oieast")
_SHORTEST_SLIP = 7
_SHORTEST_GROWN = 8
_SHORTEST_BRAND = 5
_OWNED = "nya"


def _singled(word: str) -> str:
    return _PAIR.sub(r"\1", word)


def _themselves(words: Iterable[str]) -> dict[str, str]:
    """Return words that stand for themselves, the plainest last: it has the stretched forms that several share.

    >>> list(_themselves({"los", "loss", "net"}))
    ['loss', 'los', 'net']
    """
    return {word: word for word in sorted(words, key=lambda word: (-len(word), word))}


def _bones(word: str) -> str:
    return _VOWELS.sub("", word)


class Speller:
    """Knows the words of the rules and of the catalogue, and brings any spelling to them."""

    def __init__(
        self, lexicon: Lexicon, words: Iterable[str], *, brands: Iterable[str], handles: Mapping[str, str]
    ) -> None:
        """Take the lexicon for its spelling, the words of its rules, one-word brands, and handle -> operator id."""
        spelling = lexicon.spelling
        self._spelling, self._grammar = spelling, lexicon.grammar
        self._handles = dict(handles)
        self._brands = frozenset(brands)
        self._known = _themselves(words) | _themselves(spelling.kept) | dict(spelling.same)
        self._known |= _themselves(self._brands) | dict.fromkeys(spelling.dropped, "")
        for word in [one for one in self._known if one.endswith(_OWNED)]:
            stem = word.removesuffix(_OWNED)
            if len(stem) >= 4 and word not in spelling.kept and self._known.get(stem) == stem:
                # A rule's own "jaringannya" is to meet a text's "jaringan" and the other way round.
                self._known[word] = stem
        self._singled = {_singled(word): form for word, form in self._known.items() if len(word) > 2}
        near = {*spelling.near, *(brand for brand in self._brands if len(brand) >= _SHORTEST_SLIP)}
        self._near = NearWords(near)
        self._bones = {_bones(word): word for word in sorted(near)}
        self._ways: tuple[Callable[[str], str | None], ...] = (
            self._known.get, self._stretched, self._amount, self._twice, self._dotted, self._ended, self._denied,
            self._leet, self._slip, self._vowelless, self._grown_together,
        )  # fmt: skip

    def knows(self, form: str) -> bool:
        """Tell whether every word of a canonical form is one that rules or names use."""
        return all(word in self._known or word == NUMBER for word in form.split())

    def canonical(self, raw: str) -> str:
        """Return the canonical form of one written word: "" when it says nothing, several words parted by a space.

        A word that nothing is known about comes back in lower case; one of more than 40 letters as "~".
        """
        word = self._plain(raw)
        if not word or word[0] == "<":
            return ""
        if word[0] == "^":
            return SIGNATURE
        if word[0] == "@":
            return self._handle(word[1:])
        if word[0] == "#":
            return self._hashtag(word.strip("#"))
        if len(word) > LONGEST:
            word = _RUN.sub(r"\1", word)
            if len(word) > LONGEST:
                return "~"
        for way in self._ways:
            found = way(word)
            if found is not None:
                return found
        return word.rstrip("+") if word[0].isalnum() else ""

    def _plain(self, raw: str) -> str:
        word = raw.casefold()
        if not word.isascii():
            # Some signs come apart into a space and a mark; the space is not ours.
            word = "".join(_INVISIBLE.sub("", unicodedata.normalize("NFKD", word)).replace("’", "'").split())
        return word if word.startswith("<") else word.replace("'", "").strip("_")

    def _handle(self, handle: str) -> str:
        """Return "@" and the operator's id for an operator's account, "" for anybody else's."""
        name = handle.replace("_", "").replace(".", "")
        owner = self._handles.get(handle) or self._handles.get(name)
        if owner is None:
            stem = next((name[:-cut] for cut in range(1, len(name) - 4) if name[:-cut] in self._handles), "")
            owner = self._handles.get(stem) if name[len(stem) :] in self._grammar.account_endings else None
        return f"@{owner}" if owner else ""

    def _stretched(self, word: str) -> str | None:
        if len(word) < 2 or _PAIR.search(word) is None:
            return None
        for shorter in (_RUN.sub(r"\1", word), _RUN.sub(r"\1\1", word)):
            if shorter in self._known:
                return self._known[shorter]
        single = _singled(word)
        form = self._singled.get(single) if len(single) > 2 or _RUN.search(word) else None
        return self._ended(single) if form is None and _RUN.search(word) else form

    def _amount(self, word: str) -> str | None:
        found = _AMOUNT.fullmatch(word)
        if found is None:
            return None
        unit = found[2]
        return f"{NUMBER} {self._known.get(unit, unit)}".strip()

    def _twice(self, word: str) -> str | None:
        found = _TWICE.fullmatch(word)
        if found is None:
            return None
        said = self._known.get(found[1], found[1])
        return f"{said} {said}".strip()

    def _dotted(self, word: str) -> str | None:
        if "." not in word:
            return None
        whole = word.replace(".", "")
        if whole in self._known:
            return self._known[whole]
        parts = [self.canonical(part) for part in word.split(".") if part]
        return f" {STOP} ".join(part for part in parts if part)

    def _ended(self, word: str) -> str | None:
        for ending in self._spelling.endings:
            stem = word.removesuffix(ending)
            if stem != word and len(stem) >= 3 and (len(stem) >= 4 or len(ending) >= 2):
                form = self._known.get(stem)
                if form:
                    return form
        return None

    def _denied(self, word: str) -> str | None:
        for denial in self._grammar.denials:
            rest = word.removeprefix(denial)
            if rest != word and len(rest) >= 4 and self._known.get(rest):
                return f"tidak {self._known[rest]}"
        return None

    def _leet(self, word: str) -> str | None:
        if word.isalpha() or word.isdigit():
            return None
        return self._known.get(word.translate(_LEET))

    def _slip(self, word: str) -> str | None:
        if len(word) < _SHORTEST_SLIP - 1:
            return None
        target = next(self._near.of(word), None)
        return self._known.get(target, target) if target is not None else None

    def _vowelless(self, word: str) -> str | None:
        """Mend a long word whose vowels were left out: "jrngan", "tlkmsel"."""
        bones = _bones(word)
        if len(bones) < _SHORTEST_BONES:
            return None
        target = self._bones.get(bones)
        return self._known.get(target, target) if target is not None and target[0] == word[0] else None

    def _grown_together(self, word: str) -> str | None:
        """Part a brand from the word it has grown together with: "wifibiznet", "indihomelemot"."""
        if len(word) < _SHORTEST_GROWN:
            return None
        for at in range(3, len(word) - 2):
            for brand, other in ((word[:at], word[at:]), (word[at:], word[:at])):
                if brand in self._brands and len(brand) >= _SHORTEST_BRAND and other in self._known:
                    return " ".join(self._known[part] for part in (word[:at], word[at:]) if self._known[part])
        return None

    def _hashtag(self, tag: str) -> str:
        """Part a hashtag into known words, the longest first; one that does not come apart says nothing."""
        if tag in self._known:
            return self._known[tag]
        parts: list[str] = []
        rest = tag[:LONGEST]
        while rest:
            word = next((rest[:size] for size in range(len(rest), 1, -1) if rest[:size] in self._known), None)
            if word is None:
                return self.canonical(tag) if not parts and tag.isascii() and tag[0].isalpha() else ""
            parts.append(self._known[word])
            rest = rest[len(word) :]
        return " ".join(part for part in parts if part)
