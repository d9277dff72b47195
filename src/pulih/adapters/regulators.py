"""Load the packaged packs of regulators as frozen values (docs/regulators.md).

They are data that people edit, so a slip is refused with its rule: an id given twice, a clock that follows none, a zone
that nobody knows, a time that ends before it begins.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from pulih.learn.regulator import Rule
from pulih.model.errors import RefusedInput


class _Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rules of one file."""

    rule: tuple[Rule, ...]


def load_regulators(folder: Traversable | None = None) -> tuple[Rule, ...]:
    """Return the rules of all packs, by file and in the order of each, the packaged ones when no folder is named.

    Raises: RefusedInput when a file is missing or wrong; says file, rule and what would be right.

    >>> load_regulators()[0].regulator
    'ACMA'
    """
    folder = folder if folder is not None else resources.files("pulih") / "data" / "regulators"
    rules: list[Rule] = []
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            rules += _read(file)
    for rule in rules:
        _refuse_unfit(rule, rules)
    return tuple(rules)


def _read(file: Traversable) -> tuple[Rule, ...]:
    try:
        return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), _Pack).rule
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise RefusedInput(f"regulators/{file.name} can not be used: {error}.") from error


def _refuse_unfit(rule: Rule, rules: Sequence[Rule]) -> None:
    if sum(one.id == rule.id for one in rules) > 1:
        raise RefusedInput(f"regulators: {rule.id} is there twice; each rule has an id of its own.")
    try:
        ZoneInfo(rule.zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise RefusedInput(f"regulators: {rule.id} has the zone {rule.zone!r}; write one as Asia/Jakarta.") from None
    if rule.valid_from is not None and rule.valid_to is not None and rule.valid_to <= rule.valid_from:
        raise RefusedInput(f"regulators: {rule.id} ends before it begins; valid_to is the first day not any more.")
    if rule.unless and (rule.unless == rule.id or all(one.id != rule.unless for one in rules)):
        raise RefusedInput(f"regulators: {rule.id}: `unless` must name another rule; {rule.unless!r} is none.")
    before: set[str] = set()
    for row in rule.clock:
        if row.id in before:
            raise RefusedInput(f"regulators: {rule.id} has the clock {row.id} twice.")
        if (row.since == "after") != (row.after in before):
            raise RefusedInput(f"regulators: {rule.id}, clock {row.id}: `after` must name a clock above it.")
        if sum(given is not None for given in (row.minutes, row.days, row.months)) > 1:
            raise RefusedInput(f"regulators: {rule.id}, clock {row.id}: give minutes, days or months, one of them.")
        if any(given is not None and given <= 0 for given in (row.minutes, row.days, row.months)):
            raise RefusedInput(
                f"regulators: {rule.id}, clock {row.id}: a time is above 0; leave it out for as soon as practicable."
            )
        if any(step.every_min <= 0 for step in row.every):
            raise RefusedInput(f"regulators: {rule.id}, clock {row.id}: every_min is above 0.")
        begins = [step.from_min for step in row.every]
        if begins and (begins[0] != 0 or begins != sorted(set(begins))):
            raise RefusedInput(f"regulators: {rule.id}, clock {row.id}: steps begin at 0 minutes and rise.")
        before.add(row.id)
