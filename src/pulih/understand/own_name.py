"""The name of the operator asked for may be made of everyday words: "Super Net", "T-Net", "Campus WiFi", "Three UK".

Inside a name such words say nothing: "Super Net" is no talk of the net, and "Three UK" no mention of another brand.
The name is therefore made one word, which no rule knows, before any rule or other name is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pulih.understand.letters import unaccented
from pulih.understand.operators import Operator, parts_of

# What people write between the words of a name, if anything.
_BETWEEN = r"[ \t\-_.&/]{0,2}"
_BETWEEN_WORDS = re.compile(r"[#\s\-_&/]+|\.(?= )")
# Belongs to no word of a text or a rule.
_MARK = "="
# What stands for a name where only its being an operator's matters.
_NEUTRAL = "provider"


class OwnName:
    """A name that texts are read around; for no operator one that no text has."""

    def __init__(self, operator: Operator | None, *, endings: Iterable[str] = ()) -> None:
        """Take the operator, and the endings that people write onto names ("-nya")."""
        words = parts_of(operator.name) if operator is not None else ()
        self._whole = "".join(words)
        self.token = self._whole + _MARK if words else ""
        source = _source(words, endings) if words else ""
        # A name of one word is a word of the text anyhow.
        self.pattern = source if len(words) > 1 else ""
        self._anywhere = re.compile(rf"(?<![\w@#]){source}") if words else None

    def whole(self, raw: str) -> str:
        """Return a name as a text has it as one word."""
        return _BETWEEN_WORDS.sub("", raw)

    def opaque(self, form: str) -> str:
        """Return a canonical form in which the name is a word that no rule knows."""
        if not self._whole or self._whole not in form:
            return form
        return " ".join(self.token if word == self._whole else word for word in form.split())

    def opaque_phrase(self, phrase: str) -> str:
        """Return a spelling of the catalogue with the name as texts will have it."""
        return phrase if self._anywhere is None else self._anywhere.sub(self.token, phrase)

    def nameless(self, text: str) -> str:
        """Return a text with "provider" for the name, in capitals where the name has them."""
        return text if self._anywhere is None else self._anywhere.sub(_neutral, unaccented(text))


def _source(words: Sequence[str], endings: Iterable[str]) -> str:
    # The first letter stands outside of the group that ignores case, so that most of a text is passed over fast.
    first, ended = words[0][0], "|".join(sorted(map(re.escape, endings), key=len, reverse=True))
    rest = _BETWEEN.join(map(re.escape, (words[0][1:], *words[1:])))
    tail = f"{re.escape(words[-1][-1])}*(?:['’]?(?:{ended}))?(?!\\w)"
    return f"#?[{re.escape(first)}{re.escape(first.upper())}](?i:{rest}{tail})"


def _neutral(found: re.Match[str]) -> str:
    name = found[0]
    return _NEUTRAL.upper() if name.isupper() else _NEUTRAL.capitalize() if name[0].isupper() else _NEUTRAL
