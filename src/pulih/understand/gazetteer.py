"""A gazetteer is what is known of a country's regions: their names, what people call them, how words betray a place.

It is plain frozen data, loaded by an adapter; the finder of `places` reads it. docs/places.md has its file format.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

from pulih.understand.spelling import fold_name

Need = Literal["nothing", "beside", "cue", "label"]


class Region(msgspec.Struct, frozen=True, gc=False):
    """A province, or a regency or city in one.

    Attributes:
        code: official code; `parent`, not its letters, says where it belongs.
        name: as people say it, unmistakable: "Jakarta Selatan", "Kota Bandung", "Kab. Bandung".
        level: province or regency; cities are regencies.
        parent: code of the province, "" for a province.
        population: persons, 0 when unknown.
        tile: column and row of a province in the tile map.
        short: letters for that tile, or "".
        bare: name without "Kota" or "Kab.", as a text has it; "" when it equals `name`.
        city: is a city; a bare name shared by a city and a regency means the city.
    """

    code: str
    name: str
    level: Literal["province", "regency"]
    parent: str = ""
    population: int = 0
    tile: tuple[int, int] | None = None
    short: str = ""
    bare: str = ""
    city: bool = False


class District(msgspec.Struct, frozen=True, gc=False):
    """A district's own code ("" if it has none), name, and the code of the region it belongs to."""

    name: str
    region: str
    code: str = ""


class Villages(msgspec.Struct, frozen=True, gc=False):
    """Villages of one region whose names occur nowhere else in the country.

    Attributes:
        region: code of the region.
        wards: known enough to need only a place word before them.
        villages: found only after a word such as "desa".
    """

    region: str
    wards: tuple[str, ...] = ()
    villages: tuple[str, ...] = ()


class Alias(msgspec.Struct, frozen=True, gc=False):
    """Other names of a region; weighed against other meanings of the same name."""

    region: str
    names: tuple[str, ...]
    needs: Need = "nothing"
    weight: float = 30.0


class Words(msgspec.Struct, frozen=True, gc=False):
    """Names that are ordinary words too, by what it takes to read them as a place.

    `common` holds words so frequent that a slip of the pen makes of them the name of some far district.
    """

    label: frozenset[str] = frozenset()
    cue: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    common: frozenset[str] = frozenset()


class Cues(msgspec.Struct, frozen=True, gc=False, rename={"negations": "not", "origin": "from"}):
    """Words of a language that tell whether a name is the writer's place; each list is explained in cues.toml."""

    at: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    between: frozenset[str] = frozenset()
    district: frozenset[str] = frozenset()
    regency: frozenset[str] = frozenset()
    city: frozenset[str] = frozenset()
    province: frozenset[str] = frozenset()
    village: frozenset[str] = frozenset()
    home: frozenset[str] = frozenset()
    desk: frozenset[str] = frozenset()
    toward: frozenset[str] = frozenset()
    arrived: frozenset[str] = frozenset()
    travel: frozenset[str] = frozenset()
    origin: frozenset[str] = frozenset()
    past: frozenset[str] = frozenset()
    past_after: frozenset[str] = frozenset()
    yesterday: frozenset[str] = frozenset()
    ago: frozenset[str] = frozenset()
    period: frozenset[str] = frozenset()
    future: frozenset[str] = frozenset()
    compare: frozenset[str] = frozenset()
    never_before: frozenset[str] = frozenset()
    never_after: frozenset[str] = frozenset()
    street: frozenset[str] = frozenset()
    title: frozenset[str] = frozenset()
    both: frozenset[str] = frozenset()
    fine: frozenset[str] = frozenset()
    negations: frozenset[str] = frozenset()
    trouble: frozenset[str] = frozenset()
    lately: frozenset[str] = frozenset()
    network: frozenset[str] = frozenset()
    phrases: frozenset[str] = frozenset()
    tails: frozenset[str] = frozenset()
    heads: frozenset[str] = frozenset()
    loose: frozenset[str] = frozenset()
    glued: frozenset[str] = frozenset()
    unglued: frozenset[str] = frozenset()
    short: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Gazetteer:
    """Regions of one country, with everything that helps to find them in a text."""

    __slots__ = ("_by_name", "_lineage", "aliases", "country", "cues", "districts", "regions", "villages", "words")

    def __init__(
        self,
        country: str,
        regions: Iterable[Region],
        *,
        districts: Iterable[District] = (),
        villages: Iterable[Villages] = (),
        aliases: Iterable[Alias] = (),
        words: Words | None = None,
        cues: Cues | None = None,
    ) -> None:
        """Gather the parts; every `region` and `parent` named must be among `regions`."""
        self.country = country
        self.regions: Mapping[str, Region] = MappingProxyType({region.code: region for region in regions})
        self.districts = tuple(districts)
        self.villages = tuple(villages)
        self.aliases = tuple(aliases)
        self.words = words or Words()
        self.cues = cues or Cues()
        self._lineage = {code: self._trace(code) for code in self.regions}
        self._by_name = self._index_names()

    def region(self, code: str) -> Region | None:
        """Return the region of a code, or None."""
        return self.regions.get(code)

    def name(self, code: str) -> str:
        """Return what people call the region, or the code itself when it is unknown."""
        region = self.regions.get(code)
        return region.name if region else code

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Return the code and the codes above it, nearest first: "31.74" -> ("31.74", "31")."""
        return self._lineage.get(code, (code,))

    def regencies(self, province: str) -> tuple[Region, ...]:
        """Return the regencies and cities of a province, in the gazetteer's order."""
        return tuple(region for region in self.regions.values() if region.parent == province)

    def provinces(self) -> tuple[Region, ...]:
        """Return the provinces, in the gazetteer's order."""
        return tuple(region for region in self.regions.values() if region.level == "province")

    def nested(self, one: str, other: str) -> bool:
        """Tell whether one region is the other or lies in it, either way round."""
        return one in self.ancestors(other) or other in self.ancestors(one)

    def twin(self, code: str, *, city: bool) -> str:
        """Return the city or regency of the same bare name in the same province, the region itself included; or ""."""
        region = self.regions.get(code)
        if region is None or region.level == "province":
            return ""
        alike = (
            other.code
            for other in self.regencies(region.parent)
            if other.city == city and (other.bare or other.name) == (region.bare or region.name)
        )
        return next(alike, "")

    def find_code(self, name: str) -> str:
        """Return the code of a region written in a place field: a code, an official name, an alias; "" if unknown.

        A bare name shared by a province, a city and a regency means the first of these.
        """
        written = name.strip()
        if written in self.regions:
            return written
        dotted = f"{written[:2]}.{written[2:]}"
        if len(written) == 4 and dotted in self.regions:
            return dotted
        return self._by_name.get(fold_name(written), "")

    def _trace(self, code: str) -> tuple[str, ...]:
        found: list[str] = []
        while code and code not in found:
            found.append(code)
            code = self.regions[code].parent
        return tuple(found)

    def _index_names(self) -> dict[str, str]:
        """Index every name that means one region; stronger claims are entered first and stay."""
        index: dict[str, str] = {}
        ordered = sorted(self.regions.values(), key=lambda region: (region.level == "regency", not region.city))
        for region in ordered:
            index.setdefault(fold_name(region.name), region.code)
        for region in ordered:
            bare = fold_name(region.bare or region.name)
            labels = self.cues.city if region.city else self.cues.regency
            if region.level == "province":
                labels = self.cues.province
            for label in labels:
                index.setdefault(f"{label} {bare}", region.code)
            index.setdefault(bare, region.code)
        for alias in sorted(self.aliases, key=lambda alias: -alias.weight):
            for spelling in alias.names:
                index.setdefault(fold_name(spelling), alias.region)
        # Signs alone are no name, and an empty field names no region.
        index.pop("", None)
        return index
