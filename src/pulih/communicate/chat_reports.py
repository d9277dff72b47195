"""Chat reports: what somebody is answered who reports trouble in a chat, and how they say that it is over.

A chat in which trouble is reported is read as people write: only what is nothing but "it works again" is taken as that,
so that "normalnya cepat, sekarang mati" stays a report.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from pulih.communicate.addresses import Language
from pulih.communicate.speech import Pair

_BACK: Final = re.compile(
    r"/?(?:(?:(?:su)?dah|udah|udh|sdh)\s+)?(?:normal|pulih|nyala|back|works|working)"
    r"(?:\s+(?:lagi|kembali|again|now|sekarang))?(?:\s+(?:di|in)\s+(?P<place>\w+(?:\s+\w+){0,3}))?\s*[.!]*",
    re.IGNORECASE,
)
_PLACE_MAX: Final = 80


class Back(msgspec.Struct, frozen=True):
    """Somebody says that it works again, in a place ("" = where they reported)."""

    place: str = ""


def read_back(text: str) -> Back | None:
    """Return what somebody says who says that it works again, None for all else.

    >>> read_back("NORMAL"), read_back("sudah normal lagi di Kota Bandung.")
    (Back(place=''), Back(place='Kota Bandung'))
    >>> read_back("normalnya cepat, sekarang mati")
    """
    found = _BACK.fullmatch(text.strip())
    return None if found is None else Back((found["place"] or "")[:_PLACE_MAX])


def reported() -> Pair:
    """Return the answer to who reported trouble."""
    return (
        "Terima kasih, laporan Anda sudah kami terima. Kalau layanan sudah normal lagi, kirim: NORMAL. Untuk menerima "
        "kabar gangguan, kirim MULAI dan nama daerah Anda.",
        "Thank you, we have your report. When it works again, send: BACK. To be told of outages, send START and the "
        "name of your place.",
    )


class AskWords(msgspec.Struct, frozen=True):
    """The question whether it works again, and what stands on its two buttons."""

    text: str
    yes: str
    no: str


def ask_words(operator: str, language: Language) -> AskWords:
    """Return the question for who reported trouble with an operator whose repair is claimed.

    >>> ask_words("Biznet", "id").yes
    'Sudah normal'
    """
    if language == "en":
        return AskWords(
            f"You told us of trouble with {operator}. A repair was reported. Does it work again for you? We ask only "
            "once. No more questions? Send: STOP.",
            "It works again",
            "Still broken",
        )
    return AskWords(
        f"Anda melaporkan gangguan {operator}. Perbaikannya sudah dinyatakan selesai. Sudah normal lagi? "
        "Kami hanya bertanya sekali. Tidak mau ditanya? Kirim: BERHENTI.",
        "Sudah normal",
        "Belum normal",
    )


def asked_later() -> Pair:
    """Return what is added to the thanks where people are asked when a repair is claimed."""
    return (
        " Saat perbaikan dinyatakan selesai, kami bertanya sekali di sini apakah sudah normal lagi; kalau tidak mau "
        "ditanya, kirim: BERHENTI.",
        " When a repair is reported we ask here, once, whether it works again; if you want no question, send: STOP.",
    )


def noted_answer(*, back: bool) -> Pair:
    """Return the answer to who pressed a button of the question."""
    if back:
        return noted_back()
    return (
        "Terima kasih. Kami catat bahwa layanan Anda belum normal.",
        "Thank you. We have noted that it is still broken for you.",
    )


def not_asked() -> Pair:
    """Return the answer to who wants no question."""
    return (
        "Baik, kami tidak akan bertanya lagi, dan alamat obrolan ini sudah kami hapus. Laporan Anda tetap kami baca.",
        "All right, we will not ask again, and have deleted this chat's address. We still read what you report.",
    )


def noted_back() -> Pair:
    """Return the answer to who says that it works again."""
    return (
        "Terima kasih. Kami catat bahwa layanan Anda sudah normal lagi.",
        "Thank you. We have noted that it works again for you.",
    )


def how_to_report() -> Pair:
    """Return the answer to who begins to talk with a bot to which trouble is reported."""
    return (
        "Tulis apa yang tidak berfungsi, operatornya, dan daerahnya, misalnya: internet Biznet di Tebet mati sejak "
        "pagi.",
        "Write what does not work, with the operator and the place, for example: Biznet internet in Tebet has been "
        "down since the morning.",
    )
