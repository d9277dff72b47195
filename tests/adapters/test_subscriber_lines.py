"""A list of subscribers answers who has which line where, holds no number, and is refused without naming one."""

from __future__ import annotations

import pickle
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulih.adapters.catalogue import load_catalogue
from pulih.adapters.gazetteer import load_gazetteer
from pulih.adapters.subscriber_lines import ImportedLines, plain_number, read_lines
from pulih.model.errors import RefusedInput
from pulih.ports.care import Line
from pulih.understand.gazetteer import Gazetteer
from pulih.understand.operators import Catalogue

KEY = b"k" * 32
LIST = (
    "msisdn,merek,layanan,wilayah\n"
    "0812-3456-7890,smartfren,mobile_data,31.74\n"
    "+62 812 3456 7890,Smartfren,,Kota Bandung\n"
    "IH-00017,indihome,fixed_broadband,73.71\n"
)


@cache
def known() -> tuple[Gazetteer, Catalogue]:
    return load_gazetteer(), load_catalogue()


def read(folder: Path, content: str) -> ImportedLines:
    (folder / "list.csv").write_text(content)
    gazetteer, catalogue = known()
    return read_lines(str(folder / "list.csv"), gazetteer=gazetteer, catalogue=catalogue, key=KEY)


def test_a_subscriber_is_found_however_the_number_is_written_with_all_their_lines(tmp_path: Path) -> None:
    lines = read(tmp_path, LIST)
    both = (Line("smartfren", "mobile_data", "31.74"), Line("smartfren", None, "32.73"))
    assert len(lines) == 3
    assert {lines.of(number) for number in ("081234567890", "62 812-3456-7890", "+6281234567890")} == {both}
    assert lines.of("ih 00017") == (Line("indihome", "fixed_broadband", "73.71"),)
    assert lines.of("0812") == lines.of("") == ()


def test_neither_numbers_nor_a_digest_without_the_key_are_held(tmp_path: Path) -> None:
    held = pickle.dumps(vars(read(tmp_path, LIST)))
    assert b"81234567890" not in held
    assert b"00017" not in held
    assert read(tmp_path, LIST).of("IH-00017") != ()
    gazetteer, catalogue = known()
    other = read_lines(str(tmp_path / "list.csv"), gazetteer=gazetteer, catalogue=catalogue, key=b"o" * 32)
    assert vars(other)["_digests"].tolist() != vars(read(tmp_path, LIST))["_digests"].tolist()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("merek,wilayah\nxl,31\n", "no column subscriber"),
        ("085733445566,smartfren,31\n085733445567,smartfren,31\n", "first row must name subscriber"),
        ("nomor,merek,wilayah\n085733445566,nobody,31\n", "row 2: its operator is none of the catalogue"),
        ("nomor,merek,wilayah\n085733445566,xl,Atlantis\n", "row 2: its region is none"),
        ("nomor,merek,wilayah,layanan\n085733445566,xl,31,teleport\n", "row 2: its service is none"),
        ("nomor,merek,wilayah\n,xl,31\n", "row 2: it names no subscriber"),
        ('nomor,merek,wilayah\n085733445566,xl,31,"x",y\n', "row 2"),
        ("nomor,merek,wilayah\n085733445566,xl,\n", "subscriber 1 of it: no region"),
        ("nomor,merek,wilayah,layanan\n085733445566,xl,31,any\n", "no single service"),
    ],
)
def test_a_list_that_can_not_be_used_is_refused_with_its_row_and_never_with_the_number(
    tmp_path: Path, content: str, said: str
) -> None:
    with pytest.raises(RefusedInput, match=said) as refused:
        read(tmp_path, content)
    assert "8573344" not in str(refused.value)


@given(st.text(alphabet="0123456789+- .()", max_size=20))
def test_a_plain_number_stays_plain(written: str) -> None:
    plain = plain_number(written)
    assert plain_number(plain) == plain
    assert not set(plain) & set("+- .()")
