"""Write out the alternatives of a phrase: `(mati|down) (total|)` stands for four phrases."""

from __future__ import annotations

import re

from pulih.model.errors import RefusedInput

_INNERMOST = re.compile(r"\(([^()]*)\)")

MOST_ALTERNATIVES = 4096


def written_out(phrase: str) -> list[str]:
    """Return every phrase that a bracketed phrase stands for, white space tidied.

    Args:
        phrase: words with alternatives in round brackets, nested if wanted; an empty alternative means "or nothing".

    Raises:
        RefusedInput: brackets that do not pair, or more than 4,096 alternatives.

    >>> written_out("(mati|down) (total|)")
    ['mati total', 'mati', 'down total', 'down']
    >>> written_out("sinyal")
    ['sinyal']
    """
    open_phrases, done = [phrase], []
    while open_phrases:
        current = open_phrases.pop()
        found = _INNERMOST.search(current)
        if found is None:
            done.append(current)
        else:
            head, tail = current[: found.start()], current[found.end() :]
            open_phrases.extend(f"{head}{choice}{tail}" for choice in reversed(found[1].split("|")))
        if len(done) + len(open_phrases) > MOST_ALTERNATIVES:
            raise RefusedInput(
                f"phrase {phrase!r} has more than {MOST_ALTERNATIVES} alternatives; split it into several"
            )
    if any("(" in one or ")" in one or "|" in one for one in done):
        raise RefusedInput(f"phrase {phrase!r} has a bracket or a bar without its partner")
    return list(dict.fromkeys(" ".join(one.split()) for one in done))
