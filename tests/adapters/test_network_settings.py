"""The tables of docs/sources/network.md are settings, and every key of a network's source is described there."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from pulih.adapters.config import read_config
from pulih.adapters.sources.kinds import kind_of
from pulih.model.errors import RefusedInput

PAGE = (Path(__file__).parents[2] / "docs" / "sources" / "network.md").read_text()
KINDS = ("syslog", "snmp", "mqtt", "nats", "kafka")
TABLES = [block for block in re.findall(r"((?:^    .*\n|^\n)+)", PAGE, re.MULTILINE) if "[[source]]" in block]


def written(folder: Path, toml: str) -> Path:
    for name in set(re.findall(r'_file = "([^"]+)"', toml)):
        (folder / name).write_text("s3cr3t-s3cr3t")
        (folder / name).chmod(0o600)
    path = folder / "pulih.toml"
    path.write_text(toml)
    return path


def test_the_page_shows_tables() -> None:
    assert len(TABLES) >= 3


@pytest.mark.parametrize("toml", TABLES)
def test_every_table_that_is_shown_can_be_meant(toml: str, tmp_path: Path) -> None:
    [table] = read_config(written(tmp_path, re.sub(r"^    ", "", toml, flags=re.MULTILINE)), kind_of).source
    assert table.kind in KINDS
    assert table.own is not None


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_described(kind: str) -> None:
    missing = [name for name in kind_of(kind).settings.__struct_fields__ if f"`{name}`" not in PAGE]
    assert missing == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("rule = []", "tables"),
        ('senders = []\n[[source.rule]]\nname = "a"', "networks whose machines may send"),
        ('[[source.rule]]\nname = "a"\nseverity = 9', "severity"),
        ('[[source.rule]]\nname = "a"\nregex = ".*"', "regex"),
        ('tcp_port = 99999\n[[source.rule]]\nname = "a"', "port number"),
    ],
)
def test_a_key_that_cannot_be_meant_is_refused_with_what_would_be_right(more: str, said: str, tmp_path: Path) -> None:
    begins = '[[source]]\nname = "a"\nkind = "syslog"\n' + ("" if "senders" in more else 'senders = ["10.0.0.0/8"]\n')
    with pytest.raises(RefusedInput, match=said):
        read_config(written(tmp_path, begins + more), kind_of)


def test_kinds_say_what_they_listen_to_and_what_they_were_tried_against() -> None:
    for name in KINDS:
        kind = kind_of(name)
        assert kind.says
        assert kind.verified
        assert not kind.paid
        assert issubclass(kind.settings, msgspec.Struct)
