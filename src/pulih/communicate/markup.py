"""Writes XML that is well-formed whatever the texts hold: elements escape, and what XML cannot carry is left out.

Statements are typed by people and pasted from elsewhere; one stray control character would break a feed for everybody.

Source: XML 1.0 (fifth edition), section 2.2: the characters that a document may hold.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NewType
from xml.sax.saxutils import escape, quoteattr

# Text that is XML already; only the functions here make it.
Markup = NewType("Markup", str)

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>\n'


def text(words: str) -> Markup:
    r"""Return words as the content of an element.

    >>> text("a < b\x00 & c")
    'a &lt; b &amp; c'
    """
    return Markup(escape(_NOT_XML.sub("", words)))


def element(name: str, *inside: Markup, attributes: Mapping[str, str] | None = None) -> Markup:
    """Return an element around what is inside; without anything inside it is empty.

    >>> element("a", text("x<y"), attributes={"href": 'https://h/?a="1"&b'})
    '<a href=\\'https://h/?a="1"&amp;b\\'>x&lt;y</a>'
    """
    written = "".join(f" {key}={quoteattr(_NOT_XML.sub('', value))}" for key, value in (attributes or {}).items())
    content = "".join(inside)
    return Markup(f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>")


def leaf(name: str, words: str) -> Markup:
    """Return an element that holds words alone."""
    return element(name, text(words))


def document(root: Markup) -> bytes:
    """Return a whole document in UTF-8."""
    return (_DECLARATION + root + "\n").encode()
