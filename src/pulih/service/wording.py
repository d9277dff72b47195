"""Wording: the name of each symptom, why a finding was raised and how it stands, in English and Indonesian.

Reports are called reports, never customers; what is not known is not said. The report and the terminal take the
names from here, so that a thing has one name everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from pulih.detect.standing import VOICES_MIN, Standing
from pulih.model.reading import Symptom

SYMPTOMS: Mapping[Symptom, tuple[str, str]] = MappingProxyType(
    {
        "no_signal": ("no signal", "sinyal hilang"),
        "no_internet": ("no internet", "internet mati"),
        "slow": ("slow internet", "internet lambat"),
        "intermittent": ("unstable connections", "koneksi putus-nyambung"),
        "call_failure": ("failing calls", "telepon gagal"),
        "sms_failure": ("failing text messages", "SMS gagal"),
        "destination_unreachable": ("unreachable sites or apps", "sebagian situs atau aplikasi tidak bisa dibuka"),
        "app_failure": ("operator app failures", "aplikasi operator bermasalah"),
        "billing_quota": ("wrong charges or lost quota", "tagihan atau kuota bermasalah"),
        "los_red": ("red LOS lamps", "lampu LOS merah"),
        "other": ("trouble without details", "gangguan tanpa rincian"),
        "none": ("not surely a report", "belum tentu laporan"),
    }
)
# What a headline says where no symptom stands out.
SERVICE_TROUBLE = ("service trouble", "gangguan layanan")


def sentences(
    *,
    name: str,
    place: str | None,
    reports: int,
    usual: float,
    minutes: int,
    symptom: Symptom | None,
    told: tuple[int, int] = (0, 0),
) -> tuple[str, str]:
    """Return why a finding was raised (English, Indonesian).

    Args:
        name: operator as people write it; "" when none is named.
        place: region name, None for the whole country.
        reports: reports from the onset to the alarm.
        usual: how many are usual in that time.
        minutes: length of that time.
        symptom, told: what most reports of the whole outage say, how many of them do, and of how many.

    >>> sentences(name="Biznet", place=None, reports=9, usual=0.31, minutes=25, symptom=None)[0]
    '9 reports naming Biznet within 25 minutes, where fewer than one is usual.'
    >>> sentences(name="", place=None, reports=9, usual=2.2, minutes=180, symptom="slow", told=(7, 9))[1]
    '9 laporan dalam 3 jam, padahal biasanya sekitar 2; sepanjang gangguan, 7 dari 9 menyebut internet lambat.'
    """
    naming_en = f" naming {name}" if name else ""
    naming_id = f" yang menyebut {name}" if name else ""
    span_en, span_id = _span(minutes)
    where_en, where_id = (f" from {place}", f" dari {place}") if place else ("", "")
    noun = "report" if reports == 1 else "reports"
    english = f"{_number(reports, 'en')} {noun}{naming_en}{where_en} within {span_en}, where {_usual_en(usual)} usual"
    indonesian = (
        f"{_number(reports, 'id')} laporan{naming_id}{where_id} dalam {span_id}, padahal biasanya {_usual_id(usual)}"
    )
    if symptom is not None:
        said_en, said_id = SYMPTOMS[symptom]
        some, of = told
        english += f"; over the whole outage {_number(some, 'en')} of {_number(of, 'en')} tell of {said_en}"
        indonesian += f"; sepanjang gangguan, {_number(some, 'id')} dari {_number(of, 'id')} menyebut {said_id}"
    return english + ".", indonesian + "."


def standing_sentences(standing: Standing) -> tuple[str, str]:
    """Return why a finding stands as it does (English, Indonesian).

    >>> hoax = Standing(level="suspected", reports=900, copies=870, busy=0, doubtful=0, voices=8, anonymous=0)
    >>> standing_sentences(hoax)[0]
    '30 of 900 reports seem independent (870 copies); a few hands may be behind it.'
    """
    others = (standing.copies, standing.busy, standing.doubtful)
    own = standing.reports - sum(others)
    english = f"{_number(own, 'en')} of {_number(standing.reports, 'en')} reports seem independent"
    indonesian = f"{_number(own, 'id')} dari {_number(standing.reports, 'id')} laporan tampak ditulis sendiri-sendiri"
    if any(others):
        named = [row for row in zip(others, _OTHERS, strict=True) if row[0]]
        english += f" ({', '.join(_number(count, 'en') + one for count, (one, _) in named)})"
        indonesian += f" ({', '.join(_number(count, 'id') + one for count, (_, one) in named)})"
    if standing.level == "suspected":
        ending = _FEW_PEOPLE if standing.voices < VOICES_MIN else _FEW_HANDS
    else:
        ending = _NOBODY_KNOWN if standing.anonymous == own else ("", "")
    return f"{english}{ending[0]}.", f"{indonesian}{ending[1]}."


_OTHERS = (
    (" copies", " salinan"),
    (" by authors who report again and again", " dari penulis yang melapor berulang kali"),
    (" by accounts that are new or advertise", " dari akun yang baru dibuat atau beriklan"),
)
_FEW_PEOPLE = ("; fewer than three people seem to be behind it", "; penulisnya tampaknya kurang dari tiga orang")
_FEW_HANDS = ("; a few hands may be behind it", "; bisa jadi ini ulah segelintir orang")
_NOBODY_KNOWN = (
    "; the authors are not known, so short texts of one hand could not be told apart",
    "; penulisnya tidak diketahui, jadi teks pendek dari satu orang tidak dapat dibedakan",
)


def _span(minutes: int) -> tuple[str, str]:
    if minutes < 120:
        return f"{minutes} minute{'' if minutes == 1 else 's'}", f"{minutes} menit"
    hours = round(minutes / 60)
    return f"{hours} hours", f"{hours} jam"


def _usual_en(value: float) -> str:
    # A fraction of a report means no more to a reader than this.
    if round(value) < 1:
        return "fewer than one is"
    return "about one is" if round(value) == 1 else f"about {_number(round(value), 'en')} are"


def _usual_id(value: float) -> str:
    return "kurang dari satu" if round(value) < 1 else f"sekitar {_number(round(value), 'id')}"


def _number(value: int, language: Literal["en", "id"]) -> str:
    written = f"{value:,}"
    return written if language == "en" else written.replace(",", ".")
