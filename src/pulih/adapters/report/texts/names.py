"""Human names of the fixed values: symptoms, services, kinds of talk, reasons, in English and Indonesian."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pulih.service.wording import SERVICE_TROUBLE, SYMPTOMS

# One row a value: key, English, Indonesian. "trouble.*" is what a sentence says when no symptom is told.
_ROWS: tuple[tuple[str, str, str], ...] = (
    *((f"symptom.{symptom}", english, indonesian) for symptom, (english, indonesian) in SYMPTOMS.items()),
    ("service.mobile_data", "mobile internet", "internet seluler"),
    ("service.mobile_voice", "calls", "telepon"),
    ("service.sms", "text messages", "SMS"),
    ("service.fixed_broadband", "fixed broadband", "internet rumah"),
    ("service.tv", "television", "televisi"),
    ("service.app", "the operator's app", "aplikasi operator"),
    ("service.billing", "billing and quota", "tagihan dan kuota"),
    ("service.any", "not told apart", "tidak dirinci"),
    ("trouble.mobile_data", "trouble with mobile internet", "gangguan internet seluler"),
    ("trouble.mobile_voice", "trouble with calls", "gangguan telepon"),
    ("trouble.sms", "trouble with text messages", "gangguan SMS"),
    ("trouble.fixed_broadband", "trouble with fixed broadband", "gangguan internet rumah"),
    ("trouble.tv", "trouble with television", "gangguan televisi"),
    ("trouble.app", "trouble with the operator's app", "gangguan aplikasi operator"),
    ("trouble.billing", "trouble with billing and quota", "gangguan tagihan dan kuota"),
    ("trouble.any", *SERVICE_TROUBLE),
    ("talk.trouble", "trouble with the service", "gangguan layanan"),
    ("talk.trouble_aside", "trouble of others or too vague", "gangguan orang lain atau terlalu samar"),
    ("talk.recovery", "service that is back", "layanan yang sudah normal"),
    ("talk.price", "prices", "harga"),
    ("talk.purchase", "buying or changing a plan", "pembelian atau penggantian paket"),
    ("talk.joke", "jokes", "lelucon"),
    ("talk.app", "the operator's app", "aplikasi operator"),
    ("talk.care", "customer care", "layanan pengaduan"),
    ("talk.praise", "praise", "pujian"),
    ("talk.operator_post", "posts by operators", "unggahan operator"),
    ("talk.promotion", "adverts and promotions", "iklan dan promosi"),
    ("talk.news", "news", "berita"),
    ("talk.memory", "trouble long past", "gangguan yang sudah lama lewat"),
    ("talk.other", "other things", "hal lain"),
    ("format.JSON lines", "JSON lines", "JSON per baris"),
    ("format.JSON array", "JSON array", "larik JSON"),
    ("format.comma", "comma", "koma"),
    ("format.semicolon", "semicolon", "titik koma"),
    ("format.tab", "tab", "tab"),
    ("format.pipe", "pipe", "garis tegak"),
)

ENGLISH_NAMES: Mapping[str, str] = MappingProxyType({key: english for key, english, _ in _ROWS})
INDONESIAN_NAMES: Mapping[str, str] = MappingProxyType({key: indonesian for key, _, indonesian in _ROWS})
