"""Takes a parsed table of TOML or JSON key by key, so that nothing in it is misread and nothing is overlooked.

Money hangs on these files: a misspelt key that is passed over, or a number that is text, would pay wrongly and quietly.
Every refusal names the key, what stands there and what would be right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from difflib import get_close_matches
from typing import TypeGuard, cast

from pulih.model.errors import RefusedInput

INT64_MAX = 2**63 - 1
_SHOWN_MAX = 60


class Keys:
    """One table, and where it stands; every key that is asked for counts as known."""

    def __init__(self, content: object, where: str) -> None:
        """Take a table.

        Args:
            content: what a parser gave.
            where: how the refusals call it, such as "policy" or "clause 2 (two-days)".

        Raises: RefusedInput when it is no table.
        """
        self.where = where
        if not isinstance(content, dict):
            raise RefusedInput(f"{where}: {shown(content)} is no table; a table of keys and values belongs here.")
        self._content = cast(dict[str, object], content)
        self._known: set[str] = set()

    def __contains__(self, key: str) -> bool:
        self._known.add(key)
        return key in self._content

    def refuse(self, key: str, right: str) -> RefusedInput:
        """A refusal of what stands under a key, with what would be right; to be raised by the caller."""
        return RefusedInput(f"{self.where}: {key} = {shown(self._content.get(key))}; {right}.")

    def missing(self, key: str) -> RefusedInput:
        """A refusal of a table that lacks a key; to be raised by the caller."""
        return RefusedInput(f"{self.where}: the key {key} is missing.")

    def anything(self, key: str) -> object:
        """What stands under a key that must be there."""
        if key not in self:
            raise self.missing(key)
        return self._content[key]

    def text(self, key: str) -> str:
        """Text that is not empty."""
        value = self.anything(key)
        if not _is_text(value) or not value:
            raise self.refuse(key, "a text that is not empty belongs here")
        return value

    def note(self, key: str) -> str:
        """Text for people, "" when it is missing."""
        value = self.anything(key) if key in self else ""
        if not _is_text(value):
            raise self.refuse(key, "a text belongs here")
        return value

    def integer(self, key: str, *, least: int, most: int = INT64_MAX) -> int:
        """A whole number of at least `least` and at most `most`, by default what fits 64 bits."""
        value = self.anything(key)
        if type(value) is not int or not least <= value <= most:
            fits = ", at most what 64 bits hold," if type(value) is int and value > INT64_MAX else ""
            bounds = f"from {least} up{fits}" if most == INT64_MAX else f"from {least} to {most}"
            raise self.refuse(key, f"a whole number {bounds} belongs here")
        return value

    def choice(self, key: str, choices: Collection[str], *, default: str | None = None) -> str:
        """One of the words; `default` when the key is missing and has one."""
        if default is not None and key not in self:
            return default
        value = self.anything(key)
        if not isinstance(value, str) or value not in choices:
            raise self.refuse(key, f"one of {', '.join(choices)} belongs here")
        return value

    def day(self, key: str) -> date | None:
        """A date without a time; None when it is missing."""
        if key not in self:
            return None
        value = self.anything(key)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.refuse(key, "a date without quotes and without a time belongs here, such as 2025-01-31")
        return value

    def days(self, key: str) -> tuple[date, ...]:
        """A list of dates, in order, each once; empty when it is missing."""
        value = self.anything(key) if key in self else []
        right = "a list of dates without quotes belongs here, such as [2025-12-25]"
        if not isinstance(value, list) or not all(isinstance(one, date) for one in value):
            raise self.refuse(key, right)
        if any(isinstance(one, datetime) for one in value):
            raise self.refuse(key, right)
        return tuple(sorted(set(value)))

    def texts(self, key: str) -> tuple[str, ...] | None:
        """A list of texts, each once, in the order given; None when it is missing."""
        if key not in self:
            return None
        value = self.anything(key)
        if not isinstance(value, list) or not all(_is_text(one) for one in value):
            raise self.refuse(key, 'a list of texts belongs here, such as ["a", "b"]')
        return tuple(dict.fromkeys(value))

    def table(self, key: str) -> Keys:
        """The table under a key."""
        return Keys(self.anything(key), f"{self.where}: {key}")

    def tables(self, key: str) -> Iterator[Keys]:
        """The tables of a list, numbered from 1 for refusals."""
        value = self.anything(key)
        if not isinstance(value, list):
            raise self.refuse(key, "a list of tables belongs here")
        for number, one in enumerate(value, start=1):
            yield Keys(one, f"{self.where}: {key} {number}")

    def items(self) -> Iterator[tuple[str, object]]:
        """All keys with what stands under them."""
        self._known.update(self._content)
        yield from self._content.items()

    def finish(self) -> None:
        """Say that all keys were asked for; any other is refused, with the known one that it resembles."""
        for key in self._content:
            if key not in self._known:
                meant = get_close_matches(key, sorted(self._known), n=1)
                hint = f"; did you mean {meant[0]}?" if meant else f"; known are {', '.join(sorted(self._known))}."
                raise RefusedInput(f"{self.where}: there is no key {shown(key)} here{hint}")

    def finish_with_company(self) -> None:
        """As `finish`, but keys that resemble no known one are other systems' and are left alone."""
        for key in self._content:
            meant = [] if key in self._known else get_close_matches(key, sorted(self._known), n=1, cutoff=0.8)
            if meant:
                raise RefusedInput(f"{self.where}: there is no key {shown(key)} here; did you mean {meant[0]}?")


def _is_text(value: object) -> TypeGuard[str]:
    """Whether it is text that can be written as UTF-8; JSON can hold half a character."""
    return isinstance(value, str) and not any("\ud800" <= letter <= "\udfff" for letter in value)


def shown(value: object) -> str:
    """A value as a refusal shows it, short.

    >>> shown("x" * 100)
    "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..."
    """
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    text = repr(value)
    return text if len(text) <= _SHOWN_MAX else f"{text[:_SHOWN_MAX]}..."
