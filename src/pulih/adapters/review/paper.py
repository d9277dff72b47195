"""Fills the template of a review: one HTML file, no script, no network; and prints that page as PDF.

WeasyPrint (BSD) prints it, since it lays out the same page that people read in a browser. It is an extra, and needs
Pango beside it, which is no Python package: what is missing is said in one sentence with the command that brings it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, StrictUndefined

from pulih.adapters.review.drawing import HEIGHT, WIDTH, drawn_curve, drawn_steps
from pulih.learn.review_parts import ReviewDocument
from pulih.model.errors import OutsideFailed
from pulih.ports.channels import Language

_TEMPLATES: Final = files("pulih.adapters.review") / "templates"


def _weasyprint() -> Any:
    import weasyprint  # noqa: PLC0415

    return weasyprint


def _nothing(url: str, *_: object, **__: object) -> Any:
    """Refuse to fetch: all of a review is in it."""
    raise ValueError(f"A review fetches nothing, and {url[:60]} is outside of it.")


class ReviewPaper:
    """Draws reviews; implements `pulih.ports.learning.ReviewPress`.

    Args:
        printer: loads WeasyPrint; raises ImportError or OSError where it, or what it needs, is missing.
    """

    def __init__(self, printer: Callable[[], Any] = _weasyprint) -> None:
        self._printer = printer

    def html(self, document: ReviewDocument, language: Language) -> bytes:
        """Return a review as one HTML file.

        Args:
            document: the review.
            language: in which it is read.
        """
        rules = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        number = 0 if language == "id" else 1
        template = (_TEMPLATES / "review.html").read_text(encoding="utf-8")
        style = (_TEMPLATES / "review.css").read_text(encoding="utf-8")
        text = rules.from_string(template).render(
            document=document,
            language=language,
            style=style,
            say=lambda pair: pair[number],
            kind=lambda block: type(block).__struct_config__.tag,
            steps=drawn_steps,
            curve=drawn_curve,
            width=WIDTH,
            height=HEIGHT,
        )
        return text.encode()

    def pdf(self, document: ReviewDocument, language: Language) -> bytes:
        """Return the same page as PDF.

        Raises: OutsideFailed when WeasyPrint or the libraries that it needs are not installed.
        """
        page = self.html(document, language).decode()
        try:
            printer = self._printer()
        except ImportError:
            raise OutsideFailed(
                "A review as PDF needs WeasyPrint; add it with `pip install 'pulih[review]'`, or print the HTML page.",
                key="review.no_weasyprint",
            ) from None
        except OSError:
            raise OutsideFailed(
                "WeasyPrint does not find Pango; add it with `apt-get install libpango-1.0-0 libpangoft2-1.0-0 "
                "libharfbuzz-subset0`, or print the HTML page.",
                key="review.no_pango",
            ) from None
        made: bytes = printer.HTML(string=page, url_fetcher=_nothing).write_pdf()
        return made
