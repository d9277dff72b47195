"""Chat commands: how somebody subscribes and ends it by writing to the desk's bot, and what they are answered.

Few words, in both languages, and forgiving: with or without a stroke, in any case. Whatever else is written is no
command, and answered with how it goes. `BERHENTI` and `STOP` end it whatever stands behind them: who wants to end must
not fail for a point at the end.
"""

from __future__ import annotations

import re
from typing import Final, Literal

import msgspec

from pulih.communicate.addresses import Language
from pulih.communicate.speech import Pair

CommandKind = Literal["start", "stop"]
_START: Final = re.compile(
    r"/?(?:start|mulai|daftar|langganan|subscribe)(?:@\w+)?(?:[\s:,]+(?P<place>.+))?", re.IGNORECASE | re.DOTALL
)
_STOP: Final = re.compile(r"/?(?:stop|berhenti|unsubscribe)(?:@\w+)?\b.*", re.IGNORECASE | re.DOTALL)
_PLACE_MAX: Final = 80
_ENGLISH: Final = re.compile(r"/?(?:start|subscribe|unsubscribe)\b.*", re.IGNORECASE | re.DOTALL)


class Command(msgspec.Struct, frozen=True):
    """What somebody asks for: to be told of a place ("" everywhere), or no more."""

    kind: CommandKind
    place: str = ""


def read_command(text: str) -> Command | None:
    """Return what a message asks for, None when it is no command.

    >>> read_command("/start Jakarta Selatan"), read_command("MULAI")
    (Command(kind='start', place='Jakarta Selatan'), Command(kind='start', place=''))
    >>> read_command("Stop."), read_command("sinyal mati")
    (Command(kind='stop', place=''), None)
    """
    written = text.strip()
    if _STOP.fullmatch(written):
        return Command("stop")
    found = _START.fullmatch(written)
    if found is None:
        return None
    return Command("start", " ".join((found["place"] or "").split())[:_PLACE_MAX])


def language_of(text: str) -> Language:
    """Return the language of a command where its writer's is not known: that of the word, Indonesian for all else.

    >>> language_of("START Bandung"), language_of("MULAI Bandung"), language_of("stop")
    ('en', 'id', 'id')
    """
    return "en" if _ENGLISH.fullmatch(text.strip()) else "id"


def started(place: str) -> Pair:
    """Return the answer to who subscribed; `place` is the region's name, "" everywhere."""
    if not place:
        return (
            "Anda akan menerima kabar semua gangguan. Untuk satu daerah saja, kirim misalnya: MULAI Jakarta Selatan. "
            "Untuk berhenti, kirim: BERHENTI.",
            "You will be told of all outages. For one place only, send for example: START Jakarta Selatan. "
            "To end it, send: STOP.",
        )
    return (
        f"Anda akan menerima kabar gangguan di {place}. Untuk daerah lain, kirim MULAI dan nama daerahnya. "
        "Untuk berhenti, kirim: BERHENTI.",
        f"You will be told of outages in {place}. For another place, send START and its name. To end it, send: STOP.",
    )


def ended() -> Pair:
    """Return the answer to who ended it, whether they had subscribed or not."""
    return (
        "Anda tidak akan menerima kabar lagi, dan alamat obrolan ini sudah kami hapus. Untuk mulai lagi, kirim: MULAI.",
        "You will be told no more, and we have deleted this chat's address. To begin again, send: START.",
    )


def unknown_place(place: str) -> Pair:
    """Return the answer to who named a place that nobody knows."""
    return (
        f"Kami tidak mengenal daerah “{place}”. Kirim nama provinsi, kabupaten atau kota: MULAI Kota Bandung.",
        f"We do not know the place “{place}”. Send the name of a province, regency or city: START Kota Bandung.",
    )


def usage(desk: str) -> Pair:
    """Return the answer to what is no command."""
    return (
        f"Ini bot kabar gangguan dari {desk}. Kirim MULAI dan nama daerah Anda untuk menerima kabar, BERHENTI untuk "
        "berhenti. Laporan gangguan tidak dibaca di sini.",
        f"This bot tells of outages for {desk}. Send START and the name of your place to be told, STOP to end it. "
        "Reports of trouble are not read here.",
    )
