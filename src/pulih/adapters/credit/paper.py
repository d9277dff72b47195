"""Fills the HTML templates of credits: one file each, no script, no network, for telephones and paper."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

from jinja2 import Environment, StrictUndefined

_TEMPLATES: Final = files("pulih.adapters.credit") / "templates"


def filled(template: str, **values: object) -> str:
    """A template with its values; what is put in is text and never markup.

    Args:
        template: name of its file.
        values: by name.
    """
    rules = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    text = (_TEMPLATES / template).read_text(encoding="utf-8")
    style = (_TEMPLATES / "paper.css").read_text(encoding="utf-8")
    return rules.from_string(text).render(style=style, **values)
