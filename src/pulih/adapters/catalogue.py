"""Load operators: the packaged catalogue, and a user's file of the same shape laid over it."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from pulih.model.errors import RefusedInput
from pulih.understand.operators import Catalogue, Operator, slug
from pulih.understand.phrases import written_out

_HEADING = "[[operator]]"
_FIELDS = ", ".join(Operator.__struct_fields__)


def load_catalogue(path: Path | None = None) -> Catalogue:
    """Return the packaged catalogue, with the operators of a user's file in front of it.

    An operator of the file with the id of a packaged one replaces it.

    Args:
        path: a TOML file with `[[operator]]` tables, or None.

    Raises:
        RefusedInput: the file cannot be read, is no TOML, or a field is wrong; says line, operator and field.
    """
    packaged = (resources.files("pulih") / "data" / "operators.toml").read_text(encoding="utf-8")
    shipped = _operators(packaged, "operators.toml")
    if path is None:
        return Catalogue(shipped)
    own = _operators(_read(path), str(path))
    ids = {one.id for one in own}
    return Catalogue((*own, *(one for one in shipped if one.id not in ids)))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedInput(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8") from error
    except OSError as error:
        raise RefusedInput(f"{path}: cannot be read ({error.strerror}); name a TOML file of operators") from error


def _operators(text: str, name: str) -> tuple[Operator, ...]:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RefusedInput(f"{name}: is no valid TOML ({error}); docs/lexicon.md shows the shape") from error
    rows = table.get("operator")
    extra = sorted(set(table) - {"operator"})
    if extra or not isinstance(rows, list):
        found = f"{extra[0]!r} stands" if extra else "nothing stands"
        raise RefusedInput(f"{name}: {found} where only [[operator]] tables belong; begin each with {_HEADING}")
    lines = [at for at, line in enumerate(text.splitlines(), start=1) if line.strip().startswith(_HEADING)]
    operators: list[Operator] = []
    for at, row in enumerate(rows):
        where = f"{name}, line {lines[at]}" if at < len(lines) else f"{name}, operator {at + 1}"
        operators.append(_operator(row, where))
        if any(one.id == operators[-1].id for one in operators[:-1]):
            raise RefusedInput(f"{where}: id {operators[-1].id!r} is given twice; give every operator its own id")
    return tuple(operators)


def _operator(row: dict[str, Any], where: str) -> Operator:
    unknown = sorted(set(row) - set(Operator.__struct_fields__))
    if unknown:
        raise RefusedInput(f"{where}: unknown key {unknown[0]!r}; the keys are {_FIELDS}")
    try:
        operator = msgspec.convert(row, Operator)
    except msgspec.ValidationError as error:
        raise RefusedInput(f"{where}: {error}; docs/lexicon.md shows an operator with every key") from error
    if operator.id != slug(operator.id):
        raise RefusedInput(
            f"{where}: id {operator.id!r} must be lower case letters, digits and '_'; try {slug(operator.id)!r}"
        )
    for form in (*operator.spellings, *operator.cued, *operator.apps, *operator.shadows):
        try:
            written_out(form)
        except RefusedInput as error:
            raise RefusedInput(f"{where}: {error}") from error
    # A brand without spellings of its own is written as its name.
    spellings = operator.spellings or (operator.name.casefold(),)
    return msgspec.structs.replace(operator, spellings=spellings, network=operator.network or operator.id)
