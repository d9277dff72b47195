"""Streams of several operators, and what people write when customers of one cannot reach those of another.

Quiet weeks and outages come from `simulated_streams`; the names are invented, and so is every phrase. Customers of A
who cannot reach B name B; some do not know that it is B whom they cannot reach, and complain of A alone.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from simulated_streams import ENDINGS, FIRST_DAY, PIECES, Outage, Told, quiet_stream, with_outages

CATALOGUE = """
[[operator]]
id = "pandusel"
name = "Pandusel"
kind = "mobile"
services = ["mobile_data", "mobile_voice", "sms"]
spellings = ["pandusel"]

[[operator]]
id = "melatix"
name = "Melatix"
kind = "mobile"
services = ["mobile_data", "mobile_voice", "sms"]
spellings = ["melatix"]

[[operator]]
id = "samudrafon"
name = "Samudrafon"
kind = "mobile"
services = ["mobile_data", "mobile_voice", "sms"]
spellings = ["samudrafon"]

[[operator]]
id = "wanakarta"
name = "Wanakarta"
kind = "mobile"
services = ["mobile_data", "mobile_voice", "sms"]
spellings = ["wanakarta"]
"""
# Reports on a usual day, before replies.
PER_DAY = {"Pandusel": 40.0, "Melatix": 25.0, "Samudrafon": 30.0, "Wanakarta": 12.0}
WEEKS = 5
# A Wednesday evening of the fifth week, at seven in Jakarta.
EVENING = FIRST_DAY + timedelta(days=30, hours=19)

CROSS = (
    "{a} ke {b} kok ga bisa telpon {now}", "nelpon ke {b} dari {a} ga nyambung nyambung {now}",
    "nomor {b} ga bisa dihubungi dari {a} {now}", "{ask} dari {a} gak bisa nelpon nomor {b}",
    "telpon ibu di {b} pake {a} gagal terus {now}", "sms dari {a} ke {b} ga nyampe {now} {mood}",
    "aku pakai {a}, mau nelpon nomor {b} tut tut terus", "{a} ga bisa nelpon {b} {now}, ada yang sama?",
    "temen gue yang {b} ga bisa ditelpon dari {a} {now}", "can't call {b} numbers from my {a} {now}",
    "kurir pake {b}, ditelpon dari {a} ga masuk {now}", "ga bisa hubungi nomor {b} {now}, gue pake {a}",
    "{ask} kenapa {a} ke {b} panggilan gagal {mood}", "otp dari kantor ga masuk ke nomor {b}, yang {a} masuk",
    "{b} kenapa, dari {a} ditelpon ga nyambung {now}", "arep nelpon nomer {b} seko {a} ora iso {now}",
    "{a} -> {b} ga bisa nelpon {now}", "nelpon sesama {a} lancar, ke {b} ga bisa {mood}",
    "@{a} kok ga bisa telepon ke nomor {b} {now}", "nomor {b} mertua tidak bisa dihubungi pakai {a} {now}",
)  # fmt: skip
MISTAKEN = (
    "{a} kok ga bisa nelpon ya {now}", "nelpon temen ga nyambung, {a} kenapa sih {now}",
    "{a} telponnya gangguan ya {now}", "{ask} {a} susah buat nelpon {now}",
    "panggilan gagal terus {a} {mood}", "{a} ga bisa telpon {now} {mood}",
    "ditelpon ga masuk masuk nih {a} {now}", "{a} nelpon putus terus {now}",
)  # fmt: skip


@dataclass(frozen=True)
class Crossing:
    """Complaints of customers of `near` who cannot reach `far`, spread over `hours` from `start` on.

    `told` name whom they cannot reach, `mistaken` complain of their own operator alone.
    """

    near: str
    far: str
    start: datetime
    hours: float
    told: int
    mistaken: int


def quiet_market(*, seed: int) -> list[Told]:
    """Return five quiet weeks of the four operators, oldest first."""
    streams = (
        quiet_stream(name, per_day=per_day, weeks=WEEKS, seed=seed + at)
        for at, (name, per_day) in enumerate(PER_DAY.items())
    )
    return sorted(told for stream in streams for told in stream)


def with_outage(market: Sequence[Told], operator: str, *, start: datetime, hours: float, seed: int) -> list[Told]:
    """Return a market with an outage of one operator, of which fifteen times as many as usual write."""
    outage = Outage(start, timedelta(hours=hours), multiplier=15.0)
    return with_outages(market, operator, per_day=PER_DAY[operator], outages=[outage], seed=seed)


def with_crossing(market: Sequence[Told], crossing: Crossing, *, seed: int) -> list[Told]:
    """Return a market with complaints of one operator's customers who cannot reach another's."""
    rng = random.Random(f"crossing {seed} {crossing.near} {crossing.far}")
    frames = [rng.choice(CROSS) for _ in range(crossing.told)] + [
        rng.choice(MISTAKEN) for _ in range(crossing.mistaken)
    ]
    told = [
        (
            (crossing.start + timedelta(hours=rng.random() * crossing.hours)).astimezone(UTC),
            _filled(rng, frame, crossing),
        )
        for frame in frames
    ]
    return sorted([*market, *told])


def _filled(rng: random.Random, frame: str, crossing: Crossing) -> str:
    drawn = {slot: rng.choice(pieces) for slot, pieces in PIECES.items()}
    ending = rng.choice(ENDINGS) if rng.random() < 0.5 else ""
    return " ".join(f"{frame.format(a=crossing.near, b=crossing.far, **drawn)} {ending}".split())
