"""Requirements are numbered once, and every number that code or tests cite exists."""

from __future__ import annotations

import re

from checkout import ROOT, texts

REQUIREMENTS = ROOT / "docs" / "requirements.md"
ROW = re.compile(r"^\| \*\*([A-Z][0-9])\*\* \|", re.MULTILINE)
IDS = r"[A-Z][0-9](?:(?:, | and | to |-|, and )[A-Z][0-9])*"
# "(requirement L2)", "requirements D1 and D2", or an id alone in brackets: "(L4)".
CITED = re.compile(rf"[Rr]equirements? ({IDS})\b|\(({IDS})\)")


def test_every_requirement_has_one_row_with_an_id_of_a_letter_and_a_digit() -> None:
    numbered = ROW.findall(REQUIREMENTS.read_text())
    assert len(numbered) == len(set(numbered))
    assert len(numbered) >= 30
    rows = [line for line in REQUIREMENTS.read_text().splitlines() if line.startswith("| **")]
    assert [row for row in rows if not ROW.match(row)] == []


def test_every_requirement_cited_in_code_and_tests_exists() -> None:
    numbered = set(ROW.findall(REQUIREMENTS.read_text()))
    unknown = {
        (name, cited)
        for name, text in texts()
        if name.endswith(".py") and name.startswith(("src/", "tests/", "tools/"))
        for found in CITED.finditer(text)
        for cited in re.findall(r"[A-Z][0-9]", found[1] or found[2])
        if cited not in numbered
    }
    assert unknown == set()


def test_every_requirement_says_whether_it_is_built() -> None:
    rows = [line for line in REQUIREMENTS.read_text().splitlines() if ROW.match(line)]
    assert [row for row in rows if not re.search(r"\| (built|partly|later)[^|]*\|$", row)] == []
