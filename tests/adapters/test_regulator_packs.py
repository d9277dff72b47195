"""A pack of a regulator that was edited wrongly is refused with its rule, its clock and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulih.adapters.regulators import load_regulators
from pulih.model.errors import RefusedInput

RULE = """
[[rule]]
id = "xx.one"
country = "XX"
regulator = "X"
title_id = "a"
title_en = "b"
standing = "in_force"
confidence = "high"
zone = "America/New_York"
content = []
source = ["made up"]
{more}
"""
CLOCK = """
  [[rule.clock]]
  id = "{id}"
  kind = "update"
  to_id = "a"
  to_en = "b"
  {more}
"""


def written(folder: Path, text: str) -> Path:
    (folder / "xx.toml").write_text(text)
    (folder / "README.md").write_text("no pack")
    return folder


def rule(*clocks: str, more: str = "") -> str:
    return RULE.format(more=more if clocks else f"clock = []\n{more}") + "".join(clocks)


def clock(more: str, name: str = "c") -> str:
    return CLOCK.format(id=name, more=more)


def test_a_sound_pack_is_read_with_its_days_and_clocks(tmp_path: Path) -> None:
    steps = 'since = "after"\n  after = "c"\n  every = [{ from_min = 0, every_min = 60 }]'
    dated = rule(clock('since = "known"\n  minutes = 30'), clock(steps, "d"), more="valid_from = 2026-03-08")
    (found,) = load_regulators(written(tmp_path, dated))
    assert found.valid_from is not None
    assert (found.valid_from.isoformat(), found.valid_to, [one.id for one in found.clock]) == (
        "2026-03-08", None, ["c", "d"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[rule]]\nid = 1", "xx.toml can not be used"),
        (rule(more="colour = 3"), "xx.toml can not be used"),
        (rule() * 2, "xx.one is there twice"),
        (rule().replace("America/New_York", "America/Neverland"), "write one as Asia/Jakarta"),
        (rule(more="valid_from = 2026-03-08\nvalid_to = 2026-03-08"), "ends before it begins"),
        (rule(more='unless = "xx.two"'), "must name another rule; 'xx.two' is none"),
        (rule(more='unless = "xx.one"'), "must name another rule"),
        (rule(clock('since = "known"') * 2), "has the clock c twice"),
        (rule(clock('since = "after"\n  after = "d"')), "`after` must name a clock above it"),
        (rule(clock('since = "known"'), clock('since = "known"\n  after = "c"', "d")), "clock d: `after` must name"),
        (rule(clock('since = "known"\n  minutes = 30\n  days = 1')), "one of them"),
        (rule(clock('since = "known"\n  minutes = 0')), "a time is above 0"),
        (rule(clock('since = "known"\n  days = -3')), "a time is above 0"),
        (rule(clock('since = "known"\n  every = [{ from_min = 5, every_min = 60 }]')), "steps begin at 0 minutes"),
        (rule(clock('since = "known"\n  every = [{ from_min = 0, every_min = 0 }]')), "every_min is above 0"),
    ],
)
def test_a_pack_that_cannot_be_meant_is_refused_and_says_where(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(RefusedInput, match=says):
        load_regulators(written(tmp_path, text))
