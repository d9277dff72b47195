"""The timeline as people read it: each entry a line that says when, who, what, and why in their own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from pulih.communicate.told_entries import told
from pulih.model.entry import (
    DESK,
    Entry,
    Fact,
    FindingCleared,
    FindingJoined,
    MergedInto,
    NoticeDrafted,
    Opened,
    SplitOff,
    TookOver,
)
from pulih.model.finding import Finding
from pulih.model.scope import Scope
from pulih.web.console.phrasing import Tongue, scope_words
from pulih.web.console.rows import NONE
from pulih.web.frame.words import about


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line: number, when, who, what, why, and the statement that was worded, if any.

    `about` names what was found; `link` leads to it, or to the other incident, "" where it is shown nowhere.
    """

    number: int
    at_us: int
    actor: str
    what: str
    reason: str
    quoted: str = ""
    about: str = ""
    link: str = ""


def lines_of(tongue: Tongue, entries: Sequence[Entry], findings: Mapping[str, Finding] = NONE) -> list[Line]:
    """Return the lines of a timeline, in its order; `findings` are those that can be looked up, by id."""
    return [line_of(tongue, one, findings) for one in entries]


def line_of(tongue: Tongue, one: Entry, findings: Mapping[str, Finding] = NONE) -> Line:
    """Return the line of an entry."""
    what, link = _about(tongue, one.fact, findings)
    drafted = one.fact if isinstance(one.fact, NoticeDrafted) else None
    return Line(
        number=one.number,
        at_us=one.at_us,
        actor=tongue.say("console.actor.desk") if one.actor == DESK else one.actor,
        what=tongue.chosen(told(one, tongue.speech)),
        reason=_reason(tongue, one),
        quoted=tongue.chosen((drafted.text_id, drafted.text_en)) if drafted else "",
        about=what,
        link=link,
    )


def _about(tongue: Tongue, fact: Fact, findings: Mapping[str, Finding]) -> tuple[str, str]:
    """Return what an entry is about, and where that is shown: an open finding among those of now, an incident."""
    match fact:
        case FindingJoined() | FindingCleared():
            found = findings.get(fact.finding)
            if found is None:
                return "", ""
            scope = Scope(operator=found.operator, service=found.service, region=found.region, symptom=found.symptom)
            said = tongue.say("console.timeline.found", what=scope_words(tongue, scope), n=found.signals,
                              reports=tongue.say.written(about(found.signals)))  # fmt: skip
            return said, "" if found.cleared_us else f"/console/now#finding-{found.id}"
        case MergedInto() | TookOver() | SplitOff():
            return "", f"/console/incidents/{fact.incident}"
        case Opened() if fact.split_from:
            return "", f"/console/incidents/{fact.split_from}"
        case _:
            return "", ""


def _reason(tongue: Tongue, one: Entry) -> str:
    """Return why, in the words of whoever acted; the desk says it in Indonesian, then in English, a line each."""
    lines = one.reason.split("\n")
    return tongue.chosen((lines[0], lines[1])) if one.actor == DESK and len(lines) == 2 else one.reason


def since(tongue: Tongue, entries: Sequence[Entry], version: int) -> list[Line]:
    """Return what happened after the version that somebody saw."""
    return lines_of(tongue, [one for one in entries if one.number > version])


def shown(entries: Sequence[Entry], most: int) -> list[Entry]:
    """Return the entries that a short timeline shows: the first and the last ones, oldest first.

    >>> shown([], 3)
    []
    """
    return list(entries) if len(entries) <= most else [entries[0], *entries[len(entries) - most + 1 :]]
