"""Wording: why a finding was raised, in one sentence each in English and Indonesian.

Reports are called reports, never customers; what is not known is not said.
"""

from __future__ import annotations

from typing import Literal

from pulih.model.reading import Symptom

_SYMPTOMS: dict[Symptom, tuple[str, str]] = {
    "no_signal": ("no signal", "tidak ada sinyal"),
    "no_internet": ("no internet", "internet mati"),
    "slow": ("slow internet", "internet lambat"),
    "intermittent": ("a connection that comes and goes", "koneksi putus-nyambung"),
    "call_failure": ("failing calls", "telepon gagal"),
    "sms_failure": ("failing text messages", "SMS gagal"),
    "destination_unreachable": ("some sites out of reach", "sebagian situs tidak bisa dibuka"),
    "app_failure": ("a failing app", "aplikasi bermasalah"),
    "billing_quota": ("bills or quota", "tagihan atau kuota"),
    "los_red": ("a red LOS lamp", "lampu LOS merah"),
}


def sentences(
    *,
    name: str,
    place: str | None,
    reports: int,
    usual: float,
    minutes: int,
    symptom: Symptom | None,
    share: float,
) -> tuple[str, str]:
    """Return why a finding was raised (English, Indonesian).

    Args:
        name: operator as people write it; "" when none is named.
        place: region name, None for the whole country.
        reports: reports from the onset to the alarm.
        usual: how many are usual in that time.
        minutes: length of that time.
        symptom, share: what most reports of the whole outage say, and which share of them.

    >>> sentences(name="Biznet", place=None, reports=9, usual=0.31, minutes=25, symptom=None, share=0)[0]
    '9 reports naming Biznet within 25 minutes, where 0.3 are usual.'
    """
    naming_en = f" naming {name}" if name else ""
    naming_id = f" yang menyebut {name}" if name else ""
    span_en, span_id = _span(minutes)
    where_en, where_id = (f" from {place}", f" dari {place}") if place else ("", "")
    noun = "report" if reports == 1 else "reports"
    english = f"{reports} {noun}{naming_en}{where_en} within {span_en}, where {_usual(usual, 'en')} are usual"
    indonesian = f"{reports} laporan{naming_id}{where_id} dalam {span_id}, padahal biasanya {_usual(usual, 'id')}"
    if symptom in _SYMPTOMS:
        said_en, said_id = _SYMPTOMS[symptom]
        english += f"; over the whole outage {share:.0%} speak of {said_en}"
        indonesian += f"; sepanjang gangguan {share:.0%} menyebut {said_id}"
    return english + ".", indonesian + "."


def _span(minutes: int) -> tuple[str, str]:
    if minutes < 120:
        return f"{minutes} minute{'' if minutes == 1 else 's'}", f"{minutes} menit"
    hours = round(minutes / 60)
    return f"{hours} hours", f"{hours} jam"


def _usual(value: float, language: Literal["en", "id"]) -> str:
    if value < 0.1:
        # A thousandth of a report means no more to a reader than this.
        return "fewer than 0.1" if language == "en" else "kurang dari 0,1"
    written = f"{value:.1f}" if value < 10 else f"{value:.0f}"
    return written if language == "en" else written.replace(".", ",")
