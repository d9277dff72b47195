"""The timeline as people read it: each entry a line that says when, who, what, and why in their own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from pulih.model import entry
from pulih.model.entry import DESK, Entry, Fact
from pulih.model.scope import Scope
from pulih.web.console.phrasing import Tongue, scope_words


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line: number, when, who (or the desk itself), what, why, and the statement that it made, if any."""

    number: int
    at_us: int
    actor: str
    by_desk: bool
    tag: str
    what: str
    reason: str
    quoted: str = ""


def lines_of(tongue: Tongue, entries: Sequence[Entry]) -> list[Line]:
    """Return the lines of a timeline, oldest first."""
    return [line_of(tongue, one) for one in entries]


def line_of(tongue: Tongue, one: Entry) -> Line:
    """Return the line of an entry."""
    tag = tag_of(one.fact)
    return Line(
        number=one.number,
        at_us=one.at_us,
        actor=tongue.say("console.actor.desk") if one.actor == DESK else one.actor,
        by_desk=one.actor == DESK,
        tag=tag,
        what=tongue.say(_key(tag, one.fact), **_values(tongue, one.fact)),
        reason=one.reason,
        quoted=_quoted(tongue, one.fact),
    )


def tag_of(fact: Fact) -> str:
    """Return the name of a kind of fact, as the timeline stores it.

    >>> tag_of(entry.Noted())
    'noted'
    """
    return str(fact.__struct_config__.tag)


def since(tongue: Tongue, entries: Sequence[Entry], version: int) -> list[Line]:
    """Return what happened after the version that somebody saw."""
    return lines_of(tongue, [one for one in entries if one.number > version])


def _key(tag: str, fact: Fact) -> str:
    """Return the key of the sentence; where nothing, or nobody, was chosen there is a sentence of its own."""
    bare = (
        (isinstance(fact, entry.OwnerSet) and not fact.owner)
        or (isinstance(fact, entry.Explained) and not fact.maintenance)
        or (isinstance(fact, _OF_SCOPES) and not fact.scopes)
    )
    if isinstance(fact, entry.NoticePublished) and (fact.break_glass or fact.before_second):
        return f"console.entry.{tag}.{'glass' if fact.break_glass else 'first'}"
    return f"console.entry.{tag}.{'bare' if bare else 'is'}"


_OF_SCOPES = (entry.Confirmed, entry.ClaimedFixed, entry.Restored, entry.Relapsed)


def _values(tongue: Tongue, fact: Fact) -> dict[str, object]:
    fields = msgspec.structs.asdict(fact)
    filled = {name: _written(tongue, name, value) for name, value in fields.items()}
    return {**filled, "n": len(fields.get("findings", ()))}


def _written(tongue: Tongue, name: str, value: Any) -> object:
    if name == "scopes":
        return _scopes(tongue, value)
    if name.endswith("_us") and value is not None:
        return tongue.when.moment(value)
    if name in _NAMED:
        return tongue.say(f"console.{name}.{value}")
    if name == "priority_customers":
        return ", ".join(value) or tongue.say("console.nobody")
    return value if isinstance(value, str) else ""


_NAMED = frozenset({"severity", "emergency_calls", "party", "kind"})


def _scopes(tongue: Tongue, scopes: Sequence[Scope]) -> str:
    return "; ".join(scope_words(tongue, scope) for scope in scopes)


def _quoted(tongue: Tongue, fact: Fact) -> str:
    by_language: Mapping[type, Callable[[Any], tuple[str, str]]] = {
        entry.NoticeDrafted: lambda one: (one.text_id, one.text_en),
        entry.CauseSet: lambda one: (one.cause_id, one.cause_en),
        entry.RumourAnswered: lambda one: (one.answer_id, one.answer_en),
    }
    both = by_language.get(type(fact))
    if both is None:
        return ""
    indonesian, english = both(fact)
    return indonesian if tongue.say.language == "id" else english


def shown(entries: Sequence[Entry], most: int) -> list[Entry]:
    """Return the entries that a short timeline shows: the first and the last ones, oldest first.

    Args:
        entries: all of it.
        most: how many fit.
    """
    return list(entries) if len(entries) <= most else [entries[0], *entries[len(entries) - most + 1 :]]
