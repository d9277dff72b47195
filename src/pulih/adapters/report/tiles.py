"""The tile map: provinces as equal squares in their rough places, so that small ones stay visible."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec
from markupsafe import Markup

from pulih.adapters.report.words import Words
from pulih.service.harmless import isolated, plain
from pulih.service.outcome import RegionCount

# Where a province stands and what its square says, by code: column, row, name, letters.
Tiles = Mapping[str, tuple[int, int, str, str]]
_SHADES = 4


class Tile(msgspec.Struct, frozen=True, kw_only=True):
    """One square: where it stands (from 1), its letters, name, number and shade, and whether an outage was there."""

    column: int
    row: int
    letters: str
    name: Markup
    signals: int
    number: str
    words: Markup
    shade: int
    hit: bool


class TileMap(msgspec.Struct, frozen=True):
    """Squares by number, most named first, the way a list is read out; how wide the grid is; any outage in it."""

    tiles: list[Tile]
    columns: int
    hit: bool


def tile_map(
    words: Words,
    tiles: Tiles,
    regions: Sequence[RegionCount],
    *,
    placed: Collection[str],
) -> TileMap:
    """Return the map of `tiles` with the counts of `regions`.

    Args:
        words: language and zone.
        tiles: the squares; the grid may be numbered from 0 or from 1, without letters the name's initials stand.
        regions: texts by region named.
        placed: region codes in which a finding was placed; their provinces are marked.
    """
    counts = {code: _province_count(code, regions) for code in tiles}
    highest = max(counts.values(), default=0)
    left = min((column for column, *_ in tiles.values()), default=0)
    above = min((row for _, row, *_ in tiles.values()), default=0)
    hit = {code.split(".")[0] for code in placed}
    squares = [
        Tile(
            column=column - left + 1,
            row=row - above + 1,
            letters=letters or "".join(word[0] for word in plain(name).split())[:3].upper(),
            name=isolated(name),
            signals=counts[code],
            number=words.number(counts[code]) if counts[code] else "",
            words=words.count("tile.words" if counts[code] else "tile.silent", counts[code], name=isolated(name)),
            shade=_shade(counts[code], highest),
            hit=code in hit,
        )
        for code, (column, row, name, letters) in sorted(tiles.items(), key=lambda item: (-counts[item[0]], item[0]))
    ]
    columns = max((t.column for t in squares), default=0)
    return TileMap(squares, columns, any(t.hit for t in squares))


def map_title(words: Words, squares: TileMap) -> Markup:
    """Return the sentence above the map: which province is named most."""
    first = squares.tiles[0] if squares.tiles else None
    if first is None or not first.signals:
        return words.say("scope.map_silent")
    return words.count("scope.map_title", first.signals, place=first.name)


def _shade(signals: int, highest: int) -> int:
    # Steps go by the root, since one province often has ten times what the next one has.
    return min(_SHADES, 1 + int(_SHADES * (signals / highest) ** 0.5 * 0.999)) if signals else 0


def _province_count(code: str, regions: Sequence[RegionCount]) -> int:
    """Count a province with the places inside it, whether or not its own number holds theirs already."""
    own = sum(r.signals for r in regions if r.code == code)
    inside = sum(r.signals for r in regions if r.code.startswith(f"{code}."))
    return own if own >= inside else own + inside
