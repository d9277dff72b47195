"""The timeline as people read it: each entry a line that says when, who, what, and why in their own words."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pulih.communicate.told_entries import told
from pulih.model.entry import DESK, Entry, NoticeDrafted
from pulih.web.console.phrasing import Tongue


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line: number, when, who, what, why, and the statement that was worded, if any."""

    number: int
    at_us: int
    actor: str
    what: str
    reason: str
    quoted: str = ""


def lines_of(tongue: Tongue, entries: Sequence[Entry]) -> list[Line]:
    """Return the lines of a timeline, in its order."""
    return [line_of(tongue, one) for one in entries]


def line_of(tongue: Tongue, one: Entry) -> Line:
    """Return the line of an entry."""
    drafted = one.fact if isinstance(one.fact, NoticeDrafted) else None
    return Line(
        number=one.number,
        at_us=one.at_us,
        actor=tongue.say("console.actor.desk") if one.actor == DESK else one.actor,
        what=tongue.chosen(told(one, tongue.speech)),
        reason=_reason(tongue, one),
        quoted=tongue.chosen((drafted.text_id, drafted.text_en)) if drafted else "",
    )


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
