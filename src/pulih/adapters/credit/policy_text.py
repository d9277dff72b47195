"""Writes the page of a policy as text for a terminal, and as one HTML file without script or network."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from importlib.resources import files
from typing import Final

from jinja2 import Environment, StrictUndefined

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
    template = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    ).from_string((files("pulih.adapters.credit") / "templates" / "policy.html").read_text(encoding="utf-8"))
    told = tuple(pages)
    style = (files("pulih.adapters.credit") / "templates" / "paper.css").read_text(encoding="utf-8")
    return template.render(pages=told, style=style)


def _wrapped(sentences: Iterable[str]) -> list[str]:
    return [
        line
        for sentence in sentences
        for line in textwrap.wrap(sentence, _WIDTH, initial_indent="  - ", subsequent_indent="    ")
    ]
