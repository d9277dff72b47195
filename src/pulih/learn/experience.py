"""What customers went through in one incident: how fast each step came, promises, user-minutes, availability indices.

Each measure has a permanent id, a formula and a source (`learn.measures`, docs/measures.md). What rests on numbers of
people has bounds; what nobody knows is None and never zero. Source of the indices: IEEE Std 1366 (requirement N1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

import msgspec

from pulih.learn.thresholds import (
    MINUTE_US,
    Hit,
    affected_rows,
    called_over_us,
    ended_us,
    ends_on_word,
    user_minutes,
    users_hit,
)
from pulih.model.entry import DESK, ClaimedFixed
from pulih.model.impact import Bounds
from pulih.model.record import Record

Step = Literal["onset", "detected", "acknowledged", "first_word", "claimed_fixed", "restored", "called_restored"]
STEPS: Final[tuple[Step, ...]] = (
    "onset", "detected", "acknowledged", "first_word", "claimed_fixed", "restored", "called_restored"
)  # fmt: skip
# IEEE Std 1366: an interruption of at most five minutes is momentary, and not in SAIDI, SAIFI and CAIDI.
MOMENTARY_US: Final = 5 * MINUTE_US


class Range(msgspec.Struct, frozen=True):
    """A measure with its bounds; `likely` lies between them."""

    low: float
    likely: float
    high: float


class Experience(msgspec.Struct, frozen=True, kw_only=True):
    """The measures of one incident.

    Attributes:
        steps: when each was reached, None where it was not, or is not known.
        on_word: it is restored on the desk's word; without that, `restored` is since when reports prove that it is.
        minutes: the measures of time, by id, in minutes; None where a step is not known.
        kept, broken: promises that fell due.
        hit: people hit; `user_minutes` so far; None where nobody counted.
        saidi, saifi: None where nobody counted, or nobody knows how many are served; nothing where no interruption
            lasted longer than five minutes.
        caidi: None where nobody counted, or nobody was interrupted for longer than that: a mean of none is none.
    """

    steps: Mapping[Step, int | None]
    on_word: bool
    minutes: Mapping[str, float | None]
    kept: int
    broken: int
    hit: Bounds | None
    user_minutes: Bounds | None
    saidi: Range | None
    saifi: Range | None
    caidi: Range | None

    @property
    def promises_kept(self) -> float | None:
        """Percent of promises kept, None when none fell due."""
        due = self.kept + self.broken
        return 100 * self.kept / due if due else None


def experience(record: Record, *, now_us: int) -> Experience:
    """Return the measures of an incident.

    Args:
        record: of the incident.
        now_us: the present; what goes on is measured until now.

    >>> from pulih.model.incident import Incident
    >>> one = Incident(id="i", version=1, opened_us=0, onset_us=0, operator="", scopes=(), ended_us=90 * MINUTE_US,
    ...     state="restored")
    >>> experience(Record(incident=one), now_us=200 * MINUTE_US).minutes["time_to_restore"]
    90.0
    """
    steps = milestones(record)
    counted = bool(record.figures.affected)
    states = [one.state for one in record.promises]
    saidi, saifi, caidi = indices([record], served=record.figures.served, now_us=now_us)
    return Experience(
        steps=steps,
        on_word=ends_on_word(record),
        minutes={
            "time_to_detect": _minutes(steps, "onset", "detected"),
            "time_to_acknowledge": _minutes(steps, "onset", "acknowledged"),
            "time_to_first_word": _minutes(steps, "onset", "first_word"),
            "time_to_claim": _minutes(steps, "onset", "claimed_fixed"),
            "time_to_restore": _minutes(steps, "onset", "restored"),
            "claim_gap": _minutes(steps, "claimed_fixed", "restored"),
        },
        kept=states.count("kept"),
        broken=states.count("broken"),
        hit=users_hit(record, now_us) if counted else None,
        user_minutes=user_minutes(record, now_us) if counted else None,
        saidi=saidi,
        saifi=saifi,
        caidi=caidi,
    )


def milestones(record: Record) -> dict[Step, int | None]:
    """Return when each step was reached."""
    incident = record.incident
    by_people = (one.at_us for one in record.entries if one.actor != DESK)
    claims = (one.at_us for one in record.entries if isinstance(one.fact, ClaimedFixed))
    words = (one.published_us for one in incident.notices if one.published_us is not None)
    return {
        "onset": incident.onset_us,
        "detected": record.detected_us,
        "acknowledged": min(by_people, default=incident.confirmed_us),
        "first_word": min(words, default=None),
        "claimed_fixed": min(claims, default=None),
        "restored": ended_us(record) if incident.state == "restored" else None,
        "called_restored": called_over_us(record) if incident.state == "restored" else None,
    }


def _minutes(steps: Mapping[Step, int | None], begin: Step, end: Step) -> float | None:
    begin_us, end_us = steps[begin], steps[end]
    # Somebody may have known before customers felt anything; that is no negative time.
    return None if begin_us is None or end_us is None else max(0, end_us - begin_us) / MINUTE_US


def indices(
    records: Iterable[Record], *, served: Bounds | None, now_us: int
) -> tuple[Range | None, Range | None, Range | None]:
    """Return SAIDI, SAIFI and CAIDI of a time, over the incidents that fell into it.

    Args:
        records: of the incidents; those whose people nobody counted are left out, and the caller says how many.
        served: customers of the service; None, or perhaps nobody, leaves SAIDI and SAIFI unknown.
        now_us: the present.

    >>> indices([], served=None, now_us=0)
    (None, None, None)
    """
    counted = [record for record in records if record.figures.affected]
    if not counted:
        return None, None, None
    rows = [
        (span_us / MINUTE_US, row.users)
        for record in counted
        for row in affected_rows(record)
        if (span_us := _lasted_us(row, now_us)) > MOMENTARY_US
    ]
    anybody = any(users.high for _, users in rows)
    caidi = Range(_mean(rows, "low"), _likely_mean(rows), _mean(rows, "high")) if anybody else None
    if served is None or served.low <= 0:
        return None, None, caidi
    minutes = [sum(span * getattr(users, name) for span, users in rows) for name in ("low", "likely", "high")]
    people = [float(sum(getattr(users, name) for _, users in rows)) for name in ("low", "likely", "high")]
    return _per(minutes, served), _per(people, served), caidi


def _lasted_us(row: Hit, now_us: int) -> int:
    return (row.end_us if row.end_us is not None else now_us) - row.start_us


def _per(sums: Sequence[float], served: Bounds) -> Range:
    low, likely, high = sums
    return Range(low / served.high, likely / max(1, served.likely), high / served.low)


def _likely_mean(rows: Sequence[tuple[float, Bounds]]) -> float:
    people = sum(users.likely for _, users in rows)
    return sum(span * users.likely for span, users in rows) / people if people else _mean(rows, "high")


def _mean(rows: Sequence[tuple[float, Bounds]], bound: Literal["low", "high"]) -> float:
    """Return the least or greatest mean duration that bounded numbers of people allow, of whom there may be some.

    It is reached where all rows on one side of some duration have their most people and the others their fewest.
    """
    ordered = sorted(rows, key=lambda one: one[0], reverse=bound == "high")
    found = []
    for cut in range(1, len(ordered) + 1):
        weights = [users.high if index < cut else users.low for index, (_, users) in enumerate(ordered)]
        if total := sum(weights):
            found.append(sum(span * weight for (span, _), weight in zip(ordered, weights, strict=True)) / total)
    return min(found) if bound == "low" else max(found)
