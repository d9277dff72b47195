"""Clocks of an incident: the first word, promised ones, those of an end and of its relapse, signatures, tasks.

The goal is a first public word within 15 minutes of the onset (docs/incidents.md); the strictest rule known
to the project asks 30 (Japan 2023). Rules are rows with permanent ids.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from pulih.model.clock import DAY_S, MICROS
from pulih.model.incident import Incident
from pulih.model.notice import Notice

ClockKind = Literal["first_word", "next_word", "recovery_word", "relapse_word", "second_signature", "task"]
ClockState = Literal["running", "met", "missed"]


class ClockRule(msgspec.Struct, frozen=True):
    """One rule: permanent id, which clock it sets, minutes it allows, and who says so in both languages."""

    id: str
    kind: ClockKind
    minutes: int
    says_id: str
    says_en: str


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """One clock of one incident.

    Attributes:
        kind, rule: what is due, and the id of the rule that says so, "" for a promise or a task.
        of: id of the notice or task, "" for the first word and that of recovery.
        due_us: until when; `met_us` when it was done, None as long as it was not.
        state: running while there is time, met when done in time, missed otherwise.
    """

    kind: ClockKind
    rule: str = ""
    of: str = ""
    due_us: int
    met_us: int | None
    state: ClockState


RULES: Final = (
    ClockRule("clock.first_word.house", "first_word", 15, "internal", "house"),
    ClockRule("clock.first_word.japan_2023", "first_word", 30, "Jepang", "Japan"),
    # Whoever was told of the trouble is told that it is over; no rule elsewhere names a time for it.
    ClockRule("clock.recovery_word.house", "recovery_word", 15, "internal", "house"),
    # And whoever was told that it is over, that it is not.
    ClockRule("clock.relapse_word.house", "relapse_word", 15, "internal", "house"),
    # No rule elsewhere names a time for the second signature; an hour lets the second person be woken.
    ClockRule("clock.second_signature.house", "second_signature", 60, "internal", "house"),
)


def clocks(incident: Incident, now_us: int) -> tuple[Due, ...]:
    """Return the clocks of an incident, those that run or were missed and wait first, each by when it is due.

    A rejected or merged incident of which nothing was said owes nobody a word.
    """
    said = sorted((one for one in incident.notices if one.published_us is not None), key=_published_us)
    found = [*_first_word(incident, said, now_us), *_promises(said, now_us), *_recovery_word(incident, said, now_us)]
    found += _relapse_word(incident, said, now_us)
    found += _signatures(said, now_us)
    found += [
        _due("task", due_us=task.due_us, met_us=task.done_us, now_us=now_us, of=task.id)
        for task in incident.tasks
        if task.due_us is not None and task.state != "dropped"
    ]
    return tuple(sorted(found, key=lambda one: (one.met_us is not None, one.due_us)))


def next_due(incident: Incident, now_us: int) -> Due | None:
    """Return the clock that runs out first of what is still to be done in public, None when nothing is."""
    waiting = (one for one in clocks(incident, now_us) if one.met_us is None)
    return next((one for one in waiting if one.kind in {"first_word", "next_word", "relapse_word"}), None)


def _first_word(incident: Incident, said: list[Notice], now_us: int) -> list[Due]:
    if not said and (incident.state == "rejected" or incident.merged_into):
        return []
    met_us = _published_us(said[0]) if said else None
    return [
        _due(
            "first_word",
            due_us=incident.onset_us + rule.minutes * 60 * MICROS,
            met_us=met_us,
            now_us=now_us,
            rule=rule.id,
        )
        for rule in RULES
        if rule.kind == "first_word"
    ]


def _recovery_word(incident: Incident, said: list[Notice], now_us: int) -> list[Due]:
    """Return the clock of the word that it is over, where the public heard that it was not.

    After a day it is no news any more, and left to the page; taken back, it was not said.
    """
    ended_us = incident.ended_us
    if incident.state != "restored" or incident.merged_into or ended_us is None or not said:
        return []
    told = (one for one in said if one.kind == "restored" and one.state == "published")
    met_us = next((_published_us(one) for one in told if _published_us(one) >= ended_us), None)
    if met_us is None and now_us - ended_us >= DAY_S * MICROS:
        return []
    rule = next(rule for rule in RULES if rule.kind == "recovery_word")
    due_us = ended_us + rule.minutes * 60 * MICROS
    return [_due("recovery_word", due_us=due_us, met_us=met_us, now_us=now_us, rule=rule.id)]


def _relapse_word(incident: Incident, said: list[Notice], now_us: int) -> list[Due]:
    """Return the clock of the word that it is not over, where the public heard of it and it was taken up again."""
    since_us = incident.reopened_us
    if since_us is None or incident.merged_into or not any(_published_us(one) < since_us for one in said):
        return []
    met_us = next((_published_us(one) for one in said if _published_us(one) >= since_us), None)
    rule = next(rule for rule in RULES if rule.kind == "relapse_word")
    due_us = since_us + rule.minutes * 60 * MICROS
    return [_due("relapse_word", due_us=due_us, met_us=met_us, now_us=now_us, rule=rule.id)]


def _promises(said: list[Notice], now_us: int) -> list[Due]:
    """Return each promise; the next word in public keeps it, whatever it says."""
    following = [*map(_published_us, said[1:]), None][: len(said)]
    return [
        _due("next_word", due_us=one.next_update_by_us, met_us=met_us, now_us=now_us, of=one.id)
        for one, met_us in zip(said, following, strict=True)
        if one.next_update_by_us is not None
    ]


def _signatures(said: list[Notice], now_us: int) -> list[Due]:
    rule = next(rule for rule in RULES if rule.kind == "second_signature")
    return [
        _due(
            "second_signature",
            due_us=_published_us(one) + rule.minutes * 60 * MICROS,
            met_us=None,
            now_us=now_us,
            of=one.id,
            rule=rule.id,
        )
        for one in said
        if one.before_second and not one.signed_by and one.state == "published"
    ]


def _published_us(notice: Notice) -> int:
    return notice.published_us or 0


def _due(kind: ClockKind, *, due_us: int, met_us: int | None, now_us: int, of: str = "", rule: str = "") -> Due:
    missed = (now_us if met_us is None else met_us) > due_us
    state: ClockState = "missed" if missed else "running" if met_us is None else "met"
    return Due(kind=kind, rule=rule, of=of, due_us=due_us, met_us=met_us, state=state)
