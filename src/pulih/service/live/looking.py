"""Looking: what the texts behind a live finding say, from the store; only quoted ones are fetched from the journal.

Looking at an outage of a hundred thousand reports takes longer than a window of a minute may; so it is looked at again
every bin at first, and every few bins later, and the more seldom the more reports there are: as many rows are counted
a second, however large it grows and however many findings it has. What was seen last is part of the state, and so the same after a restart.
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
# Findings are looked at so seldom that no more reports of all of them are counted a second than this.
COUNTED_A_SECOND = 10_000
# Who carries a finding is judged from so many reports of late at most, whomever they are of.
JUDGED_MOST = 100_000


class Look(msgspec.Struct, frozen=True):
    """What was seen last of one finding, at which moment, and until when it was looked for then."""

    at_us: int
    end_us: int
    closeup: Closeup
    standing: Standing | None = None


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
        # Reports of all findings together, as they were seen last.
        self._reports = 0

    def begin(self, now_us: int) -> None:
        """A bin that ends now is looked at; what nobody asked for in the last one is forgotten."""
        self.seen = {key: look for key, look in self.seen.items() if key in self._asked or not self._asked}
        self._now_us, self._asked = now_us, set()
        self._reports = sum(look.closeup.total for look in self.seen.values())

    def look(self, asked: Asked) -> Closeup:
        """Return what the texts of a finding say, as they were looked at last."""
        key = _key(asked)
        self._asked.add(key)
        before = self.seen.get(key)
        if before is None or self._due(before, asked):
            self.seen[key] = Look(self._now_us, asked.wanted.end_us, self._closeup(asked))
        return self.seen[key].closeup

    def stand(self, asked: Asked, usual: float) -> Standing:
        """Return how a finding stands, as it was looked at last; after `look`."""
        key = _key(asked)
        before = self.seen[key]
        if before.standing is not None:
            return before.standing
        wanted = asked.wanted
        since_us = self._store.since(wanted.end_us, JUDGED_MOST)
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

    def _due(self, before: Look, asked: Asked) -> bool:
        ended = asked.wanted.end_us < self._now_us and asked.wanted.end_us != before.end_us
        every_s = 0 if self._now_us - asked.alarm_us <= NEW_S * MICROS else EVERY_S
        every_s = max(every_s, self._reports // COUNTED_A_SECOND)
        return ended or self._now_us - before.at_us >= every_s * MICROS

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
