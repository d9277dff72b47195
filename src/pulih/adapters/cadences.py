"""Load the packaged cadences of public words as frozen values (docs/promises.md).

They are data that people edit, so a slip is refused with its row: an id or a name given twice, steps out of order.
"""

from __future__ import annotations

import tomllib
from importlib import resources
from importlib.resources.abc import Traversable

import msgspec

from pulih.communicate.cadence import Cadence
from pulih.model.errors import RefusedInput

_FILE = "cadences.toml"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rows of the file."""

    cadence: tuple[Cadence, ...]


def load_cadences(file: Traversable | None = None) -> dict[str, Cadence]:
    """Return the cadences by the name that the settings call them, the packaged ones when no file is named.

    Raises: RefusedInput when the file is missing or wrong; says row and what would be right.

    >>> sorted(load_cadences())
    ['acma_2024', 'house', 'japan_2023']
    """
    file = file if file is not None else resources.files("pulih") / "data" / _FILE
    try:
        rows = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), _File).cadence
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise RefusedInput(f"{_FILE} can not be used: {error}.") from error
    for row in rows:
        _refuse_unfit(row, rows)
    return {row.name: row for row in rows}


def _refuse_unfit(row: Cadence, rows: tuple[Cadence, ...]) -> None:
    begins = [step.from_min for step in row.steps]
    if sum(row.id == other.id or row.name == other.name for other in rows) > 1:
        raise RefusedInput(f"{_FILE}: {row.id} is there twice; each cadence has an id and a name of its own.")
    if not begins or begins[0] != 0 or begins != sorted(set(begins)):
        raise RefusedInput(f"{_FILE}: the steps of {row.id} must begin at 0 minutes and rise.")
    if row.first_min < 0 or min(step.every_min for step in row.steps) < 5:
        raise RefusedInput(
            f"{_FILE}: {row.id} must allow no fewer than 5 minutes between two words, 0 until the first."
        )
