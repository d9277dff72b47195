"""A regulator's rule as data: whom it binds, when, from which size of outage on, and which clocks it sets.

A rule is a frozen row with a permanent id, a source and dates of validity (data/regulators/*.toml, docs/regulators.md);
a rule whose meaning changes is a new row. What a source does not say is left out and listed in `unknown`.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from pulih.model.reading import Service
from pulih.model.record import Area, Whole

Standing = Literal["in_force", "proposed", "superseded", "house"]
Confidence = Literal["high", "medium", "low"]
ClockKind = Literal["first_notice", "update", "initial_report", "final_report", "emergency_notice"]
# Since when a clock runs. notifiable: known to be of the size that counts; after: when another clock was met.
Since = Literal["onset", "known", "notifiable", "restored", "after"]
MetBy = Literal["statement", "filing"]
# What a report has to say; `learn.report_items` knows how each is filled.
ContentItem = Literal[
    "reference", "operator", "start_time", "detected_time", "restored_time", "duration", "scale", "user_minutes",
    "share", "areas", "service_types", "likely_cause", "root_cause", "estimated_restoration", "emergency_calls",
    "alternatives", "priority_customers", "actions_taken", "corrective_actions", "statements_made", "contact",
]  # fmt: skip


class SizeTest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way in which an outage is large enough: all that is set must hold.

    Attributes:
        users_min: so many users at least; `share_over_percent` more than so many in a hundred of those served.
        minutes_min: it lasts so many minutes or longer; `minutes_over` longer than so many.
        user_minutes_min: users times minutes.
        area, whole: where; see `Figures`.
        emergency_calls: calls for help fail.
        personal_data: personal data failed to be protected.
        services: one of these is hit; empty = any.
        judged: whether it counts is for people to judge, so it never surely does.
    """

    users_min: int | None = None
    share_over_percent: int | None = None
    minutes_min: int | None = None
    minutes_over: int | None = None
    user_minutes_min: int | None = None
    area: Area | None = None
    whole: Whole | None = None
    emergency_calls: bool = False
    personal_data: bool = False
    services: tuple[Service, ...] = ()
    judged: bool = False


class EveryStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From so many minutes after the first word on, the next one is due within `every_min`."""

    from_min: int
    every_min: int


class ClockRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One clock of a rule.

    Attributes:
        id: unique within its rule; `kind` see `ClockKind`.
        since: see `Since`; `after` names the clock whose being met starts this one.
        minutes: minutes that passed, whatever clocks on walls did meanwhile; days and months: the same time of day so
            much later in the rule's zone. None of the three: as soon as practicable.
        every: how often the next word is due, of updates alone.
        met_by: a public statement, or a report that somebody marks as sent.
        emergency: it runs only where calls for help may fail.
        to_id, to_en: who is told.
    """

    id: str
    kind: ClockKind
    since: Since
    to_id: str
    to_en: str
    after: str = ""
    minutes: int | None = None
    days: int | None = None
    months: int | None = None
    every: tuple[EveryStep, ...] = ()
    met_by: MetBy = "filing"
    emergency: bool = False


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule.

    Attributes:
        id: permanent; `country` ISO 3166, or EU; `regulator` as it calls itself.
        title_id, title_en: what it is about.
        standing: in force, proposed, superseded, or the house's own; `confidence` how well its source was seen.
        valid_from, valid_to: first day, and first day not any more, by the calendar of `zone`; None = not known, open.
        zone: of its days and of its documents.
        unplanned: planned work does not count.
        expected: a duration counts from the moment it is expected.
        unless: id of another rule; an outage to which that one applies is told under it alone. "" for none.
        tests: any of them suffices; none = every incident that was confirmed.
        clock, content: what is due, and what a report must say.
        language: of the document.
        source: where it was read; `comment_id`, `comment_en` what to know about it; `unknown` what no source says.
    """

    id: str
    country: str
    regulator: str
    title_id: str
    title_en: str
    standing: Standing
    confidence: Confidence
    zone: str
    clock: tuple[ClockRow, ...]
    content: tuple[ContentItem, ...]
    source: tuple[str, ...]
    valid_from: date | None = None
    valid_to: date | None = None
    unplanned: bool = True
    expected: bool = False
    unless: str = ""
    tests: tuple[SizeTest, ...] = ()
    language: Literal["en", "id"] = "en"
    comment_id: str = ""
    comment_en: str = ""
    unknown: tuple[str, ...] = ()
