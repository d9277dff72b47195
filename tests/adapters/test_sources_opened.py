"""A source that would be refused as soon as the desk begins is told of before anybody waits for it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from pulih.adapters.config import read_config
from pulih.adapters.desk_commands import tell_config_faults
from pulih.adapters.sources.kinds import kind_of
from pulih.serve.clocks import WorldClock
from pulih.serve.opening import refusals

# The forum is sound; the second names no words, which only its kind knows to be wrong.
SOURCES = """
[[source]]
name = "forum"
kind = "rss"
address = "https://example.id/feed"

[[source]]
name = "x"
kind = "x"
budget = 5
token_file = "env:PULIH_TEST_TOKEN"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "pulih.toml"
    path.write_text(SOURCES)
    return path


def test_it_is_told_with_its_number_and_why_and_the_others_are_not(config: Path) -> None:
    [(number, why)] = refusals(read_config(config, kind_of), WorldClock(), environment=False)
    assert number == 1
    assert why.startswith("x: ")
    assert "filters" in why


def test_check_config_tells_its_line_and_ends_with_two(config: Path) -> None:
    out = io.StringIO()
    code = tell_config_faults(config, out, lambda settings: refusals(settings, WorldClock(), environment=False))
    assert code == 2
    assert "line 7" in out.getvalue()
    assert "filters" in out.getvalue()


def test_a_desk_of_sound_sources_tells_of_none(config: Path) -> None:
    config.write_text(SOURCES.replace("budget = 5", 'budget = 5\nfilters = ["Biznet"]'))
    assert refusals(read_config(config, kind_of), WorldClock(), environment=False) == []
