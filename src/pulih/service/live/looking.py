"""Looking: what the texts behind a live finding say, from the store; only quoted ones are fetched from the journal.

Looking at an outage of a hundred thousand reports takes longer than a window of a minute may; so it is looked at again
every bin at first, and every few bins later, and the more seldom the more reports there are: as many rows are counted
a second, however large it grows and however many findings it has. What was seen last is part of the state, and so the
same after a restart.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from pulih.detect.standing import Standing
from pulih.listen.payload import report_of
from pulih.model.clock import MICROS
from pulih.model.errors import RefusedInput
from pulih.model.finding import Voice
from pulih.model.signal import Signal
from pulih.ports.files import Wanted
from pulih.ports.intake import Frame, Journal
from pulih.ports.live import Row, SignalStore
from pulih.service.closeup import PHRASES, VOICES, Closeup, leading, most_said, ranked
from pulih.service.finding_out import Asked, standing_of
from pulih.service.live.heard import Ears, Posted

# For so many seconds behind its alarm a finding is looked at in every bin, later once in so many seconds.
NEW_S, EVERY_S = 900, 300
# Findings are looked at so seldom that no more reports of all of them are counted a second than this, and so many in
# one bin, or one finding: a hundred thousand take most of a second, in which nobody is told anything.
COUNTED_A_SECOND, COUNTED_AT_ONCE = 2_500, 150_000
# Who carries a finding is judged from so many reports of late at most, whomever they are of.
JUDGED_MOST = 100_000


class Look(msgspec.Struct, frozen=True):
    """What was seen last of one finding, at which moment, and until when it was looked for then."""

    at_us: int
    end_us: int
    closeup: Closeup
    standing: Standing | None = None
    alarm_us: int = 0


class Looks:
    """Looks at findings.

    Args:
        store: the rows.
        quote: returns the text of a row as a voice, None when it has expired.
    """

    def __init__(self, store: SignalStore, quote: Callable[[Row], Voice | None]) -> None:
        self._store = store
        self._quote = quote
        self.seen: dict[str, Look] = {}
        self._now_us = 0
        self._asked: set[str] = set()
        # Whose turn it is to be looked at again in this bin, and how many reports may be counted besides.
        self._turns: set[str] = set()
        self._left = 0
        # Since when reports are judged that were said before a moment; findings that go on share theirs.
        self._since: dict[int, int] = {}

    def begin(self, now_us: int) -> None:
        """A bin that ends now is looked at; what nobody asked for in the last one is forgotten."""
        self.seen = {key: look for key, look in self.seen.items() if key in self._asked or not self._asked}
        self._now_us, self._asked, self._since = now_us, set(), {}
        self._give_turns()

    def look(self, asked: Asked) -> Closeup:
        """Return what the texts of a finding say, as they were looked at last."""
        key = _key(asked)
        self._asked.add(key)
        before = self.seen.get(key)
        if before is None or key in self._turns or self._is_just_over(before, asked.wanted.end_us):
            end_us = asked.wanted.end_us
            self.seen[key] = Look(self._now_us, end_us, self._closeup(asked), alarm_us=asked.alarm_us)
        return self.seen[key].closeup

    def stand(self, asked: Asked, usual: float) -> Standing:
        """Return how a finding stands, as it was looked at last; after `look`."""
        key = _key(asked)
        before = self.seen[key]
        if before.standing is not None:
            return before.standing
        wanted = asked.wanted
        if wanted.end_us not in self._since:
            self._since[wanted.end_us] = self._store.since(wanted.end_us, JUDGED_MOST)
        since_us = self._since[wanted.end_us]
        if since_us > wanted.start_us:
            usual *= (wanted.end_us - since_us) / (wanted.end_us - wanted.start_us)
            wanted = msgspec.structs.replace(wanted, start_us=since_us)
        standing = standing_of(
            lambda judged, from_us: self._store.told(judged, since_us=max(from_us, since_us)), wanted, usual
        )
        self.seen[key] = msgspec.structs.replace(before, standing=standing)
        return standing

    def forget_quotes(self, may_quote: Callable[[Voice], bool]) -> None:
        """Take the texts that may be quoted no more out of what was seen."""
        for key, look in list(self.seen.items()):
            kept = tuple(voice for voice in look.closeup.voices if may_quote(voice))
            if len(kept) < len(look.closeup.voices):
                closeup = msgspec.structs.replace(look.closeup, voices=kept)
                self.seen[key] = msgspec.structs.replace(look, closeup=closeup)

    def _give_turns(self) -> None:
        """Give turns to those that waited as long as they should, the longest first, while not too much is counted."""
        every_us = sum(look.closeup.total for look in self.seen.values()) // COUNTED_A_SECOND * MICROS
        self._turns, self._left = set(), COUNTED_AT_ONCE
        for key, look in sorted(self.seen.items(), key=lambda item: (item[1].at_us, item[0])):
            is_new = self._now_us - look.alarm_us <= NEW_S * MICROS
            waited = self._now_us - look.at_us >= max(every_us, 0 if is_new else EVERY_S * MICROS)
            if waited and (not self._turns or look.closeup.total <= self._left):
                self._turns.add(key)
                self._left -= look.closeup.total

    def _is_just_over(self, before: Look, end_us: int) -> bool:
        """Return whether a finding ended since it was looked at, and may be counted once more."""
        over = end_us < self._now_us and end_us != before.end_us and before.closeup.total <= self._left
        self._left -= before.closeup.total if over else 0
        return over

    def _closeup(self, asked: Asked) -> Closeup:
        told = self._store.count(asked.wanted)
        return Closeup(
            symptom=leading(told.symptoms, told.total),
            service=leading(told.services, told.total),
            total=told.total,
            last_us=told.last_us,
            symptoms=told.symptoms,
            regions=told.regions,
            phrases=most_said(told.phrases),
            rules=tuple(ranked(told.rules)[:PHRASES]),
            voices=self._voices(asked),
        )

    def _voices(self, asked: Asked) -> tuple[Voice, ...]:
        """Return the texts that count most, oldest first; half from before the alarm where there are so many."""
        early = _until(asked.wanted, asked.alarm_us)
        rows = {(row.frame, row.position): row for row in self._store.loudest(early, VOICES // 2)}
        for row in self._store.loudest(asked.wanted, VOICES):
            if len(rows) < VOICES:
                rows.setdefault((row.frame, row.position), row)
        quoted = [
            self._quote(row) for row in sorted(rows.values(), key=lambda row: (row.at_us, row.frame, row.position))
        ]
        return tuple(voice for voice in quoted if voice is not None)


def quoting(journal: Journal, ears: Ears, *, forgotten: bool = False) -> Callable[[Row], Voice | None]:
    """Return what fetches the masked text of a row out of the journal; neighbours of one frame are fetched once.

    Args:
        journal: with the row's frame.
        ears: read what it says.
        forgotten: whether to fetch what is forgotten too, so that it is found wherever it was quoted.
    """
    kept: list[Frame] = []

    def quote(row: Row) -> Voice | None:
        if not kept or kept[0].number != row.frame:
            frame = journal.frame(row.frame)
            if frame is None:
                return None
            kept[:] = [frame]
        if row.key is not None and row.key in ears.forgotten and not forgotten:
            return None
        signal = _signal(kept[0], row.position, ears)
        # Who only chose from a list has no words to show.
        return (
            None
            if signal is None or not signal.text
            else Voice(row.at_us, signal.text, round(row.evidence or row.weight, 3))
        )

    return quote


def _signal(frame: Frame, position: int, ears: Ears) -> Signal | None:
    try:
        report = report_of(frame.reports[position])
    except (RefusedInput, IndexError):
        return None
    return ears.signal(Posted(frame.number, position, frame.received_us, report))


def _key(asked: Asked) -> str:
    return f"{','.join(sorted(asked.wanted.operators or ()))}|{asked.region}|{asked.alarm_us}"


def _until(wanted: Wanted, end_us: int) -> Wanted:
    return msgspec.structs.replace(wanted, end_us=min(end_us, wanted.end_us))
