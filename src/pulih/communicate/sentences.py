"""Sentences of one language, by key: pages of the desk and of the public site fill them in alike."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from pulih.model.subscription import Language


class Sentences(msgspec.Struct, frozen=True):
    """The sentences of one language, by key."""

    language: Language
    sentences: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence of `key` with `values` filled in; one that ends in ".one" is used where `n` is 1.

        Raises: KeyError when there is no such sentence, or a value that it needs is missing.

        >>> Sentences("id", {"n": "{n} laporan"})("n", n=1200)
        '1.200 laporan'
        >>> Sentences("en", {"n": "{n} reports", "n.one": "one report"})("n", n=1)
        'one report'
        """
        if values.get("n") == 1 and (one := f"{key}.one") in self.sentences:
            key = one
        sentence = self.sentences[key]
        return sentence.format(**{name: self.written(value) for name, value in values.items()})

    def has(self, key: str) -> bool:
        """Tell whether there is a sentence of that key."""
        return key in self.sentences

    def written(self, value: object) -> object:
        """Write a number as the language does, anything else as it is.

        >>> Sentences("en", {}).written(1200), Sentences("id", {}).written(0.5)
        ('1,200', '0,5')
        """
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value
        text = f"{value:,}"
        return text if self.language == "en" else text.translate(str.maketrans(",.", ".,"))
