"""Tally: what every reading adds to the counts of the operators it concerns, kept as compact columns.

A report counts with its probability, its weight, and how much its symptom speaks of a lost service; talk
that only names the operator counts for the quality gate alone. What falls into the same minute and place is added
up, so that ten million texts fit in memory; texts are not kept here.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.model.clock import MICROS
from pulih.model.errors import RefusedInput
from pulih.model.reading import SERVICE_LOSS, Reading

Ints = NDArray[np.int64]
Singles = NDArray[np.float32]
Smalls = NDArray[np.int32]

# Stands for "no operator named": a file of one provider need not name it in every text.
UNNAMED = ""
# Below this probability a text is taken for talk: the many bare insults would otherwise make the usual level.
REPORT_FLOOR = 0.2
# A report of habit ("every weekend") is mostly written because it is happening, but less surely so.
HABIT_FACTOR = 0.9
# Who names an operator and a place and talks neither of prices nor of anything else has a reason to.
PLACED_FLOOR = 0.7
# Billing, quota and app failures are reports, but no loss of service.
OTHER_FACTOR = 0.1
# Whose word a report is: the operator's own customers'; of these, that calls fail and no word of whom they call; else
# the id of the operator whose customers say that they cannot reach this one.
OWN, CALLS = "", "?"
_CALL_SYMPTOMS = frozenset({"call_failure", "sms_failure"})
# From here on a report speaks for the gate as one of a lost service, and from this weight on as one head of its own.
LOSS_FLOOR = 0.4
HEAD_WEIGHT = 0.3


class Columns(msgspec.Struct, frozen=True):
    """The tally of some operators as arrays of equal length, by time; one entry a moment, operator and region.

    Attributes:
        at_s: seconds since 1970 UTC of the first signal of the entry.
        y: counted evidence of a lost service.
        loss: how many pass as somebody's report of a lost service.
        talk: how many texts name the operator and are not mere copies.
        region: index into `Tally.codes`, -1 without a place.
        placed, loss_placed: y and loss, each signal times the probability of its place.
        signals: how many signals count at all.
    """

    at_s: Ints
    y: Singles
    loss: Singles
    talk: Singles
    region: Smalls
    placed: Singles
    loss_placed: Singles
    signals: Smalls


# Whose word -> spans [start_s, end_s) in which it is left out.
Aside = Mapping[str, tuple[tuple[int, int], ...]]
NOTHING_ASIDE: Aside = {}


_KINDS = {
    "at_s": np.int64, "y": np.float32, "loss": np.float32, "talk": np.float32, "region": np.int32,
    "placed": np.float32, "loss_placed": np.float32, "signals": np.int32,
}  # fmt: skip


_NOTHING = Columns(**{name: np.empty(0, dtype=kind) for name, kind in _KINDS.items()})


class _Store:
    """What one group says of one operator, in the order of time; the newest entry of each region may still grow."""

    __slots__ = ("at_s", "loss", "loss_placed", "newest", "placed", "region", "signals", "talk", "y")

    def __init__(self) -> None:
        self.at_s = array("q")
        self.y = array("f")
        self.loss = array("f")
        self.talk = array("f")
        self.region = array("i")
        self.placed = array("f")
        self.loss_placed = array("f")
        self.signals = array("i")
        self.newest: dict[int, tuple[int, int]] = {}

    def add(self, at_s: int, region: int, step_s: int, *, y: float, loss: float, talk: float, p: float) -> None:
        moment, place = self.newest.get(region, (-1, -1))
        if moment != at_s // step_s:
            place = len(self.at_s)
            self.newest[region] = (at_s // step_s, place)
            self.at_s.append(at_s)
            self.region.append(region)
            for column in (self.y, self.loss, self.talk, self.placed, self.loss_placed):
                column.append(0.0)
            self.signals.append(0)
        self.y[place] += y
        self.loss[place] += loss
        self.talk[place] += talk
        self.placed[place] += y * p
        self.loss_placed[place] += loss * p
        self.signals[place] += y > 0

    def columns(self) -> Columns:
        return Columns(
            # Views, not copies; nothing is added once columns are asked for.
            at_s=np.frombuffer(self.at_s, dtype=np.int64),
            y=np.frombuffer(self.y, dtype=np.float32),
            loss=np.frombuffer(self.loss, dtype=np.float32),
            talk=np.frombuffer(self.talk, dtype=np.float32),
            region=np.frombuffer(self.region, dtype=np.int32),
            placed=np.frombuffer(self.placed, dtype=np.float32),
            loss_placed=np.frombuffer(self.loss_placed, dtype=np.float32),
            signals=np.frombuffer(self.signals, dtype=np.int32),
        )

    def between(self, start_s: int, end_s: int) -> Columns:
        """Return the entries in [start_s, end_s) as copies, so that more may be added."""
        low, high = bisect_left(self.at_s, start_s), bisect_left(self.at_s, end_s)
        if low == high:
            return _NOTHING
        return Columns(**{name: np.array(getattr(self, name)[low:high], dtype=kind) for name, kind in _KINDS.items()})

    def forget(self, before_s: int) -> None:
        """Drop the entries before a moment; a new minute has begun since the last one."""
        low = bisect_left(self.at_s, before_s)
        for name in _KINDS:
            del getattr(self, name)[:low]
        self.newest.clear()

    def to_bytes(self) -> dict[str, bytes]:
        return {name: getattr(self, name).tobytes() for name in _KINDS}

    @classmethod
    def from_bytes(cls, saved: Mapping[str, bytes]) -> _Store:
        store = cls()
        for name in _KINDS:
            getattr(store, name).frombytes(saved[name])
        return store


def probability(reading: Reading) -> float:
    """Return how probably a reading reports a lost service: its own word, or what naming a place tells."""
    unclear = reading.talk in ("trouble", "other") and not reading.recovered
    if unclear and reading.places and blamed(reading) != UNNAMED:
        return max(reading.p_report, PLACED_FLOOR)
    return reading.p_report


def blamed(reading: Reading) -> str:
    """Return the operator a reading counts for: the one at fault, else the only one that is named with a place.

    A report that names an operator and is not about it clears it: "lemot banget, pindah ke X".
    """
    if reading.operator is None and not reading.is_report and len(reading.named) == 1 and reading.places:
        return reading.named[0]
    return reading.operator or UNNAMED


def blamed_by(reading: Reading) -> tuple[str, ...]:
    """Return all operators that a reading counts for, the first at fault first: "X dan Y mati" counts for both."""
    return (blamed(reading), *reading.sharing)


def counted(reading: Reading, weight: float) -> float:
    """Return how much a reading counts as evidence of a lost service, 0..1."""
    p = probability(reading)
    if p < REPORT_FLOOR or (reading.recovered and not reading.is_report):
        return 0.0
    kind = 1.0 if reading.symptom in SERVICE_LOSS or not reading.is_report else OTHER_FACTOR
    now = 1.0 if reading.acute or not reading.is_report else HABIT_FACTOR
    return weight * p * kind * now


def word_of(reading: Reading) -> str:
    """Return whose word a reading is about the operator it blames: OWN, CALLS, or the id of another operator."""
    if reading.caller is not None and reading.operator is not None and reading.is_report:
        return reading.caller
    return CALLS if reading.is_report and reading.symptom in _CALL_SYMPTOMS else OWN


class Tally:
    """Adds up readings, operator by operator, in the order of time.

    Args:
        bin_s: width of the windows that will be counted in; signals within a minute of one are added up, so that
            memory grows with moments and places and not with texts.
    """

    def __init__(self, bin_s: int) -> None:
        self._step_s = math.gcd(bin_s, 60)
        self._stores: dict[str, dict[str, _Store]] = {}
        self.codes: list[str] = []
        self._index: dict[str, int] = {}

    def add(self, at_us: int, reading: Reading, weight: float) -> None:
        """Add one reading to the operators at fault, and as talk to all others it names."""
        operators, at_s = blamed_by(reading), at_us // MICROS
        y, talk = counted(reading, weight), 1.0 if weight >= HEAD_WEIGHT else 0.0
        loss = talk if y >= LOSS_FLOOR * weight else 0.0
        place = reading.places[0] if reading.places and y > 0 else None
        region, p = (self._code(place.code), place.p) if place else (-1, 0.0)
        word = word_of(reading)
        for one in operators:
            self._store(one, word).add(at_s, region, self._step_s, y=y, loss=loss, talk=talk, p=p)
        for named in reading.named:
            if named not in operators:
                self._store(named, OWN).add(at_s, -1, self._step_s, y=0.0, loss=0.0, talk=talk, p=0.0)

    def operators(self) -> list[str]:
        """Return the operators that have any signal, sorted."""
        return sorted(self._stores)

    def heard_s(self) -> Ints:
        """Return the moments at which anything was heard of anybody, sorted; seconds since 1970 UTC."""
        parts = [np.array(store.at_s, dtype=np.int64) for kept in self._stores.values() for store in kept.values()]
        result: Ints = np.unique(np.concatenate(parts)) if parts else np.empty(0, dtype=np.int64)
        return result

    def columns(self, operators: list[str], aside: Aside = NOTHING_ASIDE) -> Columns:
        """Return the entries of `operators` together, by time, without those whose word is set aside."""
        return _joined(
            [
                _without(store.columns(), aside.get(word, ()))
                for one in operators
                for word, store in sorted(self._stores.get(one, {}).items())
            ]
        )

    def between(self, operators: Sequence[str], start_s: int, end_s: int, *, aside: Aside = NOTHING_ASIDE) -> Columns:
        """Return the entries of `columns` in [start_s, end_s), as copies, so that more may be added."""
        return _joined(
            [
                _without(store.between(start_s, end_s), aside.get(word, ()))
                for one in operators
                for word, store in sorted(self._stores.get(one, {}).items())
            ]
        )

    def forget(self, before_s: int) -> None:
        """Drop the entries before a moment; a new minute has begun since the last one was added."""
        for stores in self._stores.values():
            for store in stores.values():
                store.forget(before_s)

    def to_bytes(self) -> bytes:
        """Return the whole tally; a new minute must have begun since the last signal was added."""
        stores = {one: {word: store.to_bytes() for word, store in kept.items()} for one, kept in self._stores.items()}
        return msgspec.msgpack.encode((self._step_s, self.codes, stores))

    @classmethod
    def from_bytes(cls, state: bytes) -> Tally:
        """Return the tally that `to_bytes` wrote.

        Raises: RefusedInput when the bytes are none.
        """
        kind = tuple[int, list[str], dict[str, dict[str, dict[str, bytes]]]]
        try:
            step_s, codes, stores = msgspec.msgpack.decode(state, type=kind)
        except msgspec.DecodeError as error:
            raise RefusedInput(f"tally: these bytes are not one ({error}); begin anew from the journal.") from None
        tally = cls(step_s)
        tally.codes = codes
        tally._index = {code: index for index, code in enumerate(codes)}
        tally._stores = {
            one: {word: _Store.from_bytes(saved) for word, saved in kept.items()} for one, kept in stores.items()
        }
        return tally

    def evidence(self, operators: list[str], start_s: int, end_s: int) -> float:
        """Return the counted evidence of `operators` within [start_s, end_s), seconds since 1970 UTC."""
        total = 0.0
        for one in operators:
            for _, store in sorted(self._stores.get(one, {}).items()):
                low, high = bisect_left(store.at_s, start_s), bisect_left(store.at_s, end_s)
                total += sum(store.y[low:high])
        return total

    def callers(self, operators: list[str]) -> list[str]:
        """Return the operators whose customers say that they cannot reach one of `operators`, sorted."""
        return sorted({word for one in operators for word in self._stores.get(one, {})} - {OWN, CALLS})

    def said(self, operators: list[str], words: list[str]) -> tuple[Ints, Ints]:
        """Return when and how many reports of `operators` are the word of one of `words`, by time."""
        kept = [self._stores.get(one, {}) for one in operators]
        parts = [stores[word].columns() for stores in kept for word in words if word in stores]
        if not parts:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        at_s = np.concatenate([part.at_s for part in parts])
        signals = np.concatenate([part.signals for part in parts]).astype(np.int64)
        order = np.argsort(at_s, kind="stable")
        return at_s[order], signals[order]

    def _store(self, operator: str, word: str) -> _Store:
        stores = self._stores.setdefault(operator, {})
        store = stores.get(word)
        if store is None:
            store = stores[word] = _Store()
        return store

    def _code(self, code: str) -> int:
        index = self._index.get(code)
        if index is None:
            index = self._index[code] = len(self.codes)
            self.codes.append(code)
        return index


def _joined(parts: Sequence[Columns]) -> Columns:
    parts = [part for part in parts if part.at_s.size]
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return _NOTHING
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in Columns.__struct_fields__}
    order = np.argsort(joined["at_s"], kind="stable")
    return Columns(**{name: values[order] for name, values in joined.items()})


def _without(columns: Columns, spans: tuple[tuple[int, int], ...]) -> Columns:
    """Return the entries that lie in none of the spans."""
    kept = np.ones(columns.at_s.size, dtype=np.bool_)
    for start_s, end_s in spans:
        kept &= (columns.at_s < start_s) | (columns.at_s >= end_s)
    if kept.all():
        return columns
    return Columns(**{name: getattr(columns, name)[kept] for name in Columns.__struct_fields__})
