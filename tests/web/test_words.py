"""All sentences exist in both languages, ask for the same values, and every one that a template asks for is there."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest

import pulih
from pulih.web.console.acts import ACTS
from pulih.web.frame.words import Words, words

SOURCE = Path(pulih.__file__).parent
ENGLISH, INDONESIAN = words("en").sentences, words("id").sentences


def values(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_both_languages_have_the_same_sentences() -> None:
    # English has forms of its own for one; Indonesian needs none.
    assert {key.removesuffix(".one") for key in ENGLISH} == {key.removesuffix(".one") for key in INDONESIAN}
    assert [key for key in ENGLISH if key.endswith(".one") and key.removesuffix(".one") not in ENGLISH] == []


def test_a_sentence_asks_for_the_same_values_in_both_languages() -> None:
    assert {
        key: (INDONESIAN[key], ENGLISH[key]) for key in INDONESIAN if values(INDONESIAN[key]) != values(ENGLISH[key])
    } == {}


def test_every_sentence_that_a_template_names_is_there() -> None:
    named = {
        (folder.name + "/" + file.name, key)
        for folder in (files("pulih.web") / "templates").iterdir()
        for file in folder.iterdir()
        for key in re.findall(r"\bt\(\s*[\"']([\w.]+)[\"']\s*[,)]", file.read_text(encoding="utf-8"))
    }
    assert {(page, key) for page, key in named if key not in INDONESIAN} == set()


def test_each_act_of_the_console_has_a_sentence_for_when_it_is_done() -> None:
    assert {key.removeprefix("console.did.") for key in ENGLISH if key.startswith("console.did.")} == {
        *ACTS,
        "open",
        "suggest",
    }


def test_each_sentence_of_sources_is_there_and_asks_for_what_it_is_given() -> None:
    given: dict[str, set[str]] = {}
    for file in SOURCE.rglob("*.py"):
        for call in re.findall(r'key="source\.(\w+)",(.*?)\n?\s*\)', file.read_text(encoding="utf-8"), re.DOTALL):
            named = set(re.findall(r"\b(\w+)=", call[1])) | ({"name", "status"} if "**told" in call[1] else set())
            given.setdefault(call[0], named)
            assert given[call[0]] == named, f"{call[0]} is given other values in {file.name}"
    written = {key.removeprefix("refusal.source."): values(ENGLISH[key]) for key in ENGLISH if "refusal.source." in key}
    assert written.keys() == given.keys()
    assert {key: named for key, named in written.items() if not named <= given[key]} == {}


def test_no_sentence_shouts() -> None:
    assert {key: sentence for key, sentence in {**INDONESIAN, **ENGLISH}.items() if "!" in sentence} == {}


@pytest.mark.parametrize(
    ("language", "number", "written"),
    [("id", 1_234_567, "1.234.567"), ("en", 1_234_567, "1,234,567"), ("id", 0.25, "0,25"), ("en", True, True)],
)
def test_numbers_are_written_as_the_language_writes_them(language: str, number: float, written: object) -> None:
    assert Words(language, {}).written(number) == written  # type: ignore[arg-type]
