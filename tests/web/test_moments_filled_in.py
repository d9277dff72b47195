"""Whoever fills in a time reads in which zone it is meant: a desk in Jakarta may be kept from Jayapura."""

from __future__ import annotations

import re
from importlib.resources import files

from pulih.web.frame.words import words

TEMPLATES = files("pulih.web") / "templates"
ZONED = 'type="datetime-local"', 'type="{{ kind }}"'


def test_each_field_for_a_moment_names_its_zone() -> None:
    told = {}
    for file in (TEMPLATES / "console").iterdir():
        text = file.read_text(encoding="utf-8")
        told[file.name] = sum(text.count(one) for one in ZONED), text.count("when.zone_name()")
    assert sum(fields for fields, _ in told.values()) > 10
    assert {name: counts for name, counts in told.items() if counts[0] != counts[1]} == {}


def test_hours_of_a_subscription_name_their_zone() -> None:
    clocks = re.compile(r"\d\d[.:]\d\d")
    for language in ("id", "en"):
        sentences = words(language).sentences  # type: ignore[arg-type]
        hours = [
            text for key, text in sentences.items() if key.startswith("subscribe.") and clocks.search(text) is not None
        ]
        assert len(hours) == 2
        assert [text for text in hours if "{zone}" not in text] == []
