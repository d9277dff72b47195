"""Quiet streams of complaints, and outages to add to them, for tests that count false alarms and delays.

Everything is drawn from the seed that is given. The operator's name is invented by the caller and the phrases
are written for this file, so that nothing a reader knows of real operators or real posts helps it here.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

WIB = timezone(timedelta(hours=7), "WIB")
FIRST_DAY = datetime(2024, 1, 1, tzinfo=WIB)
# Shares of a day by local hour and factors by weekday (Monday first); only their shape matters.
HOURS = (15, 9, 6, 4, 5, 12, 24, 34, 42, 47, 50, 49, 47, 46, 45, 46, 49, 54, 66, 78, 82, 76, 60, 38)
WEEKDAYS = (1.03, 0.99, 0.97, 0.98, 1.0, 1.05, 0.98)
# A day's level is gamma with this shape: 22 % of standard deviation, on top of the Poisson noise.
LEVEL_SHAPE = 20.0
REPLY_SHARE = 0.3
CHAIN_MOST = 5
CHAIN_WITHIN_S = 45 * 60
PLACE_SHARE = 0.1

REPORTS = (
    "{op} mati {now} {place}", "{op} {now} gak bisa internetan {place}",
    "internet {op} {now} putus {place}",
    "{op} gangguan lagi {place}?", "{op} {now} lemot banget {place}", "{ask} {op} {now} error {place}",
    "kok {op} gak bisa connect {now}", "{op} ngadat {now} {place}", "sinyal {op} hilang {now} {place}",
    "{op} RTO terus {now}", "wifi {op} {now} mati {place}",
    "{ask} ada yang {op} nya mati juga {now} {place}?",
    "{op} down kah {place}?", "{op} {now} lelet parah {mood}", "udah sejam {op} gak bisa dipakai {place}",
    "{op} putus nyambung {now} {place}", "jaringan {op} {now} jelek sekali {place} {mood}",
    "mau kerja malah {op} mati {now} {mood}", "lagi kuliah online {op} putus {now}",
    "{op} {now} loading terus {mood}",
    "{op} LOS merah {now} {place}", "gak bisa nelpon pakai {op} {now} {place}",
    "{op} {now} ngelag main game",
    "modem {op} nyala tapi internet mati {now}", "{ask} {op} {place} {now} gak ada koneksi",
    "{op} trouble {now}?",
    "{op} sejak semalam belum bisa {place}", "streaming pakai {op} buffering {now}",
    "data {op} gak jalan {now} {place}",
    "{op} kenapa ya {now}", "is {op} down {place}?", "{op} ora iso dienggo {now}",
    "{op} teu tiasa dipake {now} {place}",
    "{op} sering banget putus {mood}", "{op} tiap malam lemot {place}",
    "{op} makin lama makin lambat {mood}",
)  # fmt: skip
REPLIES = (
    "<user> sama kak, di sini juga", "<user> sama mati juga {place}", "<user> aku juga {now}",
    "<user> iya sama",
    "<user> kirain cuma aku", "<user> same here", "<user> {op} di rumahku juga {now}",
    "<user> podo, kene yo ngono",
    "<user> sama kak {mood}", "<user> di sini juga gak bisa {place}", "<user> hooh {op} {now} lemot",
    "<user> bener, dari tadi gak bisa", "<user> sami kang", "<user> tetangga juga sama {place}",
    "<user> saya juga kak", "<user> rumahku juga {now} {place}",
    "<user> idem {op} {now}", "<user> tos {mood}", "<user> nah kan bukan aku doang {place}",
    "<user> {op} sini juga putus {now}",
    "<user> kantorku juga {now} {place}", "<user> kosanku juga sama {mood}",
    "<user> dari jam berapa kak? aku {now} juga mati",
)  # fmt: skip
LOSSES = (
    "{op} mati total {place}", "{op} gak ada internet sama sekali {place}", "{op} down {place}",
    "internet {op} mati {place}",
    "{ask} {op} mati ya {place}?", "{op} putus {place} {mood}", "{op} gak bisa apa-apa {now} {place}",
    "{op} hilang koneksi {now} {place}", "{op} error {now} {place}",
    "gara-gara {op} mati jualan berhenti {place}",
    "{op} gangguan {now} {place}", "mati lagi {op} {place} {mood}",
    "{op} tidak bisa digunakan sejak tadi {place}",
)  # fmt: skip
PIECES = {
    "now": ("barusan", "dari tadi", "sekarang", "jam segini", "hari ini", "dari pagi", "lagi",
    "tiba-tiba", "", ""),
    "ask": ("min", "kak", "halo", "tolong", "permisi", "guys", "woi", ""),
    "mood": ("capek", "kesal", "tolong dong", "huft", "😭", "😡", "🙏", "", "", ""),
}  # fmt: skip
# Said around half of the texts, so that two people rarely write the same words.
ENDINGS = (
    "gimana ini", "ada yang tahu kenapa?", "tolong dicek", "bikin emosi", "wkwk", "mana lagi perlu",
    "kapan normal ya",
    "udah restart tetap sama", "padahal baru bayar", "anak mau belajar", "lagi rapat pula",
    "buat buka WA saja susah",
    "sabar sabar", "mohon bantuannya", "terpaksa numpang tetangga", "sudah lapor belum ada jawaban",
    "nasib",
    "kemarin masih lancar", "cuma di kamar ini apa semua?", "hujan sih di sini",
    "lampu modem biasa saja", "btw ini rumah ya",
    "jadi gak bisa nonton", "kalah main deh", "mau transfer jadi batal", "please", "hadeh",
    "mbok yo dibenakke", "hayang ceurik",
    "tugas belum dikirim", "untung ada warkop", "ini yang paket 30", "ini yang paket 50",
    "sekeluarga mengeluh",
)  # fmt: skip
IN_A_SENTENCE = ("di {}", "daerah {}", "area {}", "sini {}", "wilayah {}")
# Regencies and cities with rounded populations in ten thousands: weights, not figures to cite.
REGENCIES = (
    ("Bogor", 560), ("Bandung", 370), ("Bekasi", 320), ("Surabaya", 290), ("Jakarta Timur", 308),
    ("Garut", 270),
    ("Jakarta Barat", 247), ("Medan", 249), ("Cirebon", 235), ("Karawang", 250), ("Jakarta Selatan", 223),
    ("Sukabumi", 280), ("Tangerang", 325), ("Malang", 270), ("Cianjur", 255), ("Depok", 207),
    ("Jember", 256),
    ("Brebes", 204), ("Sidoarjo", 208), ("Jakarta Utara", 179), ("Palembang", 173), ("Semarang", 169),
    ("Banyumas", 182), ("Makassar", 147), ("Tasikmalaya", 190), ("Indramayu", 187),
    ("Tangerang Selatan", 138),
    ("Gresik", 133), ("Sleman", 113), ("Jakarta Pusat", 106), ("Kudus", 87), ("Pekanbaru", 101),
    ("Padang", 92),
    ("Klaten", 128), ("Banyuwangi", 173), ("Denpasar", 74), ("Samarinda", 83), ("Balikpapan", 70),
    ("Manado", 45),
    ("Pontianak", 67),
)  # fmt: skip

Told = tuple[datetime, str]


@dataclass(frozen=True)
class Outage:
    """An outage to add: `multiplier` times the usual reports, in `region` as people write it ("" = all)."""

    start: datetime
    duration: timedelta
    multiplier: float
    region: str = ""


def quiet_stream(operator: str, *, per_day: float, weeks: int, seed: int, first: datetime = FIRST_DAY) -> list[Told]:
    """Return (moment in UTC, text) of `weeks` quiet weeks, oldest first.

    Args:
        operator: name that the texts use; invented, so that only the name given to the reader can match it.
        per_day: reports a day on average; replies come on top of them (about 0.9 a report).
        weeks: whole weeks from `first`.
        seed: same seed, same stream.
        first: local midnight of the first day.
    """
    rng = random.Random(f"quiet {seed} {per_day} {weeks} {operator}")
    told: list[Told] = []
    for day in range(weeks * 7):
        midnight = first + timedelta(days=day)
        level = rng.gammavariate(LEVEL_SHAPE, 1 / LEVEL_SHAPE)
        for hour in range(24):
            for _ in range(_poisson(rng, level * _usual(midnight, hour, per_day))):
                at = midnight + timedelta(seconds=hour * 3600 + rng.randrange(3600))
                told.append((at, _word(rng, REPORTS, operator)))
                told += _chain(rng, at, operator)
    return _in_order(told, until=first + timedelta(weeks=weeks))


def with_outages(
    quiet: Sequence[Told], operator: str, *, per_day: float, outages: Sequence[Outage], seed: int
) -> list[Told]:
    """Return the quiet stream with the reports of each outage added; a third of them name its region."""
    rng = random.Random(f"outage {seed} {per_day} {operator}")
    told = list(quiet)
    for outage in outages:
        minutes = int(outage.duration / timedelta(minutes=1))
        for minute in range(minutes):
            at = outage.start.astimezone(WIB) + timedelta(minutes=minute)
            usual = _usual(at, at.hour, per_day) / 60
            for _ in range(_poisson(rng, usual * (outage.multiplier - 1))):
                moment = at + timedelta(seconds=rng.randrange(60))
                told.append((moment, _word(rng, LOSSES, operator, region=outage.region)))
    return _in_order(told, until=max(at for at, _ in told) + timedelta(seconds=1))


def _usual(day: datetime, hour: int, per_day: float) -> float:
    """Return reports expected in one local hour, before the day's own level."""
    return per_day * WEEKDAYS[day.weekday()] * HOURS[hour] / sum(HOURS)


def _poisson(rng: random.Random, mean: float) -> int:
    """Draw a Poisson number by multiplying uniforms (Knuth, TAOCP 2, 3.4.1)."""
    limit, product, drawn = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        drawn += 1
    return drawn


def _chain(rng: random.Random, first: datetime, operator: str) -> Iterator[Told]:
    if rng.random() < REPLY_SHARE:
        for _ in range(rng.randint(1, CHAIN_MOST)):
            at = first + timedelta(seconds=rng.randrange(30, CHAIN_WITHIN_S))
            yield at, _word(rng, REPLIES, operator)


def _word(rng: random.Random, templates: Sequence[str], operator: str, region: str = "") -> str:
    place = ""
    if region and rng.random() < 1 / 3:
        place = rng.choice(IN_A_SENTENCE).format(region)
    elif not region and rng.random() < PLACE_SHARE:
        names, weights = zip(*REGENCIES, strict=True)
        place = rng.choice(IN_A_SENTENCE).format(rng.choices(names, weights)[0])
    # A place is said even where the template has no room for it, so that the share holds for all texts.
    template = rng.choice(templates)
    text = template if "{place}" in template else template + " {place}"
    drawn = {slot: rng.choice(pieces) for slot, pieces in PIECES.items()}
    ending = rng.choice(ENDINGS) if rng.random() < 0.5 else ""
    said = f"{text.format(op=operator, place=place, **drawn)} {ending}"
    return " ".join(said.split()).replace(" ?", "?")


def _in_order(told: Sequence[Told], *, until: datetime) -> list[Told]:
    return sorted((at.astimezone(UTC), text) for at, text in told if at < until)
