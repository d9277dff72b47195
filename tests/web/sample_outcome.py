"""Builds outcomes to look at and to test the page with: a usual one, an empty one, and one with sixty findings.

Everything is computed from small sums, without randomness, so that a picture taken today can be compared with one
taken tomorrow. Operators are real names on invented events.
"""

from __future__ import annotations

import math
from functools import lru_cache

from pulih.adapters.report import ScanMark, ScanSeries
from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.model.finding import Finding, Phrase, Voice
from pulih.ports.files import Chosen, RefusedRow
from pulih.service.outcome import (
    Counters,
    FindingView,
    Outcome,
    RegionCount,
    Settings,
    SymptomCount,
    TalkCount,
    Trace,
)

START_US = 1_753_981_200 * MICROS  # 1 August 2025, 00:00 WIB
STEP_S = 900
# Code -> column, row, name, letters, the shape of the places data; a copy, so that the page is tested by itself.
TILES: dict[str, tuple[int, int, str, str]] = {
    "11": (0, 0, "Aceh", "AC"),
    "12": (1, 1, "Sumatera Utara", "SU"),
    "13": (1, 2, "Sumatera Barat", "SB"),
    "14": (2, 2, "Riau", "RI"),
    "21": (3, 1, "Kepulauan Riau", "KR"),
    "15": (2, 3, "Jambi", "JA"),
    "17": (1, 3, "Bengkulu", "BE"),
    "16": (2, 4, "Sumatera Selatan", "SS"),
    "19": (3, 3, "Kepulauan Bangka Belitung", "BB"),
    "18": (2, 5, "Lampung", "LA"),
    "36": (2, 6, "Banten", "BT"),
    "31": (3, 5, "Jakarta", "JK"),
    "32": (3, 6, "Jawa Barat", "JB"),
    "33": (4, 6, "Jawa Tengah", "JT"),
    "34": (4, 7, "DI Yogyakarta", "YO"),
    "35": (5, 6, "Jawa Timur", "JI"),
    "51": (6, 7, "Bali", "BA"),
    "52": (7, 7, "Nusa Tenggara Barat", "NB"),
    "53": (8, 7, "Nusa Tenggara Timur", "NT"),
    "61": (4, 3, "Kalimantan Barat", "KB"),
    "62": (5, 3, "Kalimantan Tengah", "KT"),
    "63": (5, 4, "Kalimantan Selatan", "KS"),
    "64": (6, 3, "Kalimantan Timur", "KI"),
    "65": (6, 2, "Kalimantan Utara", "KU"),
    "71": (9, 2, "Sulawesi Utara", "SA"),
    "75": (8, 2, "Gorontalo", "GO"),
    "72": (8, 3, "Sulawesi Tengah", "ST"),
    "76": (7, 4, "Sulawesi Barat", "SR"),
    "73": (7, 5, "Sulawesi Selatan", "SN"),
    "74": (8, 4, "Sulawesi Tenggara", "SG"),
    "82": (10, 3, "Maluku Utara", "MU"),
    "81": (10, 5, "Maluku", "MA"),
    "96": (11, 3, "Papua Barat Daya", "PD"),
    "92": (11, 4, "Papua Barat", "PB"),
    "91": (13, 3, "Papua", "PA"),
    "94": (12, 4, "Papua Tengah", "PT"),
    "95": (13, 4, "Papua Pegunungan", "PE"),
    "93": (13, 5, "Papua Selatan", "PS"),
}


def at(day: int, hour: int, minute: int = 0) -> int:
    """Return a moment of August 2025 on the clock of Jakarta."""
    return START_US + ((day - 1) * DAY_S + hour * HOUR_S + minute * 60) * MICROS


@lru_cache(maxsize=32)
def trace(
    operator: str, name: str, bursts: tuple[tuple[int, int, float], ...], *, days: int = 30, step_s: int = STEP_S
) -> Trace:
    """Return a series with a daily rhythm, small irregularities, and bursts (start, end, height)."""
    windows = days * DAY_S // step_s
    heights = [0.0] * windows
    for begin, end, height in bursts:
        first, last = (-((START_US - moment) // (step_s * MICROS)) for moment in (begin, end))
        for index in range(max(0, first), min(windows, last)):
            over = START_US + index * step_s * MICROS - begin
            heights[index] += height * math.exp(-3 * over / (end - begin)) * (1 + 0.2 * math.sin(index))
    expected, reports = [], []
    for index in range(windows):
        hour = index * step_s / HOUR_S % 24
        usual = 0.25 + 0.55 * max(0.0, math.sin((hour - 6) / 24 * 2 * math.pi)) ** 2
        expected.append(usual)
        reports.append(round(float((index * 7919 % 23) < 23 * usual * 0.6) + max(0.0, heights[index]), 2))
    return Trace(
        operator=operator,
        operator_name=name,
        region=None,
        region_name=None,
        start_us=START_US,
        step_s=step_s,
        reports=reports,
        expected=expected,
        alarm_at=[math.ceil(4 + 3 * value) for value in expected],
    )


def cut(whole: Trace, first_us: int, last_us: int) -> Trace:
    """Return the windows of a trace between two moments."""
    step_us = whole.step_s * MICROS
    low = max(0, (first_us - whole.start_us) // step_us)
    high = min(len(whole.reports), (last_us - whole.start_us) // step_us)
    return Trace(
        operator=whole.operator,
        operator_name=whole.operator_name,
        region=whole.region,
        region_name=whole.region_name,
        start_us=whole.start_us + low * step_us,
        step_s=whole.step_s,
        reports=whole.reports[low:high],
        expected=whole.expected[low:high],
        alarm_at=whole.alarm_at[low:high],
    )


def finding(
    number: int,
    *,
    whole: Trace,
    region: str | None,
    name: str | None,
    times: tuple[int, int, int, int | None],
    **more: object,
) -> Finding:
    """Return a finding with times (onset, alarm, peak, cleared) and everything else plausible."""
    onset, alarm, peak, cleared = times
    values: dict[str, object] = {
        "id": f"f{number:04d}a7c2",
        "incident": f"i{number:04d}",
        "operator": whole.operator,
        "operator_name": whole.operator_name,
        "service": "fixed_broadband",
        "region": region,
        "region_name": name,
        "symptom": "no_internet",
        "onset_us": onset,
        "alarm_us": alarm,
        "peak_us": peak,
        "cleared_us": cleared,
        "signals": 47,
        "expected": 3.1,
        "evidence_nats": 38.4,
        "false_alarms_per_week": 0.1,
        "phrases": (Phrase("internet mati", 21), Phrase("wifi gak bisa", 9), Phrase("lampu los merah", 6)),
        "rules": ("sym.no_internet.07", "sym.los_red.01"),
        "voices": (
            Voice(onset, "@BiznetHome internet mati lagi nih di Setiabudi, dari tadi pagi", 1.0),
            Voice(onset + 9 * 60 * MICROS, "wifi gak bisa dipakai, ada gangguan? nomor saya [telepon]", 1.0),
            Voice(alarm, "Kok lampu los merah terus ya min, sudah restart tetap sama", 0.42),
        ),
        "why": "Reports of lost internet rose to fifteen times the usual, and most of them name one place.",
        "mengapa": "Laporan internet mati naik lima belas kali dari biasanya, dan sebagian besar menyebut satu tempat.",
        "standing": "likely",
        "standing_why": "45 of 47 reports seem independent (2 copies).",
        "standing_mengapa": "45 dari 47 laporan tampak ditulis sendiri-sendiri (2 salinan).",
    }  # fmt: skip
    return Finding(**{**values, **more})  # type: ignore[arg-type]


def view(found: Finding, whole: Trace) -> FindingView:
    """Return the finding with its cut-out, three hours before it and two after."""
    end_us = found.cleared_us or found.alarm_us + 6 * HOUR_S * MICROS
    return FindingView(
        finding=found,
        trace=cut(whole, found.onset_us - 3 * HOUR_S * MICROS, end_us + 2 * HOUR_S * MICROS),
        symptoms=(
            SymptomCount("no_internet", 31, 31),
            SymptomCount("los_red", 9, 9),
            SymptomCount("slow", 5, 5),
            SymptomCount("none", 2, 2),
        ),
        regions=(RegionCount("31.74", "Jakarta Selatan", 12, 12), RegionCount("31.71", "Jakarta Pusat", 3, 3)),
    )


def usual_outcome(*, simulated: bool = False) -> Outcome:
    """Return four findings of two operators: one nationwide, narrowed to one place, and two more local ones."""
    biznet = trace("biznet", "Biznet", ((at(11, 10, 50), at(11, 22, 40), 21.0), (at(20, 19, 30), at(20, 23, 15), 12.0)))
    xl = trace("xl", "XL Axiata", ((at(27, 22, 10), at(28, 1, 10), 9.0),))
    wide_times = (at(11, 10, 45), at(11, 11, 5), at(11, 11, 15), at(11, 22, 40))
    narrow_times = (at(11, 10, 50), at(11, 11, 20), at(11, 11, 15), at(11, 22, 40))
    wide = finding(1, whole=biznet, region=None, name=None, times=wide_times, narrowed_to="f0002a7c2", signals=61)
    narrow = finding(2, whole=biznet, region="31.74", name="Jakarta Selatan", times=narrow_times, incident="i0001")
    second = finding(
        3, whole=biznet, region="32.73", name="Bandung", signals=28, evidence_nats=19.2, symptom="los_red",
        times=(at(20, 19, 30), at(20, 19, 45), at(20, 20, 0), at(20, 23, 15)),
    )  # fmt: skip
    third = finding(
        4, whole=xl, region="73.71", name="Makassar", signals=19, expected=0.8, evidence_nats=14.7,
        service="mobile_data", symptom="other", times=(at(27, 22, 10), at(27, 22, 50), at(27, 23, 0), at(28, 1, 10)),
        standing="suspected",
        standing_why="4 of 19 reports seem independent (15 copies); a few hands may be behind it.",
        standing_mengapa="4 dari 19 laporan tampak ditulis sendiri-sendiri (15 salinan); "
        "bisa jadi ini ulah segelintir orang.",
    )  # fmt: skip
    views = (view(wide, biznet), view(narrow, biznet), view(second, biznet), view(third, xl))
    return _outcome(views, (biznet, xl), simulated=simulated)


def busy_outcome(findings: int = 60) -> Outcome:
    """Return `findings` outages over a year of five-minute windows."""
    minute, hour = 60 * MICROS, HOUR_S * MICROS
    starts = [START_US + ((3 + n * 6) * 24 + n % 7) * hour for n in range(findings)]
    bursts = tuple((start, start + 4 * hour, 15.0) for start in starts)
    whole = trace("biznet", "Biznet", bursts, days=365, step_s=300)

    def numbered(n: int, start: int) -> FindingView:
        said = f"internet mati sejak tadi, laporan ke-{n} " * 6
        return view(
            finding(
                n,
                whole=whole,
                region=f"31.{n % 75:02d}",
                name=f"Kota {n}",
                times=(start, start + 15 * minute, start + 20 * minute, start + 4 * hour),
                evidence_nats=12 + n % 17,
                voices=tuple(Voice(start + m * minute, said, 1.0) for m in range(24)),
            ),
            whole,
        )

    views = tuple(numbered(n, start) for n, start in enumerate(starts))
    return _outcome(views, (whole,), simulated=False)


def empty_outcome() -> Outcome:
    """Return what comes of a file of which no row could be used."""
    return Outcome(
        names=("kosong.csv",),
        digest="0" * 64,
        chosen=(Chosen(format="csv", text="isi", time="waktu", guessed=("text", "time")),),
        first_us=None,
        last_us=None,
        settings=_settings(),
        counters=Counters(heard=2, counted=0, refused=2, repeated=0),
        views=(),
        traces=(),
        regions=(),
        symptoms=(),
        talks=(),
        refused=(("time not readable", 2),),
        refused_samples=(RefusedRow("kosong.csv", 2, "time not readable", "kapan-kapan"),),
    )


def quiet_outcome() -> Outcome:
    """Return thirty days in which nothing happened."""
    whole = trace("biznet", "Biznet", ())
    return _outcome((), (whole,), simulated=False)


def scan_series() -> list[ScanSeries]:
    """Return two series of counts: one with a finding, one with gaps and a name that looks like markup."""
    whole = trace("biznet", "Biznet", ((at(11, 10, 50), at(11, 22, 40), 21.0),), step_s=300)
    gaps = [value if index % 50 else math.nan for index, value in enumerate(whole.expected)]
    mark = ScanMark(onset_us=at(11, 10, 50), alarm_us=at(11, 11, 5), cleared_us=at(11, 22, 40))
    return [
        ScanSeries(
            name="biznet / 31.74",
            start_us=whole.start_us,
            step_s=300,
            counts=whole.reports,
            expected=whole.expected,
            findings=(mark,),
        ),
        ScanSeries(name="tiket <b>", start_us=whole.start_us, step_s=300, counts=gaps, expected=whole.expected),
    ]


def _settings() -> Settings:
    return Settings(operator=None, bin_s=300, false_alarms_per_week=0.1, zone="Asia/Jakarta", version="0.1.0")


def _outcome(views: tuple[FindingView, ...], traces: tuple[Trace, ...], *, simulated: bool) -> Outcome:
    whole = traces[0]
    return Outcome(
        names=("keluhan_agustus.csv",),
        digest="9f2c51d07be34a8893f1c0de5567aa10b2c3d4e5f60718293a4b5c6d7e8f9012",
        chosen=(
            Chosen(
                format="csv", text="full_text", time="created_at", author="user", native_id="id", zone="UTC",
                guessed=("text", "time", "author"),
            ),
        ),
        first_us=whole.start_us + 42 * 60 * MICROS,
        last_us=whole.start_us + len(whole.reports) * whole.step_s * MICROS - 31 * 60 * MICROS,
        settings=_settings(),
        counters=Counters(
            heard=12_431, counted=12_310, refused=21, repeated=100, reports=1_237, acute=988, recovered=64,
            near_duplicates=310, operator_posts=402,
        ),
        views=views,
        traces=traces,
        regions=(
            RegionCount("31", "DKI Jakarta", 214, 74), RegionCount("31.74", "Jakarta Selatan", 121, 61),
            RegionCount("32", "Jawa Barat", 96, 28), RegionCount("32.73", "Bandung", 52, 28),
            RegionCount("35", "Jawa Timur", 41, 0), RegionCount("73", "Sulawesi Selatan", 33, 19),
            RegionCount("73.71", "Makassar", 30, 19), RegionCount("31.71", "Jakarta Pusat", 22, 3),
            RegionCount("34", "DI Yogyakarta", 18, 0), RegionCount("51", "Bali", 12, 0),
            RegionCount("36.71", "Tangerang", 9, 2), RegionCount("12", "Sumatera Utara", 7, 0),
            RegionCount("91", "Papua", 2, 0),
        ),
        symptoms=(
            SymptomCount("no_internet", 512, 86), SymptomCount("slow", 301, 9), SymptomCount("los_red", 122, 34),
            SymptomCount("intermittent", 88, 4), SymptomCount("billing_quota", 75, 0), SymptomCount("other", 61, 8),
            SymptomCount("destination_unreachable", 40, 2), SymptomCount("none", 38, 0),
        ),
        talks=(
            TalkCount("trouble", 1_237), TalkCount("other", 4_902), TalkCount("price", 2_210),
            TalkCount("purchase", 1_544), TalkCount("care", 903), TalkCount("promotion", 612),
            TalkCount("operator_post", 402), TalkCount("joke", 333), TalkCount("recovery", 64),
            TalkCount("praise", 61), TalkCount("memory", 42),
        ),
        refused=(("time not readable", 14), ("no text", 7)),
        refused_samples=(
            RefusedRow("keluhan_agustus.csv", 812, "time not readable", "kemarin sore; wifi lemot parah"),
            RefusedRow("keluhan_agustus.csv", 4_410, "no text", "2025-08-14 10:22"),
        ),
        notes=(
            (
                "Less than two weeks of history stood before the first finding: its usual level is a guess.",
                "Riwayat sebelum temuan pertama kurang dari dua minggu: kebiasaannya masih taksiran.",
            ),
        ),
        simulated=simulated,
    )  # fmt: skip
