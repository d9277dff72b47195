"""Pictures of a page as inline SVG: how reports went in the last three hours, and where in the country they come from.

A picture never stands alone: a sentence says what it shows and a table behind it has the numbers. Shapes and hatching
tell what colours tell, and what is unknown is hatched and never looks well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from pulih.model.bulletin import ComplaintLevel, Level, Place

# Where a province stands on the tile map and what its square says, by code: column, row, letters.
Tiles = Mapping[str, tuple[int, int, str]]
_WIDTH, _HEIGHT, _GAP = 10, 32, 2
_SIDE, _PITCH = 40, 43


def curve(level: ComplaintLevel, words: str) -> Markup:
    """Draw twelve quarters of an hour as bars, the usual as a dashed line; `words` say it to who does not see it."""
    highest = max([*level.curve, level.usual / 4, 1.0])
    bars = Markup("").join(
        Markup('<rect x="{}" y="{}" width="{}" height="{}"/>').format(
            number * (_WIDTH + _GAP), round(_HEIGHT - height, 1), _WIDTH, round(height, 1)
        )
        for number, count in enumerate(level.curve)
        for height in [max(1.0, _HEIGHT * count / highest)]
    )
    usual = round(_HEIGHT - _HEIGHT * (level.usual / 4) / highest, 1)
    width = len(level.curve) * (_WIDTH + _GAP) - _GAP
    return Markup(
        '<svg class="curve {}" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">{}'
        '<path d="M0 {}H{}"/></svg>'
    ).format(level.level, words, width, _HEIGHT + 1, width, _HEIGHT + 1, bars, usual, width)


def tile_map(places: Sequence[Place], tiles: Tiles, levels: Mapping[str, Level], *, hit: frozenset[str]) -> Markup:
    """Draw the provinces as equal squares in their rough places; "" where none of them has a square.

    Args:
        places: provinces; those without a square are left out.
        tiles: their squares.
        levels: the highest complaint level of each; without one a square is as unknown.
        hit: codes of provinces in which a confirmed outage goes on.
    """
    shown = [(place, *tiles[place.code]) for place in places if place.code in tiles]
    if not shown:
        return Markup("")
    left, above = min(column for _, column, _, _ in shown), min(row for _, _, row, _ in shown)
    width = (max(column for _, column, _, _ in shown) - left) * _PITCH + _SIDE
    height = (max(row for _, _, row, _ in shown) - above) * _PITCH + _SIDE
    squares = Markup("").join(
        _square(
            ((column - left) * _PITCH, (row - above) * _PITCH),
            letters,
            levels.get(place.code, "unknown"),
            hit=place.code in hit,
        )
        for place, column, row, letters in shown
    )
    return Markup(
        '<svg class="map" aria-hidden="true" viewBox="-1 -1 {} {}"><defs><pattern id="h" width="6" height="6"'
        ' patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6"/></pattern></defs>{}</svg>'
    ).format(width + 2, height + 2, squares)


def _square(corner: tuple[int, int], letters: str, level: Level, *, hit: bool) -> Markup:
    x, y = corner
    marks = {"far_above": "▲", "above": "△"}
    mark = "!" if hit else marks.get(level, "")
    return Markup(
        '<g class="{}" transform="translate({} {})"><rect width="{}" height="{}" rx="3"/><text x="20" y="18">{}</text>'
        '<text x="20" y="34">{}</text></g>'
    ).format("down" if hit else level, x, y, _SIDE, _SIDE, letters, mark)
