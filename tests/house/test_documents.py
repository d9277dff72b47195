"""What the documents promise exists, and what exists is documented."""

from __future__ import annotations

import io
import re
from functools import cache

from checkout import ROOT, SOURCE, files, texts
from rich.console import Console

from pulih.cli import app

COMMANDS_PAGE = ROOT / "docs" / "commands.md"
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")
# Options of every command that pulih's own page need not repeat for each.
OF_THE_COMMAND_LINE = frozenset({"--help", "--version"})


def test_every_word_after_make_in_the_documents_is_a_word_of_the_makefile() -> None:
    words = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    used = {
        (path.relative_to(ROOT).as_posix(), word)
        for path in files()
        if path.suffix == ".md"
        for word in re.findall(r"(?:`|^ {4})make ([a-z]+)", path.read_text(), re.MULTILINE)
    }
    assert {(page, word) for page, word in used if word not in words} == set()
    assert {"demo", "test"} <= {word for page, word in used if page == "README.md"}


def test_every_option_of_every_command_is_documented() -> None:
    page = set(OPTION.findall(COMMANDS_PAGE.read_text()))
    missing = {f"{command} {option}" for command in _commands() for option in _options(command) if option not in page}
    assert missing == set()


def test_every_documented_option_exists() -> None:
    known = {option for command in _commands() for option in _options(command)} | OF_THE_COMMAND_LINE
    assert set(OPTION.findall(COMMANDS_PAGE.read_text())) - known == set()


def test_every_command_has_its_section() -> None:
    sections = re.findall(r"^## `pulih ([a-z-]+)", COMMANDS_PAGE.read_text(), re.MULTILINE)
    assert sorted(sections) == sorted(_commands())


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        (path.relative_to(ROOT).as_posix(), target)
        for path in files()
        if path.suffix == ".md"
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text())
        if not (path.parent / target).exists()
    ]
    assert broken == []


def test_documents_that_the_code_names_exist() -> None:
    named = {
        (name, page)
        for name, text in texts()
        if name.startswith(("src/", "tools/", "tests/"))
        for page in re.findall(r"(?<![\w/])docs/[\w/-]+\.md", text)
    }
    assert sorted((name, page) for name, page in named if not (ROOT / page).exists()) == []


def test_every_noun_of_the_model_is_in_the_ontology() -> None:
    page = (ROOT / "docs" / "ontology.md").read_text()
    nouns = {
        name
        for path in (SOURCE / "model").glob("*.py")
        for name in re.findall(r"^class ([A-Z]\w+)\(msgspec\.Struct", path.read_text(), re.MULTILINE)
    }
    assert sorted(noun for noun in nouns if f"**{noun}**" not in page) == []


def test_every_room_of_the_house_stands_in_the_architecture() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text()
    rooms = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert sorted(room for room in rooms if f"{room}/" not in page) == []


@cache
def _help(*command: str) -> str:
    shown = io.StringIO()
    app.help_print(list(command), console=Console(file=shown, width=240, no_color=True))
    return shown.getvalue()


def _commands(*above: str) -> tuple[str, ...]:
    """Return the commands that `pulih --help` lists, or those below one: the box or list headed "Commands"."""
    _, _, listed = _help(*above).partition("Commands")
    names = re.findall(r"^[│|\s]*([a-z][a-z-]+)\s{2,}\S", listed, re.MULTILINE)
    assert names or above, listed
    return tuple(names)


def _options(command: str) -> set[str]:
    pages = [_help(command), *(_help(command, below) for below in _commands(command))]
    return set(OPTION.findall("\n".join(pages))) - OF_THE_COMMAND_LINE
