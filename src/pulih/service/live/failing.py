"""Failing: which targets fail from several probes at once, so that a silent outage is suspected (requirement D3).

A probe that fails alone may be its own trouble: a plug, a home, a line, for hours. So a finding needs two sources at
least that ask for the same thing over one operator's lines, half of all that ask for it there, each failing twice in a
row. How often that comes about while each fails as it does by itself is worked out from what each did so far: how often
it began to fail so many times in a row, and for what share of its time it did. It is raised when that is rarer than the
false alarms asked for, over all that is looked at. A target that fails over other operators' lines too is away itself.
Probes at home ask for what customers get, so all homes ask the same.

Everything follows from the answers in the order of their windows, so it is the same after a restart.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Final

import msgspec

from pulih.model.clock import DAY_S, MICROS, WEEK_S, iso
from pulih.model.finding import Finding
from pulih.model.reading import Reading, Service, Symptom
from pulih.model.signal import PROBE_PREFIX, Signal
from pulih.series.tuning import Tuning

# Failures in a row of one source: what was lost once on the way is no outage.
IN_A_ROW: Final = 2
# Runs of failures are told apart by their length: a source that loses two answers often may still never lose eight.
LENGTHS: Final = (IN_A_ROW, 4, 8, 16, 32, 64)
SOURCES_MIN: Final = 2
# Of the sources that ask, so many must fail, and no longer so many when it is over.
SHARE: Final = 0.5
# Who did not ask for so long says nothing of now.
ASKED_S: Final = 1_800
# A source that is new is taken to have begun half a run of each length, which lasted as long as two questions do.
BEGUN: Final = 0.5
BEGUN_S: Final = 300.0
# What was heard of a source in so much time; beyond that all of it counts half, so that it may mend, or get worse.
KNOWN_S: Final = 8 * WEEK_S
# So many are remembered, source by target; further ones raise nothing until one has not asked for two days.
REMEMBERED: Final = 5_000
# Of one probe with a token of its own so many; it lies in somebody's home, and must not push the others out.
TARGETS_OF_ONE: Final = 20
_HOME: Final = "home"
# The rule of findings that probes alone raise.
BY_PROBES: Final = "probe.several.001"


class Failing(msgspec.Struct, frozen=True):
    """A target that fails from several probes: over whose lines, where ("" = no place in common), since when.

    Attributes:
        alarm_us: when it was raised first.
        failing, asking: how many sources fail, of how many that ask.
        nats: evidence at its highest.
    """

    operator: str
    target: str
    region: str
    service: Service | None
    symptom: Symptom | None
    onset_us: int
    alarm_us: int
    failing: int
    asking: int
    nats: float


class _Asked(msgspec.Struct, array_like=True):
    """What one source says of one target: what is usual, and how often it failed in a row by now, since when."""

    operator: str
    target: str
    source: str
    region: str
    service: Service | None
    symptom: Symptom | None
    last_us: int
    since_us: int = 0
    in_a_row: int = 0
    asked_s: float = 0.0
    # Of each length: how many runs reached it, and how many seconds they went on from there.
    begun: list[float] = msgspec.field(default_factory=lambda: [0.0] * len(LENGTHS))
    lasted_s: list[float] = msgspec.field(default_factory=lambda: [0.0] * len(LENGTHS))

    def hear(self, at_us: int, reading: Reading) -> None:
        self.asked_s += min(max(0, at_us - self.last_us) / MICROS, ASKED_S)
        self.last_us = max(at_us, self.last_us)
        if not reading.recovered:
            self.since_us = self.since_us if self.in_a_row else at_us
            self.in_a_row += 1
            self.service, self.symptom = reading.service, reading.symptom
            return
        # What is over is part of what is usual from now on.
        for place, length in enumerate(LENGTHS):
            if self.in_a_row < length:
                break
            self.begun[place] += 1
            behind = (self.in_a_row - length + 1) / self.in_a_row
            self.lasted_s[place] += max(0, at_us - self.since_us) / MICROS * behind
        self.in_a_row = 0
        if self.asked_s > KNOWN_S:
            self.asked_s /= 2
            self.begun = [one / 2 for one in self.begun]
            self.lasted_s = [one / 2 for one in self.lasted_s]

    def starts_nats(self, place: int, bin_s: int) -> float:
        """Return how rare it is that a run reaches the length at `place` in a window, as minus its logarithm."""
        return -math.log(min(1.0, (self.begun[place] + BEGUN) * bin_s / max(1.0, self.asked_s)))

    def stands_nats(self, place: int) -> float:
        """Return how rare it is that such a run goes on, as minus the logarithm of its share of the time."""
        return -math.log(min(1.0, (self.lasted_s[place] + BEGUN_S) / max(1.0, self.asked_s)))


class Probed:
    """What probes say of targets, and which of these are raised."""

    def __init__(self) -> None:
        self._asked: dict[tuple[str, str, str], _Asked] = {}
        # How many of these are of each source.
        self._many = Counter[str]()
        self._raised: dict[tuple[str, str, str], Failing] = {}

    def hear(self, signal: Signal, reading: Reading, target: str) -> None:
        """Take the answer of a probe; one that names no operator raises nothing."""
        operator = reading.operator
        if operator is None:
            return
        target = _HOME if signal.text.partition(":")[2].split()[:1] == [_HOME] else target
        who = (operator, target, signal.source)
        if who not in self._asked:
            if not self._has_room(signal):
                return
            self._many[signal.source] += 1
            place = reading.places[0].code if reading.places else ""
            self._asked[who] = _Asked(operator, target, signal.source, place, None, None, signal.at_us)
        self._asked[who].hear(signal.at_us, reading)

    def _has_room(self, signal: Signal) -> bool:
        """Whether one more target of a source can be remembered; makes room by what was not asked for two days."""
        if signal.source.startswith(PROBE_PREFIX) and self._many[signal.source] >= TARGETS_OF_ONE:
            return False
        if len(self._asked) >= REMEMBERED:
            before_us = signal.at_us - 2 * DAY_S * MICROS
            self._asked = {key: one for key, one in self._asked.items() if one.last_us >= before_us}
            self._many = Counter(one.source for one in self._asked.values())
        return len(self._asked) < REMEMBERED

    def look(self, now_us: int, tuning: Tuning, told: Callable[[str, str], bool]) -> list[Failing]:
        """Return what fails from several probes now; to be called once for each window.

        Args:
            now_us: the end of the window.
            tuning: of the desk: the width of a window, and how many false alarms a week are asked for.
            told: whether complaints of an operator in a region ("" anywhere) are told already; then they suffice.
        """
        asking = [one for one in self._asked.values() if one.last_us >= now_us - ASKED_S * MICROS]
        groups: dict[tuple[str, str], list[_Asked]] = {}
        targets: dict[str, list[_Asked]] = {}
        for one in asking:
            groups.setdefault((one.operator, one.target), []).append(one)
            targets.setdefault(one.target, []).append(one)
        places = {who: list(_places(group)) for who, group in groups.items()}
        looked_at = sum(len(some) >= SOURCES_MIN for several in places.values() for _, some in several)
        needed = math.log(tuning.bins_per_week() / tuning.false_alarms_per_week * max(1, looked_at))
        raised: dict[tuple[str, str, str], Failing] = {}
        for (operator, target), several in places.items():
            beside = [one for one in targets[target] if one.operator != operator]
            if beside and target != _HOME and sum(one.in_a_row > 0 for one in beside) >= SHARE * len(beside):
                continue
            for region, some in several:
                before = self._raised.get((operator, target, region))
                found = _found(some, region, before, now_us=now_us, bin_s=tuning.bin_s)
                if found is not None and (before or (found.nats >= needed and not told(operator, region))):
                    raised[operator, target, region] = found
                    # A place within a wider trouble is only part of it.
                    break
        self._raised = raised
        return list(raised.values())

    def to_bytes(self) -> bytes:
        """Return all that is remembered; `from_bytes` goes on alike."""
        return msgspec.msgpack.encode((list(self._asked.values()), list(self._raised.values())))

    @classmethod
    def from_bytes(cls, state: bytes) -> Probed:
        """Return what `to_bytes` wrote, nothing remembered of none. Raises msgspec.DecodeError when it is no such."""
        probed = cls()
        if state:
            try:
                asked, raised = msgspec.msgpack.decode(state, type=tuple[list[_Asked], list[Failing]])
            except msgspec.ValidationError:
                # Older versions remembered other things; what is usual is learnt anew.
                return probed
            probed._asked = {(one.operator, one.target, one.source): one for one in asked}
            probed._many = Counter(one.source for one in asked)
            probed._raised = {(one.operator, one.target, one.region): one for one in raised}
        return probed


def suspected(failing: Failing, name: str, place: str | None, *, rate: float) -> Finding:
    """Return what fails as a finding.

    Args:
        failing: what fails.
        name, place: how people call the operator and the region, None for no place in common.
        rate: false alarms a week that the desk asked for.
    """
    identity = blake2b(
        f"{failing.operator}|{failing.region}|{failing.target}|{iso(failing.alarm_us)}".encode(), digest_size=6
    ).hexdigest()
    where_en, where_id = (f" in {place}", f" di {place}") if place else ("", "")
    return Finding(
        id=identity,
        incident=identity,
        operator=failing.operator,
        operator_name=name,
        service=failing.service,
        region=failing.region or None,
        region_name=place,
        symptom=failing.symptom,
        onset_us=failing.onset_us,
        alarm_us=failing.alarm_us,
        peak_us=None,
        cleared_us=None,
        # Failures of probes are no reports; how many there are is said in words.
        signals=0,
        expected=0.0,
        evidence_nats=round(failing.nats, 1),
        false_alarms_per_week=rate,
        rules=(BY_PROBES,),
        why=(
            f"{failing.failing} of {failing.asking} probes of {name}{where_en} that ask for the same thing fail "
            "several times in a row, far more often than usual."
        ),
        mengapa=(
            f"{failing.failing} dari {failing.asking} penguji {name}{where_id} yang menguji hal yang sama gagal "
            "beberapa kali berturut-turut, jauh lebih sering daripada biasanya."
        ),
        standing_why="Only probes say so; reports of customers were not above usual when this was raised.",
        standing_mengapa=(
            "Baru penguji yang menunjukkannya; laporan pelanggan belum di atas kebiasaan saat dugaan ini muncul."
        ),
    )


def _places(group: list[_Asked]) -> Iterator[tuple[str, list[_Asked]]]:
    """Yield all that ask, then those of each region in which several do."""
    regions = sorted({one.region for one in group})
    yield (regions[0] if len(regions) == 1 else ""), group
    for region in regions if len(regions) > 1 else ():
        if region:
            yield region, [one for one in group if one.region == region]


def _found(group: list[_Asked], region: str, before: Failing | None, *, now_us: int, bin_s: int) -> Failing | None:
    """Return what a group says, None when too few of it fail; what was raised holds while half of it fails at all."""
    ill = [one for one in group if one.in_a_row >= (1 if before else IN_A_ROW)]
    if not _suffice(ill, group, 1 if before else SOURCES_MIN):
        return None
    worst = max(ill, key=lambda one: (one.in_a_row, one.source))
    return Failing(
        operator=worst.operator,
        target=worst.target,
        region=region,
        service=worst.service,
        symptom=worst.symptom,
        onset_us=before.onset_us if before else min(one.since_us for one in ill),
        alarm_us=before.alarm_us if before else now_us,
        failing=len(ill),
        asking=len(group),
        nats=max(_evidence_nats(group, bin_s), before.nats if before else 0.0),
    )


def _suffice(ill: list[_Asked], group: list[_Asked], least: int) -> bool:
    return len(ill) >= least and len(ill) >= SHARE * len(group)


def _evidence_nats(group: list[_Asked], bin_s: int) -> float:
    """Return how rare it is that so many of a group begin to fail within one window, by the length that tells most.

    That just these fail so many times in a row, one of them newly, has at most the chance that the last begins times
    the share of time for which each of the others fails, when they fail independently of each other. All sets of
    sources, whichever is the last, and all lengths share one chance: each has its weight in it.
    """
    least = max(SOURCES_MIN, math.ceil(SHARE * len(group)))
    best, weight = 0.0, 1.0
    for place, length in enumerate(LENGTHS):
        # One half for the first length, a quarter for the second, and so on.
        weight /= 2
        ill = [one for one in group if one.in_a_row >= length]
        if len(ill) < least:
            break
        stands = [one.stands_nats(place) for one in ill]
        # Whichever was the last: the one that makes it least rare.
        last = min(one.starts_nats(place, bin_s) - nats for one, nats in zip(ill, stands, strict=True))
        ways = (len(group) - least + 1) * math.comb(len(group), len(ill)) * len(ill)
        best = max(best, sum(stands) + last + math.log(weight / ways))
    return best
