"""Reads a page the way a tester needs it: the text of one language, the elements, and what would be fetched."""

from __future__ import annotations

from functools import lru_cache
from html.parser import HTMLParser

VOID = frozenset({"meta", "br", "link", "input", "img", "hr"})


class PageReader(HTMLParser):
    """Collects the text of each article by its language, and every element with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: dict[str, list[str]] = {}
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.depth: list[str] = []
        self._article = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "article":
            self._article = dict(attrs)["id"] or ""
        if tag not in VOID:
            self.depth.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.depth, f"</{tag}> closes nothing"
        assert self.depth.pop() == tag, f"</{tag}> closes another element"
        if tag == "article":
            self._article = ""

    def handle_data(self, data: str) -> None:
        if self._article:
            self.texts.setdefault(self._article, []).append(data)


def article(html: str, language: str) -> str:
    """Return the text of one language with single spaces, as a reader would hear it."""
    return " ".join("".join(_texts(html)[language]).split())


@lru_cache(maxsize=4)
def _texts(html: str) -> dict[str, list[str]]:
    """Return the texts of a page; each language of it is asked for, one after the other."""
    return PageReader(html).texts
