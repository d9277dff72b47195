"""Escalation: whom the desk calls next about an incident that nobody has taken up.

What is called about is the latest of what waits: that it is suspected, that it was confirmed, that reports contradict
a claimed repair, that they rise again after it was back, or a missed clock. Of what is called restored, only what
reports say against it is called about, and the word of recovery that the public was not told. The first on duty is
called at once, the next one when nobody took it up within the minutes that are allowed, and so on, a set number of
times through the list. Each step is an entry of the timeline, so that a desk that was cut off goes on where it stopped;
steps that would have been due meanwhile are not made up for, the next one is simply due.
Source: ITIL incident management, hierarchic escalation; requirement R1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from pulih.confirm.clocks import RULES, clocks
from pulih.model.clock import MICROS
from pulih.model.entry import Called, Entry, RecoveryJudged, Relapsed
from pulih.model.incident import Incident
from pulih.model.scope import Scope

_FIRST: Final = next(rule.id for rule in RULES if rule.kind == "first_word")


class Escalation(msgspec.Struct, frozen=True, kw_only=True):
    """How the desk calls: minutes until the next one, times through the list, and what it calls about."""

    acknowledge_min: int = 10
    rounds: int = 2
    about: frozenset[str] = frozenset({"suspected", "confirmed", "contradicted", "relapsed", "first_word", "next_word"})


class Waiting(msgspec.Struct, frozen=True):
    """What waits to be taken up, and since when."""

    about: str
    since_us: int


def waiting(incident: Incident, entries: Sequence[Entry], rule: Escalation, now_us: int) -> Waiting | None:
    """Return the latest matter that nobody has taken up, None when there is none.

    Args:
        incident: as it is; `entries` its timeline.
        rule: what is called about.
        now_us: the present.
    """
    if incident.merged_into or incident.state == "rejected":
        return None
    taken_us = -1 if incident.acknowledged_us is None else incident.acknowledged_us
    open_now = [one for one in _matters(incident, entries, now_us) if one.about.partition(":")[0] in rule.about]
    left = [one for one in open_now if one.since_us > taken_us]
    return max(left, key=lambda one: one.since_us, default=None)


def next_call(
    incident: Incident, entries: Sequence[Entry], people: Sequence[str], *, rule: Escalation, now_us: int
) -> Called | None:
    """Return whom to call now, None when nobody is.

    Args:
        incident: as it is; `entries` its timeline.
        people: who is on duty, first to last.
        rule: how the desk calls.
        now_us: the present.
    """
    matter = waiting(incident, entries, rule, now_us)
    if matter is None or not people:
        return None
    made = [
        entry
        for entry in entries
        if isinstance(entry.fact, Called) and entry.fact.about == matter.about and entry.at_us >= matter.since_us
    ]
    if len(made) >= len(people) * rule.rounds:
        return None
    if made and now_us < made[-1].at_us + rule.acknowledge_min * 60 * MICROS:
        return None
    return Called(about=matter.about, step=len(made) + 1, who=people[len(made) % len(people)])


def _matters(incident: Incident, entries: Sequence[Entry], now_us: int) -> Iterator[Waiting]:
    yield from _against(incident, entries)
    restored = incident.state == "restored"
    if incident.state == "suspected":
        yield Waiting("suspected", incident.opened_us)
    elif not restored:
        # Another scope that is confirmed later is no new matter; one that relapses is.
        relapsed = [entry.at_us for entry in entries if isinstance(entry.fact, Relapsed)]
        yield Waiting("confirmed", max([incident.confirmed_us or incident.opened_us, *relapsed]))
    for due in clocks(incident, now_us):
        # Of the rules for the first word the strictest speaks for all.
        if restored and due.kind != "recovery_word":
            continue
        if due.state == "missed" and due.met_us is None and (due.kind != "first_word" or due.rule == _FIRST):
            yield Waiting(f"{due.kind}:{due.of}" if due.of else due.kind, due.due_us)


def _against(incident: Incident, entries: Sequence[Entry]) -> Iterator[Waiting]:
    """Yield since when reports contradict a repair in some scope, and since when they have risen again in some.

    Whoever reopens a scope knows of its relapse; only one that was back since then relapses anew. Scopes that relapse
    one after the other are one matter until somebody takes it up; those that follow then are another.
    """
    contradicted_us: int | None = None
    risen: dict[Scope, int] = {}
    reopened: set[Scope] = set()
    for entry in entries:
        match entry.fact:
            case RecoveryJudged(scopes=judged):
                against = any(one.verdict == "contradicted" for one in judged)
                contradicted_us = (entry.at_us if contradicted_us is None else contradicted_us) if against else None
                for one in judged:
                    if one.verdict == "restored":
                        risen.pop(one.scope, None)
                        reopened.discard(one.scope)
                    elif one.relapsed and one.scope not in reopened:
                        risen.setdefault(one.scope, entry.at_us)
            case Relapsed(scopes=named):
                again = named or tuple(risen)
                reopened.update(again)
                for scope in again:
                    risen.pop(scope, None)
            case _:
                pass
    if contradicted_us is not None:
        yield Waiting("contradicted", contradicted_us)
    taken_us = -1 if incident.acknowledged_us is None else incident.acknowledged_us
    there = {part.scope for part in incident.scopes}
    left = [at_us for scope, at_us in risen.items() if scope in there and at_us > taken_us]
    if left:
        yield Waiting("relapsed", min(left))
