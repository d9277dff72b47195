"""Promises: what became of each "next word by", from what was said and when; the numbers that a history shows.

A promise is kept by the next word in public, whatever it says (docs/incidents.md, Clocks), and broken when its time
passed without one. A word that was taken back was said all the same: it made its promise and kept the one before.
Nothing here can be set by hand, so a broken promise stays broken on every page, in every feed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from pulih.model.bulletin import Promise, PromiseState, Word


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """How promises were kept: so many of each, and by how much the late ones were late in the middle.

    Attributes:
        kept, broken, open, ended: see `PromiseState`; `ended` ones count neither for nor against the desk.
        overdue: of the broken, how many still wait for their word.
        late_us: median delay of those that came late, None when none did.
    """

    kept: int = 0
    broken: int = 0
    open: int = 0
    ended: int = 0
    overdue: int = 0
    late_us: int | None = None

    @property
    def due(self) -> int:
        """How many fell due: kept and broken.

        >>> Record(kept=3, broken=1, open=1).due
        4
        """
        return self.kept + self.broken


def promises(words: Sequence[Word], *, ended_us: int | None, now_us: int) -> tuple[Promise, ...]:
    """Return each promise of an incident and what became of it, in the order of their words.

    Args:
        words: all that was published of one incident, withdrawn words too; in any order.
        ended_us: when the incident was over, None while it goes on.
        now_us: the moment at which it is asked.

    >>> first = Word(id="n1", number=3, kind="holding", stage="investigating", published_us=0, text_id="", text_en="",
    ...     next_update_by_us=10)
    >>> [promises([first], ended_us=None, now_us=now)[0].state for now in (10, 11)]
    ['open', 'broken']
    """
    said = sorted(words, key=lambda word: (word.published_us, word.number))
    after: list[int | None] = [*(word.published_us for word in said[1:]), None]
    return tuple(
        Promise(
            word=word.id,
            promised_us=word.published_us,
            due_us=word.next_update_by_us,
            state=_state(word.next_update_by_us, next_us, ended_us=ended_us, now_us=now_us),
            kept_us=next_us,
        )
        for word, next_us in zip(said, after, strict=False)
        if word.next_update_by_us is not None
    )


def _state(due_us: int, next_us: int | None, *, ended_us: int | None, now_us: int) -> PromiseState:
    if next_us is not None and next_us <= due_us:
        return "kept"
    if ended_us is not None and ended_us <= due_us:
        return "ended"
    return "broken" if next_us is not None or now_us > due_us else "open"


def running(made: Iterable[Promise]) -> Promise | None:
    """Return the promise whose word still waits, open or overdue; None when nobody waits for one.

    >>> running([Promise(word="n1", promised_us=0, due_us=10, state="broken")]).word
    'n1'
    """
    return next((one for one in made if one.kept_us is None and one.state in {"open", "broken"}), None)


def record(made: Iterable[Promise]) -> Record:
    """Return how promises were kept, of one incident or of many.

    >>> record([Promise(word="n1", promised_us=0, due_us=10, state="broken", kept_us=14)]).late_us
    4
    """
    rows = tuple(made)
    counts = Counter(one.state for one in rows)
    broken = [one for one in rows if one.state == "broken"]
    late = sorted(one.kept_us - one.due_us for one in broken if one.kept_us is not None)
    return Record(
        kept=counts["kept"],
        broken=counts["broken"],
        open=counts["open"],
        ended=counts["ended"],
        overdue=len(broken) - len(late),
        late_us=late[(len(late) - 1) // 2] if late else None,
    )
