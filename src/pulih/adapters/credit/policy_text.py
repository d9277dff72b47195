"""Writes the page of a policy as text for a terminal, and as one HTML file without script or network."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Final

from pulih.adapters.credit.paper import filled
from pulih.compensate.policy_page import PolicyPage

_WIDTH: Final = 100


def policy_lines(page: PolicyPage) -> list[str]:
    """The page as lines for a terminal."""
    lines = [f"{page.id}: {page.title}"]
    for chapter in page.chapters:
        if chapter.heading:
            lines += ["", chapter.heading]
        for section in chapter.sections:
            lines += ["", section.heading, *_wrapped(section.sentences)]
    for section in page.quoted:
        lines += ["", section.heading, *_wrapped(section.sentences)]
    return lines


def policy_html(pages: Iterable[PolicyPage]) -> str:
    """One file with the page in each of its languages, the first one first.

    Args:
        pages: of one policy.
    """
    return filled("policy.html", pages=tuple(pages))


def _wrapped(sentences: Iterable[str]) -> list[str]:
    return [
        line
        for sentence in sentences
        for line in textwrap.wrap(sentence, _WIDTH, initial_indent="  - ", subsequent_indent="    ")
    ]
