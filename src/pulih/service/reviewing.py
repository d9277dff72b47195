"""Reviews: gathers what a post-incident document needs, and hands it to whoever draws it as a page or as PDF."""

from __future__ import annotations

from typing import Final

from pulih.communicate.told_entries import told
from pulih.learn.review import review_document
from pulih.learn.review_parts import ReviewDocument, TimelineLine
from pulih.model.entry import (
    ClaimedFixed,
    Confirmed,
    Entry,
    NoticePublished,
    NoticeWithdrawn,
    Relapsed,
    Restored,
)
from pulih.model.record import Record
from pulih.ports.channels import Language
from pulih.ports.clock import Clock
from pulih.ports.learning import ReviewPress
from pulih.service.learning import Learning

# What of a timeline the public saw happen; all else is the desk's own.
_SEEN: Final = (Confirmed, ClaimedFixed, Restored, Relapsed, NoticePublished, NoticeWithdrawn)


class Reviewing:
    """Draws reviews; every method may be called from any thread.

    Args:
        learning: records, and what people wrote.
        press: draws documents.
        clock: the desk's.
    """

    def __init__(self, learning: Learning, press: ReviewPress, clock: Clock) -> None:
        self._learning, self._press, self._clock = learning, press, clock

    def document(self, incident_id: str, *, public: bool) -> ReviewDocument:
        """Return the review of an incident as it stands; the public version leaves out what is the desk's own.

        Raises: RefusedInput when there is no such incident.
        """
        record = self._learning.record(incident_id)
        return review_document(
            record,
            self._lines(record),
            () if public else self._learning.obligations(record),
            public=public,
            now_us=self._clock.now_us(),
        )

    def html(self, incident_id: str, language: Language, *, public: bool) -> bytes:
        """Return the review as one HTML file."""
        return self._press.html(self.document(incident_id, public=public), language)

    def pdf(self, incident_id: str, language: Language, *, public: bool) -> bytes:
        """Return the review as PDF. Raises OutsideFailed when what prints it is not installed."""
        return self._press.pdf(self.document(incident_id, public=public), language)

    def _lines(self, record: Record) -> tuple[TimelineLine, ...]:
        return tuple(self._line(one) for one in record.entries)

    def _line(self, entry: Entry) -> TimelineLine:
        return TimelineLine(entry.at_us, entry.actor, told(entry, self._learning.speech), isinstance(entry.fact, _SEEN))
