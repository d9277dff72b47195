"""Phrases: which messages of the network count, told in words with two signs and not in regular expressions.

What devices write is not ours to trust, and a regular expression can be made to run for hours on a text of one line.
A phrase is found in time that grows with the text, whoever wrote it: `*` stands for anything, `{object}` for one word,
the thing that the message is about, so that its coming back is known for what it ends.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from pulih.model.reading import Service, Symptom

# More of a message says no more about what it is, and a phrase is looked for in no longer text.
TEXT_CHARS_MAX: Final = 2_000
_OBJECT: Final = "{object}"
_SIGN: Final = re.compile(r"(\*|\{object\})")
_WORD: Final = re.compile(r"[^\s,;\"'()\[\]]+")
_OBJECT_CHARS_MAX: Final = 100

Phrase = Annotated[
    str,
    Meta(min_length=2, max_length=200, description='words such as "Interface {object}, changed state to down"'),
]
Severity = Annotated[int, Meta(ge=0, le=7, description="a severity from 0, emergency, to 7, debug")]


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Messages that count, and what they mean.

    Attributes:
        name: what such an alarm is called.
        severity: messages as severe as this, or more.
        words: phrases, one of which is in the message; none = any message.
        clears: phrases that say that it is over.
        apps: programs whose messages count; none = any.
        operator, service, symptom, place: what it means, where the sender does not say it.
    """

    name: Annotated[str, Meta(min_length=1, max_length=60, description="a name such as link-down")]
    severity: Severity = 7
    words: Annotated[tuple[Phrase, ...], Meta(max_length=50, description="at most 50 phrases")] = ()
    clears: Annotated[tuple[Phrase, ...], Meta(max_length=50, description="at most 50 phrases")] = ()
    apps: Annotated[tuple[str, ...], Meta(max_length=50, description="names of programs")] = ()
    operator: str = ""
    service: Service | None = None
    symptom: Symptom | None = None
    place: str = ""


class Match(msgspec.Struct, frozen=True):
    """A rule that a message keeps: what the message is about, "" when it does not say, and whether it is over."""

    rule: Rule
    about: str = ""
    over: bool = False


def names_of_rules(settings: Any, _: tuple[str, ...]) -> tuple[str, ...]:
    """Return the filters of a source whose settings have rules: each rule's name."""
    return tuple(one.name for one in settings.rule)


def first_match(rules: tuple[Rule, ...], text: str, *, severity: int = 0, app: str = "") -> Match | None:
    """Return the first rule that a message keeps, None when it counts by no rule.

    Args:
        rules: in the order in which they are asked.
        text: of the message.
        severity: of the message, 0..7.
        app: the program that wrote it.

    >>> rule = Rule(name="link", words=("{object} down",), clears=("{object} up",))
    >>> first_match((rule,), "Port ge-0/0/1 UP").about, first_match((rule,), "all well")
    ('ge-0/0/1', None)
    """
    looked = text[:TEXT_CHARS_MAX]
    for rule in rules:
        if rule.apps and app not in rule.apps:
            continue
        # A device tells that all is well less severely than that it is not.
        for phrase in rule.clears:
            if (about := found(phrase, looked)) is not None:
                return Match(rule, about, over=True)
        if severity > rule.severity:
            continue
        if not rule.words:
            return Match(rule)
        for phrase in rule.words:
            if (about := found(phrase, looked)) is not None:
                return Match(rule, about)
    return None


def found(phrase: str, text: str) -> str | None:
    """Return what `{object}` stands for where a phrase is in a text, "" without one, None where it is not.

    Capitals are as good as small letters. Each piece of the phrase is taken where it first comes after the one before.

    >>> found("Interface {object}, changed state to down", "%LINK-3: Interface Gi0/1, changed state to down")
    'Gi0/1'
    >>> found("BGP*down", "bgp peer 10.0.0.1 is Down"), found("up", "down")
    ('', None)
    """
    lowered = text.lower()
    pieces = [piece for piece in _SIGN.split(phrase.lower()) if piece]
    at, about, waiting = 0, "", False
    for piece in pieces:
        if piece == _OBJECT:
            waiting = True
            continue
        if piece == "*":
            continue
        begins = lowered.find(piece, at)
        if begins < 0:
            return None
        if waiting:
            about, waiting = _last_word(text[at:begins]), False
        at = begins + len(piece)
    return _first_word(text[at:]) if waiting else about


def _last_word(text: str) -> str:
    words = _WORD.findall(text)
    return words[-1][:_OBJECT_CHARS_MAX] if words else ""


def _first_word(text: str) -> str:
    word = _WORD.search(text)
    return word[0][:_OBJECT_CHARS_MAX] if word else ""
