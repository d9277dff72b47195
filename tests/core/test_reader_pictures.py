"""Loss and return that are told without the usual words, and what sounds like them and is no network's doing."""

from __future__ import annotations

import pytest
from readers import reader

from pulih.model.reading import Reading


def read(text: str) -> Reading:
    return reader(None).read(text)


@pytest.mark.parametrize(
    "text",
    [
        "wifi biznet masih molor dari tadi", "indihome milih pensiun hari ini", "sinyal xl pamit undur diri dari isya",
        "hp gue cuma bisa buat senter, tsel", "five bars of nothing on telkomsel since noon",
        "biznet called in sick today", "wifi indihome alun juo iduik", "langganan 50 mbps dapetnya 2, myrep",
        "cbn 3 hari offline",
    ],
)  # fmt: skip
def test_a_loss_told_by_a_picture_is_a_report(text: str) -> None:
    found = read(text)
    assert found.is_report
    assert not found.recovered


@pytest.mark.parametrize(
    "text",
    [
        "sinyal xl tau2 nyala sendiri", "wifinya nyembul lagi, biznet", "tri udah wus wus",
        "sinyal telkomsel wis teko maneh", "hp gue bukan batu bata lagi, smartfren", "the fibre lives! biznet",
        "notif indosat bunyi lagi", "centang dua lagi nih telkomsel", "tsel udah dapet 4g lagi",
    ],
)  # fmt: skip
def test_a_return_without_the_usual_words_is_a_recovery(text: str) -> None:
    assert read(text).recovered


@pytest.mark.parametrize(
    "text",
    [
        "internetnya udah, tvnya masih mati, indihome", "data xl udah ngalir, teleponnya masih bengong",
        "nyala sih nyala, langganan 100 dapetnya 5, biznet",
    ],
)  # fmt: skip
def test_what_is_back_in_part_is_both(text: str) -> None:
    found = read(text)
    assert found.is_report
    assert found.recovered


@pytest.mark.parametrize(
    "text",
    [
        "kirain biznet mati, ternyata kabel copot kesenggol kucing", "internet mati, ternyata aku lupa isi pulsa",
        "otakku lagi ngelag", "hidup isinya loading, error, buffering", "bek kita lemot banget malam ini",
    ],
)  # fmt: skip
def test_the_writers_own_doing_and_a_tired_head_are_no_report(text: str) -> None:
    found = read(text)
    assert not found.is_report
    assert not found.recovered


def test_a_return_that_was_a_prank_is_none() -> None:
    assert not read("dikabarin oxygen udah nyala, gue lari pulang, prank").recovered
