"""Drafts the holding statement: the first public word, which says what is known before anybody knows why.

It is approved beforehand in this wording, so that one person on duty can send it within a minute. It says what, where,
since when, what still works, whether emergency calls go through, and when the next word comes. Approved is what the
desk words from its own tables: names that it knows, times, choices; never a sentence that somebody typed. Before an
outage is confirmed it speaks of reports that name the operator, and of a suspicion; never of a fault.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from pulih.communicate.help import with_help
from pulih.communicate.speech import Draft, Pair, Speech, joined, moment
from pulih.communicate.trouble import details_of, operator_of, what_is_broken
from pulih.model.clock import MICROS
from pulih.model.incident import Incident

# A promise names a time that people can remember.
_ROUND_US: Final = 5 * 60 * MICROS


def holding(incident: Incident, speech: Speech, *, now_us: int, next_update_by_us: int | None = None) -> Draft:
    """Return a draft of the holding statement.

    Args:
        incident: suspected or confirmed.
        speech: how the desk speaks.
        now_us: when it is drafted.
        next_update_by_us: until when the next word is promised; None proposes half an hour from now.
    """
    by_us = promise_us(now_us, 30) if next_update_by_us is None else next_update_by_us
    confirmed = any(part.state == "confirmed" for part in incident.scopes)
    told = _confirmed(incident, speech, now_us) if confirmed else _suspected(incident, speech, now_us)
    text = joined([*with_help(told, incident), next_word(by_us, speech, now_us=now_us)])
    return Draft(kind="holding", text_id=text[0], text_en=text[1], next_update_by_us=by_us)


def approved(incident: Incident, speech: Speech, *, now_us: int, next_update_by_us: int | None = None) -> Draft | None:
    """Return the holding statement in which no word is anybody's own; None where operator or place has no known name.

    What still works is typed by people, and so is the name of an operator or a place that is in no catalogue.

    Args:
        incident: suspected or confirmed.
        speech: how the desk speaks.
        now_us: when it is drafted.
        next_update_by_us: until when the next word is promised; None proposes half an hour from now.

    >>> from datetime import UTC
    >>> one = Incident(id="a", version=1, opened_us=0, onset_us=0, operator="CALL 0800", scopes=())
    >>> approved(one, Speech(zone=UTC, operators={"xl": "XL"}), now_us=0) is None
    True
    """
    regions = {part.scope.region for part in incident.scopes if part.scope.region}
    if not regions <= speech.regions.keys() or (incident.operator and incident.operator not in speech.operators):
        return None
    plain = replace(incident, alternatives_id="", alternatives_en="")
    return holding(plain, speech, now_us=now_us, next_update_by_us=next_update_by_us)


def is_as_approved(draft: Draft, incident: Incident, speech: Speech, *, now_us: int) -> bool:
    """Tell whether a statement says, word for word in both languages, what was approved beforehand for an incident.

    How its lines are broken makes no difference. A statement that promises no next word is none of these.

    >>> from datetime import UTC
    >>> one = Incident(id="a", version=1, opened_us=0, onset_us=0, operator="", scopes=())
    >>> draft = holding(one, Speech(zone=UTC), now_us=0)
    >>> own = replace(draft, text_en=draft.text_en + " Buy now.")
    >>> [is_as_approved(words, one, Speech(zone=UTC), now_us=0) for words in (draft, own)]
    [True, False]
    """
    if draft.kind != "holding" or draft.next_update_by_us is None:
        return False
    right = approved(incident, speech, now_us=now_us, next_update_by_us=draft.next_update_by_us)
    return right is not None and _words(draft) == _words(right)


def _words(draft: Draft) -> tuple[list[str], list[str]]:
    return draft.text_id.split(), draft.text_en.split()


def promise_us(now_us: int, minutes: int) -> int:
    """Return a time `minutes` from now or a little later, on a full five minutes.

    >>> promise_us(61_000_000, 30) // 60_000_000
    35
    """
    return -(-(now_us + minutes * 60 * MICROS) // _ROUND_US) * _ROUND_US


def next_word(by_us: int, speech: Speech, *, now_us: int) -> Pair:
    """Promise the next word."""
    indonesian, english = moment(by_us, speech, now_us=now_us)
    return f"Kabar berikutnya paling lambat {indonesian}.", f"Next update by {english}."


def reports_of(incident: Incident, speech: Speech, *, now_us: int) -> Pair:
    """Say since when which reports come in, and what they tell of.

    >>> from datetime import UTC
    >>> one = Incident(id="a", version=1, opened_us=0, onset_us=0, operator="xl", scopes=())
    >>> reports_of(one, Speech(zone=UTC, operators={"xl": "XL"}), now_us=0)[1]
    'Since about 00:00 UTC we have been receiving reports naming XL'
    """
    since = moment(incident.onset_us, speech, now_us=now_us)
    name = operator_of(incident, speech)
    broken = what_is_broken(incident, speech)
    indonesian = f"Sejak sekitar {since[0]} kami menerima laporan" + (f" yang menyebut {name}" if name else "")
    english = f"Since about {since[1]} we have been receiving reports" + (f" naming {name}" if name else "")
    if not broken[0]:
        return indonesian, english
    return f"{indonesian}: menurut laporan itu, {broken[0]}", f"{english}: they say that {broken[1]}"


def _suspected(incident: Incident, speech: Speech, now_us: int) -> list[Pair]:
    reports = reports_of(incident, speech, now_us=now_us)
    return [
        (
            f"{reports[0]}. Ini masih dugaan gangguan; kami sedang memeriksanya dan belum mengetahui penyebabnya.",
            f"{reports[1]}. We suspect an outage and are checking it; we do not know the cause yet.",
        )
    ]


def _confirmed(incident: Incident, speech: Speech, now_us: int) -> list[Pair]:
    since = moment(incident.onset_us, speech, now_us=now_us)
    name = operator_of(incident, speech)
    place, broken = details_of(incident, speech, ("confirmed",))
    service = (f"Layanan {name}", f"{name}'s service") if name else ("Layanan", "The service")
    disrupted = (
        f"{service[0]} terganggu{place[0]} sejak sekitar {since[0]}{broken[0]}.",
        f"{service[1]} has been disrupted{place[1]} since about {since[1]}{broken[1]}.",
    )
    return [disrupted, _INDEPENDENT if speech.independent else _SORRY]


_INDEPENDENT: Final[Pair] = (
    "Gangguan ini sudah kami pastikan; penyebab dan pihak yang bertanggung jawab belum dipastikan.",
    "We have confirmed the disruption; neither the cause nor who is responsible has been established.",
)
_SORRY: Final[Pair] = (
    "Kami sedang menanganinya dan mencari penyebabnya. "
    "Kami mohon maaf karena layanan ini tidak dapat Anda pakai sebagaimana mestinya.",
    "We are working on it and looking for the cause. We are sorry that the service is not working as it should.",
)
