"""What tells that service is back, what only looks like it, and which activities a text names as hit."""

from __future__ import annotations

import pytest
from readers import reader

from pulih.model.reading import Reading


def read(text: str) -> Reading:
    return reader(None).read(text)


@pytest.mark.parametrize(
    "text",
    [
        "biznet mulai pada nyala", "wifi rumah sekarang nyala", "xl akhirnya ikutan waras", "sinyal tsel muncul lagi",
        "iconnet langsung normal abis dicabut", "wifine wis murub maneh", "wifina tos hurung deui",
    ],
)  # fmt: skip
def test_a_state_and_a_word_of_change_tell_together_that_it_is_back(text: str) -> None:
    assert read(text).recovered


@pytest.mark.parametrize(
    "text",
    [
        "biznet selalu nyala", "wifi rumah masih nyala", "xl kadang nyala", "indihome nyala terus",
        "biznet lancar jaya", "semoga biznet lekas nyala", "tiap malam biznet baru nyala",
        "pakai vpn langsung lancar biznetnya",
    ],
)  # fmt: skip
def test_a_state_without_change_tells_nothing_new(text: str) -> None:
    assert not read(text).recovered


@pytest.mark.parametrize(
    "text",
    [
        "axis hidup! 5 menit kemudian axis mati", "biznet udah normal. tarik lagi ucapannya, mati barusan",
        "sempat nyala sebentar, indihome mati lagi", "lampu los udah ijo tapi internetnya kosong, indihome",
        "di berita sudah pulih, di sini telkomsel masih kosong", "wifi tetangga udah nyala, punyaku kapan, biznet",
    ],
)  # fmt: skip
def test_gone_again_taken_back_or_back_elsewhere_is_no_recovery(text: str) -> None:
    assert not read(text).recovered


@pytest.mark.parametrize(
    "text",
    [
        "akhirnya nyala juga kompor gasnya", "alhamdulillah udah pulih pasca operasi",
        "arus lalu lintas sudah normal kembali", "indihome udah ada di kampung gue belum ya?",
        "sekarang bisa bayar indihome lewat hp", "layanan kembali normal setelahnya",
    ],
)  # fmt: skip
def test_other_things_that_come_back_or_are_to_come_are_no_recovery(text: str) -> None:
    assert not read(text).recovered


@pytest.mark.parametrize(
    "text",
    [
        "tadi sempet ilang jam 5an, skrg aman lagi kok axis", "lampu modem ijo semua lagi, abis kabelnya disambung",
        "smartfren kembali mulus abis hujan reda", "Layanan internet di area Anda telah kami pulihkan, Biznet",
        "ok biznet works again, false alarm",
    ],
)  # fmt: skip
def test_what_is_fine_by_now_or_restored_by_the_operator_is_back(text: str) -> None:
    reading = read(text)
    assert reading.recovered
    assert not reading.is_report


@pytest.mark.parametrize(
    "text", ["wifi tetangga nyala terus punyaku enggak, satu tiang padahal", "losnya masih merah, padahal udah isya"]
)
def test_what_works_for_others_alone_or_is_still_red_is_a_report_and_not_back(text: str) -> None:
    reading = read(text)
    assert reading.is_report
    assert not reading.recovered


@pytest.mark.parametrize(
    "text",
    [
        "biznet udah nyala, tadi sempat mati 2 jam", "wifi udah hidup lagi, jangan mati lagi ya biznet",
        "telkomsel sudah normal setelah seharian mati",
    ],
)  # fmt: skip
def test_what_a_recovery_remembers_or_begs_off_is_no_report(text: str) -> None:
    reading = read(text)
    assert reading.recovered
    assert not reading.is_report


def test_a_trouble_that_outlasts_the_recovery_stands_beside_it() -> None:
    reading = read("biznet udah nyala, tadi mati, sekarang masih lemot")
    assert (reading.is_report, reading.recovered, reading.symptom) == (True, True, "slow")


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("tsel mati pas call sama vendor", "work"), ("biznet mati, bab 3 belum kekirim ke dospem", "study"),
        ("indihome lemot, tokopedia muter, sepatu incaran ludes", "shopping"), ("xl lemot, fyp ga jalan", "streaming"),
        ("biznet ping 300, hero jalan sendiri", "gaming"), ("xl mati, mau bayar parkir pakai gopay ga bisa", "banking"),
        ("tsel hilang, posko ga bisa dihubungi", "emergency"), ("indihome mati, ga bisa cetak resi", "business"),
    ],
)  # fmt: skip
def test_an_activity_is_known_by_its_everyday_words(text: str, group: str) -> None:
    assert read(text).groups == (group,)


@pytest.mark.parametrize(
    "text",
    [
        "axis cuma emergency calls only", "biznet di kafe mati", "cuma netflix yang lancar, wifi biznet mati dari pagi",
        "tsel mati sehabis gempa bulan ini", "remote tv indihome hilang, tvnya mati",
        "indihome mati, main congklak deh",
    ],
)  # fmt: skip
def test_a_place_a_means_or_what_works_all_the_same_is_no_activity_hit(text: str) -> None:
    assert read(text).groups == ()


def test_an_awaited_code_that_does_not_come_is_a_trouble_of_messages() -> None:
    assert read("kode aktivasi dari tri ga dateng dateng").symptom == "sms_failure"


def test_a_mobile_brand_that_is_gone_has_no_signal() -> None:
    reading = read("telkomsel hilang dari semalam")
    assert (reading.is_report, reading.symptom) == (True, "no_signal")
