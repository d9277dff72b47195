"""The packaged priors of an impact are whole and say where they come from; a slip in them is refused with its rule."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pulih.adapters.catalogue import load_catalogue
from pulih.adapters.priors import load_priors
from pulih.model.errors import RefusedInput
from pulih.understand.impact import METHODS

PACKAGED = Path(__file__).parent.parent.parent / "src" / "pulih" / "data" / "impact"


def test_every_packaged_rule_has_a_source_or_says_that_it_is_assumed() -> None:
    rows = [row for rows in tomllib.loads((PACKAGED / "priors.toml").read_text()).values() for row in rows]
    assert len(rows) > 30
    bare = [row["id"] for row in rows if not row.get("source") and not row.get("comment")]
    assert bare == []


def test_every_method_that_code_names_has_sentences_in_both_languages_and_no_other_stands_there() -> None:
    methods = load_priors().methods
    assert set(methods) == METHODS
    assert all(len(one.english) > 20 and len(one.indonesian) > 20 for one in methods.values())


def test_operators_of_the_market_are_in_the_catalogue() -> None:
    known = {one.id for one in load_catalogue().operators}
    assert {row.operator for row in load_priors().markets} - known == {"*"}


def test_shares_of_the_networks_do_not_sum_to_more_than_all() -> None:
    catalogue = load_catalogue()
    for kind in ("mobile", "fixed"):
        networks = {one.id for one in catalogue.operators if one.kind == kind and one.network == one.id}
        rows = [row for row in load_priors().markets if row.operator in networks]
        assert sum(row.share[0] for row in rows) <= 1
        assert sum(row.share[1] for row in rows) <= 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("share = [0.40, 0.45, 0.50]", "share = [0.40, 0.35, 0.50]", "impact.market.telkomsel: [0.4, 0.35, 0.5] must"),
        ("share = [0.40, 0.45, 0.50]", "share = [0.40, 0.45, 1.50]", "must rise from lowest to highest, 0 to 1"),
        ("share = [0.40, 0.45, 0.50]", "share = [0.40, 0.45]", "Expected `array` of length 3"),
        ("share = [0.40, 0.45, 0.50]", "shares = [0.4, 0.4, 0.4]", "docs/impact.md shows the rows"),
        ("reach = 0.85", "reach = -1", "rule impact.use.streaming: -1.0 is no weight; give a number from 0 to 1000"),
        ('activity = "gaming"', 'activity = "study"', "use of activity 'study' is given twice; keep one row"),
        ('medium = "either"', 'medium = "mobile"', "line of medium 'mobile' is given twice"),
        ('operator = "byu"', 'operator = "axis"', "operator 'axis' is given twice; keep one row"),
        ('operator = "*"', 'operator = "nobody"', "there is no market row of operator '*'"),
        ('id = "impact.hour.night"', 'id = "impact.hour.office"', "id 'impact.hour.office' is given twice"),
        ("hours = [8, 17]", "hours = [17, 8]", "rule impact.hour.office: hours [17, 8] must be [from, to)"),
        ("slack = 2.0", "slack = 0.5", "rule impact.texts.weight: prior must be above 0, most 0 or more"),
        ("[[emergency]]", "[[alarm]]", "Object contains unknown field `alarm`"),
        ("[[place]]", '[[place]]\nid = "second"\nrural_below = 1\n[[place]]', "2 [[place]] rows; wanted is one"),
        ("[[place]]", "[[place]", "is no TOML in UTF-8"),
    ],
)  # fmt: skip
def test_a_slip_in_the_rules_is_refused_with_its_rule(old: str, new: str, said: str, tmp_path: Path) -> None:
    rules = (PACKAGED / "priors.toml").read_text()
    assert old in rules
    (tmp_path / "priors.toml").write_text(rules.replace(old, new, 1))
    (tmp_path / "methods.toml").write_text((PACKAGED / "methods.toml").read_text())
    with pytest.raises(RefusedInput) as refused:
        load_priors(tmp_path)
    assert said in str(refused.value)
    assert "priors.toml" in str(refused.value)


def test_a_method_without_its_row_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedInput, match=r"priors\.toml: cannot be read"):
        load_priors(tmp_path)
    (tmp_path / "priors.toml").write_text((PACKAGED / "priors.toml").read_text())
    methods = (PACKAGED / "methods.toml").read_text()
    (tmp_path / "methods.toml").write_text(methods.replace("impact.high.all", "impact.high.some"))
    with pytest.raises(RefusedInput, match=r"method impact\.high\.all is missing; give it a row"):
        load_priors(tmp_path)
