"""Every key of the sources where people speak to the operator itself is in its document and read from TOML."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from pulih.adapters.config import check_config, read_config
from pulih.adapters.sources.kinds import kind_of

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "sources" / "people-direct.md").read_text()
OWN = (
    "email",
    "sms",
    "play_reviews",
    "app_reviews",
    "rss",
    "freshdesk",
    "zammad",
    "zendesk",
    "chatwoot",
    "tmf621",
    "call_log",
)


def written(folder: Path, content: str) -> Path:
    for name in re.findall(r'_file = "([^"]+)"', content):
        (folder / name).write_text("rahasia")
        (folder / name).chmod(0o600)
    path = folder / "pulih.toml"
    path.write_text(content)
    return path


@pytest.mark.parametrize("kind", OWN)
def test_each_kind_has_its_section_with_every_key_and_an_example_that_is_right(kind: str, tmp_path: Path) -> None:
    section = PAGE.split(f"\n## `{kind}`")[1].split("\n## ")[0]
    fields = msgspec.structs.fields(kind_of(kind).settings)
    assert [one.name for one in fields if f"| `{one.name}` |" not in section] == []
    assert kind_of(kind).says
    assert kind_of(kind).verified
    example = "\n".join(line[4:] for line in section.splitlines() if line.startswith("    "))
    assert tomllib.loads(example)["source"][0]["kind"] == kind
    path = written(tmp_path, example)
    assert check_config(path, kind_of) == []
    [source] = read_config(path, kind_of).source
    assert isinstance(source.own, kind_of(kind).settings)


@pytest.mark.parametrize(
    ("kind", "line", "right"),
    [
        ("email", 'host = "https://mail.example.id"', "a name or an address, such as mail.example.id"),
        ("email", "wait_s = 1", "seconds from 5 to 1500"),
        ("sms", 'alphabet = "morse"', '"gsm7", "ascii", "latin1" or "utf-8"'),
        ("rss", 'address = "file:///etc/passwd"', "an address with https://, such as https://care.example.id"),
        ("play_reviews", "every_s = 1", "seconds from 20 to 86400"),
        ("app_reviews", 'territories = ["Indonesia"]', 'countries in three letters, such as ["IDN"]'),
        ("call_log", "file = 7", "a path, such as /var/log/calls.csv"),
    ],
)
def test_a_key_that_cannot_be_meant_is_refused_with_what_would_be_right(
    tmp_path: Path, kind: str, line: str, right: str
) -> None:
    path = written(tmp_path, f'[[source]]\nname = "x"\nkind = "{kind}"\n{line}\n')
    assert right in [one.right for one in check_config(path, kind_of) if one.line == 4]


def test_a_log_of_calls_is_looked_for_beside_the_settings(tmp_path: Path) -> None:
    path = written(tmp_path, '[[source]]\nname = "calls"\nkind = "call_log"\nfile = "calls.csv"\n')
    [source] = read_config(path, kind_of).source
    assert msgspec.structs.asdict(source.own)["file"] == tmp_path / "calls.csv"  # type: ignore[arg-type]
