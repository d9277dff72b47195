"""Forgetting: what a peer has taken back stays counted, and its text is shown and quoted no more.

Where a peer shows an account no more, all that its holder said is found by the pseudonym and forgotten in the same way.

What is known of it is a keyed digest of (source, id), for good, so that a later delivery does not bring the text back.
A peer tells of everything that anybody took back; only what was heard here is remembered for good, and the rest for an
hour, since a message may be overtaken by its own deletion: it then counts without its words, which nobody keeps. The
line in the journal becomes unreadable when its day expires (docs/privacy.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from pulih.listen.payload import PayloadReader
from pulih.ports.clock import Clock
from pulih.ports.intake import Ledger
from pulih.ports.listening import ListeningStore
from pulih.ports.sources import Batch
from pulih.service.listening.lines import short_id


class Forgetting:
    """Forgets texts; every method may be called from any thread.

    Args:
        reader: knows the key of an item.
        ledger: knows what was heard.
        store: remembers what is forgotten.
        forget_items: forgets the texts of keys wherever they are shown, and returns digests of them.
        forget_authors: does so with all that authors said in a source.
        clock: the desk's.
    """

    def __init__(
        self,
        reader: PayloadReader,
        ledger: Ledger,
        store: ListeningStore,
        *,
        forget_items: Callable[[Collection[int]], Mapping[int, int]],
        forget_authors: Callable[[str, Collection[str]], Mapping[int, int]],
        clock: Clock,
    ) -> None:
        self._reader, self._ledger, self._store = reader, ledger, store
        self._forget_items, self._forget_authors = forget_items, forget_authors
        self._clock = clock

    def forget(self, source: str, ids: Sequence[str], authors: Sequence[str] = ()) -> tuple[int, ...]:
        """Forget what of these ids was heard of a source, and what these authors said there.

        Returns the keys of ids that were not heard. Raises OutsideFailed.
        """
        if authors and (texts := self._forget_authors(source, authors)):
            self._store.forget(texts, self._clock.now_us())
        asked = {self._reader.key(source, short_id(one)) for one in ids}
        heard = self._ledger.known(asked)
        if heard:
            self._store.forget(self._forget_items(heard), self._clock.now_us())
        return tuple(asked - heard)


def without_words(batch: Batch, source: str, reader: PayloadReader, early: Collection[int]) -> Batch:
    """Return a batch in which what was taken back early says nothing, and nobody said it.

    Args:
        batch: what came in together.
        source: its name.
        reader: knows the key of an item.
        early: keys of what was taken back.
    """
    items = tuple(
        msgspec.structs.replace(one, text="", author="") if reader.key(source, short_id(one.id)) in early else one
        for one in batch.items
    )
    return msgspec.structs.replace(batch, items=items)
