"""Constructions that decide what a complaint means: negation, tense, contrast, blame, and who is speaking."""

from __future__ import annotations

import pytest
from readers import reader

from pulih.model.reading import Reading


def read(text: str, *, operator: str = "", default: str | None = None) -> Reading:
    return reader(default).read(text, operator=operator)


@pytest.mark.parametrize(
    "text", ["biznet ga lemot", "biznet belum pernah gangguan", "jarang mati kok biznet", "biznet never goes down"]
)
def test_a_negated_trouble_is_no_report(text: str) -> None:
    assert not read(text).is_report


@pytest.mark.parametrize("text", ["biznet ga bisa", "biznet gabisa dipake", "ngga konek biznet", "biznet gk bs konek"])
def test_cannot_is_a_loss_and_no_negation(text: str) -> None:
    reading = read(text)
    assert reading.is_report
    assert reading.acute


def test_not_only_does_not_take_back_what_follows() -> None:
    assert read("bukan cuma lemot, biznet mati total").symptom == "no_internet"


@pytest.mark.parametrize(
    "text", ["biznet down?", "biznet kenapa lagi?", "biznet kenapa sih", "is biznet down", "BIZNET KENAPAAA"]
)
def test_a_bare_question_is_a_report_because_people_ask_when_it_fails(text: str) -> None:
    reading = read(text)
    assert reading.is_report
    assert reading.operator == "biznet"
    assert 0.5 <= reading.p_report < 0.97


@pytest.mark.parametrize(
    "text",
    [
        "telkomsel down? mine is smooth", "tsel down? di gue sih aman", "smartfren down? punyaku lancar",
        "axis error? tempatku fine", "biznet mati? kok rumahku nyala", "indosat mati? punya gw masih jalan kok",
        "XL kenapa? gue lancar2 aja", "Iconnet gangguan? kosanku stabil aja", "Telkomsel down? mine works",
        "is biznet down? it works here",
    ],
)  # fmt: skip
def test_who_asks_and_has_no_trouble_reports_none(text: str) -> None:
    reading = read(text)
    assert not reading.is_report
    assert reading.operator is None


@pytest.mark.parametrize(
    "text",
    [
        "smartfren down? punyaku mati juga", "kenapa indihome mati? padahal hp aku lancar",
        "xl down? punyaku ga lancar",
        "indihome mati ya? punya tetangga lancar", "axis error? data aku lancar tapi sinyal ilang mulu, mati lagi",
    ],
)  # fmt: skip
def test_who_asks_and_is_hit_reports_although_something_else_is_fine(text: str) -> None:
    assert read(text).is_report


@pytest.mark.parametrize(
    "text",
    [
        "[PENGUMUMAN] Telkomsel: pelanggan yth, saat ini ada gangguan",
        "Yth. Pelanggan XL, terjadi gangguan layanan di Bandung",
        "[INFO] Saat ini sedang terjadi gangguan pada layanan XL di area Jabodetabek.",
        "Layanan Biznet area Setiabudi down dan sedang dalam perbaikan.",
        "Dear customers, our network is down in Lagos. MTN",
        "Halo Sobat IM3, saat ini kami mendeteksi gangguan jaringan",
    ],
)
def test_what_an_operator_announces_to_its_customers_is_no_report_of_one(text: str) -> None:
    assert not read(text).is_report


def test_an_announced_outage_is_still_its_operators() -> None:
    assert read("[PENGUMUMAN] Telkomsel: pelanggan yth, saat ini ada gangguan jaringan").operator == "telkomsel"


def test_what_is_only_announced_for_later_is_nobodys_trouble() -> None:
    assert read("Pemberitahuan: akan ada gangguan layanan IndiHome besok").operator is None


def test_an_announcement_about_oneself_is_a_report() -> None:
    assert read("pengumuman: biznet di rumah aku mati dari pagi, jangan zoom dulu").is_report


@pytest.mark.parametrize("text", ["09123812938123", "12:30", "08/09", "https://t.co/x", "😭😭", "...", "123 456"])
def test_what_holds_no_word_has_no_language(text: str) -> None:
    assert read(text).language is None


def test_a_borrowed_word_does_not_make_a_text_english() -> None:
    assert read("smartfren down? punyaku lancar").language == "id"
    assert read("biznet down").language == "id"
    assert read("biznet is down").language == "en"


@pytest.mark.parametrize(
    "text", ["biznet lemot ga sih? mau pasang", "biznet sering gangguan ga?", "indihome suka mati ga ya kak"]
)
def test_asking_before_buying_is_no_report(text: str) -> None:
    assert not read(text).is_report


def test_a_bare_insult_is_no_report_but_not_nothing() -> None:
    reading = read("biznet anjing")
    assert not reading.is_report
    assert 0.15 <= reading.p_report <= 0.45


def test_loss_is_acute_by_itself_and_slowness_needs_a_word_of_now() -> None:
    assert read("indihome mati").acute
    assert not read("indihome lemot").acute
    assert read("indihome lemot dari tadi").acute


def test_habit_makes_a_loss_not_acute_unless_a_word_of_now_is_there() -> None:
    assert not read("indihome sering mati tiap malam").acute
    assert read("indihome sering mati tiap malam, sekarang juga mati").acute


def test_a_memory_is_no_report() -> None:
    assert not read("dulu waktu kuliah indihome sering mati").is_report


def test_what_works_over_vpn_is_a_destination_that_cannot_be_reached() -> None:
    assert read("discord ga kebuka di biznet, pakai vpn bisa").symptom == "destination_unreachable"


def test_a_spare_that_works_tells_that_the_line_fails() -> None:
    reading = read("wifi biznet ga bisa, pake data indosat bisa")
    assert reading.operator == "biznet"
    assert reading.service == "fixed_broadband"


def test_full_bars_without_data_is_no_internet_and_not_no_signal() -> None:
    reading = read("sinyal full tapi ga bisa internetan, smartfren")
    assert (reading.symptom, reading.service) == ("no_internet", "mobile_data")


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        ("untung pake xl, telkomsel lagi down", "telkomsel"),
        ("indihome gangguan, biznet better ga?", "indihome"),
        ("telkomsel sama biznet down", "telkomsel"),
        ("biznet ga bisa, im3 bisa", "biznet"),
        ("pindah ke biznet aja ah, indihome lemot terus", "indihome"),
        ("@IndiHome wifi mati dari pagi", "indihome"),
    ],
)
def test_the_trouble_is_laid_at_the_right_door(text: str, operator: str) -> None:
    assert read(text).operator == operator


def test_gloating_over_another_operator_is_no_report() -> None:
    assert not read("untung pake xl, telkomsel lagi down wkwk").is_report


def test_all_operators_named_are_listed_in_text_order() -> None:
    assert read("biznet ga bisa, im3 bisa").named == ("biznet", "im3")


@pytest.mark.parametrize(
    "text", ["biznet udah normal", "sudah bisa lagi biznet", "wifi biznet baru nyala lagi", "biznet is back to normal"]
)
def test_service_that_is_back_is_a_recovery_and_no_report(text: str) -> None:
    reading = read(text)
    assert reading.recovered
    assert not reading.is_report
    assert reading.talk == "recovery"


@pytest.mark.parametrize("text", ["biznet belum normal", "kapan biznet normal lagi", "udah normal belum biznet?"])
def test_asking_or_wishing_for_service_is_no_recovery(text: str) -> None:
    assert not read(text).recovered


def test_back_but_slow_is_both_and_back_then_dead_again_is_only_a_report() -> None:
    slow = read("biznet udah nyala tapi lemot")
    dead = read("biznet baru nyala 10 menit eh mati lagi")
    assert (slow.is_report, slow.recovered) == (True, True)
    assert (dead.is_report, dead.recovered) == (True, False)


@pytest.mark.parametrize(
    "text",
    [
        "Hai Kak, mohon maaf atas ketidaknyamanannya. Silakan DM ID pelanggannya untuk dibantu cek. Thanks^abc",
        "Selamat siang Kak, boleh infokan nomor pelanggannya via DM untuk pengecekan lebih lanjut? ^rf",
        "Hi, we are sorry for the inconvenience, kindly send us a DM with your account number ^TO",
    ],
)
def test_the_post_of_an_operators_desk_is_no_report(text: str) -> None:
    reading = read(text)
    assert reading.p_report < 0.05
    assert reading.talk == "operator_post"


def test_a_customer_who_answers_the_desk_is_not_the_desk() -> None:
    reading = read("sudah DM min, biznet saya masih mati, mohon dibantu cek")
    assert reading.is_report
    assert reading.talk == "trouble"


def test_who_speaks_by_account_outweighs_what_is_said() -> None:
    reading = reader().read("wifi mati total dari pagi", operator="biznet", role="operator")
    assert (reading.is_report, reading.p_report) == (False, 0.0)
    assert reader().read("layanan telah pulih", operator="biznet", role="operator").recovered


@pytest.mark.parametrize(
    ("text", "talk"),
    [
        ("biznet 50 mbps 195rb sebulan", "price"),
        ("mau pasang biznet, info sales dong", "purchase"),
        ("promo biznet! daftar sekarang, gratis instalasi", "promotion"),
        ("biznet kenceng banget, lancar jaya", "praise"),
        ("hubungan kita kayak sinyal tri, putus nyambung", "joke"),
    ],
)
def test_other_talk_is_called_by_its_topic(text: str, talk: str) -> None:
    reading = read(text)
    assert not reading.is_report
    assert reading.p_report < 0.3
    assert reading.talk in {talk, "price", "purchase"} if talk in {"price", "purchase"} else reading.talk == talk


def test_power_batteries_and_cats_are_not_the_operators_trouble() -> None:
    for text in ("mati lampu sekomplek", "hp mati lupa cas", "kucing mati", "laptop lemot banget"):
        assert not read(text).is_report, text


def test_everyday_words_are_brands_only_beside_talk_of_telecoms() -> None:
    assert read("axis ga ada sinyal").named == ("axis",)
    assert read("kaos size xl masih ada?").named == ()
    assert read("three hours of sleep").named == ()
    assert read("sumbu x dan y, axis grafik").named == ()


def test_the_operator_of_the_source_stands_in_when_the_text_names_none() -> None:
    assert read("wifi mati dari pagi", operator="IndiHome").operator == "indihome"
    assert read("wifi mati dari pagi", operator="@TelkomCare").operator == "indihome"
    assert read("internet mati", default="biznet").operator == "biznet"
    assert read("telkomsel ga ada sinyal", default="biznet").operator == "telkomsel"


@pytest.mark.parametrize(
    "text",
    [
        "mainnya lemot kayak biznet kalah lagi", "kipernya putus-putus kek biznet", "otak gue ngelag persis biznet",
        "hidupku lag kayak wifi biznet", "antrean ini lemot banget seperti indihome", "this queue is slow like biznet",
    ],
)  # fmt: skip
def test_a_brand_that_serves_as_a_likeness_is_not_at_fault(text: str) -> None:
    reading = read(text, default="Zonanet")
    assert not reading.is_report
    assert reading.p_report < 0.2


@pytest.mark.parametrize(
    "text",
    ["kayaknya biznet down", "mati lagi kayaknya biznet", "kayak biznet mati deh", "biznet kok kayak gini, lemot"],
)
def test_what_seems_to_fail_is_at_fault(text: str) -> None:
    assert read(text).is_report
    assert read(text).operator == "biznet"


def test_an_unlikeness_leaves_the_trouble_with_the_writer() -> None:
    assert read("lemot terus dari tadi, ga kayak biznet", default="Zonanet").operator == "zonanet"


def test_of_two_brands_the_one_compared_fails_and_not_the_likeness() -> None:
    assert read("indihome lemot banget kayak biznet").operator == "indihome"


def test_a_trouble_between_the_spare_and_the_brand_is_the_brands_too() -> None:
    assert read("gue doang kah, pake data gabisa buka discord biznet jg").operator == "biznet"
    assert read("indihome mati, untung pake data biznet").operator == "indihome"


@pytest.mark.parametrize("text", ["XL koit dari tadi", "tri lagi mati kah", "axis modar sejak subuh nih"])
def test_a_loss_that_goes_on_now_makes_a_brand_of_an_everyday_name(text: str) -> None:
    reading = read(text)
    assert reading.is_report
    assert reading.operator in {"xl", "tri", "axis"}


@pytest.mark.parametrize(
    "text", ["baju xl hilang di laundry", "om tri meninggal kemarin", "tabung oxygen kosong di rs"]
)
def test_an_everyday_name_without_talk_of_now_is_no_brand(text: str) -> None:
    assert not read(text).is_report


def test_a_headline_is_told_by_its_capitals() -> None:
    assert not read("Gangguan Indosat di Medan Bikin Pedagang Pasar Merugi").is_report
    assert read("Gangguan Indosat di Medan Bikin Dagangan Saya Merugi").is_report
    assert read("INDOSAT GANGGUAN LAGI DI MEDAN BIKIN RUGI").is_report


def test_a_speed_told_in_megabits_is_slow_and_no_talk_of_buying() -> None:
    assert read("paket 100 mbps cuma 3 mbps malam ini, biznet").symptom == "slow"
    assert read("biznet mentok 2 mbps dari tadi").is_report
    assert not read("mau pasang biznet 100 mbps berapa ya").is_report


@pytest.mark.parametrize(
    "text",
    [
        "temen sekantor smartfren mati semua, gue sih pake telkomsel",
        "tetangga pake iconnet lagi mati, aku pake biznet",
        "kasian yg indihome mati, gue mah biznet",
    ],
)
def test_who_pities_others_from_another_brand_reports_nothing_of_their_own(text: str) -> None:
    reading = read(text)
    assert not reading.is_report
    assert reading.operator in {"smartfren", "iconnet", "indihome"}


def test_who_is_hit_together_with_the_neighbours_reports() -> None:
    assert read("tetangga juga mati semua, biznet kenapa ini").is_report
    assert read("indihome mati, aku pake telkomsel dulu").is_report


def test_a_recovery_that_others_tell_and_the_writer_doubts_is_none() -> None:
    reading = read("admin bilang biznet sudah normal, mana buktinya")
    assert not reading.recovered
    assert reading.is_report


def test_a_question_after_a_brand_of_an_everyday_name_is_a_report() -> None:
    assert read("eh xl kenapa ya").operator == "xl"
    assert read("tri kenapa lagi").operator == "tri"


@pytest.mark.parametrize(
    "text",
    ["tri sudah 3 jam mati total", "kartu 3 saya sudah 3 jam hilang sinyal", "baru 2 jam nyala 3 menit mati, tri"],
)
def test_a_number_that_is_also_a_brand_still_counts_as_a_number(text: str) -> None:
    """ "3" names an operator; "3 jam" is a time, and "2 jam nyala 3 menit mati" a line that comes and goes."""
    reading = read(text)
    assert reading.operator == "tri"
    assert reading.is_report
    assert any(one.phrase.endswith(("3 jam", "3 menit mati")) for one in reading.evidence)


@pytest.mark.parametrize(
    "text",
    ["internet gelap di sini, telkomsel cuma bisa sms", "paket data telkomsel hidup tapi tidak bisa dipakai apa apa"],
)
def test_what_works_only_so_far_does_not_clear_the_operator(text: str) -> None:
    reading = read(text)
    assert reading.is_report
    assert reading.operator == "telkomsel"


def test_a_number_that_counts_games_is_no_operator() -> None:
    assert read("lost three ranked games in a row cause the wifi cuts every ten min").operator is None


def test_a_site_that_works_is_no_activity_that_is_hit() -> None:
    assert read("cuma genshin yang ga bisa konek pake axis, youtube lancar jaya").groups == ("gaming",)
