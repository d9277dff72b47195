"""Names that columns have in real exports, by what they hold, the surest first.

Written the way `plain_name` writes them: small letters, words joined by "_". NAMES are whole names; WORDS
make a longer name probable ("isi_keluhan", "waktu_lapor"); NEVER makes it improbable.
"""

from __future__ import annotations

import re
from typing import Final

NAMES: Final[dict[str, tuple[str, ...]]] = {
    "text": (
        "full_text", "text", "tweet", "tweet_text", "teks", "content", "message", "body", "isi",
        "keluhan", "isi_keluhan", "complaint", "isi_laporan", "isi_pesan", "pesan", "komentar", "comment",
        "review", "review_text", "ulasan", "isi_tweet", "post_text", "description", "deskripsi",
        "uraian", "pengaduan", "aduan", "laporan", "message_text", "raw_text", "clean_text", "reply_text",
        "post", "status", "caption", "title", "judul", "subject",
    ),
    "time": (
        "time_utc", "timestamp_utc", "datetime_utc", "created_at_utc", "created_at", "created",
        "timestamp", "datetime", "date_time", "created_time", "time", "posted_at", "published_at", "date",
        "waktu", "tanggal", "at", "ts", "tgl", "tanggal_waktu", "waktu_lapor", "tanggal_lapor",
        "waktu_posting", "date_created", "create_time", "post_date", "reported_at", "received_at",
        "opened_at", "submitted_at", "event_time", "review_date", "published", "date_utc",
        "tweet_created", "tweet_date", "jam",
    ),
    "author": (
        "author", "author_id", "username", "user_name", "screen_name", "user_screen_name",
        "user_username", "user", "user_id", "user_id_str", "author_username", "author_name", "akun",
        "handle", "account", "pengirim", "sender", "penulis", "reviewer", "pelapor", "reporter", "from",
        "from_user", "pengguna", "nama_pengguna", "nama_akun", "nama", "name",
    ),
    "place": (
        "place", "location", "lokasi", "kota", "city", "kabupaten", "kabupaten_kota", "kota_kabupaten",
        "kab_kota", "area", "daerah", "wilayah", "region", "provinsi", "province", "tempat",
        "place_full_name", "place_name", "user_location", "author_location", "alamat",
        "address", "kecamatan", "district",
    ),
    "native_id": (
        "id_str", "tweet_id", "tweet_id_str", "status_id", "post_id", "native_id", "message_id",
        "comment_id", "review_id", "ticket_id", "complaint_id", "report_id", "id", "uuid", "nomor_tiket",
        "no_tiket", "id_tweet", "id_laporan",
    ),
    "operator": (
        "operator", "isp", "provider", "operator_name", "carrier", "telco", "brand", "network_operator",
        "penyedia", "nama_operator", "merek",
    ),
    "source": ("source", "sumber", "platform", "channel", "kanal", "media", "saluran"),
    # What sort of thing a row is, as the intake has it; another column of that name holds other words.
    "kind": ("kind",),
    "service": ("service",),
    "symptom": ("symptom",),
    # When the author's account was opened: a time, and never that of the text.
    "account": (
        "account_created_at", "account_created", "account_creation_date", "account_created_date",
        "author_created_at", "author_created", "author_account_created_at", "user_created_at", "user_created",
        "user_created_date", "user_account_created_at", "user_joined_at", "user_joined", "user_join_date",
        "author_joined_at", "joined_at", "join_date", "member_since", "user_since", "akun_dibuat",
        "akun_dibuat_pada", "tanggal_akun_dibuat", "tanggal_buat_akun", "tgl_akun_dibuat",
    ),
}  # fmt: skip

WORDS: Final[dict[str, frozenset[str]]] = {
    "text": frozenset(
        {
            "text", "teks", "tweet", "isi", "keluhan", "message", "pesan", "content", "komentar",
            "comment", "review", "ulasan", "body", "description", "deskripsi", "complaint", "pengaduan",
            "aduan", "uraian",
        }
    ),
    "time": frozenset(
        {"time", "date", "datetime", "timestamp", "waktu", "tanggal", "tgl", "created", "posted"}
    ),
    "place": frozenset(
        {"location", "lokasi", "kota", "city", "kabupaten", "wilayah", "daerah", "place", "region"}
    ),
}  # fmt: skip

NEVER: Final = frozenset(
    {
        "id", "ids", "count", "counts", "jumlah", "length", "len", "panjang", "lang", "language",
        "bahasa", "url", "link", "type", "jenis", "source", "sumber", "zone", "zona", "score", "skor",
        "label", "sentiment", "sentimen", "status", "updated", "update", "lat", "lon", "long", "latitude",
        "longitude",
    }
)  # fmt: skip


def plain_name(name: str) -> str:
    """Return a column's name in small letters with its words joined by "_".

    >>> plain_name("createdAt"), plain_name("Waktu (WIB)"), plain_name("user.screen_name")
    ('created_at', 'waktu_wib', 'user_screen_name')
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return "_".join(re.findall(r"\w+", words.replace("_", " ").lower()))
