"""What has not come: hopes, fears and fancies of a trouble; and further words that deny one, or mock."""

from __future__ import annotations

import pytest
from readers import reader

from pulih.main_reading import load_knowledge
from pulih.model.reading import Reading


def read(text: str) -> Reading:
    return reader().read(text)


HOPES = (
    "semoga biznet ga mati lagi", "mudah2an biznet gak gangguan lagi bulan depan", "jangan sampe wifi mati pas ujian",
    "gimana kalo biznet mati pas ujian?", "seandainya biznet mati seminggu, sepi dunia",
    "what if biznet goes down then", "I hope biznet won't be slow again next week", "harapanku biznet ga lemot lagi",
    "mugia biznet henteu paeh deui",
    "bayangin kalo biznet gangguan pas lebaran", "jangan ada gangguan ya biznet, plis, besok pengumuman",
    "ngeri juga kalau seluruh biznet lumpuh pas pemilu", "nonton film tentang internet mati sedunia",
)  # fmt: skip


@pytest.mark.parametrize("text", HOPES)
@pytest.mark.parametrize("learnt", [False, True])
def test_a_trouble_that_is_hoped_off_or_only_thought_of_is_no_report(text: str, *, learnt: bool) -> None:
    reading = load_knowledge(learnt=learnt).reader.read(text)
    assert (reading.is_report, reading.recovered) == (False, False)


@pytest.mark.parametrize(
    "text",
    [
        "biznet mati dari siang, semoga besok ga mati lagi", "semoga biznet cepet nyala, dari siang mati",
        "udah 3 jam mati nih, jangan sampe besok biznet mati lagi",
        "takut telat ngumpulin tugas, biznet mati dari tadi",
    ],
)  # fmt: skip
@pytest.mark.parametrize("learnt", [False, True])
def test_a_hope_beside_a_trouble_that_has_come_is_a_report(text: str, *, learnt: bool) -> None:
    assert load_knowledge(learnt=learnt).reader.read(text).is_report


def test_a_hope_after_the_return_leaves_the_return() -> None:
    reading = read("alhamdulillah biznet udah nyala lagi, semoga ga mati lagi")
    assert (reading.is_report, reading.recovered) == (False, True)


@pytest.mark.parametrize("text", ["telkomsel ga pernah hilang sinyal", "telkomsel jarang banget ilang sinyal"])
def test_never_denies_a_loss_that_a_plain_no_would_leave(text: str) -> None:
    assert not read(text).is_report


def test_a_command_to_a_database_is_no_drop_of_a_line() -> None:
    assert load_knowledge().reader.read("'; DROP TABLE users;--").p_report < 0.1


def test_only_the_brand_that_is_praised_before_its_loss_is_mocked() -> None:
    assert read("Biznet keren ya, bayar mahal, hari ini ga ada internet sama sekali").operator == "biznet"
    assert read("Biznet keren, indihome hari ini ga ada internet sama sekali").operator == "indihome"


@pytest.mark.parametrize(
    "text",
    [
        "telkomsel kupang sonde bisa internetan dari pagi", "dari pagi telkomsel seng bisa internetan",
        "telkomsel hana sinyal dari pagi", "indosat leg banget sekarang",
    ],
)  # fmt: skip
def test_denials_of_the_east_and_of_aceh_are_known(text: str) -> None:
    assert read(text).is_report


def test_it_was_down_and_is_fine_now_is_a_return() -> None:
    reading = read("XL was down this morning but it's fine now")
    assert (reading.is_report, reading.recovered, reading.operator) == (False, True, "xl")


@pytest.mark.parametrize(
    "text",
    [
        "capek nunggu biznet nyala, mati dari siang",
        "katanya biznet jam 5 normal, mana buktinya",
        "when will biznet be back?",
    ],
)
def test_a_brand_that_is_waited_for_does_not_work(text: str) -> None:
    reading = read(text)
    assert (reading.is_report, reading.recovered, reading.operator) == (True, False, "biznet")


def test_a_return_that_is_only_promised_is_none() -> None:
    assert not read("biznet will be back soon").recovered
