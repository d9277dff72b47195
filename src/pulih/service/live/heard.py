"""Heard: one report of the journal as a signal with its reading, and as the row that is kept of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b

import msgspec

from pulih.detect.tally import blamed, counted
from pulih.listen.acceptance import Acceptor, pseudonymise, pseudonymise_id
from pulih.listen.payload import Report, raw_report
from pulih.model.reading import Place, Reading
from pulih.model.signal import STATES, Signal, is_well
from pulih.model.weight import Weight
from pulih.ports.live import ReadersAhead, Row, Text
from pulih.service.live.forgotten import Forgotten
from pulih.understand.gazetteer import Gazetteer
from pulih.understand.operators import Catalogue, slug

# A symptom that somebody chose from a list, without words of their own, says as much as a clear text.
STATED = 0.9


class Posted(msgspec.Struct, frozen=True, gc=False):
    """A report with where it stands in the journal, and when its frame was received."""

    frame: int
    position: int
    received_us: int
    report: Report


class Heard(msgspec.Struct, frozen=True, gc=False):
    """A report with where it stands in the journal, as a signal, what was read in it, and its key in `Forgotten`."""

    frame: int
    position: int
    signal: Signal
    reading: Reading
    key: int = 0


class Ears(msgspec.Struct, frozen=True):
    """What turns reports into readings: acceptor, key of the pseudonyms, readers, who and where is known, and what not
    to repeat.
    """

    acceptor: Acceptor
    key: bytes
    readers: ReadersAhead
    catalogue: Catalogue
    gazetteer: Gazetteer
    forgotten: Forgotten = msgspec.field(default_factory=Forgotten)

    def signal(self, posted: Posted) -> Signal:
        """Return a report as a signal under pseudonyms."""
        signal = self.acceptor.accept(raw_report(posted.report, posted.received_us))
        return msgspec.structs.replace(
            signal,
            author=pseudonymise(signal.author, self.key),
            network=pseudonymise(signal.network, self.key),
            native_id=pseudonymise_id(signal.native_id, self.key),
        )

    def begin(self, posted: Sequence[Posted]) -> Callable[[], list[Heard]]:
        """Have read what was posted; return what waits for it. Both raise OutsideFailed when no reader can be had."""
        signals = [self.signal(one) for one in posted]
        told = [signal.kind not in STATES and signal.text != "" for signal in signals]
        texts = [
            Text(signal.text, signal.operator, signal.place, signal.role)
            for signal, has_words in zip(signals, told, strict=True)
            if has_words
        ]
        answer = self.readers.begin(texts)

        def heard() -> list[Heard]:
            readings = iter(answer())
            return [
                Heard(
                    one.frame,
                    one.position,
                    signal,
                    next(readings) if has_words else self._without_words(one.report),
                    self.forgotten.key(one.report),
                )
                for one, signal, has_words in zip(posted, signals, told, strict=True)
            ]

        return heard

    def _without_words(self, report: Report) -> Reading:
        return self._state(report) if report.kind in STATES else self._stated(report)

    def _stated(self, report: Report) -> Reading:
        """Return what somebody said by choosing from lists: a symptom, or that it is back."""
        back = report.kind == "recovered"
        hit = not back and report.symptom not in {None, "none"}
        name = report.operator or ""
        known = self.catalogue.resolve(name)
        operator = known.id if known else slug(name) if name else None
        return Reading(
            is_report=hit,
            p_report=STATED if hit else 0.0,
            acute=hit,
            service=report.service if hit or back else None,
            symptom=(report.symptom or "none") if hit else "none",
            operator=operator if hit or back else None,
            places=self._places(report),
            recovered=back,
            talk="recovery" if back else "trouble" if hit else "other",
            named=(operator,) if operator else (),
        )

    def _places(self, report: Report) -> tuple[Place, ...]:
        code = self.gazetteer.find_code(report.place or "")
        return (Place(code, self.gazetteer.name(code), 1.0),) if code else ()

    def _state(self, report: Report) -> Reading:
        """Return what a probe or an alarm says: `recovered` when it is well, a symptom when it is not."""
        operator = self.catalogue.resolve(report.operator or "")
        # A probe that went well names no symptom.
        kind = report.kind or "complaint"
        well = report.symptom in {None, "none"} if kind == "probe" else is_well(kind, report.text or "")
        return Reading(
            is_report=False,
            p_report=0.0,
            acute=not well,
            service=report.service,
            symptom="none" if well else report.symptom or "other",
            operator=operator.id if operator else None,
            places=self._places(report),
            recovered=well,
        )


def row_of(heard: Heard, weight: Weight, window_us: int) -> Row:
    """Return what is kept of a report; of one that is not counted with a weight of 0.

    Args:
        heard: the report.
        weight: how much it counts.
        window_us: start of the window that it counts in, 0 for a latecomer.
    """
    signal, reading = heard.signal, heard.reading
    state = signal.kind in STATES
    evidence = 0.0 if state else counted(reading, weight.value)
    return Row(
        frame=heard.frame,
        position=heard.position,
        at_us=signal.at_us,
        window_us=window_us,
        source=signal.source,
        author=target_of(signal) if state else signal.author,
        kind=signal.kind,
        role=signal.role,
        counts_for=blamed(reading) if evidence > 0 else None,
        also_for=" ".join(reading.sharing) if evidence > 0 else "",
        operator=reading.operator,
        service=reading.service,
        symptom=reading.symptom,
        region=reading.places[0].code if reading.places else None,
        p_report=reading.p_report,
        weight=weight.value,
        evidence=evidence,
        reason=weight.reason,
        wording=weight.wording,
        talk=reading.talk,
        acute=reading.acute,
        recovered=reading.recovered,
        said="\n".join(f"{piece.rule}\t{' '.join(piece.phrase.lower().split())}" for piece in reading.evidence),
        key=heard.key or None,
    )


def target_of(signal: Signal) -> str:
    """Return what tells the probes of one target, and the raising and resolving of one alarm, from others."""
    # The text is "state: what it is about", and for a probe what came of it behind a comma or colon.
    about = signal.text.partition(":")[2]
    if signal.kind == "probe":
        about = " ".join(about.split(":")[0].split()[:2])
    return blake2b(" ".join(about.split()).encode(), digest_size=8).hexdigest()
