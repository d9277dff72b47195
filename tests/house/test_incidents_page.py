"""The page on incidents names every move and every clock, and none that does not exist."""

from __future__ import annotations

import re

from checkout import ROOT

from pulih.communicate.facts_check import RULES as FACT_RULES
from pulih.communicate.renderings import SURFACES
from pulih.confirm.clocks import RULES
from pulih.confirm.moves import MOVES
from pulih.model.entry import TookOver

STATEMENTS = (ROOT / "docs" / "statements.md").read_text()
PAGE = (ROOT / "docs" / "incidents.md").read_text()


def test_every_move_stands_in_the_table_and_every_move_there_exists() -> None:
    table = PAGE.split("## Moves")[1].split("\n\n")[0]
    first_column = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = {name for cell in first_column for name in re.findall(r"`([a-z_]+)`", cell)}
    # Taking over is written by the desk as the other half of a merge.
    assert named == {move.name for move in MOVES.values() if move.fact is not TookOver}


def test_who_may_do_it_and_whether_it_needs_a_reason_is_as_in_the_table() -> None:
    table = PAGE.split("## Moves")[1].split("\n\n")[0]
    rows = [line.split("|")[1:-1] for line in table.splitlines() if line.startswith("| `")]
    needs = {name: bool(row[3].strip()) for row in rows for name in re.findall(r"`([a-z_]+)`", row[0])}
    assert needs == {move.name: move.needs_reason for move in MOVES.values() if move.fact is not TookOver}


def test_every_rule_of_a_clock_is_on_the_page_with_its_minutes() -> None:
    missing = [
        rule.id for rule in RULES if not re.search(rf"\+ {rule.minutes} minutes \| `{re.escape(rule.id)}`", PAGE)
    ]
    assert missing == []


def test_every_rule_that_a_statement_is_held_against_is_on_its_page_and_no_other() -> None:
    assert re.findall(r"^\| `(fact\.[a-z]+)`", STATEMENTS, re.MULTILINE) == [rule.id for rule in FACT_RULES]


def test_every_surface_of_a_statement_is_on_its_page() -> None:
    names = {"cap": "CAP", "sms": "SMS", "ussd": "USSD", "email": "e-mail", "chat": "Telegram and WhatsApp"}
    assert [one for one in SURFACES if names.get(one, one) not in STATEMENTS] == []
