"""What simulated customers write in the replayed outages, in Indonesian and in English; all of it invented here."""

from __future__ import annotations

import random
from collections.abc import Sequence

# By what is broken, then by language. `{op}` is the operator, `{place}` "" or words such as "di Medan".
TROUBLES = {
    "no_internet": {
        "id": (
            "sinyal {op} penuh tapi internet gak bisa dipakai {place}", "{op} internet mati {now} {place}",
            "data {op} gak jalan sama sekali {place}", "sinyal bagus tapi gak bisa buka apa-apa, {op} kenapa {place}",
            "{op} gangguan internet {place} {now}", "kuota masih ada, {op} gak bisa internetan {place}",
            "{op} gak ada koneksi {now} {place}", "jaringan {op} ada tapi internetnya mati {place}",
        ),
        "en": (
            "{op} signal is full but no internet {place}", "{op} internet is down {now} {place}",
            "mobile data not working on {op} {place}", "no connection on {op} {now} {place}",
            "is {op} down? nothing loads {place}", "my {op} internet stopped working {now} {place}",
            "{op} has no internet at all {place}", "cannot load anything on {op} {now} {place}",
        ),
    },
    "no_signal": {
        "id": (
            "sinyal {op} hilang {now} {place}", "{op} gak ada sinyal sama sekali {place}",
            "{op} mati total {place} {now}", "HP gak dapat sinyal {op} {place}", "sinyal {op} kosong dari tadi {place}",
            "{op} no service {place} {now}", "mati lampu terus sinyal {op} ikut hilang {place}",
        ),
        "en": (
            "no signal on {op} {now} {place}", "{op} is completely down {place}",
            "my phone says no service, {op} {place}",
            "{op} network is down {now} {place}", "lost all signal on {op} {place} {now}",
            "{op} phones are dead {place}", "still no service on {op} {now}",
        ),
    },
    "call_failure": {
        "id": ("gak bisa nelpon pakai {op} {now} {place}", "telepon {op} gagal terus {place}"),
        "en": (
            "cannot make calls on {op} {now}", "{op} calls are failing {place}",
            "calls do not go through on {op} {now}",
            "i can't call anyone with {op} {place}", "no calls and no data on {op} {now}",
        ),
    },
}  # fmt: skip
RECOVERIES = {
    "id": (
        "{op} sudah normal lagi {place}",
        "alhamdulillah {op} udah bisa {place}",
        "internet {op} sudah nyala {place}",
    ),
    "en": ("{op} is back {place}", "my {op} is working again {place}", "internet is back on {op} {place}"),
}
CHATTER = {
    "id": (
        "promo kuota {op} bulan ini apa ya", "beli paket {op} yang murah di mana", "cara cek pulsa {op}",
        "{op} makin mahal aja paketnya", "iklan {op} lucu juga", "baru pindah ke {op}",
    ),
    "en": (
        "what are the cheap {op} plans this month", "the new {op} ad is funny", "thinking about moving to {op}",
        "how do i check my balance on {op}", "{op} prices went up again",
    ),
}  # fmt: skip
NOW = {
    "id": ("barusan", "dari tadi", "sekarang", "sejak pagi", "hari ini", "tiba-tiba", ""),
    "en": ("right now", "since this morning", "just now", "for an hour", "today", "suddenly", ""),
}
# Said before and behind: two people rarely write the same words, and a desk counts copies for less.
ASIDE = {
    "id": (
        "gimana ini", "tolong dicek dong min", "lagi kerja dari rumah pula", "anak mau belajar daring", "capek banget",
        "udah restart berkali-kali tetap sama", "kapan normalnya", "jualan online jadi berhenti",
        "mau transfer batal terus",
        "padahal baru isi ulang kemarin", "tetangga sebelah aman-aman saja", "rapat jam sembilan terancam", "ya ampun",
        "mohon infonya kak", "buat pesan ojek saja gak bisa", "untung ada wifi warung kopi",
        "lagi nunggu kabar keluarga",
        "streaming putus di tengah jalan", "sekantor mengeluh semua", "mau absen kelas gagal",
        "lagi di jalan jadi nyasar",
        "sabar deh", "kasir toko jadi antre panjang", "dari bangun tidur begini", "sudah lapor belum dibalas",
        "ini mah rugi waktu", "teman satu kos sama semua", "main game langsung kalah", "serius nanya", "hadeh", "",
        "", "",
    ),
    "en": (
        "what is going on", "please fix this soon", "trying to work from home here", "my shop cannot take cards at all",
        "so tired of this", "restarted twice and still the same", "anyone else seeing this?", "when will it be fixed",
        "paid my bill only yesterday", "the neighbours are fine with theirs", "had a meeting at nine", "good grief",
        "any news would be nice", "cannot even book a taxi", "sitting in a cafe for the wifi",
        "waiting for my mother to ring",
        "the match froze in the second half", "whole office is complaining", "kids missed their class",
        "lost on the road",
        "guess i will read a book", "queue at the till is huge", "it was like this when i woke up",
        "nobody answers my ticket",
        "what a waste of a day", "all of my flatmates have the same", "kicked out of my game", "serious question",
        "ugh",
        "", "", "",
    ),
}  # fmt: skip
IN_A_SENTENCE = {"id": ("di {}", "daerah {}", "area {}", "{}"), "en": ("in {}", "here in {}", "around {}")}


def said(rng: random.Random, phrases: Sequence[str], operator: str, *, language: str, place: str = "") -> str:
    """Return one text; `place` is a name, or "" where none is named."""
    where = rng.choice(IN_A_SENTENCE[language]).format(place) if place else ""
    words = rng.choice(phrases).format(op=operator, place=where, now=rng.choice(NOW[language]))
    aside = ASIDE[language]
    return " ".join(f"{rng.choice(aside)} {words} {rng.choice(aside)}".split())
