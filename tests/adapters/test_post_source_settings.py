"""Sources of posts stand in pulih.toml as docs/sources/people-posts.md says, and faults are told with what is right."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from pulih.adapters.config.reading import check_config, read_config
from pulih.adapters.sources.contract import tried_means
from pulih.adapters.sources.kinds import kind_of
from pulih.ports.sources import Backfilling, Source

PAGE = Path(__file__).resolve().parents[2] / "docs" / "sources" / "people-posts.md"
KEYS = {
    "bluesky": "",
    "mastodon": 'address = "https://mastodon.example"',
    "telegram": 'token_file = "env:BOT"',
    "x": 'token_file = "env:X"\nbudget = 5',
    "reddit": (
        'client_id = "a"\nsecret_file = "env:R"\nuser_agent = "linux:pulih:v1 (by /u/NAME)"\nsubreddits = ["indonesia"]'
    ),
}


def _written(folder: Path, kind: str, more: str = "") -> Path:
    path = folder / "pulih.toml"
    path.write_text(f'[[source]]\nname = "one"\nkind = "{kind}"\nfilters = ["biznet"]\n{KEYS[kind]}\n{more}\n')
    return path


@pytest.mark.parametrize("kind", KEYS)
def test_a_table_with_what_must_be_given_makes_a_source_without_connecting(tmp_path: Path, kind: str) -> None:
    [table] = read_config(_written(tmp_path, kind), kind_of).source
    made: Source = kind_of(kind).open(table.own, tried_means("one", filters=table.filters, allow_networks=()))
    assert isinstance(made, Backfilling) is (kind != "telegram")


@pytest.mark.parametrize("kind", KEYS)
def test_every_key_of_a_kind_is_described(kind: str) -> None:
    section = PAGE.read_text().split(f"\n## `{kind}`\n")[1].split("\n## ")[0]
    assert [one.name for one in msgspec.structs.fields(kind_of(kind).settings) if f"`{one.name}`" not in section] == []


def test_a_budget_that_x_uses_up_before_it_listens_is_a_fault_that_says_what_is_enough(tmp_path: Path) -> None:
    path = _written(tmp_path, "x")
    path.write_text(path.read_text().replace("budget = 5", "budget = 0.05"))
    [fault] = check_config(path, kind_of)
    assert "20 posts of the stream and a page of 100 of the search" in fault.what and fault.right == "0.6 or more"
    path.write_text(path.read_text().replace("budget = 0.05", "budget = 0.6"))
    assert check_config(path, kind_of) == []
    # Posts that cost half as much need half the budget.
    path.write_text(path.read_text().replace("budget = 0.6", "budget = 0.3\nprice_micros = 2500"))
    assert check_config(path, kind_of) == []


@pytest.mark.parametrize(
    ("kind", "line", "right"),
    [
        ("bluesky", "kept_days = 0", "days, such as 1"),
        ("mastodon", 'timeline = "all"', '"public" or "local"'),
        ("mastodon", "poll_s = 1", "10 to 3600 seconds"),
        ("telegram", "held_s = 0", "1 to 50 seconds"),
        ("x", "backfill_minutes = 6", "0 to 5"),
        ("x", "price_micros = -1", "0 or more"),
        ("reddit", "look_again_s = 1", "600 to 86400 seconds"),
    ],
)
def test_a_key_out_of_its_bounds_is_a_fault_that_says_what_is_right(
    tmp_path: Path, kind: str, line: str, right: str
) -> None:
    [fault] = check_config(_written(tmp_path, kind, line), kind_of)
    assert right in fault.right
