"""A Finding is a statistical claim that a scope departs from its normal: since when, how sure, on what."""

from __future__ import annotations

from typing import Literal

import msgspec

from pulih.model.reading import Service, Symptom

# Every finding is suspected; it is likely when independent voices carry it.
Level = Literal["suspected", "likely"]


class Phrase(msgspec.Struct, frozen=True):
    """A phrase of the evidence with the number of signals that contain it."""

    text: str
    signals: int


class Voice(msgspec.Struct, frozen=True):
    """One masked text behind a finding, for people who want to read the evidence itself."""

    at_us: int
    text: str
    weight: float


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One claim about one scope (requirement D1); times in microseconds since 1970 UTC.

    Attributes:
        id: stable digest of operator, region and alarm.
        incident: id shared by findings that belong to one outage (less than six hours apart).
        operator, operator_name: catalogue id and how people write it.
        service, symptom: what most of the reports say, None where they do not say.
        region, region_name: Kemendagri code and name; None = the whole country, or no place known.
        onset_us: estimated start.
        alarm_us: first moment at which the finding could have been raised from the data before it.
        peak_us: end of the window with most reports.
        cleared_us: when it was over; None while open. As early as the alarm where it was ending already then.
        last_us: moment of the last signal counted in it; None where that is not known.
        signals: signals counted in its scope from onset until cleared.
        expected: how many were usual in that time.
        evidence_nats: log of the evidence against "as usual" at its highest.
        false_alarms_per_week: rate asked for, over all scopes of the operator.
        phrases, rules: what was said most, and the ids of the rules that know it.
        voices: masked texts, oldest first, a bounded number.
        scattered: its signals name several places and none of them holds it; without that and without a region,
            the place is simply not known.
        why, mengapa: the reason in one sentence, English and Indonesian.
        standing: likely when independent voices carry it, else no more than suspected.
        standing_why, standing_mengapa: the reason of that, English and Indonesian.
        narrowed_to: id of the finding that explains this one in fewer places, or "".
    """

    id: str
    incident: str
    operator: str
    operator_name: str
    service: Service | None
    region: str | None
    region_name: str | None
    symptom: Symptom | None
    onset_us: int
    alarm_us: int
    peak_us: int | None
    cleared_us: int | None
    signals: int
    expected: float
    evidence_nats: float
    false_alarms_per_week: float
    phrases: tuple[Phrase, ...] = ()
    rules: tuple[str, ...] = ()
    voices: tuple[Voice, ...] = ()
    why: str = ""
    mengapa: str = ""
    narrowed_to: str = ""
    last_us: int | None = None
    scattered: bool = False
    standing: Level = "suspected"
    standing_why: str = ""
    standing_mengapa: str = ""
