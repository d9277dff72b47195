"""Floods by few hands, and crowds of many: texts with authors, to lay over a quiet stream.

Everything is drawn from the seed that is given. The phrases are written for this file, as those of
`simulated_streams` are for that one.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

Post = tuple[datetime, str, str]

# Two dozen texts as a campaign hands them out: each says that the network is dead, none in a few words.
HANDED_OUT = (
    "{op} mati total lagi dari tadi di rumah, kerjaan numpuk semua dan tidak ada kabar apa pun dari mereka",
    "jangan pernah percaya {op}, hari ini internet satu kampung putus dan tidak satu pun yang bertanggung jawab",
    "sudah tiga jam {op} tidak bisa dipakai sama sekali, anak saya gagal ikut ujian daring gara-gara ini",
    "internet {op} hilang di seluruh komplek kami sejak subuh, tolong viralkan supaya mereka mau bergerak",
    "tolong sebarkan: {op} gangguan besar hari ini dan semua pelanggan dibiarkan menunggu tanpa kepastian",
    "buat yang pakai {op}, kalian tidak sendiri, di sini juga putus total dan pusat layanan tidak menjawab",
    "bayar mahal tiap bulan tapi {op} mati seharian, lampu modem merah terus dan petugas tidak kunjung datang",
    "kami pedagang kecil rugi besar karena {op} mati dari pagi, mesin kasir dan pesanan semuanya berhenti",
    "gara-gara {op} putus sejak kemarin malam saya tidak bisa rapat dan ditegur atasan di depan semua orang",
    "parah sekali {op} hari ini, sinyal penuh tapi tidak ada data yang lewat sedikit pun sejak jam tujuh",
    "warga satu kelurahan mengeluh {op} mati serentak, sampai sekarang belum ada penjelasan resmi yang jelas",
    "saya sudah telepon berkali-kali, {op} tetap mati total dan jawaban petugas selalu sama dari kemarin",
    "hati-hati memilih penyedia, {op} di tempat kami putus terus dan laporan hanya ditutup tanpa diperbaiki",
    "seluruh kantor kami lumpuh karena {op} tidak ada koneksi sama sekali sejak siang tadi sampai detik ini",
    "kalau {op} tidak sanggup melayani lebih baik tutup saja, internet mati begini sudah dua hari berturut-turut",
    "rumah sakit di dekat sini ikut terganggu karena {op} mati, ini bukan masalah kecil lagi, tolong didengar",
    "setiap akhir bulan {op} pasti mati begini, kali ini satu kota tidak bisa internet dan mereka diam saja",
    "anak kos sekamar semua mengeluh, {op} putus total dari sore dan tugas kuliah harus dikumpulkan malam ini",
    "percuma lapor ke {op}, jaringan mati dari pagi buta dan yang datang hanya pesan otomatis minta maaf",
    "sudah pindah tiga tempat tetap sama, {op} tidak ada internet di mana-mana hari ini, benar-benar lumpuh",
    "mohon perhatian pemerintah, {op} mati berjam-jam dan jutaan orang tidak bisa bekerja dari rumah hari ini",
    "nonton tidak bisa, kerja tidak bisa, belajar tidak bisa, semua karena {op} putus dari jam enam pagi tadi",
    "orang tua saya panik tidak bisa dihubungi karena {op} mati total, jangan anggap remeh keluhan seperti ini",
    "kami minta ganti rugi, {op} sudah mati setengah hari dan tidak ada satu pun pemberitahuan kepada pelanggan",
)  # fmt: skip
HANDED_OUT_SHORT = (
    "{op} mati total", "{op} mati lagi", "internet {op} putus", "{op} down", "{op} gangguan parah",
    "sinyal {op} hilang", "{op} gak bisa dipakai", "{op} mati dari pagi",
)  # fmt: skip
# A word for another one, so that no two copies need be the same.
CHANGED = (
    ("tidak", "nggak"), ("sudah", "udah"), ("sekali", "banget"), ("semua", "seluruhnya"), ("hari ini", "sekarang"),
    ("karena", "sebab"), ("dari", "sejak"), ("saya", "aku"), ("kami", "kita"), ("tolong", "mohon"), ("tapi", "namun"),
    ("mati", "tewas"),
)  # fmt: skip
SIGNS = ("😡", "😭😭", "🙏", "!!!", "...", "😤", "")
TAGS = ("#boikot", "#rugi", "#viralkan", "#gantirugi", "#keluhan")
CLOSINGS = ("tolong RT", "sebarkan ya", "ayo bersuara", "jangan diam", "bagikan ke grup kalian", "")


def handed_out(operator: str, *, authors: int, posts: int, start: datetime, hours: float, seed: int) -> list[Post]:
    """Return `posts` changed copies of the texts that were handed out, each by one of `authors`."""
    rng = random.Random(f"handed out {seed}")
    return [
        (at, author, _changed(rng, rng.choice(HANDED_OUT).format(op=operator)))
        for at, author in _hands(rng, authors=authors, posts=posts, start=start, hours=hours)
    ]


def handed_out_short(
    operator: str, *, authors: int, posts: int, start: datetime, hours: float, seed: int
) -> list[Post]:
    """Return `posts` copies of a few short texts, each by one of `authors`."""
    rng = random.Random(f"handed out short {seed}")
    return [
        (at, author, rng.choice(HANDED_OUT_SHORT).format(op=operator))
        for at, author in _hands(rng, authors=authors, posts=posts, start=start, hours=hours)
    ]


def in_bursts(operator: str, *, authors: int, bursts: int, each: int, start: datetime, seed: int) -> list[Post]:
    """Return short copies in bursts of forty minutes, two hours apart; each of `authors` writes `each` in every one."""
    rng = random.Random(f"bursts {seed}")
    return [
        (
            start + timedelta(hours=2 * burst + rng.random() * 2 / 3),
            f"tangan{author}",
            f"{rng.choice(HANDED_OUT_SHORT).format(op=operator)} {rng.choice(SIGNS)}".strip(),
        )
        for burst in range(bursts)
        for author in range(authors)
        for _ in range(each)
    ]


def crowd(text: str, *, people: int, start: datetime, hours: float, seed: int) -> list[Post]:
    """Return `people` who write the same text once each, most of them early: they come as an outage spreads."""
    rng = random.Random(f"crowd {seed}")
    return [(start + timedelta(hours=hours * rng.random() ** 1.5), f"warga{seed}_{one}", text) for one in range(people)]


def _hands(
    rng: random.Random, *, authors: int, posts: int, start: datetime, hours: float
) -> list[tuple[datetime, str]]:
    return [(start + timedelta(hours=hours * rng.random()), f"tangan{rng.randrange(authors)}") for _ in range(posts)]


def _changed(rng: random.Random, text: str) -> str:
    for old, new in rng.sample(CHANGED, 2):
        text = text.replace(old, new, 1)
    words = text.split(" ")
    if rng.random() < 0.2:
        del words[rng.randrange(len(words))]
    if rng.random() < 0.2:
        words.insert(rng.randrange(len(words)), rng.choice(("nih", "loh", "dong", "sih", "kok")))
    tags = rng.sample(TAGS, rng.randrange(3))
    return " ".join(" ".join([*words, rng.choice(CLOSINGS), rng.choice(SIGNS), *tags]).split())
