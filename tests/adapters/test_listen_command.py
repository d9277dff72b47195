"""`pulih listen` writes what a source tells of the past, each item once; `pulih sources` lists what there is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from installed_sources import installed
from typing_hands import typed

from pulih.adapters.sources.kinds import kind_names, kind_of

SETTINGS = """
[[source]]
name = "kabar"
kind = "past"

[[source]]
name = "daftar"
kind = "made-up"
"""
SPAN = ("--since", "2025-10-03T08:40", "--until", "2025-10-03T09:00:00+07:00")


@pytest.fixture(autouse=True)
def kinds(tmp_path: Path) -> Iterator[None]:
    """Let the kinds of the tests be found."""
    with installed(tmp_path / "packages"):
        yield


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "pulih.toml"
    path.write_text(SETTINGS)
    return path


def test_what_was_said_is_written_once_for_its_owner_alone_and_what_is_missing_is_told(
    tmp_path: Path, config: Path
) -> None:
    out = tmp_path / "kabar.jsonl"
    done = typed("listen", "kabar", *SPAN, "--out", str(out), "--config", str(config))
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(rows) == len({row["id"] for row in rows}) == 19
    assert rows[0] == {
        "id": rows[0]["id"],
        "source": "kabar",
        "at": "2025-10-03T01:41:00Z",
        "text": "internet mati",
        "author": "budi",
    }
    assert out.stat().st_mode & 0o777 == 0o600
    assert not out.with_name("kabar.jsonl.part").exists()
    assert "Too many requests. It is asked again in" in done.stderr
    assert re.search(r"^kabar: 19 written, 1 told twice, \d could not be read", done.stderr, re.MULTILINE)
    assert "kabar: Missing: Nothing is kept of the first minute." in done.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("kabar", "--since", "kemarin"), "'kemarin' is no moment"),
        (("kabar", "--since", "2025-10-03", "--until", "2025-10-02"), "is not before the end"),
        (("surat", "--since", "2025-10-03"), "There is no source 'surat' in the settings; there are: kabar, daftar"),
        (("daftar", "--since", "2025-10-03"), '"pulih sources" says of each whether it tells the past'),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(config: Path, words: tuple[str, ...], sentence: str) -> None:
    done = typed("listen", *words, "--config", str(config))
    assert done.returncode == 2
    assert sentence in done.stderr


def test_a_source_that_cannot_go_on_leaves_no_file(tmp_path: Path, config: Path) -> None:
    config.write_text(SETTINGS.replace('kind = "past"', 'kind = "past"\nfails = -1'))
    out = tmp_path / "kabar.jsonl"
    done = typed("listen", "kabar", *SPAN, "--out", str(out), "--config", str(config))
    assert (done.returncode, "The token ran out" in done.stderr) == (2, True)
    assert list(tmp_path.glob("kabar*")) == []


def test_what_nobody_foresaw_is_told_in_a_sentence_without_its_own_words(tmp_path: Path, config: Path) -> None:
    config.write_text(SETTINGS.replace('kind = "past"', 'kind = "past"\nfails = -2'))
    done = typed("listen", "kabar", *SPAN, "--out", str(tmp_path / "kabar.jsonl"), "--config", str(config))
    assert done.returncode == 1
    assert "It failed in a way nobody foresaw: ValueError at past_source.py:" in done.stderr
    assert "s3cr3t" not in done.stderr + done.stdout and "Traceback" not in done.stderr
    assert list(tmp_path.glob("kabar*")) == []


def test_the_kinds_are_listed_with_their_keys_their_cost_and_what_they_were_tried_against() -> None:
    done = typed("sources")
    assert done.returncode == 0
    assert (
        "paid (costs money)\n    Something that costs.\n    Keys: token_file (must be given), every_s, price\n"
        in done.stdout
    )
    assert "Tried against: nothing; not verified against the vendor" in done.stdout
    assert "Needs: pip install 'pulih[past]'" in done.stdout
    listed = " ".join(done.stdout.split())
    assert "After an absence: informs that an agent still asks about; traps never." in listed
    assert "The past: pulih listen NAME --since writes what was said before." in listed
    for other in ("[[hook]] whatsapp", "[[hook]] alertmanager", "pulih probe"):
        assert f"{other} " in listed
    # Every kind of the desk's own says what it catches up on; those of the tests' packages do not.
    kinds = [kind_of(name) for name in kind_names()]
    assert [one.name for one in kinds if one.open.__module__.startswith("pulih.") and not one.away] == []
    assert listed.count("After an absence:") == sum(one.away != "" for one in kinds)


def test_faults_of_other_sources_keep_nobody_from_asking_one(tmp_path: Path, config: Path) -> None:
    config.write_text(f'[[source]]\nname = "surat"\nkind = "post"\nbudget = "a"\n{SETTINGS}')
    out = tmp_path / "kabar.jsonl"
    done = typed("listen", "kabar", *SPAN, "--out", str(out), "--config", str(config))
    assert done.returncode == 0, done.stderr
    assert out.is_file()
    done = typed("listen", "surat", *SPAN, "--config", str(config))
    assert (done.returncode, "line 3" in done.stderr) == (2, True), done.stderr


def test_a_kind_says_that_it_tells_the_past_where_its_sources_do() -> None:
    own = [one for one in map(kind_of, kind_names()) if isinstance(one.open, type)]
    assert len(own) > 8
    assert [one.name for one in own if one.past != hasattr(one.open, "between")] == []
