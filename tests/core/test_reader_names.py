"""The name of an operator is opaque: what it is made of says nothing to any rule."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readers import reader

from pulih.model.reading import Reading
from pulih.understand.operators import slug

PLAIN = "Zuvarnet"
# Made of words that rules know: services, symptoms, praise, places, other brands, time.
MADE_OF_WORDS = (
    "T-Net", "Super Net", "UIN-Net", "Campus WiFi", "Three UK", "Data Fiber", "Link Sinyal", "Speed Gangguan",
    "Down Under Net", "No Signal", "XL Net", "Lancar Jaya", "Slow Data Indonesia", "Now Telecom", "Pulsa Murah Net",
    "SuperFast Broadband", "Kenapa Fiber", "Bagus Net", "Error Link", "Mati Lampu Net",
)  # fmt: skip
OPENINGS = (
    "",
    "woi ",
    "min ",
    "anjir ",
    "is ",
    "kenapa ",
    "@temen ",
    "ada yang pake ",
    "mau pasang ",
    "wifi ",
    "pakai ",
)
MIDDLES = (
    " mati", " lemot dari tadi", " jembud dah, dari siang tadi kek taik", " down?", " kenapa lagi", " udah normal",
    "nya putus nyambung", " lancar kok", " ga bisa dipake", " is down again", "'s network is slow", " keeps dropping",
    " 100mbps cuma 300rb", " mahal", ", indihome malah mati",
)  # fmt: skip
ENDS = (
    "",
    " 😭",
    "!!",
    " tolong dicek",
    " padahal udah bayar",
    " since morning",
    ". mau kerja gabisa",
    " wkwk",
    " parah",
)


def signature(reading: Reading, identity: str) -> tuple[object, ...]:
    operator = "asked" if reading.operator == identity else reading.operator
    return reading.is_report, reading.p_report, reading.symptom, operator, reading.acute, reading.service, reading.talk


@settings(max_examples=400)
@given(
    st.sampled_from(MADE_OF_WORDS),
    st.tuples(st.sampled_from(OPENINGS), st.sampled_from(MIDDLES), st.sampled_from(ENDS)),
    st.sampled_from([str, str.lower, str.upper]),
)
def test_renaming_the_operator_to_words_of_the_lexicon_changes_nothing(
    name: str, around: tuple[str, str, str], case: Callable[[str], str]
) -> None:
    opening, middle, end = around
    ours = reader(name).read(f"{opening}{case(name)}{middle}{end}")
    plain = reader(PLAIN).read(f"{opening}{case(PLAIN)}{middle}{end}")
    assert signature(ours, slug(name)) == signature(plain, slug(PLAIN))


@pytest.mark.parametrize(
    "written", ["Nétis", "nétis", "NÉTIS", "netis", "Ne\u0301tis", "#Nétis", "nétisnya", "𝗡𝗲𝘁𝗶𝘀", "𝒩𝑒𝓉𝒾𝓈"]
)
def test_an_accent_in_the_name_makes_no_difference(written: str) -> None:
    assert reader("Nétis").read(f"{written} mati dari tadi").operator == slug("Nétis")
    assert reader("Netis").read(f"{written} mati dari tadi").operator == slug("Netis")


@pytest.mark.parametrize("written", ["Three UK", "three uk", "THREEUK", "three-uk", "#ThreeUK", "Three UK's"])
def test_the_operator_asked_for_wins_over_another_that_shares_a_word_wherever_it_stands(written: str) -> None:
    for text in ("{} down", "pakai {} mati terus", "sinyal {} ilang", "no network on {} since morning"):
        assert reader("Three UK").read(text.format(written)).operator == "three_uk", text


def test_words_of_the_name_keep_their_meaning_where_the_name_does_not_stand() -> None:
    campus = reader("Campus WiFi")
    assert campus.read("wifi mati dari pagi").service == "fixed_broadband"
    assert campus.read("super net wifi campus lemot").operator == "campus_wifi"
    assert reader("Three UK").read("kartu three mati dari tadi").operator == "tri"


def test_the_name_of_a_catalogued_operator_is_opaque_however_it_is_parted() -> None:
    whole, parted = (reader().read(f"{name} jembud dah, dari siang tadi kek taik") for name in ("biznet", "biz net"))
    assert whole.p_report == parted.p_report
    assert reader().read("wifi pln lemot banget malam ini").symptom == "slow"


def test_a_service_named_with_a_brand_still_counts() -> None:
    assert reader().read("sinyal xl ilang").symptom == "no_signal"


@pytest.mark.parametrize("name", ["my t-net app error", "mytnet error", "aplikasi t-net gabisa login"])
def test_the_app_of_such_an_operator_is_its_app(name: str) -> None:
    assert reader("T-Net").read(name).symptom == "app_failure"
