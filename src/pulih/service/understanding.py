"""Understanding: read and weigh every signal in the order of time, keep it, and add it to the tally."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache

import msgspec

from pulih.detect.tally import Tally, counted
from pulih.listen.acceptance import pseudonymise, pseudonymise_id
from pulih.listen.weighing import Weigher
from pulih.model.reading import Reading, Symptom
from pulih.model.signal import STATES, Role, Signal, is_well
from pulih.model.weight import Weight
from pulih.ports.files import Progress, Sink, Spool
from pulih.understand.reader import Reader

Read = Callable[[Signal], Reading]
READINGS_KEPT = 8_192


class Understood(msgspec.Struct, frozen=True):
    """What the readings amount to.

    Attributes:
        counted: signals read.
        first_us, last_us: time of the first and the last that people said; of states where nobody said anything.
        reports, unsure: how many are reports, and how many more count in part.
        acute, recovered: how many are reports of now, words of recovery.
        near_duplicates: signals that weigh less because they copy others.
        operator_posts: posts of operators' own accounts and desks.
        states: probes and alarms, which are kept and are no reports.
        talks: texts by what they are about.
        counted_talks: those of them that count as reports, surely or in part.
        symptoms: texts that count by symptom, "none" where they are unsure.
        regions: texts that count by the region they name first.
        tally: the counts.
    """

    counted: int
    first_us: int | None
    last_us: int | None
    reports: int
    unsure: int
    acute: int
    recovered: int
    near_duplicates: int
    operator_posts: int
    states: int
    talks: dict[str, int]
    counted_talks: dict[str, int]
    symptoms: dict[Symptom, int]
    regions: dict[str, int]
    tally: Tally


def read_with(reader: Reader) -> Read:
    """Return what reads signals with `reader`.

    Findings overlap, and their texts are read again for each: the last few thousand readings are kept.
    """

    @lru_cache(maxsize=READINGS_KEPT)
    def read_once(text: str, operator: str, place: str, role: Role) -> Reading:
        return reader.read(text, operator=operator, place=place, role=role)

    def read(signal: Signal) -> Reading:
        return read_once(signal.text, signal.operator, signal.place, signal.role)

    return read


def understand_all(spool: Spool, read: Read, *, key: bytes, bin_s: int, sink: Sink, progress: Progress) -> Understood:
    """Read everything the spool holds.

    Args:
        spool: all that was heard.
        read: reads one signal.
        key: key of the pseudonyms.
        bin_s: width of the windows in seconds.
        sink: keeps signals, readings and weights.
        progress: told how far it is.
    """
    weigher, tally, sums = Weigher(), Tally(bin_s), _Sums()
    counts = sums.counts
    progress.stage("understanding")
    for batch in spool.sorted_batches():
        signals = [_under_pseudonyms(one, key) for one in batch]
        readings = [_state(signal) if signal.kind in STATES else read(signal) for signal in signals]
        weights = []
        for signal, reading in zip(signals, readings, strict=True):
            if signal.kind in STATES:
                # As on the live desk: the network's own word is evidence about a finding, and never raises one.
                weights.append(Weight(1.0))
                counts["states"] += 1
                continue
            weight = weigher.weigh(signal, witness=bool(reading.places), advert=reading.talk == "promotion")
            weights.append(weight)
            tally.add(signal.at_us, reading, weight.value)
            sums.add(reading, weight)
        sink.write(signals, readings, weights)
        sums.reach(signals)
        counts["counted"] += len(signals)
        progress.advance(len(signals))
    return Understood(
        counted=counts["counted"],
        first_us=sums.first_us,
        last_us=sums.last_us,
        reports=counts["reports"],
        unsure=counts["unsure"],
        acute=counts["acute"],
        recovered=counts["recovered"],
        near_duplicates=counts["near_duplicates"],
        operator_posts=sums.talks["operator_post"],
        states=counts["states"],
        talks=dict(sums.talks),
        counted_talks=dict(sums.counted_talks),
        symptoms=dict(sums.symptoms),
        regions=dict(sums.regions),
        tally=tally,
    )


class _Sums:
    """What readings add up to, one after another."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.talks: Counter[str] = Counter()
        self.counted_talks: Counter[str] = Counter()
        self.symptoms: Counter[Symptom] = Counter()
        self.regions: Counter[str] = Counter()
        self.first_us: int | None = None
        self.last_us: int | None = None
        self._people = False

    def reach(self, signals: Sequence[Signal]) -> None:
        """Note since when and until when was spoken; a network that is watched for longer adds nothing to that."""
        said = [one.at_us for one in signals if one.kind not in STATES]
        if said and not self._people:
            self._people, self.first_us = True, said[0]
        if not self._people:
            said = [one.at_us for one in signals]
            self.first_us = said[0] if self.first_us is None else self.first_us
        if said:
            self.last_us = said[-1]

    def add(self, reading: Reading, weight: Weight) -> None:
        """Take one reading."""
        counts = self.counts
        counts["near_duplicates"] += weight.reason == "copy"
        counts["reports"] += reading.is_report
        counts["acute"] += reading.is_report and reading.acute
        counts["recovered"] += reading.recovered
        self.talks[reading.talk] += 1
        if counted(reading, weight.value) > 0:
            counts["unsure"] += not reading.is_report
            self.counted_talks[reading.talk] += 1
            self.symptoms[reading.symptom] += 1
            self.regions.update(place.code for place in reading.places[:1])


def _state(signal: Signal) -> Reading:
    """Return what a probe or an alarm says; no text is read."""
    well = is_well(signal.kind, signal.text)
    return Reading(
        is_report=False, p_report=0.0, acute=not well, service=None, symptom="none", operator=None, recovered=well
    )


def _under_pseudonyms(signal: Signal, key: bytes) -> Signal:
    """Return a signal without what leads to its author: the account, and the id of the post."""
    return msgspec.structs.replace(
        signal, author=pseudonymise(signal.author, key), native_id=pseudonymise_id(signal.native_id, key)
    )
