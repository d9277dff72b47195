"""Plain: the words of a text that may come as HTML, without markup, scripts and quoted mail.

Ticket systems hand on e-mails as HTML with all that was quoted below; what a customer quotes was said before, by
somebody else as a rule, and must not be read as news.
"""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

# What stands in these is not said by the writer.
_UNSAID = frozenset({"script", "style", "head", "title", "blockquote", "template"})
# Elements that end a word.
_BREAKING = frozenset({"br", "p", "div", "li", "tr", "td", "th", "h1", "h2", "h3", "h4", "ul", "ol", "table", "hr"})
# Of a longer mail only the beginning is read; its own words stand there, and what they quote below.
MARKUP_CHARS_MAX = 128 << 10
_MARKUP = re.compile(r"<[a-zA-Z/!][^<>]*>|&(?:[a-zA-Z]+|#\d+|#x[0-9a-fA-F]+);")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._unsaid: list[str] = []
        # How often each stands in that list, since looking there for each end would take a hostile mail for ever.
        self._open: Counter[str] = Counter()

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        if tag in _UNSAID:
            self._unsaid.append(tag)
            self._open[tag] += 1
        elif tag in _BREAKING:
            self.said.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if self._open[tag]:
            # An element left open ends with the one around it.
            while tag != (ended := self._unsaid.pop()):
                self._open[ended] -= 1
            self._open[tag] -= 1
        elif tag in _BREAKING:
            self.said.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._unsaid:
            self.said.append(data)


def plain(text: str) -> str:
    """Return `text` without HTML, its white space evened; a text without markup keeps its words as they are.

    >>> plain("<p>Internet&nbsp;mati<br>dari pagi</p><blockquote>Salam, CS</blockquote>")
    'Internet mati dari pagi'
    >>> plain("sinyal 1 < 2 bar & lemot")
    'sinyal 1 < 2 bar & lemot'
    """
    if not _MARKUP.search(text):
        return " ".join(text.split())
    words = _Words()
    # A last element brings out what stands before it. Closing the parser would do so too, and would take minutes over
    # markup that somebody left open on purpose (CVE-2025-6069); what stands behind such an opening is not read.
    words.feed(text[:MARKUP_CHARS_MAX] + "<p>")
    return " ".join("".join(words.said).split())


def joined(*parts: str) -> str:
    """Return the parts that say something as sentences after each other, none twice.

    >>> joined("Internet mati", "", "Internet mati", "dari pagi")
    'Internet mati. dari pagi'
    """
    told = dict.fromkeys(part.strip() for part in parts if part.strip())
    return ". ".join(part.rstrip(".") if place < len(told) - 1 else part for place, part in enumerate(told))
