"""The lines of an incident's page that lead to its obligations and its review: what is due, and what is ahead."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pulih.learn.obligations import Obligation, ahead, announced
from pulih.learn.rule_clocks import RuleClock
from pulih.learn.wording import Pair
from pulih.model.clock import HOUR_S, MICROS
from pulih.model.incident import Incident
from pulih.model.record import Record
from pulih.web.console.asking import Asking
from pulih.web.console.phrasing import Tongue

# How far ahead it is said that an outage becomes notifiable.
_AHEAD_US = 2 * HOUR_S * MICROS


class LearnLine(msgspec.Struct, frozen=True):
    """What is due, said in a sentence; what the outage will grow into before long; and how the review stands."""

    says: str
    ahead: tuple[str, ...]
    review: str


def learn_line(who: Asking, incident: Incident) -> LearnLine | None:
    """Return the lines of an incident, None where the desk runs without."""
    desk, now_us = who.rooms.learning, who.tongue.when.now_us
    if desk is None or incident.merged_into:
        return None
    record = desk.record(incident.id, brief=True)
    binding = [one for one in desk.obligations(record) if not one.as_if]
    near = [announced(one, record, now_us=now_us) for one in ahead(binding, now_us=now_us, within_us=_AHEAD_US)]
    return LearnLine(
        headline_of(who.tongue, binding, record),
        tuple(who.tongue.chosen(said) for said in near if said is not None),
        record.review.state if record.review.version else "",
    )


def headline_of(tongue: Tongue, found: Sequence[Obligation], record: Record) -> str:
    """Say first what is due first, or what is ahead, or that nothing is.

    Args:
        tongue: in which language.
        found: what the rules ask.
        record: of the incident.
    """
    due = next_of(found)
    if due is not None:
        rule, clock = due
        name = tongue.say(f"obligation.clock.{clock.kind}")
        if clock.due_us is None:
            return tongue.say("obligation.head.at_once", what=name, who=rule.rule.regulator)
        key = "obligation.head.missed" if clock.state == "missed" else "obligation.head.due"
        return tongue.say(key, what=name, who=rule.rule.regulator, at=tongue.when.moment(clock.due_us))
    now_us = tongue.when.now_us
    coming: list[Pair] = [
        pair for one in found if not one.as_if and (pair := announced(one, record, now_us=now_us)) is not None
    ]
    return tongue.chosen(coming[0]) if coming else tongue.say("obligation.head.nothing")


def next_of(views: Sequence[Obligation]) -> tuple[Obligation, RuleClock] | None:
    """Return the clock that runs out first of the rules that bind and surely apply, None when none waits."""
    waiting = [
        (one, clock)
        for one in views
        if not one.as_if and one.applies == "applies" and (clock := one.next_due()) is not None
    ]
    return min(waiting, key=lambda one: one[1].due_us or one[1].start_us or 0, default=None)
