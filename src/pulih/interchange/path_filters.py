"""Path filters: which documents a JSONPath expression finds, of a list or of what a listener is told.

Expressions are those of RFC 9535, without regular expressions, and bounded before they are read: one that is short,
nests little, descends once and joins few alternatives looks at each part of a document a few times at most.
Source: TMF630 REST API Design Guidelines, Part 6 (JSONPath); RFC 9535.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate
from typing import Final

from jsonpath import JSONPath, JSONPathEnvironment
from jsonpath.exceptions import JSONPathError

from pulih.interchange.shapes import Document
from pulih.model.errors import RefusedInput

CHARS_MOST: Final = 500
NESTED_MOST: Final = 8
# `..` looks at all below a part, a comma at the same once more; several of them would multiply.
DESCENTS_MOST: Final = 1
# Each filter and each `*` looks at all parts of what it is asked of; one within another multiplies.
LOOPS_MOST: Final = 4
ALTERNATIVES_MOST: Final = 8
COMMAS_MOST: Final = 3
_KNOWN: Final = (
    "right would be $[?(@.state=='raised')] or note[?(@.author=='Jim')], as RFC 9535 has them, with && written "
    "as %26%26 in an address, and without match() and search()"
)
_QUOTED: Final = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
# The root of these is the list; of all others it is one resource.
_OF_THE_LIST: Final = re.compile(r"\$\s*\[\s*[?*]")
_DEPTH: Final = {"(": 1, "[": 1, ")": -1, "]": -1}


class _Bounded(JSONPathEnvironment):
    """The functions of RFC 9535 but those that take a regular expression, which may run for ever."""

    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        for name in ("match", "search"):
            del self.function_extensions[name]


def checked(expression: str) -> str:
    """Return an expression that can be used.

    Raises: RefusedInput that says what is wrong with it and what would be right.

    >>> checked("note[?(@.author=='Jim')]")
    "note[?(@.author=='Jim')]"
    """
    bare = _QUOTED.sub("''", expression)
    if len(expression) > CHARS_MOST:
        raise _refused(f"it is longer than {CHARS_MOST} characters")
    if max(accumulate(_DEPTH.get(one, 0) for one in bare), default=0) > NESTED_MOST:
        raise _refused(f"its brackets nest deeper than {NESTED_MOST}")
    if "$" in bare.strip()[1:]:
        # From the root again at every part, and within that again: a few of them would look for days.
        raise _refused("it has a '$' that is not its first character")
    if bare.count("..") > DESCENTS_MOST or bare.count(",") > COMMAS_MOST:
        raise _refused(f"it has more than {DESCENTS_MOST} '..' or {COMMAS_MOST} commas")
    if bare.count("?") + bare.count("*") > LOOPS_MOST:
        raise _refused(f"it has more than {LOOPS_MOST} filters and '*'")
    if bare.count("||") + bare.count("&&") > ALTERNATIVES_MOST:
        raise _refused(f"it joins more than {ALTERNATIVES_MOST} conditions by '||' and '&&'")
    _compiled(expression)
    return expression


def finds(document: Document, expression: str) -> bool:
    """Return whether an expression selects a document, or anything in it.

    Args:
        document: one resource.
        expression: as `checked` returned it.

    >>> told = {"state": "raised", "note": [{"author": "Jim", "text": "on my way"}]}
    >>> [finds(told, one) for one in ("$[?@.state=='raised']", "$.note[?@.author=='Jim']", "$[?@.state=='cleared']")]
    [True, True, False]
    """
    compiled, of_the_list = _compiled(expression)
    return next(iter(compiled.finditer([document] if of_the_list else document)), None) is not None


@lru_cache(maxsize=1)
def _environment() -> JSONPathEnvironment:
    return _Bounded(strict=True, filter_caching=False)


@lru_cache(maxsize=256)
def _compiled(expression: str) -> tuple[JSONPath, bool]:
    """Return an expression as it is used, and whether its root is the list."""
    # TM Forum leaves the root out where an expression begins with an attribute.
    whole = expression.strip()
    whole = whole if whole.startswith("$") else f"${whole}" if whole.startswith("[") else f"$.{whole}"
    try:
        compiled = _environment().compile(whole)
    except JSONPathError as error:
        # Its own words for where it is wrong fail at the end of an expression.
        raise _refused(str(error.args[0]) if error.args else "it cannot be read") from None
    except (ArithmeticError, ValueError, RecursionError):
        # The library reads numbers as it finds them, and stumbles over one that is too large.
        raise _refused("it cannot be read; a number in it may be too large") from None
    if not isinstance(compiled, JSONPath):
        raise _refused("it is more than one expression")
    return compiled, _OF_THE_LIST.match(whole) is not None


def _refused(why: str) -> RefusedInput:
    return RefusedInput(f"query.filter: {why}; {_KNOWN}.")
