"""Nothing that names or reaches a person leaves the masking; what describes the trouble stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulih.listen.masking import mask, mask_handles


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("hubungi 081234567890 ya", "hubungi <num> ya"),
        ("hubungi +62 812-3456-7890", "hubungi <num>"),
        ("(021) 5555 1234 tidak diangkat", "<num> tidak diangkat"),
        ("id pelanggan 131415161718", "id pelanggan <num>"),
        ("tiket INC12345678 belum selesai", "tiket <num> belum selesai"),
        ("kirim ke budi.s@contoh.co.id", "kirim ke <email>"),
        ("bukti https://contoh.id/a?b=1 ini", "bukti <url> ini"),
        ("cek www.contoh.id dong", "cek <url> dong"),
        ("cek WWW.contoh.id dong", "cek <url> dong"),
        ("budi@contoh.id", "<email>"),
        ("wa 62-812-34-567-890 ya", "wa <num> ya"),
        ("wa 0812 34 56 78 90 ya", "wa <num> ya"),
        ("wa +62 8 12 345 678 90", "wa <num>"),
        ("PIN saya 482913", "PIN saya <num>"),
        ("otp: 482 913 tidak masuk", "otp: <num> tidak masuk"),
        ("kode verifikasi 482913 salah", "kode verifikasi <num> salah"),
        ("the code is 482913.", "the code is <num>."),
        ("ip saya 36.85.7.255 putus", "ip saya <num> putus"),
        ("gateway 192.168.100.200", "gateway <num>"),
        ("dns 1.1.1.1 mati", "dns <num> mati"),
        ("cek WWW.Contoh.id dong", "cek <url> dong"),
        ("a@b.id saja", "<email> saja"),
        ("@budi no 0812 3456 789", "@budi no <num>"),
    ],
)
def test_what_reaches_a_person_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "bayar Rp 350.000 sebulan",
        "speed 3 Mbps dari 100 Mbps",
        "mati dari jam 08.48 sampai 12.30",
        "sejak 03/10/2025 belum normal",
        "sejak 2025-10-03 belum normal",
        "sudah 2 x 24 jam",
        "RX power -33.00 dBm",
        "paket 20 30 50 100 mbps",
        "sejak 08-10-2025 12.30 mati",
        "mati 08.48-09.10 tadi",
        "kode pos 12790",
        "total 1.250.000.000",
        "versi 2.4.1",
    ],
)
def test_money_dates_clock_times_and_speeds_stay(text: str) -> None:
    assert mask(text) == text


def test_handles_of_people_are_masked_and_those_of_operators_stay() -> None:
    assert mask_handles("@budi77 tolong @BiznetHome", frozenset({"biznethome"})) == "<user> tolong @BiznetHome"


@given(st.text(max_size=300))
def test_masking_twice_is_masking_once(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@given(st.integers(min_value=10**7, max_value=10**15))
def test_no_long_number_survives(number: int) -> None:
    assert str(number) not in mask(f"nomor saya {number} tolong")
