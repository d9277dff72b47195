"""Live state: what a family of scopes remembers between two bins, as plain arrays that can be copied and written."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.model.errors import RefusedInput
from pulih.series.rhythm import RhythmBook
from pulih.series.state import RISE_FACTORS, RISE_WIDTH, STATE_WIDTH, fresh_state

Floats = NDArray[np.float64]

ROW_WIDTH = 7


class Scope:
    """One scope of a family.

    Attributes:
        state, alt: of the series, and of it under each rise; see `series.state`.
        spoken, lately: reports placed in it before the hour of the last bin, and within that hour.
        rows: its findings, see `series.changepoint.run`; the last one may be open.
    """

    __slots__ = ("alt", "lately", "rows", "spoken", "state")

    def __init__(self) -> None:
        """Begin with nothing known."""
        states, alts = fresh_state(1)
        self.state: Floats = states[0]
        self.alt: Floats = alts[0]
        self.spoken = self.lately = 0.0
        self.rows: list[Floats] = []

    def copy(self) -> Scope:
        """Return a scope that goes its own way from here."""
        other = Scope()
        other.state, other.alt = self.state.copy(), self.alt.copy()
        other.spoken, other.lately = self.spoken, self.lately
        other.rows = [row.copy() for row in self.rows]
        return other


class Mark:
    """A family after so many bins.

    Attributes:
        done: number of the next bin.
        day, days: local day of the last bin (days since 1970), -1 before any, and how many began before it.
        hourly, unheard: signals of each local hour of that day so far, and bins of it that were silent.
        book: what the rhythm is learnt from.
        placed, lately: placed reports before the hour of the last bin, and within that hour.
        passed: rhythm heard so far.
        scopes: by region code, "" the country.
        packed: itself as bytes, once they were asked for; of a mark that was put aside and has not changed since.
    """

    __slots__ = ("book", "day", "days", "done", "hourly", "lately", "packed", "passed", "placed", "scopes", "unheard")

    def __init__(self, done: int) -> None:
        """Begin with bin `done`."""
        self.done, self.day, self.days = done, -1, -1
        self.hourly, self.unheard = np.zeros(24), np.zeros(24)
        self.book = RhythmBook(1)
        self.placed = self.lately = self.passed = 0.0
        self.scopes: dict[str, Scope] = {"": Scope()}
        self.packed: bytes | None = None

    def copy(self, codes: frozenset[str] | None = None) -> Mark:
        """Return a mark that goes its own way from here, with these scopes (a new one where it has none), or all."""
        other = Mark(self.done)
        other.day, other.days = self.day, self.days
        other.hourly, other.unheard = self.hourly.copy(), self.unheard.copy()
        other.book.seen, other.book.known = self.book.seen.copy(), self.book.known.copy()
        other.placed, other.lately, other.passed = self.placed, self.lately, self.passed
        wanted = self.scopes.keys() if codes is None else codes
        other.scopes = {code: self.scopes[code].copy() if code in self.scopes else Scope() for code in sorted(wanted)}
        return other


class _SavedScope(msgspec.Struct, frozen=True, array_like=True):
    state: bytes
    alt: bytes
    spoken: float
    lately: float
    rows: bytes


class _SavedMark(msgspec.Struct, frozen=True, array_like=True):
    done: int
    day: int
    days: int
    hourly: bytes
    unheard: bytes
    seen: bytes
    known: bytes
    placed: float
    lately: float
    passed: float
    scopes: dict[str, _SavedScope]


def marks_to_bytes(aside: list[Mark], now: Mark) -> bytes:
    """Return marks as bytes; `marks_from_bytes` gives equal ones, to the last bit.

    Args:
        aside: marks that were put aside; each is packed once.
        now: the last one, which changes.
    """
    return msgspec.msgpack.encode([*[msgspec.Raw(_packed(mark)) for mark in aside], _saved(now)])


def marks_from_bytes(data: bytes) -> list[Mark]:
    """Return the marks that `marks_to_bytes` wrote.

    Raises: RefusedInput when the bytes are not such marks.
    """
    try:
        return [_mark(one) for one in msgspec.msgpack.decode(data, type=list[_SavedMark])]
    except (msgspec.DecodeError, ValueError) as error:
        raise RefusedInput(
            f"live state: these bytes are not one ({error}); begin anew, or take those of this version of Pulih."
        ) from None


def _packed(mark: Mark) -> bytes:
    if mark.packed is None:
        mark.packed = msgspec.msgpack.encode(_saved(mark))
    return mark.packed


def _saved(mark: Mark) -> _SavedMark:
    scopes = {
        code: _SavedScope(
            one.state.tobytes(), one.alt.tobytes(), one.spoken, one.lately, b"".join(row.tobytes() for row in one.rows)
        )
        for code, one in mark.scopes.items()
    }
    return _SavedMark(
        done=mark.done,
        day=mark.day,
        days=mark.days,
        hourly=mark.hourly.tobytes(),
        unheard=mark.unheard.tobytes(),
        seen=mark.book.seen.tobytes(),
        known=mark.book.known.tobytes(),
        placed=mark.placed,
        lately=mark.lately,
        passed=mark.passed,
        scopes=scopes,
    )


def _mark(saved: _SavedMark) -> Mark:
    mark = Mark(saved.done)
    mark.day, mark.days = saved.day, saved.days
    mark.hourly, mark.unheard = _array(saved.hourly, 24), _array(saved.unheard, 24)
    mark.book.seen = _array(saved.seen, 1, 7, 24, kind=np.float32)
    mark.book.known = _array(saved.known, 1, 7, 24, kind=np.float32)
    mark.placed, mark.lately, mark.passed = saved.placed, saved.lately, saved.passed
    mark.scopes = {code: _scope(one) for code, one in saved.scopes.items()}
    return mark


def _scope(saved: _SavedScope) -> Scope:
    scope = Scope()
    scope.state = _array(saved.state, STATE_WIDTH)
    scope.alt = _array(saved.alt, len(RISE_FACTORS), RISE_WIDTH)
    scope.spoken, scope.lately = saved.spoken, saved.lately
    scope.rows = list(_array(saved.rows, -1, ROW_WIDTH))
    return scope


def _array(data: bytes, *shape: int, kind: Any = np.float64) -> NDArray[Any]:
    return np.frombuffer(data, dtype=kind).reshape(shape).copy()
