"""The packaged catalogue holds what was promised; a user's file is laid over it or refused with line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulih.adapters.catalogue import load_catalogue
from pulih.model.errors import RefusedInput

SHIPPED = """
smartfren xl axis telkomsel byu indihome indosat im3 tri firstmedia biznet myrepublic iconnet oxygen cbn
"""


def test_exactly_the_promised_operators_are_shipped() -> None:
    assert {one.id for one in load_catalogue().operators} == set(SHIPPED.split())


def test_brands_share_the_networks_they_use() -> None:
    catalogue = load_catalogue()
    assert catalogue.network_of("byu") == "telkomsel"
    assert catalogue.network_of("axis") == "xl"
    assert catalogue.network_of("smartfren") == "smartfren"
    assert {catalogue.network_of("im3"), catalogue.network_of("tri")} == {"indosat"}
    smartfren = catalogue.get("smartfren")
    assert smartfren is not None
    assert smartfren.company == "xlsmart"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("tsel", "telkomsel"),
        ("My Republic", "myrepublic"),
        ("@myXLCare", "xl"),
        ("ICON+", "iconnet"),
        ("3", None),
        ("", None),
    ],
)
def test_names_of_sources_are_resolved(written: str, meant: str | None) -> None:
    found = load_catalogue().resolve(written)
    assert (found.id if found else None) == meant


def test_no_spelling_and_no_handle_belongs_to_two_operators() -> None:
    for kind in ("spellings", "handles", "cued"):
        forms = [form for one in load_catalogue().operators for form in getattr(one, kind)]
        assert sorted(forms) == sorted(set(forms)), kind


def test_a_users_file_adds_and_replaces_operators(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        '[[operator]]\nid = "kampus"\nname = "Kampus Net"\n\n[[operator]]\nid = "biznet"\nname = "Biznet Baru"\n'
    )
    catalogue = load_catalogue(path)
    names = {one.id: one.name for one in catalogue.operators}
    assert (names["kampus"], names["biznet"]) == ("Kampus Net", "Biznet Baru")
    assert len(names) == len(SHIPPED.split()) + 1
    added = catalogue.resolve("kampus net")
    assert added is not None
    assert added.network == "kampus"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[[operator]\nid = 1", "line 1"),
        ('# own\n[[operator]]\nid = "a"\nname = "A"\ncolour = "red"\n', "line 2: unknown key 'colour'"),
        ('\n\n[[operator]]\nid = "a"\nname = 3\n', "line 3"),
        ('[[operator]]\nid = "a"\n', "name"),
        ('[[operator]]\nid = "A B"\nname = "A"\n', "try 'a_b'"),
        ('[[operator]]\nid = "a"\nname = "A"\n[[operator]]\nid = "a"\nname = "B"\n', "line 4: id 'a' is given twice"),
        ('[[operator]]\nid = "a"\nname = "A"\nspellings = ["(a|b"]\n', "bracket"),
        ("operators = 3\n", "only [[operator]] tables"),
        ("", "nothing stands"),
    ],
)
def test_a_faulty_file_is_refused_with_line_and_key(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(content)
    with pytest.raises(RefusedInput) as refused:
        load_catalogue(path)
    assert said in str(refused.value)
    assert "own.toml" in str(refused.value)


def test_a_missing_file_a_folder_and_other_encodings_are_refused(tmp_path: Path) -> None:
    binary = tmp_path / "latin.toml"
    binary.write_bytes("# Kaf\xe9\n".encode("latin-1"))
    for path in (tmp_path / "missing.toml", tmp_path, binary):
        with pytest.raises(RefusedInput):
            load_catalogue(path)
