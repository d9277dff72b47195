"""Shape: what a document of a TM Forum interface must hold, as rows of names; one check for all of them.

A document is what a partner sent: a JSON object with the attributes of its specification, and perhaps others, since
each may be sub-classed (`@type`). So it stays a JSON object, is checked once when it comes in, and loses nothing.
Source: TMF630 REST API Design Guidelines 4.0, Part 1 and 2; the specifications named in docs/tmforum.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from pulih.model.errors import ForbiddenMove, RefusedInput

# A JSON object of a partner, or one for them.
Document = dict[str, Any]

_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]*")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_SHOWN: Final = 60


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What attributes of a document must be; attributes that it does not name may be anything.

    Attributes:
        texts, uris, moments, flags, wholes, numbers: names of attributes of each kind.
        choices: attributes that hold one of some words.
        one, many: attributes that hold a document, and a list of documents.
        needed: attributes without which there is no sense in it; lists among them hold something.
    """

    texts: frozenset[str] = frozenset()
    uris: frozenset[str] = frozenset()
    moments: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    wholes: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    choices: Mapping[str, frozenset[str]] = {}
    one: Mapping[str, Shape] = {}
    many: Mapping[str, Shape] = {}
    needed: tuple[str, ...] = ()


def names(written: str) -> frozenset[str]:
    """Return names that are written in a line.

    >>> sorted(names("id href"))
    ['href', 'id']
    """
    return frozenset(written.split())


def check(document: Any, shape: Shape, where: str = "body") -> Document:
    """Return a document once it is of its shape.

    Args:
        document: as it was decoded.
        shape: what it must be.
        where: how it is named in a refusal.

    Raises: RefusedInput, which names the attribute.

    >>> check({"id": 1}, Shape(texts=names("id")))
    Traceback (most recent call last):
    pulih.model.errors.RefusedInput: body.id: 1; right would be a text.
    """
    if not isinstance(document, dict):
        raise _refusal(where, document, "a JSON object")
    for name in shape.needed:
        if name not in document:
            raise RefusedInput(f"{where}.{name}: it is missing; right would be a value, since it is mandatory.")
        if name in shape.many and document[name] == []:
            raise _refusal(f"{where}.{name}", [], "a list with one element at least")
    for name, value in document.items():
        _check_value(value, name, shape, f"{where}.{name}")
    return document


def refuse_empty(document: Document, needed: Sequence[str]) -> None:
    """Refuse that a mandatory attribute says nothing; one that is not there is for `check`.

    The schemas of TM Forum let "" and {} through, and its conformance kits send them, so alarms, tickets and problems
    may say so little. A task (`ackAlarms` and others) that does is no matter of shape: the move is refused (409).

    Args:
        document: as it was sent, checked.
        needed: its mandatory attributes.

    Raises: ForbiddenMove, which names the attribute.

    >>> refuse_empty({"alarmType": " "}, ["alarmType", "state"])
    Traceback (most recent call last):
    pulih.model.errors.ForbiddenMove: body.alarmType: it is empty; right would be a value, since it is mandatory.
    """
    for name in needed:
        if name in document and is_empty(document[name]):
            raise ForbiddenMove(f"body.{name}: it is empty; right would be a value, since it is mandatory.")


def is_empty(value: Any) -> bool:
    """Return whether a value says nothing: a blank text, or a document or list of nothing else.

    >>> is_empty({"id": ""}), is_empty([{}]), is_empty(0)
    (True, True, False)
    """
    if isinstance(value, dict):
        return all(is_empty(one) for one in value.values())
    if isinstance(value, list):
        return all(is_empty(one) for one in value)
    return value is None or (isinstance(value, str) and not value.strip())


def moment_of(written: object) -> datetime | None:
    """Return the moment of an RFC 3339 date-time, None for anything else.

    >>> moment_of("2025-10-03T08:48:00+07:00").isoformat(), moment_of("soon")
    ('2025-10-03T08:48:00+07:00', None)
    """
    if not isinstance(written, str) or not _MOMENT.fullmatch(written):
        return None
    try:
        return datetime.fromisoformat(written.upper())
    except ValueError:
        return None


def _check_value(value: Any, name: str, shape: Shape, where: str) -> None:
    if name in shape.one:
        check(value, shape.one[name], where)
    elif name in shape.many:
        if not isinstance(value, list):
            raise _refusal(where, value, "a list of JSON objects")
        for number, each in enumerate(value):
            check(each, shape.many[name], f"{where}[{number}]")
    elif name in shape.choices:
        if not isinstance(value, str) or value not in shape.choices[name]:
            raise _refusal(where, value, " or ".join(sorted(shape.choices[name])))
    else:
        _check_plain(value, name, shape, where)


def _check_plain(value: Any, name: str, shape: Shape, where: str) -> None:
    if name in shape.texts and not isinstance(value, str):
        raise _refusal(where, value, "a text")
    if name in shape.uris and not (isinstance(value, str) and _URI.fullmatch(value)):
        raise _refusal(where, value, "a URI such as https://example.id/schema.json")
    if name in shape.moments and moment_of(value) is None:
        raise _refusal(where, value, "a moment such as 2025-10-03T08:48:00+07:00")
    if name in shape.flags and not isinstance(value, bool):
        raise _refusal(where, value, "true or false")
    if name in shape.numbers | shape.wholes and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise _refusal(where, value, "a number")
    # In JSON 3.0 is a whole number too.
    if name in shape.wholes and value != int(value):
        raise _refusal(where, value, "a whole number")


def _refusal(where: str, value: Any, right: str) -> RefusedInput:
    shown = msgspec.json.encode(value).decode()
    shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "..."
    return RefusedInput(f"{where}: {shown}; right would be {right}.")
