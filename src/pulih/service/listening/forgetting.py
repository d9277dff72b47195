"""Forgetting: what a peer has taken back stays counted, and its text is shown and quoted no more.

What is known of it is a keyed digest of (source, id), for good, so that a later delivery does not bring the text back.
A peer tells of everything that anybody took back; only what was heard here is remembered. The line in the journal
becomes unreadable when its day expires (docs/privacy.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from pulih.listen.payload import PayloadReader
from pulih.ports.clock import Clock
from pulih.ports.intake import Ledger
from pulih.ports.listening import ListeningStore
from pulih.service.listening.lines import short_id


class Forgetting:
    """Forgets texts; every method may be called from any thread.

    Args:
        reader: knows the key of an item.
        ledger: knows what was heard.
        store: remembers what is forgotten.
        forget_items: forgets the texts of keys wherever they are shown, and returns digests of them.
        clock: the desk's.
    """

    def __init__(
        self,
        reader: PayloadReader,
        ledger: Ledger,
        store: ListeningStore,
        *,
        forget_items: Callable[[Collection[int]], Mapping[int, int]],
        clock: Clock,
    ) -> None:
        self._reader, self._ledger, self._store = reader, ledger, store
        self._forget_items = forget_items
        self._clock = clock

    def forget(self, source: str, ids: Sequence[str]) -> int:
        """Forget what of these ids was heard of a source; return how many that were. Raises OutsideFailed."""
        heard = self._ledger.known({self._reader.key(source, short_id(one)) for one in ids})
        if heard:
            self._store.forget(self._forget_items(heard), self._clock.now_us())
        return len(heard)
