"""An operator that nobody told the catalogue of is read like any other."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readers import cases, reader

from pulih.understand.operators import Catalogue, Operator, slug


@pytest.mark.parametrize(
    "text", ["is Spectranet down?", "@Spectranet_NG no network since morning", "spectra net is slow today"]
)
def test_a_provider_named_on_the_command_line_is_found_in_texts(text: str) -> None:
    reading = reader("Spectra Net").read(text)
    assert reading.is_report
    assert reading.operator == "spectra_net"


def test_a_newcomer_has_a_line_when_people_speak_of_wifi_and_a_sim_when_they_speak_of_quota() -> None:
    kampus = reader("Kampus Net")
    assert kampus.read("kampus net wifi mati").service == "fixed_broadband"
    assert kampus.read("paket data kampus net ga jalan").service == "mobile_data"
    assert kampus.read("kampus net ga ada sinyal").service == "any"


def test_renaming_the_operator_changes_no_probability_and_no_judgement() -> None:
    ours, theirs = reader("Zuvarnet"), reader()
    for case in cases():
        if "biznet" in case.text and "@" not in case.text:
            renamed = ours.read(case.text.replace("biznet", "zuvarnet"))
            original = theirs.read(case.text)
            assert renamed.p_report == pytest.approx(original.p_report, abs=0.02), case.text
            assert renamed.operator == ("zuvarnet" if original.operator == "biznet" else original.operator), case.text
            assert (renamed.acute, renamed.recovered) == (original.acute, original.recovered)


def test_an_unknown_operator_of_the_source_gets_an_id_of_its_name() -> None:
    assert reader().read("no internet since morning", operator="Tizeti Ltd").operator == "tizeti_ltd"


def test_a_catalogue_grows_by_a_name_once() -> None:
    grown = Catalogue(()).with_operator("Spectranet").with_operator("SPECTRANET")
    assert [one.id for one in grown.operators] == ["spectranet"]


def test_a_known_handle_or_spelling_adds_no_operator() -> None:
    known = Catalogue((Operator(id="indihome", name="IndiHome", spellings=("indihom",), handles=("telkomcare",)),))
    assert known.with_operator("@TelkomCare") is known
    assert known.with_operator("indihom") is known


@settings(max_examples=60)
@given(st.text(max_size=40))
def test_any_name_gives_an_id_of_one_word(name: str) -> None:
    assert slug(name)
    assert not any(letter.isspace() for letter in slug(name))


@pytest.mark.parametrize(
    "text", ["myzonanet down, mau bayar tagihan", "apk zonanet error mulu", "my zonanet app crash"]
)
def test_the_app_of_an_operator_nobody_described_is_an_app(text: str) -> None:
    assert reader("Zonanet").read(text).symptom == "app_failure"


def test_my_operator_is_still_the_operator() -> None:
    assert reader("Zonanet").read("my zonanet is down since morning").symptom == "no_internet"


@pytest.mark.parametrize(
    "text", ["bosan gangguan terus? zonanet solusinya diskon 50% dm yuk", "wifi mati mulu? saatnya zonanet, klik bio"]
)
def test_an_advert_that_asks_after_trouble_is_an_advert(text: str) -> None:
    assert not reader("Zonanet").read(text).is_report
