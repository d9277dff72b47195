"""A Record is all that is known of one incident when it is measured, reported and reviewed; a desk or a test fills it.

The pure functions of `learn` take nothing else, so a replay of a documented outage and a running desk are judged by the
same rules. What nobody knows is None or has wide bounds, and is never made up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from pulih.model.bulletin import Promise
from pulih.model.entry import Entry
from pulih.model.impact import Bounds
from pulih.model.incident import Incident
from pulih.model.review import Review

# Kinds of area that some rules tell apart, and whole areas that others ask for.
Area = Literal["metropolitan", "regional", "remote"]
Whole = Literal["district", "province", "country"]
Question = Literal["csat", "nps", "ces"]


class Affected(msgspec.Struct, frozen=True, kw_only=True):
    """People without service; those of two rows are different people.

    `start_us` None is from the onset on, `end_us` None until it is restored, whenever that is.
    """

    users: Bounds
    start_us: int | None = None
    end_us: int | None = None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What people, or the operator's tables, say of an incident beyond its timeline; None where nobody has said.

    Attributes:
        affected: whom it hit and when, in rows of different people; empty = nobody has counted.
        served: customers of the service, hit or not, for shares.
        area: where it is, as rules tell areas apart.
        whole: areas that are without service entirely; () says that none is.
        emergency_calls_failed: calls for help that did not go through.
        personal_data: whether personal data failed to be protected.
        expected_end_us: when it is expected to end; `expected_since_us` since when that is expected.
        reference: number or name under which the regulator knows it, "" without one.
    """

    affected: tuple[Affected, ...] = ()
    served: Bounds | None = None
    area: Area | None = None
    whole: tuple[Whole, ...] | None = None
    emergency_calls_failed: Bounds | None = None
    personal_data: bool | None = None
    expected_end_us: int | None = None
    expected_since_us: int | None = None
    reference: str = ""


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """A report that went to a regulator: under which rule, for which clock of it, when, who sent it, a note."""

    rule: str
    clock: str
    at_us: int
    by: str = ""
    note: str = ""


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """Reports heard from `start_us` on for one step, against what is usual; None where nothing could be heard."""

    start_us: int
    reports: float | None
    usual: float


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """Reports over time of one group: an operator's all, a region, a service; `step_s` is the width of a window."""

    group: str
    step_s: int
    levels: tuple[Level, ...]


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """Answers to one question that was sent after restoration, and to how many it was sent."""

    question: Question
    asked: int
    scores: tuple[int, ...] = ()


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One incident.

    Attributes:
        incident: as its timeline adds up; `entries` that timeline, () where a test states the incident alone.
        country: ISO 3166 code of where it is, which says whose rules bind; `zone` the desk's IANA time zone.
        operator_name, region_names: what things are called; contact who answers for the desk, "" nobody by name.
        detected_us: first moment at which anybody or anything at the operator knew; None = not known.
        figures: see `Figures`.
        promises: promised words and what became of them.
        filings: what went to regulators.
        estimate: subscribers who may be touched, by the desk's own bounds; stands in where nobody counted.
        curves: complaint levels, the widest group first.
        evidence: reasons for and against, each in Indonesian and English.
        surveys: what customers answered afterwards.
        review: what people learnt.
    """

    incident: Incident
    entries: tuple[Entry, ...] = ()
    country: str = "ID"
    zone: str = "Asia/Jakarta"
    operator_name: str = ""
    region_names: Mapping[str, str] = {}
    contact: str = ""
    detected_us: int | None = None
    figures: Figures = Figures()
    promises: tuple[Promise, ...] = ()
    filings: tuple[Filing, ...] = ()
    estimate: Bounds | None = None
    curves: tuple[Curve, ...] = ()
    evidence: tuple[tuple[str, str], ...] = ()
    surveys: tuple[Survey, ...] = ()
    review: Review = Review()
