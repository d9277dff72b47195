"""What one part of a text makes of another: moves between providers, words of time, signs nobody sees, "but"."""

from __future__ import annotations

import pytest
from readers import reader

from pulih.model.reading import Reading


def read(text: str, *, operator: str = "", default: str | None = None) -> Reading:
    return reader(default).read(text, operator=operator)


@pytest.mark.parametrize(
    "text",
    [
        "wifi mati mulu, pindah ke biznet aja ah", "lemot banget anjir, gua pindh ke biznet nih",
        "wifi mati mulu, pasang biznet aja deh", "wifi lemot terus, fix ganti biznet",
        "my wifi keeps dropping, switching to biznet", "internet mati mulu mau balik ke biznet",
        "network keeps dropping, I am moving to biznet",
    ],
)  # fmt: skip
def test_a_provider_fled_to_is_not_at_fault_even_when_the_source_speaks_of_it(text: str) -> None:
    reading = read(text, operator="biznet")
    assert reading.is_report
    assert reading.operator is None


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        ("pindah dari biznet ah, mati mulu", "biznet"),
        ("kabur dari biznet, lemot mulu", "biznet"),
        ("cabut biznet aja lemot mulu", "biznet"),
        ("gue pindah dari biznet ke indihome gara gara mati mulu", "biznet"),
        ("indihome eror mulu min, gua pindh ke biznet nih", "indihome"),
        ("indihome mati terus, pasang biznet aja", "indihome"),
        ("nyesel pindah ke biznet, mati mulu", "biznet"),
        ("baru pindah ke biznet udah gangguan", "biznet"),
        ("komplain ke biznet wifi mati mulu", "biznet"),
    ],
)
def test_who_is_left_or_was_moved_to_before_the_trouble_may_be_at_fault(text: str, operator: str) -> None:
    for source in ("", "biznet"):
        assert read(text, operator=source).operator == operator


@pytest.mark.parametrize(
    "text", ["biznet mati dari tadi", "no network on telkomsel since morning", "indihome los merah, tolong dicek min"]
)
@pytest.mark.parametrize("sign", ["\u200b", "\u200c", "\ufeff", " \u200b", "\u200b "])
def test_invisible_signs_between_words_are_their_spaces(text: str, sign: str) -> None:
    plain, odd = read(text), read(text.replace(" ", sign))
    assert (odd.p_report, odd.symptom, odd.operator) == (plain.p_report, plain.symptom, plain.operator)


@pytest.mark.parametrize(
    "text", ["bi\u200bznet ma\u200bti dari ta\u200bdi", "b\u200bi\u200bz\u200bn\u200be\u200bt mati dari tadi"]
)
def test_invisible_signs_inside_of_a_word_hide_nothing(text: str) -> None:
    assert read(text).p_report == read("biznet mati dari tadi").p_report
    assert read(text).operator == "biznet"


@pytest.mark.parametrize(
    "text",
    [
        "MTN is already too expensive for such a poor service", "useless network, you keep increasing prices MTN",
        "MTN crappy network and very expensive, calling you out in public",
        "I am having issues with my MTN account please check DM", "MTN trouble with my bill",
        "akun aku bermasalah min", "biznet jelek, harganya masih mahal juga",
    ],
)  # fmt: skip
def test_abuse_prices_and_accounts_are_no_outage_of_now(text: str) -> None:
    assert not read(text, default="MTN").acute


@pytest.mark.parametrize("text", ["MTN network is still slow", "biznet masih jelek", "MTN network bad since morning"])
def test_a_word_of_now_beside_a_quality_dates_it(text: str) -> None:
    assert read(text, default="MTN").acute


def test_that_another_provider_is_no_better_is_praise() -> None:
    assert not read("no better network than MTN", default="MTN").is_report


@pytest.mark.parametrize(
    "text", ["indihome down? data aku lancar tapi wifi mati", "hp aku lancar tapi wifi indihome mati dari tadi"]
)
def test_what_follows_but_is_the_matter(text: str) -> None:
    assert read(text).is_report


def test_what_follows_but_is_not_the_writers_when_it_is_the_neighbours() -> None:
    assert not read("biznet di rumahku lancar tapi punya tetangga mati").is_report


@pytest.mark.parametrize(
    ("text", "operator", "sharing"),
    [
        ("telkomsel sama biznet knp ini??", "telkomsel", ("biznet",)),
        ("gak bisa dibuka pake XL dan biznet", "xl", ("biznet",)),
        ("indihome, myrepublic dan biznet mati semua dari tadi", "indihome", ("myrepublic", "biznet")),
        # Brands that share a network have one trouble.
        ("telkomsel sama byu ga ada sinyal", "telkomsel", ()),
        # Accounts side by side are whom a post answers.
        ("@IndiHome @biznethome internet mati dari pagi", "indihome", ()),
        ("biznet mati, untung masih ada telkomsel", "biznet", ()),
        ("biznet lemot kayak indihome", "biznet", ()),
        ("biznet mati total dari pagi", "biznet", ()),
    ],
)
def test_a_trouble_of_several_operators_is_laid_to_each_of_them(
    text: str, operator: str, sharing: tuple[str, ...]
) -> None:
    reading = reader().read(text)
    assert (reading.operator, reading.sharing) == (operator, sharing)
