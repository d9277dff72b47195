"""Hides small cells of public totals, and so many others that no hidden one can be told from the sums.

A sum over three people of a village says what each of them got to whoever knows the other two. So a cell of few people
is hidden, and where the total less the shown cells would give it away, the next smallest one is hidden too.
Source: primary and complementary cell suppression, Hundepool et al., Statistical Disclosure Control (2012), chapter 4.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

LEAST_DEFAULT: Final = 10


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """Credits of one group in one unit.

    Attributes:
        name: of the group, such as a region's code.
        unit: currency or unit in kind.
        credited: subscribers who have a credit; None when hidden.
        credits: how many; None when hidden.
        net: their sum, in minor units of money; None when hidden.
    """

    name: str
    unit: str
    credited: int | None
    credits: int | None
    net: int | None


def without_small_cells(cells: Iterable[Cell], least: int) -> tuple[Cell, ...]:
    """Hide what could be traced to a few people.

    Args:
        cells: of one table; those of one unit add up to a total that may be known.
        least: fewest people of a shown cell and of all hidden ones together; 2 or more.

    Returns: the same cells in the same order, some hidden.

    >>> cells = [Cell(name=n, unit="IDR", credited=c, credits=c, net=c) for n, c in (("a", 3), ("b", 20), ("c", 90))]
    >>> [cell.credited for cell in without_small_cells(cells, 10)]
    [None, None, 90]
    """
    told = list(cells)
    hidden = {index for unit in {cell.unit for cell in told} for index in _hidden(told, unit, least)}
    return tuple(_closed(cell) if index in hidden else cell for index, cell in enumerate(told))


def _hidden(cells: list[Cell], unit: str, least: int) -> set[int]:
    """Places of the cells of one unit that are to be hidden."""
    people = {index: cell.credited or 0 for index, cell in enumerate(cells) if cell.unit == unit and cell.credited}
    hidden = {index for index, count in people.items() if count < least}
    rest = sorted((index for index in people if index not in hidden), key=lambda index: (people[index], index))
    while hidden and rest and (len(hidden) == 1 or sum(people[index] for index in hidden) < least):
        hidden.add(rest.pop(0))
    return hidden


def _closed(cell: Cell) -> Cell:
    return Cell(name=cell.name, unit=cell.unit, credited=None, credits=None, net=None)
