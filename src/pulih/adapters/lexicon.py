"""Load the packaged lexicon: rules, signs, weights and spelling as frozen values (docs/lexicon.md).

The files are data that people edit, so every slip is refused with its file and rule: a sign that is not declared, an
id given twice, a spelling that stands for two words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import Any, TypeVar, get_args

import msgspec

from pulih.adapters.packed import packed_table
from pulih.model.errors import RefusedInput
from pulih.understand.lexicon import Across, Combination, Grammar, Lexicon, Role, Rule, Sign, Spelling

_T = TypeVar("_T")
_RULE_FILES = (
    "subjects.toml", "trouble.toml", "pictures.toml", "cues.toml", "feelings.toml", "recovery.toml",
    "topics.toml", "speakers.toml", "groups.toml", "across.toml",
)  # fmt: skip
_ROLES: tuple[str, ...] = get_args(Role)


def load_lexicon(folder: Traversable | None = None) -> Lexicon:
    """Return the lexicon of a folder, the packaged one when none is named.

    Raises:
        RefusedInput: a file is missing or its content is wrong; says file, rule and what would be right.
    """
    signs, bias, threshold = _signs(_table(folder, "signs.toml"))
    rules = _rules(folder, {sign.name for sign in signs})
    combinations = _converted(
        _table(folder, "combinations.toml").get("combination", []), tuple[Combination, ...], "combinations.toml"
    )
    tongues = {word: tongue for tongue, words in _table(folder, "tongues.toml").items() for word in str(words).split()}
    return Lexicon(
        grammar=_grammar(_table(folder, "grammar.toml"), across=_table(folder, "across.toml").get("lists", {})),
        spelling=_spelling(_table(folder, "spelling.toml")),
        tongues=tongues,
        signs=signs,
        rules=rules,
        combinations=combinations,
        bias=bias,
        threshold=threshold,
    )


def _table(folder: Traversable | None, name: str) -> dict[str, Any]:
    if folder is None:
        return packed_table(f"lexicon/{name}")
    try:
        return tomllib.loads((folder / name).read_text(encoding="utf-8"))
    except OSError as error:
        raise RefusedInput(f"lexicon file {name} cannot be read ({error.strerror}); it belongs in {folder}") from error
    except tomllib.TOMLDecodeError as error:
        raise RefusedInput(f"lexicon file {name} is no TOML: {error}") from error


def _converted(value: object, wanted: type[_T], name: str) -> _T:
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        raise RefusedInput(f"lexicon file {name}: {error}; docs/lexicon.md shows the fields") from error


def _signs(table: Mapping[str, Any]) -> tuple[tuple[Sign, ...], float, float]:
    signs = []
    for role in _ROLES:
        for name, fields in table.get(role, {}).items():
            signs.append(_converted({"name": name, "role": role, **fields}, Sign, f"signs.toml [{role}.{name}]"))
    unknown = sorted(set(table) - {*_ROLES, "bias", "threshold"})
    if unknown:
        raise RefusedInput(f"lexicon file signs.toml: unknown role {unknown[0]!r}; the roles are {', '.join(_ROLES)}")
    return tuple(signs), float(table["bias"]), float(table["threshold"])


def _rules(folder: Traversable | None, signs: set[str]) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    ids: set[str] = set()
    for name in _RULE_FILES:
        for rule in _converted(_table(folder, name).get("rule", []), tuple[Rule, ...], name):
            for sign in (rule.sign, *rule.also):
                if sign not in signs:
                    raise RefusedInput(f"lexicon file {name}, rule {rule.id}: sign {sign!r} is not in signs.toml")
            if rule.id in ids:
                raise RefusedInput(f"lexicon file {name}: rule id {rule.id} is given twice; an id is permanent")
            ids.add(rule.id)
            rules.append(rule)
    return tuple(rules)


def _grammar(table: Mapping[str, Any], *, across: Mapping[str, Any]) -> Grammar:
    lists = _lists(table, {*Grammar.__struct_fields__} - {"across"}, "grammar.toml")
    crossing = _lists(across, {*Across.__struct_fields__}, "across.toml [lists]")
    return _converted({**lists, "across": crossing}, Grammar, "grammar.toml")


def _lists(table: Mapping[str, Any], wanted: set[str], name: str) -> dict[str, list[str]]:
    missing = sorted(wanted ^ set(table))
    if missing:
        raise RefusedInput(f"lexicon file {name}: list {missing[0]!r} is missing or unknown")
    return {one: str(listed).split() for one, listed in table.items()}


def _spelling(table: Mapping[str, Any]) -> Spelling:
    same: dict[str, str] = {}
    for form, spellings in table["same"].items():
        for spelt in str(spellings).split():
            if same.setdefault(spelt, form) != form:
                raise RefusedInput(
                    f"lexicon file spelling.toml: {spelt!r} stands for {same[spelt]!r} and for {form!r}; keep one"
                )
    return Spelling(
        same=same,
        dropped=frozenset(str(table["dropped"]).split()),
        kept=frozenset(str(table["kept"]).split()),
        near=tuple(str(table["near"]).split()),
        endings=tuple(str(table["endings"]).split()),
    )
