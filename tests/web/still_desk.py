"""A live desk that stands still: the numbers of one outage at one moment, so that pages can be looked at.

The outage is that of 3 October 2025, as far as reports tell it: Smartfren, mobile internet, from 08:48 WIB.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from pulih.model.clock import MICROS, to_micros
from pulih.model.errors import RefusedInput
from pulih.model.finding import Finding, Phrase, Voice
from pulih.ports.intake import SourceCount
from pulih.service.live.desk import LiveDesk
from pulih.service.view import FilterNow, OperatorNow, Reason, RegionNow, Series, Side, SourceNow, Verdict

WIB = ZoneInfo("Asia/Jakarta")
MINUTE_US = 60 * MICROS


def at(hour: int, minute: int) -> int:
    """Return a moment of the day, in WIB."""
    return to_micros(datetime(2025, 10, 3, hour, minute, tzinfo=WIB))


ONSET_US = at(8, 48)
ALARM_US = at(8, 53)
NOW_US = at(8, 57)


def finding(key: str, region: str, name: str, nats: float, *, signals: int, service: str = "mobile_data") -> Finding:
    """Return a finding of the outage in one region."""
    return Finding(
        id=key, incident="i1", operator="smartfren", operator_name="Smartfren", service=service, symptom="no_internet",
        region=region, region_name=name, onset_us=ONSET_US, alarm_us=ALARM_US, peak_us=None, cleared_us=None,
        signals=signals, expected=9.0, evidence_nats=nats, false_alarms_per_week=1.0,
        phrases=(Phrase("sinyal ada internet mati", 214), Phrase("tiba-tiba tidak bisa dipakai", 96)),
        why=f"{signals} reports naming Smartfren from {name} within 9 minutes, where about 9 are usual.",
        mengapa=f"{signals} laporan yang menyebut Smartfren dari {name} dalam 9 menit, padahal biasanya sekitar 9.",
        standing="likely", standing_why="371 of 412 reports seem independent (41 copies).",
        standing_mengapa="371 dari 412 laporan tampak ditulis sendiri-sendiri (41 salinan).",
    )  # fmt: skip


JAKARTA = finding("f-jakarta", "31", "Jakarta", 214.0, signals=290)
WEST_JAVA = finding("f-jabar", "32", "Jawa Barat", 96.0, signals=122)
MAKASSAR = Finding(
    id="f-biznet", incident="i2", operator="biznet", operator_name="Biznet", service="fixed_broadband",
    symptom="los_red", region="73.71", region_name="Kota Makassar", onset_us=at(7, 30), alarm_us=at(7, 52),
    peak_us=None, cleared_us=None, signals=14, expected=0.6, evidence_nats=11.0, false_alarms_per_week=1.0,
    why="14 reports naming Biznet from Kota Makassar within 22 minutes, where fewer than one is usual.",
    mengapa="14 laporan yang menyebut Biznet dari Kota Makassar dalam 22 menit, padahal biasanya kurang dari satu.",
)  # fmt: skip


def reason(side: Side, indonesian: str, english: str, nats: float = 0.0) -> Reason:
    return Reason(side=side, text_id=indonesian, text_en=english, nats=nats)


VERDICT = Verdict(
    certainty="high",
    reasons=(
        reason("for", "412 laporan dalam 9 menit, biasanya 9", "412 reports in 9 minutes, 9 usual", 214.0),
        reason("for", "61 % menyebut “sinyal ada, data mati”", "61 % say “signal, but no data”", 38.0),
        reason("for", "12 dari 14 titik ukur gagal", "12 of 14 probes fail", 21.0),
        reason("against", "XL dan Telkomsel seperti biasa", "XL and Telkomsel as usual"),
        reason("unknown", "Alarm jaringan: sumbernya diam", "Network alarms: the source is silent"),
    ),
)  # fmt: skip
_SHARE = {"31": 0.62, "32": 0.24, "36": 0.07, "33": 0.02, "35": 0.02, "12": 0.01, "51": 0.01, "73": 0.01}
_NAMES = {"31": "Jakarta", "32": "Jawa Barat", "36": "Banten", "33": "Jawa Tengah", "35": "Jawa Timur",
          "12": "Sumatera Utara", "51": "Bali", "73": "Sulawesi Selatan"}  # fmt: skip


# One filter of a source is silent while the source itself is not.
FILTERS = (
    FilterNow(name="smartfren", last_us=NOW_US, usual_gap_s=240.0, liveness="live"),
    FilterNow(name="axis", last_us=NOW_US - 90 * MINUTE_US, usual_gap_s=600.0, liveness="silent"),
    FilterNow(name="by.u", last_us=None, usual_gap_s=None, liveness="unknown"),
)


class StillDesk(LiveDesk):
    """Implements the facade with fixed answers; `tell` calls whoever listens."""

    def __init__(self, findings: tuple[Finding, ...] = (JAKARTA, WEST_JAVA, MAKASSAR)) -> None:
        self.kept = {one.id: one for one in findings}
        self.listeners: list[Callable[[], None]] = []
        self.extra = 0
        self.heard_of: tuple[SourceNow, ...] = ()

    def findings(self, *, open_only: bool = True) -> list[Finding]:
        return list(self.kept.values())

    def finding(self, finding_id: str) -> Finding | None:
        return self.kept.get(finding_id)

    def series(self, operator: str, region: str, start_us: int, end_us: int, *, step_s: int = 300) -> Series:
        chance = random.Random(7)
        windows = (end_us - start_us) // (step_s * MICROS)
        expected, counts = [], []
        for index in range(windows):
            at_us = start_us + index * step_s * MICROS
            usual = 0.15 * step_s / 60
            since_min = (at_us - ONSET_US) / MINUTE_US
            lift = 70 * (1 - math.exp(-since_min / 6)) * step_s / 60 if since_min >= 0 and self.kept else 0.0
            expected.append(usual)
            counts.append(
                float(round(chance.gauss(lift, math.sqrt(lift)) if lift else chance.random() < usual) + self.extra)
            )
        return Series(
            operator=operator, region=region, start_us=start_us, step_s=step_s, counts=tuple(counts),
            expected=tuple(expected), alarm_at=(8.0 * step_s / 60,) * windows,
        )  # fmt: skip

    def regions(self, operator: str, start_us: int, end_us: int) -> list[RegionNow]:
        if operator != "smartfren":
            return []
        open_in = {"31": "f-jakarta", "32": "f-jabar"}
        return [
            RegionNow(
                code=code,
                name=_NAMES[code],
                parent="",
                reports=round(412 * share),
                usual=9 * share,
                finding=open_in.get(code, ""),
            )
            for code, share in _SHARE.items()
        ]

    def operators(self) -> list[OperatorNow]:
        return [
            OperatorNow(operator="smartfren", name="Smartfren", reports=412 + self.extra, usual=9.0,
                        services=(("mobile_data", 301), ("any", 90)), symptoms=(("no_internet", 251), ("slow", 31)),
                        findings=("f-jakarta", "f-jabar")),
            OperatorNow(operator="biznet", name="Biznet", reports=14, usual=0.6, services=(("fixed_broadband", 12),),
                        symptoms=(("los_red", 9),), findings=("f-biznet",)),
            OperatorNow(operator="xl", name="XL", reports=11, usual=10.2, services=(("mobile_data", 6),)),
            OperatorNow(operator="telkomsel", name="Telkomsel", reports=21, usual=24.0),
        ]  # fmt: skip

    def sources(self) -> list[SourceNow]:
        return [
            SourceNow(source="x", heard=12_431, counted=12_310, refused=21, repeated=100, late=0, last_heard_us=NOW_US,
                      usual_gap_s=4.0, liveness="live", filters=FILTERS),
            SourceNow(source="call-centre", heard=310, counted=310, refused=0, repeated=0, late=0,
                      last_heard_us=NOW_US - 40 * MINUTE_US, usual_gap_s=240.0, liveness="silent"),
            SourceNow(source="alertmanager", heard=0, counted=0, refused=0, repeated=0, late=0, last_heard_us=None,
                      usual_gap_s=None, liveness="unknown"),
            *self.heard_of,
        ]  # fmt: skip

    def hours(self, source: str, since_us: int) -> dict[int, int]:
        hour_us = 60 * MINUTE_US
        return {NOW_US // hour_us * hour_us - hour_us: 41, NOW_US // hour_us * hour_us: 7} if source != "zammad" else {}

    def counters(self) -> SourceCount:
        return SourceCount("", heard=12_741, counted=12_620, refused=21, repeated=100, late=0, last_heard_us=NOW_US)

    def verdict(self, finding_id: str) -> Verdict:
        if finding_id not in self.kept:
            raise RefusedInput(f"There is no finding {finding_id}.")
        return VERDICT if finding_id != "f-biznet" else Verdict(certainty="medium", reasons=VERDICT.reasons[:1])

    def voices(self, finding_id: str) -> tuple[Voice, ...]:
        return (
            Voice(at(8, 49), "sinyal bagus, tapi tiba-tiba internet tidak bisa dipakai", 1.0),
            Voice(at(8, 51), "smartfren kenapa ya dari tadi ga bisa buka apa2 <b>", 0.8),
        )

    def on_change(self, listener: Callable[[], None]) -> None:
        self.listeners.append(listener)

    def more(self, reports: int) -> None:
        """Hear more reports, and say so."""
        self.extra += reports
        for listener in self.listeners:
            listener()
