"""The measures of an incident as rows: permanent id, name, formula, unit, source (docs/measures.md, requirement N1)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from pulih.learn.wording import Pair


class MeasureRow(msgspec.Struct, frozen=True):
    """One measure: permanent id, its name, its formula, its unit, and who defines it."""

    id: str
    name: Pair
    formula: str
    unit: Pair
    source: str


_MIN: Final[Pair] = ("menit", "minutes")
_HOUSE: Final = "this project"
_ROWS: Final = (
    MeasureRow(
        "time_to_detect",
        ("Waktu sampai diketahui", "Time to detect"),
        "detected - onset",
        _MIN,
        "ISO/IEC 20000-1; MTTD of operations",
    ),
    MeasureRow(
        "time_to_acknowledge",
        ("Waktu sampai ditangani orang", "Time to acknowledge"),
        "first act of a person - onset",
        _MIN,
        "ISO/IEC 20000-1; MTTA of operations",
    ),
    MeasureRow(
        "time_to_first_word",
        ("Waktu sampai kabar pertama", "Time to first public word"),
        "first published statement - onset",
        _MIN,
        "Japan MIC 2023 asks 30 minutes; the house 15",
    ),
    MeasureRow(
        "time_to_claim",
        ("Waktu sampai dinyatakan diperbaiki", "Time to claimed repair"),
        "first claimed repair - onset",
        _MIN,
        "TMF656 resolutionDate",
    ),
    MeasureRow(
        "time_to_restore",
        ("Waktu sampai pulih", "Time to restore"),
        "restored - onset",
        _MIN,
        "ITU-T E.800 time to restore",
    ),
    MeasureRow(
        "claim_gap",
        ("Selisih pernyataan diperbaiki dan pulih", "Gap between claimed repair and restoration"),
        "restored - first claimed repair",
        _MIN,
        _HOUSE,
    ),
    MeasureRow(
        "promises_kept",
        ("Janji kabar yang ditepati", "Promises kept"),
        "kept / (kept + broken)",
        ("persen", "percent"),
        "docs/promises.md",
    ),
    MeasureRow(
        "user_minutes",
        ("Menit pengguna", "User-minutes"),
        "sum of users x minutes without service",
        ("menit pengguna", "user-minutes"),
        "47 CFR 4.7; IEEE 1366 customer minutes of interruption",
    ),
    MeasureRow(
        "saidi",
        ("SAIDI", "SAIDI"),
        "sum of r_i N_i / N_T",
        ("menit tiap pelanggan", "minutes per customer served"),
        "IEEE Std 1366, clause 3",
    ),
    MeasureRow(
        "saifi",
        ("SAIFI", "SAIFI"),
        "sum of N_i / N_T",
        ("gangguan tiap pelanggan", "interruptions per customer served"),
        "IEEE Std 1366, clause 3",
    ),
    MeasureRow(
        "caidi",
        ("CAIDI", "CAIDI"),
        "sum of r_i N_i / sum of N_i",
        ("menit tiap pelanggan yang terkena", "minutes per customer hit"),
        "IEEE Std 1366, clause 3",
    ),
    MeasureRow(
        "csat", ("CSAT", "CSAT"), "answers of 4 and 5 / answers, scale 1 to 5", ("persen", "percent"), "ISO 10004"
    ),
    MeasureRow(
        "nps",
        ("NPS", "NPS"),
        "percent of 9 and 10 - percent of 0 to 6, scale 0 to 10",
        ("poin", "points"),
        "Reichheld, The One Number You Need to Grow, 2003",
    ),
    MeasureRow(
        "ces",
        ("CES", "CES"),
        "mean of answers, scale 1 to 7",
        ("rata-rata", "mean"),
        "Dixon, Freeman, Toman, Stop Trying to Delight Your Customers, 2010",
    ),
    MeasureRow(
        "response_rate",
        ("Tingkat jawaban", "Response rate"),
        "answered / asked",
        ("persen", "percent"),
        "AAPOR Standard Definitions, RR1",
    ),
    MeasureRow(
        "excess_reports",
        ("Laporan di atas biasa", "Reports beyond usual"),
        "sum of max(0, reports - usual) from the onset on",
        ("laporan", "reports"),
        _HOUSE,
    ),
    MeasureRow(
        "peak_ratio",
        ("Puncak dibanding biasa", "Peak against usual"),
        "highest (reports / usual) of a window",
        ("kali", "times"),
        _HOUSE,
    ),
    MeasureRow(
        "recovery_time",
        ("Waktu sampai laporan biasa lagi", "Time until reports are usual again"),
        "start of the windows up to the end that are all <= usual + 2 sqrt(usual) + 1, - onset",
        _MIN,
        _HOUSE,
    ),
)
MEASURES: Final[Mapping[str, MeasureRow]] = MappingProxyType({row.id: row for row in _ROWS})
