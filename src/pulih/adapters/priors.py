"""Load the packaged priors and methods of an impact as frozen values (docs/impact.md).

The files are data that people edit, so every slip is refused with its file and rule: bounds in the wrong order, an
activity without a row, an id given twice, a method without its sentences.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

import msgspec

from pulih.model.errors import RefusedInput
from pulih.model.impact import Method
from pulih.understand.impact import METHODS
from pulih.understand.priors import (
    ACTIVITIES,
    ANYBODY,
    Emergency,
    Lines,
    Market,
    Place,
    Priors,
    Spread,
    Texts,
    Tilt,
    Use,
)

_RULES, _METHODS = "priors.toml", "methods.toml"
_Row = TypeVar("_Row")


class _RuleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rows of priors.toml."""

    use: tuple[Use, ...]
    tilt: tuple[Tilt, ...]
    line: tuple[Lines, ...]
    market: tuple[Market, ...]
    place: tuple[Place, ...]
    texts: tuple[Texts, ...]
    emergency: tuple[Emergency, ...]


class _MethodFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rows of methods.toml."""

    method: tuple[Method, ...]


def load_priors(folder: Traversable | None = None) -> Priors:
    """Return the priors of a folder, the packaged ones when none is named.

    Raises: RefusedInput when a file is missing or its content is wrong; says file, rule and what would be right.
    """
    folder = folder if folder is not None else resources.files("pulih") / "data" / "impact"
    rules = _converted(_table(folder, _RULES), _RuleFile, _RULES)
    methods = _converted(_table(folder, _METHODS), _MethodFile, _METHODS).method
    rows = (rules.use, rules.tilt, rules.line, rules.market, rules.place, rules.texts, rules.emergency)
    _refuse_twice((row.id for part in rows for row in part), "id", _RULES)
    _refuse_twice((method.id for method in methods), "id", _METHODS)
    _refuse_other((use.activity for use in rules.use), ACTIVITIES, "use of activity")
    _refuse_other((line.medium for line in rules.line), ("mobile", "fixed", "either"), "line of medium")
    _refuse_twice((market.operator for market in rules.market), "operator", _RULES)
    if not any(market.operator == ANYBODY for market in rules.market):
        raise _refusal(_RULES, f"there is no market row of operator {ANYBODY!r}; it holds where no share is known")
    _refuse_unfit(rules)
    missing = sorted(METHODS - {method.id for method in methods})
    if missing:
        raise _refusal(_METHODS, f"method {missing[0]} is missing; give it a row with english and indonesian")
    return Priors(
        uses=rules.use,
        tilts=rules.tilt,
        lines=rules.line,
        markets=rules.market,
        place=_only(rules.place, "place"),
        texts=_only(rules.texts, "texts"),
        emergency=_only(rules.emergency, "emergency"),
        methods={method.id: method for method in methods},
    )


def _refusal(name: str, problem: str) -> RefusedInput:
    return RefusedInput(f"impact file {name}: {problem}")


def _table(folder: Traversable, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads((folder / name).read_text(encoding="utf-8"))
    except OSError as error:
        raise _refusal(name, f"cannot be read ({error.strerror}); it belongs in {folder}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _refusal(name, f"is no TOML in UTF-8 ({error})") from error


def _converted(table: Mapping[str, Any], shape: type[_Row], name: str) -> _Row:
    try:
        return msgspec.convert(table, shape)
    except msgspec.ValidationError as error:
        raise _refusal(name, f"{error}; docs/impact.md shows the rows") from error


def _only(rows: tuple[_Row, ...], heading: str) -> _Row:
    if len(rows) != 1:
        raise _refusal(_RULES, f"there are {len(rows)} [[{heading}]] rows; wanted is one")
    return rows[0]


def _refuse_twice(values: Iterable[str], what: str, name: str) -> None:
    twice = next((value for value, times in Counter(values).items() if times > 1), None)
    if twice is not None:
        raise _refusal(name, f"{what} {twice!r} is given twice; keep one row")


def _refuse_other(given: Iterable[str], wanted: Iterable[str], what: str) -> None:
    """Refuse unless every wanted value is given once."""
    found = list(given)
    _refuse_twice(found, what, _RULES)
    missing = next((one for one in wanted if one not in found), None)
    if missing is not None:
        raise _refusal(_RULES, f"there is no {what} {missing!r}; give it a row")


def _refuse_unfit(rules: _RuleFile) -> None:
    """Refuse numbers that cannot be what they stand for."""
    spreads: list[tuple[str, Spread, float]] = [(row.id, row.per_person, 100.0) for row in rules.line]
    spreads += [(row.id, row.share, 1.0) for row in rules.market]
    spreads += [(row.id, row.calls, 10_000.0) for row in rules.emergency]
    for identity, (low, likely, high), most in spreads:
        if not 0 <= low <= likely <= high <= most:
            raise _refusal(
                _RULES, f"rule {identity}: [{low}, {likely}, {high}] must rise from lowest to highest, 0 to {most:g}"
            )
    weights = [(row.id, {row.activity: row.reach}) for row in rules.use]
    weights += [(row.id, dict(row.factors)) for row in rules.tilt]
    for identity, factors in weights:
        wrong = next((value for value in factors.values() if not 0 <= value <= 1_000), None)
        if wrong is not None:
            raise _refusal(_RULES, f"rule {identity}: {wrong} is no weight; give a number from 0 to 1000")
    for tilt in rules.tilt:
        if tilt.hours is not None and not 0 <= tilt.hours[0] < tilt.hours[1] <= 48:
            raise _refusal(_RULES, f"rule {tilt.id}: hours {list(tilt.hours)} must be [from, to), such as [22, 30]")
    for texts in rules.texts:
        if not (texts.prior > 0 and texts.most >= 0 and texts.slack >= 1):
            raise _refusal(_RULES, f"rule {texts.id}: prior must be above 0, most 0 or more, slack 1 or more")
