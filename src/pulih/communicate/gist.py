"""The gist of a word: its facts in sentences short enough for a phone's first line, in both languages.

A statement that is cut off says something else than the desk did. So what is short is worded anew from the same facts:
what, where, how it stands, whether help can be called, what works, when the next word comes. It says no more than the
statement, and leads to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from pulih.communicate.speech import Pair, Speech
from pulih.communicate.trouble import PLACES_MAX, broken, places_of, services_named
from pulih.communicate.turns import back_again, turn_words
from pulih.model.bulletin import PublicIncident, PublicScope, Turn, Word
from pulih.model.clock import from_micros
from pulih.model.reading import Service
from pulih.model.scope import Scope

_MONTHS: Final[tuple[Pair, ...]] = (
    ("Jan", "Jan"), ("Feb", "Feb"), ("Mar", "Mar"), ("Apr", "Apr"), ("Mei", "May"), ("Jun", "Jun"),
    ("Jul", "Jul"), ("Agu", "Aug"), ("Sep", "Sep"), ("Okt", "Oct"), ("Nov", "Nov"), ("Des", "Dec"),
)  # fmt: skip
_OVER: Final = frozenset({"resolved", "postmortem"})
# Trouble with these alone stops nobody from calling for help.
_NO_CALLS: Final[frozenset[Service]] = frozenset({"tv", "app", "billing"})
_NO_HELP: Final[Pair] = (
    "112, 110, 119 tidak tersambung lewat layanan ini; pakai operator lain.",
    "112, 110, 119 cannot be reached over this service; use another operator.",
)
_NO_HELP_SHORT: Final[Pair] = (
    "112 tidak tersambung: pakai operator lain.",
    "112 cannot be reached: use another operator.",
)
_HELP: Final[Pair] = ("112, 110, 119 dapat dihubungi.", "112, 110, 119 can be reached.")
_NOTHING: Final[Pair] = ("", "")


class Gist(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of a word, each a sentence in both languages, ("", "") where there is nothing to say.

    Attributes:
        headline: what, where, how it stands; without a full stop. `short` the same with fewer places named;
            `least` without places and without what exactly is broken, for very many kinds of trouble.
        since: since when, or from when to when; follows a headline.
        danger: that help cannot be called over it; comes first. `danger_short` the same in fewer words.
        help: that it can, when somebody made sure.
        working: what still works. `next_word`: until when the next word comes; `next_short` in fewer words.
        signed: who speaks. `said`: when.
        back: that it goes on again after it had been said to be over; what has room says it before the statement.
    """

    headline: Pair
    short: Pair
    least: Pair
    since: Pair
    danger: Pair
    danger_short: Pair
    help: Pair
    working: Pair
    next_word: Pair
    next_short: Pair
    signed: Pair
    said: Pair
    back: Pair = _NOTHING


def gist_of(incident: PublicIncident, word: Word, speech: Speech) -> Gist:
    """Return the gist of a word.

    Args:
        incident: as the public knows it once the word is said.
        word: what was said; what it narrows to regions or services, the gist does too.
        speech: how the desk speaks.
    """
    over = incident.retracted or (word.stage in _OVER)
    calls = not over and any(scope.service not in _NO_CALLS for scope in incident.scopes)
    failing = calls and incident.emergency_calls == "not_reachable"
    by_us = word.next_update_by_us
    next_word = short_moment(by_us, speech, now_us=word.published_us) if by_us is not None else _NOTHING
    return Gist(
        headline=_headline(incident, word, speech),
        # One more place by name may be shorter than that there is one more.
        short=min((_headline(incident, word, speech, most=most) for most in (1, 2)), key=lambda one: len(one[0])),
        least=_headline(_without_details(incident), msgspec.structs.replace(word, regions=()), speech),
        since=_since(incident, word, speech),
        danger=_NO_HELP if failing else _NOTHING,
        danger_short=_NO_HELP_SHORT if failing else _NOTHING,
        help=_HELP if calls and incident.emergency_calls == "reachable" else _NOTHING,
        working=_working(incident) if not over else _NOTHING,
        next_word=(f"Kabar berikutnya paling lambat {next_word[0]}.", f"Next update by {next_word[1]}.")
        if by_us is not None
        else _NOTHING,
        next_short=(f"Kabar lagi sebelum {next_word[0]}.", f"Next update by {next_word[1]}.")
        if by_us is not None
        else _NOTHING,
        signed=(signature(word), signature(word)),
        said=short_moment(word.published_us, speech, now_us=word.published_us),
        back=turn_words(turn, speech) if (turn := _turn(incident, word)) is not None else _NOTHING,
    )


def signature(word: Word) -> str:
    """Return who speaks, by name and office.

    >>> word = Word(id="n1", number=1, kind="update", stage="identified", published_us=0, text_id="a", text_en="b")
    >>> signature(msgspec.structs.replace(word, speaker="Sari Wulandari", office="Direktur Jaringan"))
    'Sari Wulandari, Direktur Jaringan'
    """
    return ", ".join(part for part in (word.speaker, word.office) if part)


def short_moment(at_us: int, speech: Speech, *, now_us: int) -> Pair:
    """Name a moment in few characters: the time with its zone, and the day where it is not today's.

    >>> from zoneinfo import ZoneInfo
    >>> short_moment(0, Speech(zone=ZoneInfo("Asia/Jakarta")), now_us=0)
    ('07.00 WIB', '07:00 WIB')
    """
    local = from_micros(at_us).astimezone(speech.zone)
    clock = f"{local:%H.%M} {local:%Z}", f"{local:%H:%M} {local:%Z}"
    if local.date() == from_micros(now_us).astimezone(speech.zone).date():
        return clock
    month = _MONTHS[local.month - 1]
    return f"{local.day} {month[0]}, {clock[0]}", f"{local.day} {month[1]}, {clock[1]}"


def _turn(incident: PublicIncident, word: Word) -> Turn | None:
    """Return the turn by which it was taken up again before a word, None where it was not, or the word ends it."""
    turn = back_again(incident)
    return turn if turn is not None and turn.at_us <= word.published_us and word.stage not in _OVER else None


def _without_details(incident: PublicIncident) -> PublicIncident:
    plain = dict.fromkeys(PublicScope(stage=one.stage, service=one.service) for one in incident.scopes)
    return msgspec.structs.replace(incident, scopes=tuple(plain))


def _headline(incident: PublicIncident, word: Word, speech: Speech, *, most: int = PLACES_MAX) -> Pair:
    name = speech.operators.get(incident.operator, incident.operator)
    scopes = _about(incident, word)
    if incident.retracted:
        return _retracted(name, scopes, speech, most)
    plain = _standing(incident, word, scopes, name, speech=speech, most=most)
    if word.kind == "correction":
        return f"Koreksi. {plain[0]}", f"Correction. {plain[1]}"
    return plain


def _standing(
    incident: PublicIncident, word: Word, scopes: Sequence[PublicScope], name: str, *, speech: Speech, most: int
) -> Pair:
    """Say how it stands: restored (in part), repaired and being checked, disrupted, or only suspected."""
    restored = [one for one in scopes if one.stage in _OVER]
    checked = [one for one in scopes if one.stage == "monitoring"]
    rest = [one for one in scopes if one.stage not in _OVER]
    if word.kind == "restored" or word.stage in _OVER:
        return _restored(name, restored or scopes, [] if word.stage in _OVER else rest, (speech, most))
    if word.kind == "fixed" or (checked and len(checked) == len(rest)):
        return _repaired(name, checked or scopes, speech, most)
    if not scopes:
        return incident.title_id, incident.title_en
    what = broken(_plain(rest or scopes), speech, most=most)
    sure = incident.confirmed_us is not None and incident.confirmed_us <= word.published_us
    head = ("Gangguan", "disruption") if sure else ("Dugaan gangguan", "disruption suspected")
    alone = "Disruption" if sure else "Disruption suspected"
    if (turn := _turn(incident, word)) is not None and turn.was != "monitoring":
        head, alone = ("Gangguan kembali", "disruption is back"), "Disruption is back"
    return (
        f"{head[0]} {name}: {what[0]}" if name else f"{head[0]}: {what[0]}",
        f"{name} {head[1]}: {what[1]}" if name else f"{alone}: {what[1]}",
    )


def _restored(name: str, back: Sequence[PublicScope], rest: Sequence[PublicScope], how: tuple[Speech, int]) -> Pair:
    what = _named(name, back, *how)
    if not rest:
        return f"Sudah pulih: {what[0]}", f"Restored: {what[1]}"
    speech, most = how
    still = broken(_plain(rest), speech, most=most)
    return (
        f"Pulih sebagian: {what[0]}. Belum pulih: {still[0]}",
        f"Partly restored: {what[1]}. Not yet restored: {still[1]}",
    )


def _repaired(name: str, scopes: Sequence[PublicScope], speech: Speech, most: int) -> Pair:
    what = _named(name, scopes, speech, most)
    return (
        f"Perbaikan {what[0]} dinyatakan selesai; hasilnya sedang diperiksa",
        f"Repair of {what[1]} reported complete; the result is being checked",
    )


def _retracted(name: str, scopes: Sequence[PublicScope], speech: Speech, most: int) -> Pair:
    what = _named(name, scopes, speech, most)
    return (
        f"Koreksi: setelah diperiksa, tidak ada gangguan {what[0]}",
        f"Correction: after checking, there was no disruption to {what[1]}",
    )


def _named(name: str, scopes: Sequence[PublicScope], speech: Speech, most: int) -> Pair:
    """Name services, whose, and where: "internet seluler XL di DKI Jakarta"."""
    service = services_named(one.service for one in scopes)
    place = places_of((one.region for one in scopes), speech, most=most)
    return (
        f"{service[0]} {name}{place[0]}" if name else f"{service[0]}{place[0]}",
        f"{name} {service[1].removeprefix('the ')}{place[1]}" if name else f"{service[1]}{place[1]}",
    )


def _about(incident: PublicIncident, word: Word) -> list[PublicScope]:
    """Return the scopes that a word is about, all where it names none of them."""
    kept = [
        one
        for one in incident.scopes
        if (not word.regions or one.region in word.regions) and (not word.services or one.service in word.services)
    ]
    return kept or list(incident.scopes)


def _plain(scopes: Sequence[PublicScope]) -> list[Scope]:
    return [Scope(service=one.service, symptom=one.symptom, region=one.region) for one in scopes]


def _since(incident: PublicIncident, word: Word, speech: Speech) -> Pair:
    begun = short_moment(incident.onset_us, speech, now_us=word.published_us)
    # "The repair is reported complete since ..." would be said of the wrong moment.
    if incident.retracted or word.kind == "fixed" or word.stage == "monitoring":
        return _NOTHING
    if word.stage in _OVER and incident.ended_us is not None:
        ended = short_moment(incident.ended_us, speech, now_us=word.published_us)
        zone = f"{from_micros(incident.onset_us).astimezone(speech.zone): %Z}"
        return (
            f"dari {begun[0].removesuffix(zone)} sampai {ended[0]}",
            f"from {begun[1].removesuffix(zone)} until {ended[1]}",
        )
    return f"sejak {begun[0]}", f"since {begun[1]}"


def _working(incident: PublicIncident) -> Pair:
    if not incident.alternatives_id:
        return _NOTHING
    return (
        f"Masih bisa: {incident.alternatives_id.rstrip('.')}.",
        f"Still working: {incident.alternatives_en.rstrip('.')}.",
    )
