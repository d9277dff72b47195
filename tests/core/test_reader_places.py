"""Words inside the name of a place say nothing but the place."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulih.main_reading import load_knowledge
from pulih.model.reading import Reading
from pulih.understand.reader import Reader

NAMES = (
    "di", "kec.", "Malang", "MALANG", "ma\u200blang", "jogjaaa", "Gunung  Anyar", "Sura\nbaya", "Jaksel,", "kab",
    "Bandung", "\u202eSolo", "m\u0336alang", "ＭＡＬＡＮＧ", "Depok", "mati", "<b>Bali</b>", "Kota", "Médan",
    "Banda-Aceh", "\x00",
)  # fmt: skip


@cache
def placed_reader() -> Reader:
    return load_knowledge().reader


def read(text: str) -> Reading:
    return placed_reader().read(text)


def place(text: str) -> str:
    places = read(text).places
    return places[0].code if places else ""


def test_every_district_made_of_words_that_rules_know_is_read_like_another() -> None:
    """All districts of two words or more: each in a frame whose only matter is the place."""
    gazetteer = load_knowledge().gazetteer
    plain = read("biznet di Kebon Jeruk ada info?")
    names = {one.name for one in gazetteer.districts if " " in one.name}
    different = []
    for name in sorted(names):
        reading = read(f"biznet di {name} ada info?")
        if reading.places and (reading.is_report, reading.talk) != (plain.is_report, plain.talk):
            different.append((name, reading.p_report, reading.talk))
    assert len(names) > 2000
    assert different == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("biznet di Batang Kuis ada info?", "12.07"),
        ("biznet daerah gedung aji kenapa", "18.05"),
        ("ada info biznet Batudaa Pantai?", "75.01"),
    ],
)
def test_a_district_named_like_a_topic_is_placed(text: str, code: str) -> None:
    assert place(text) == code


def test_the_same_words_outside_of_the_name_keep_their_meaning() -> None:
    assert read("biznet di gedung kantor ikut kuis ada info?").talk == "news"


def test_what_is_no_place_by_itself_is_one_after_its_level() -> None:
    assert place("biznet kecamatan Gunung Agung mati") == "18.12"
    assert not place("beli modem di Gunung Agung, biznet mati")


def test_a_place_hidden_by_invisible_signs_is_found_and_one_between_them_too() -> None:
    assert place("wi\u200bfi biznet di ban\u200bdung mati") == "32.73"
    assert place("biznet di setiabudi mati dari pagi".replace(" ", "\u200b")) == "31.74"


def test_a_place_where_an_operator_says_that_service_is_back_is_no_place_of_a_writer() -> None:
    told = "Layanan First Media di wilayah Pondok Gede telah kembali beroperasi. Silakan mulai ulang modem Kakak."
    assert read(told).recovered
    assert read(told).places == ()
    assert place("first media pondok gede udah nyala lagi nih") == "32.75"


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("CS Telkomsel Surabaya ga bisa bantu, rumah saya di Malang, indihome mati", "35.73", "35.78"),
        ("GraPARI Bandung suruh nunggu. Biznet saya di Bogor ga konek dari kemarin", "32.71", "32.73"),
        ("kantor di Sudirman Jakarta, rumah di Pamulang myrepublic mati", "36.74", "31"),
        ("saya kerja di Surabaya tapi rumah saya di Kepanjen, indihome rumah mati", "35.07", "35.78"),
    ],
)
def test_a_home_comes_before_an_operators_desk_and_the_place_of_work(text: str, first: str, second: str) -> None:
    places = read(text).places
    assert [one.code for one in places[:2]] == [first, second]


def test_an_operators_desk_is_the_place_where_no_other_is_named() -> None:
    assert [one.code for one in read("GraPARI Medan tutup, sinyal telkomsel hilang").places] == ["12.71"]


def test_a_place_that_is_an_everyday_word_with_a_letter_drawn_out_needs_a_place_word() -> None:
    assert read("manna mati inet indihome dr siang").places == ()
    assert [one.code for one in read("inet indihome di manna mati dr siang").places] == ["17.01"]


def test_a_district_right_before_its_province_is_an_address() -> None:
    assert [one.code for one in read("no internet lantai 3 kos Pondok Kelapa Bengkulu, biznet").places[:1]] == ["17.09"]
    assert [one.code for one in read("no internet lantai 3 kos Pondok Kelapa, biznet").places[:1]] == ["31.75"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (
            "Indihome di kec. Lowokwaru, MALANG mati total",
            [("Lowokwaru", "place.name.35.73.05"), ("MALANG", "place.name.35.73")],
        ),
        ("telkomsel jogjaaa mati", [("jogjaaa", "place.alias.jogja.34")]),
        ("di MalaNG biznet mati, udah lama di malang", [("MalaNG", "place.name.35.73")]),
        ("biznet mati", []),
        # A report that names no place of its writer has no phrase for one.
        ("Kak, mohon maaf atas kendalanya. Gangguan di Malang sudah kami perbaiki ya. ^AN", []),
    ],
)
def test_the_names_of_places_are_evidence_in_the_letters_of_the_text(text: str, named: list[tuple[str, str]]) -> None:
    reading = read(text)
    assert [(one.phrase, one.rule) for one in reading.named_at] == named
    assert bool(reading.places) == bool(named)


@given(st.lists(st.sampled_from(NAMES), max_size=30).map(" ".join))
def test_whatever_surrounds_a_name_its_evidence_stands_in_the_text_and_is_bounded(text: str) -> None:
    reading = read(f"biznet mati {text}")
    assert len(reading.named_at) <= 6
    assert all(one.phrase in text for one in reading.named_at)
