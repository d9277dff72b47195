"""Forgotten: which texts are shown no more, since who said them has taken them back; what they count stays.

An item is known by a keyed digest of (source, id), a quoted text by one of its words; so nothing here says what either
was. Only sources that the desk listens to by itself take things back, and only of theirs is the digest worked out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from pulih.listen.payload import Report
from pulih.model.finding import Voice
from pulih.ports.live import Row

# Returns a keyed digest of a source and an id of it.
Digest = Callable[[str, str], int]


class Forgotten:
    """Knows what is forgotten; changed and asked under the lock of the live desk.

    Args:
        digest: that of the reader that accepts.
        sources: those that may take something back.
        texts: keys of items, with the digest of the text where one was quoted, else 0.
    """

    def __init__(
        self, digest: Digest = lambda _, __: 0, sources: Collection[str] = (), texts: Mapping[int, int] | None = None
    ) -> None:
        self._digest = digest
        self._sources = frozenset(sources)
        self._texts = dict(texts or {})
        self._quotes = set(self._texts.values())

    def __contains__(self, key: int) -> bool:
        """Whether the text of an item is forgotten."""
        return key in self._texts

    def key(self, report: Report) -> int:
        """Return the key of a report, 0 where it cannot be taken back."""
        return self._digest(report.source, report.id) if report.source in self._sources else 0

    def quote(self, voice: Voice) -> int:
        """Return the digest of a quoted text."""
        return self._digest("quote", f"{voice.at_us} {voice.text}")

    def add(self, texts: Mapping[int, int]) -> None:
        """Forget texts: keys of items, with the digest of what was quoted of each or 0."""
        self._texts.update(texts)
        self._quotes.update(texts.values())

    def may_quote(self, voice: Voice) -> bool:
        """Whether a text may be quoted still."""
        return not self._texts or self.quote(voice) not in self._quotes

    def blanked(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Return rows as they may be kept: without the phrases of what is forgotten."""
        if not self._texts:
            return rows
        return [msgspec.structs.replace(row, said="") if row.key in self._texts else row for row in rows]
