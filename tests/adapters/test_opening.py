"""What only a kind of source knows to be wrong is told before anybody waits for that source."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from pulih.adapters.config import read_config
from pulih.adapters.desk_commands import tell_config_faults
from pulih.adapters.sources.kinds import kind_of
from pulih.model.errors import RefusedInput
from pulih.serve.clocks import WorldClock
from pulih.serve.opening import refusals

SETTINGS = """\
[desk]
name = "Desk"

[[source]]
name = "routers"
kind = "syslog"
tcp_port = 6514
senders = ["10.20.0.0/99"]
[[source.rule]]
name = "down"

[[source]]
name = "kabar"
kind = "rss"
address = "https://kabar.example/rss"

[[source]]
name = "calls"
kind = "call_log"
file = "calls.csv"
zone = "WIBB"

[[source]]
name = "bot"
kind = "telegram"
token_file = "env:PULIH_NOT_SET_HERE"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A settings file whose keys are each right, and two of whose sources cannot be."""
    path = tmp_path / "pulih.toml"
    path.write_text(SETTINGS)
    return path


def test_a_source_that_would_be_refused_is_a_fault_of_the_settings_with_its_line(path: Path) -> None:
    out = io.StringIO()
    code = tell_config_faults(path, out, lambda settings: refusals(settings, WorldClock(), environment=False))
    assert code == 2
    assert out.getvalue() == (
        f"{path}, line 4: routers: senders: '10.20.0.0/99' is no network; right would be 10.20.0.0/16.\n"
        f'{path}, line 17: calls: zone: there is no zone "WIBB"; right would be "WIB", or a name such as '
        '"Asia/Jakarta".\n'
    )


def test_what_stands_in_the_environment_is_looked_for_in_that_of_the_desk_only(path: Path) -> None:
    told = refusals(read_config(path, kind_of), WorldClock(), environment=False)
    assert [number for number, _ in told] == [0, 2]


def test_nothing_is_told_of_sources_that_can_be_opened(path: Path) -> None:
    path.write_text(SETTINGS.replace("/99", "/16").replace("WIBB", "WIB"))
    assert refusals(read_config(path, kind_of), WorldClock(), environment=False) == []


def test_an_operator_that_nobody_knows_and_a_word_that_is_none_are_told_with_what_would_be_right(path: Path) -> None:
    wrong = SETTINGS.replace("/99", "/16").replace('name = "down"', 'name = "down"\noperator = "xll"')
    path.write_text(wrong)
    with pytest.raises(RefusedInput, match="line 11: no operator 'xll' is known; right would be a name of the cat"):
        read_config(path, kind_of)
    path.write_text(wrong.replace('operator = "xll"', 'service = "mobil"'))
    with pytest.raises(RefusedInput, match=r"line 11: .*; right would be one of mobile_data, mobile_voice, sms"):
        read_config(path, kind_of)
