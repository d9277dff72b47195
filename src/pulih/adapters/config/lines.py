"""On which line of a TOML file a key stands; the standard reader tells only what the file says, and not where.

The file is cut into statements by the reader itself: a statement is the fewest lines from its first one that are TOML
by themselves. So strings and lists over several lines need no second grammar here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Final

# A place in the file: keys, and numbers of entries in lists of tables.
Spot = tuple[str | int, ...]
# No statement of a settings file is longer; reading on would be quadratic.
_STATEMENT_LINES_MAX: Final = 200


def lines_of_keys(text: str) -> dict[Spot, int]:
    """Return the line, 1 for the first, of every table and key of a file that is TOML.

    >>> lines_of_keys('[server]\\nport = 1\\n[[probe]]\\nname = "a"\\n[[probe]]\\n')
    {('server',): 1, ('server', 'port'): 2, ('probe', 0): 3, ('probe', 0, 'name'): 4, ('probe', 1): 5}
    >>> lines_of_keys('[[source]]\\n[[source]]\\n[[source.rule]]\\nname = "a"\\n')
    {('source', 0): 1, ('source', 1): 2, ('source', 1, 'rule', 0): 3, ('source', 1, 'rule', 0, 'name'): 4}
    """
    lines: dict[Spot, int] = {}
    counted: dict[Spot, int] = {}
    table: Spot = ()
    for number, statement in _statements(text):
        value = tomllib.loads(statement)
        if statement.lstrip().startswith("[["):
            path = _within(_header(value), counted)
            counted[path] = counted.get(path, -1) + 1
            table = (*path, counted[path])
        elif statement.lstrip().startswith("["):
            table = _within(_header(value), counted)
        else:
            for spot in _below(value):
                lines.setdefault((*table, *spot), number)
            continue
        lines.setdefault(table, number)
    return lines


def nearest_line(lines: dict[Spot, int], spot: Spot) -> int:
    """Return the line of `spot`, else that of what it stands in, else 1.

    >>> nearest_line({("server",): 4}, ("server", "port")), nearest_line({}, ("oidc",))
    (4, 1)
    """
    for length in range(len(spot), 0, -1):
        if spot[:length] in lines:
            return lines[spot[:length]]
    return 1


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield the statements of a file, each with the number of its first line."""
    held: list[str] = []
    start = 1
    # Lines end as TOML says, and str.splitlines would cut at more.
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        start = start if held else number
        held.append(line)
        statement = "\n".join(held)
        if _is_toml(statement) or len(held) >= _STATEMENT_LINES_MAX:
            if _is_toml(statement) and tomllib.loads(statement):
                yield start, statement
            held.clear()


def _is_toml(statement: str) -> bool:
    try:
        tomllib.loads(statement)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _header(value: object) -> Spot:
    """Return the keys of a header, which sets nothing."""
    path: list[str | int] = []
    while isinstance(value, dict) and value:
        key, value = next(iter(value.items()))
        path.append(key)
    return tuple(path)


def _within(header: Spot, counted: dict[Spot, int]) -> Spot:
    """Return a header with the number of the last entry behind each list of tables that it goes through."""
    placed: Spot = ()
    for key in header[:-1]:
        placed = (*placed, key)
        if placed in counted:
            placed = (*placed, counted[placed])
    return (*placed, header[-1])


def _below(value: object) -> Iterator[Spot]:
    """Yield the keys inside a value."""
    if isinstance(value, dict):
        for key, inside in value.items():
            yield (key,)
            yield from ((key, *deeper) for deeper in _below(inside))
