"""Asking: what a query asks of a list of documents: which of them, which attributes, which part, in what order.

A condition names an attribute by its path; of a list, one element that fits is enough. Several values are alternatives,
several attributes hold together. Moments are compared as moments, however they are written, quoted or not.
Source: TMF630 REST API Design Guidelines 4.0, Part 1: attribute selection, pagination, filtering, sorting; Part 6:
JSONPath, see `path_filters`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec

from pulih.interchange.path_filters import checked, finds
from pulih.interchange.shapes import Document, moment_of
from pulih.model.errors import RefusedInput

FIELDS_MOST: Final = 100
FILTERS_MOST: Final = 5
# A list is answered in parts of so many unless fewer are asked for.
LIMIT_MOST: Final = 1_000
_OPERATORS: Final = {">=": "gte", "<=": "lte", ">": "gt", "<": "lt"}
_WORDS: Final = frozenset({"eq", "ne", "gt", "gte", "lt", "lte"})
_COMPARED: Final = re.compile(r"(?P<path>[^<>!]+)(?:(?P<sign>[<>])(?P<value>.*)|(?P<not>!))", re.DOTALL)
_WHOLE: Final = re.compile(r"-?[0-9]{1,300}")
# A plus sign of a zone came as a space.
_ZONE: Final = re.compile(r"(?<=\d) (?=\d\d:\d\d$)")


class Condition(msgspec.Struct, frozen=True):
    """One condition: path of an attribute, how it is compared, and the values that will do."""

    path: tuple[str, ...]
    operator: str
    values: tuple[str, ...]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a query asks.

    Attributes:
        fields: paths of attributes, None for all.
        offset, limit: which part of what fits.
        conditions: all of them must hold.
        filters: JSONPath expressions; all of them must find it.
        order: paths by which the list is sorted, each with whether it goes down.
    """

    fields: tuple[tuple[str, ...], ...] | None = None
    offset: int = 0
    limit: int = LIMIT_MOST
    conditions: tuple[Condition, ...] = ()
    filters: tuple[str, ...] = ()
    order: tuple[tuple[tuple[str, ...], bool], ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether a part of the list can be had without looking at all of it."""
        return self.is_open and not self.order

    @property
    def is_open(self) -> bool:
        """Whether every document will do."""
        return not self.conditions and not self.filters


def asked_of(query: str) -> Asked:
    """Return what a query string asks.

    Raises: RefusedInput when it cannot be understood.

    >>> asked_of("fields=state&limit=2&alarmRaisedTime='2025-10-03T01:48:00Z'").conditions[0].path
    ('alarmRaisedTime',)
    """
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=FIELDS_MOST)
    except ValueError:
        raise RefusedInput(f"query: it has too many parameters; right would be at most {FIELDS_MOST}.") from None
    fields: tuple[tuple[str, ...], ...] | None = None
    asked = Asked()
    conditions: dict[tuple[tuple[str, ...], str], tuple[str, ...]] = {}
    for name, value in pairs:
        if name == "fields":
            fields = (*(fields or ()), *(_path(one) for one in value.split(",") if one.strip()))
        elif name in {"offset", "limit"}:
            asked = msgspec.structs.replace(asked, **{name: _part(name, value)})
        elif name == "sort":
            asked = msgspec.structs.replace(asked, order=tuple(_order(one) for one in value.split(",") if one))
        elif name == "filter":
            asked = msgspec.structs.replace(asked, filters=_filters(asked, value))
        elif name.endswith(".regex"):
            raise RefusedInput(f"query.{name}: it is not known here; right would be attribute=value.")
        else:
            condition = _condition(name, value)
            key = (condition.path, condition.operator)
            conditions[key] = (*conditions.get(key, ()), *condition.values)
    return msgspec.structs.replace(
        asked,
        fields=fields or None,
        conditions=tuple(Condition(path, operator, values) for (path, operator), values in conditions.items()),
    )


def fits(document: Document, asked: Asked) -> bool:
    """Return whether a document fulfils all conditions and filters.

    >>> fits({"state": "raised", "place": [{"id": "31"}]}, asked_of("state=raised,updated&place.id=31"))
    True
    """
    holds = all(_holds(document, one) for one in asked.conditions)
    return holds and all(finds(document, one) for one in asked.filters)


def part(documents: Iterable[Document], asked: Asked) -> tuple[list[Document], int]:
    """Return the part of the documents that fit which is asked for, and how many fit.

    Args:
        documents: in the order of the list.
        asked: what is asked.
    """
    found = [one for one in documents if fits(one, asked)]
    for path, down in reversed(asked.order):
        found.sort(key=lambda one: _rank(next(values_at(one, path), None)), reverse=down)
    return found[asked.offset : asked.offset + asked.limit], len(found)


def selected(document: Document, asked: Asked, *, bare: bool = False) -> Document:
    """Return a document with the attributes asked for; its id and address are among them unless it is told bare.

    >>> selected({"id": "1", "href": "/1", "a": {"b": 1, "c": 2}, "@type": "T"}, asked_of("fields=a.b"))
    {'id': '1', 'href': '/1', 'a': {'b': 1}}
    """
    if asked.fields is None:
        return document
    wanted = asked.fields if bare else (("id",), ("href",), *asked.fields)
    picked: Document = _picked(document, wanted)
    return picked


def values_at(document: Any, path: Sequence[str]) -> Iterator[Any]:
    """Yield all values at a path of attributes, those of every element where it leads through a list."""
    if isinstance(document, list):
        for one in document:
            yield from values_at(one, path)
    elif not path:
        yield document
    elif isinstance(document, dict) and path[0] in document:
        yield from values_at(document[path[0]], path[1:])


def _picked(document: Any, wanted: Sequence[tuple[str, ...]]) -> Any:
    if isinstance(document, list):
        return [_picked(one, wanted) for one in document]
    if not isinstance(document, dict) or any(not path for path in wanted):
        return document
    names = {path[0] for path in wanted}
    return {
        name: _picked(value, [path[1:] for path in wanted if path[0] == name])
        for name, value in document.items()
        if name in names
    }


def _path(written: str) -> tuple[str, ...]:
    return tuple(written.strip().split("."))


def _part(name: str, value: str) -> int:
    if not _WHOLE.fullmatch(value):
        raise RefusedInput(f"query.{name}: {value[:40]!r} is no whole number; right would be one such as 10.")
    # Nothing lies before the first, and less than nothing is nothing.
    return min(max(int(value), 0), LIMIT_MOST if name == "limit" else 1 << 53)


def _filters(asked: Asked, value: str) -> tuple[str, ...]:
    if len(asked.filters) >= FILTERS_MOST:
        raise RefusedInput(f"query.filter: there are too many; right would be at most {FILTERS_MOST}.")
    return (*asked.filters, checked(value))


def _order(written: str) -> tuple[tuple[str, ...], bool]:
    return _path(written.lstrip("+-")), written.startswith("-")


def _condition(name: str, value: str) -> Condition:
    found = _COMPARED.fullmatch(name)
    if found is not None:
        # "a>5" came as a name without a value, "a>=5" as the name "a>" with one.
        operator = "ne" if found["not"] else _OPERATORS[found["sign"] + ("" if found["value"] else "=")]
        return Condition(_path(found["path"]), operator, _values(found["value"] or value))
    path = _path(name)
    if len(path) > 1 and path[-1] in _WORDS:
        return Condition(path[:-1], path[-1], _values(value))
    return Condition(path, "eq", _values(value))


def _values(written: str) -> tuple[str, ...]:
    whole = _unquoted(written)
    if whole != written.strip():
        return (whole,)
    # Commas part alternatives, and stand in sentences.
    return tuple(dict.fromkeys((written, *(_unquoted(one) for one in re.split("[,;]", written)))))


def _unquoted(written: str) -> str:
    written = written.strip()
    if len(written) > 1 and written[0] == written[-1] and written[0] in "'\"":
        return written[1:-1]
    return written


def _holds(document: Document, condition: Condition) -> bool:
    found = list(values_at(document, condition.path))
    if condition.operator == "ne":
        return not any(_same(value, wanted) for value in found for wanted in condition.values)
    if condition.operator == "eq":
        return any(_same(value, wanted) for value in found for wanted in condition.values)
    return any(_compares(value, wanted, condition.operator) for value in found for wanted in condition.values)


def _same(value: Any, wanted: str) -> bool:
    if isinstance(value, bool):
        return wanted.lower() == ("true" if value else "false")
    if isinstance(value, int | float):
        return _number(wanted) == value
    if not isinstance(value, str):
        return False
    if value == wanted:
        return True
    one, other = _moment(value), _moment(wanted)
    return one is not None and one == other


def _compares(value: Any, wanted: str, operator: str) -> bool:
    left, right = _rank(value), _rank(wanted)
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = _number(wanted)
        if number is None:
            return False
        left, right = (1, value), (1, number)
    if left[0] != right[0]:
        return False
    if operator in {"gt", "gte"}:
        return bool(left > right) or (operator == "gte" and left == right)
    return bool(left < right) or (operator == "lte" and left == right)


def _rank(value: Any) -> tuple[int, Any]:
    """Return what values are sorted by: nothing first, then numbers, moments, words."""
    if value is None:
        return 0, 0
    if isinstance(value, int | float):
        return 1, value
    at = _moment(value)
    return (2, at.timestamp()) if at is not None else (3, str(value))


def _moment(written: Any) -> datetime | None:
    if not isinstance(written, str):
        return None
    whole = _ZONE.sub("+", written)
    return moment_of(whole) or moment_of(f"{whole}T00:00:00Z" if len(whole) == 10 else "")


def _number(written: str) -> float | None:
    try:
        return float(written)
    except ValueError:
        return None
