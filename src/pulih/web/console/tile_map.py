"""The tile map: provinces as equal squares in their rough places, so that small ones stay visible.

A map of true shapes shows Kalimantan and hides Jakarta, where most of the reports come from. A square says its letters
and its number, so that shade is never alone in telling; what is not known is hatched and never looks well.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import msgspec

from pulih.model.bulletin import Level
from pulih.service.levels import level
from pulih.service.view import RegionNow
from pulih.web.frame.rooms import Province

# Side of a square and what lies between two, in units of the drawing.
SIDE = 40
_PITCH = 43
_SHADES = 4


class Tile(msgspec.Struct, frozen=True, kw_only=True):
    """One square: where its corner is, what it says, how its reports compare, and whether an open finding is there.

    `shade` goes from 0 (no reports) to 4 (about as many as the province with most).
    """

    code: str
    name: str
    letters: str
    x: int
    y: int
    reports: int
    usual: float
    level: Level
    shade: int
    hit: bool


class TileMap(msgspec.Struct, frozen=True):
    """Squares, most reports first, the way a list is read out; size of the drawing; whether any is hit."""

    tiles: tuple[Tile, ...]
    width: int
    height: int
    hit: bool

    @property
    def first(self) -> Tile | None:
        """The province with most reports, None where there are none."""
        return self.tiles[0] if self.tiles and self.tiles[0].reports else None


def tile_map(provinces: Sequence[Province], regions: Sequence[RegionNow], *, hit: Collection[str] = ()) -> TileMap:
    """Return the map with the reports of `regions`.

    Args:
        provinces: the squares; columns and rows may start anywhere.
        regions: reports by region over the span that is shown.
        hit: further region codes in which there is trouble; their provinces are marked, too.

    >>> jakarta = RegionNow(code="31", name="Jakarta", parent="", reports=90, usual=4.0, finding="f1")
    >>> square = Province(code="31", name="Jakarta", letters="JK", column=3, row=5)
    >>> [(t.letters, t.level, t.hit) for t in tile_map([square], [jakarta]).tiles]
    [('JK', 'far_above', True)]
    """
    known = {region.code: region for region in regions}
    marked = {code.split(".")[0] for code in (*hit, *(r.code for r in regions if r.finding))}
    left = min((one.column for one in provinces), default=0)
    above = min((one.row for one in provinces), default=0)
    most = max((known[one.code].reports for one in provinces if one.code in known), default=0)
    squares = [
        _tile(one, known.get(one.code), corner=(one.column - left, one.row - above), most=most, hit=one.code in marked)
        for one in provinces
    ]
    squares.sort(key=lambda tile: (-tile.reports, tile.code))
    return TileMap(
        tuple(squares),
        max((tile.x for tile in squares), default=0) + SIDE,
        max((tile.y for tile in squares), default=0) + SIDE,
        any(tile.hit for tile in squares),
    )


def _tile(province: Province, region: RegionNow | None, *, corner: tuple[int, int], most: int, hit: bool) -> Tile:
    reports, usual = (region.reports, region.usual) if region else (0, 0.0)
    return Tile(
        code=province.code,
        name=province.name,
        letters=province.letters,
        x=corner[0] * _PITCH,
        y=corner[1] * _PITCH,
        reports=reports,
        usual=usual,
        level=level_of(reports, usual),
        shade=shade_of(reports, most),
        hit=hit,
    )


def shade_of(reports: int, most: int) -> int:
    """Return how dark a square is; steps go by the root, since one province often has ten times what the next has.

    >>> shade_of(0, 255), shade_of(4, 255), shade_of(99, 255), shade_of(255, 255)
    (0, 1, 3, 4)
    """
    return min(_SHADES, 1 + int(_SHADES * math.sqrt(reports / most) * 0.999)) if reports else 0


def level_of(reports: int, usual: float) -> Level:
    """Say how reports compare with what is usual; where hardly anybody ever writes, silence tells nothing.

    >>> level_of(0, 0.2), level_of(5, 4.0), level_of(400, 9.0)
    ('unknown', 'usual', 'far_above')
    """
    # One rule for the desk and for the public page: nobody is to be told two things of one number.
    return "unknown" if not reports and usual < 1.0 else level(reports, usual)
