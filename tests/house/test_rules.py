"""Rules are data with permanent ids: none is given twice, and each can be cited."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator

from checkout import SOURCE

RULE_FILES = [
    *sorted(path for room in ("lexicon", "impact") for path in (SOURCE / "data" / room).glob("*.toml")),
    SOURCE / "data" / "cadences.toml",
]
ID = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]*")


def test_every_rule_id_is_given_once() -> None:
    given = Counter(_ids())
    assert len(given) > 50
    assert [rule for rule, times in given.items() if times > 1] == []


def test_every_rule_id_is_one_word_that_can_be_cited() -> None:
    assert [rule for rule in _ids() if not ID.fullmatch(rule)] == []


def test_every_data_file_says_first_what_it_is_for() -> None:
    silent = [path.name for path in SOURCE.glob("data/**/*.toml") if not path.read_text().startswith("# ")]
    assert silent == []


def _ids() -> list[str]:
    return [found for path in RULE_FILES for found in _in(tomllib.loads(path.read_text()))]


def _in(node: object) -> Iterator[str]:
    """Yield the `id` of every row of every list of rows (`[[rule]]`), however deep."""
    if isinstance(node, dict):
        for part in node.values():
            yield from _in(part)
    elif isinstance(node, list):
        for row in node:
            if isinstance(row, dict) and "id" in row:
                yield str(row["id"])
            yield from _in(row)
