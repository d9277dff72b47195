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
from pulih.model.incident import Incident


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


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One word as far as promises go: its id, when it was said, until when it promised the next; None promises none."""

    id: str
    at_us: int
    by_us: int | None


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
    ordered = sorted(words, key=lambda word: (word.published_us, word.number))
    said = [Said(id=word.id, at_us=word.published_us, by_us=word.next_update_by_us) for word in ordered]
    return _became(said, ended_us=ended_us, now_us=now_us)


def promises_of(incident: Incident, *, now_us: int) -> tuple[Promise, ...]:
    """Return each promise of an incident as the desk has it, by the same rule.

    >>> promises_of(Incident(id="i", version=1, opened_us=0, onset_us=0, operator="", scopes=()), now_us=0)
    ()
    """
    said = [
        Said(id=one.id, at_us=one.published_us, by_us=one.next_update_by_us)
        for one in incident.notices
        if one.published_us is not None
    ]
    # Two words of one moment stay in the order in which they were drafted.
    return _became(sorted(said, key=lambda one: one.at_us), ended_us=incident.ended_us, now_us=now_us)


def _became(said: Sequence[Said], *, ended_us: int | None, now_us: int) -> tuple[Promise, ...]:
    after: list[int | None] = [*(one.at_us for one in said[1:]), None]
    return tuple(
        Promise(
            word=one.id,
            promised_us=one.at_us,
            due_us=one.by_us,
            state=_state(one.by_us, next_us, ended_us=ended_us, now_us=now_us),
            kept_us=next_us,
        )
        for one, next_us in zip(said, after, strict=False)
        if one.by_us is not None
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
