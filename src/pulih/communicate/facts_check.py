"""Holds a statement against the facts of its incident, before anybody reads it in public.

A number nobody can show, a time that the timeline does not know, a next word without a time, a cause that is not
settled: each is refused, with its words and with what would make it right. What people know and the desk does not, they
enter first (a cause, a task with its due time, the answer to a rumour); then it is evidence, for everybody.
Rules are rows with permanent ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from pulih.communicate.claims import Claims, Clock, Language, Number, claims_of
from pulih.communicate.speech import Draft, Speech
from pulih.communicate.statements import statement
from pulih.model.clock import MICROS, from_micros
from pulih.model.incident import Incident

_MINUTE_US: Final = 60 * MICROS
# "About" rounds to five minutes; "as of" may be so old when it is read over.
_NEAR_MIN: Final = 5
_DAY_MIN: Final = 24 * 60
_EMERGENCY: Final = frozenset({112.0, 110.0, 119.0, 113.0, 115.0})
_ANY_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")


class FactRule(msgspec.Struct, frozen=True):
    """One rule: permanent id, and what it refuses."""

    id: str
    refuses: str


NUMBER: Final = FactRule("fact.number", "a number that is not in the evidence, rounded or exact")
TIME: Final = FactRule("fact.time", "a time of day that is none of the incident's moments")
ONSET: Final = FactRule("fact.onset", "a time since when that is not the onset")
DATE: Final = FactRule("fact.date", "a date on which nothing of the incident was")
PROMISE: Final = FactRule("fact.promise", "a next word promised without a time, or for another time than is promised")
RECOVERY: Final = FactRule("fact.recovery", "that it will work again, without a time that somebody answers for")
CAUSE: Final = FactRule("fact.cause", "a cause while none is settled")
LANGUAGES: Final = FactRule("fact.languages", "a time in one language that the other does not have")
RULES: Final = (NUMBER, TIME, ONSET, DATE, PROMISE, RECOVERY, CAUSE, LANGUAGES)


class Doubt(msgspec.Struct, frozen=True):
    """One thing that the facts do not bear out: by which rule, in which language, and the words."""

    rule: str
    language: Language
    quote: str


def check_facts(
    draft: Draft, incident: Incident, speech: Speech, *, now_us: int, evidence: Iterable[float] = ()
) -> tuple[Doubt, ...]:
    """Return what in a draft the facts do not bear out, in the order of its texts; none is well.

    Args:
        draft: the statement in both languages.
        incident: as it is now.
        speech: how the desk speaks; times of the text are in its zone.
        now_us: the present.
        evidence: further numbers that can be shown, such as counts of reports; a text may round them.

    >>> from datetime import UTC
    >>> one = Incident(id="a", version=1, opened_us=0, onset_us=0, operator="", scopes=())
    >>> draft = Draft(kind="update", text_id="Ada 900 laporan.", text_en="There are 900 reports.")
    >>> [doubt.rule for doubt in check_facts(draft, one, Speech(zone=UTC), now_us=0)]
    ['fact.number', 'fact.number']
    >>> check_facts(draft, one, Speech(zone=UTC), now_us=0, evidence=(903,))
    ()
    """
    known = _known(draft, incident, speech, now_us=now_us, evidence=evidence)
    indonesian, english = claims_of(draft.text_id, "id"), claims_of(draft.text_en, "en")
    found = [*_doubts(indonesian, "id", known), *_doubts(english, "en", known)]
    return (*found, *_apart(indonesian, english))


class _Known(msgspec.Struct, frozen=True):
    """What can be shown; times are minutes of day, `due` those by which tasks are; `counts` may be rounded."""

    minutes: frozenset[int]
    dates: frozenset[tuple[int, int, int]]
    numbers: frozenset[float]
    counts: frozenset[float]
    spans: frozenset[float]
    onset: int
    promise: int | None
    due: frozenset[int]
    cause: bool


def _known(draft: Draft, incident: Incident, speech: Speech, *, now_us: int, evidence: Iterable[float]) -> _Known:
    moments = [now_us, *_moments(incident), *([draft.next_update_by_us] if draft.next_update_by_us else [])]
    local = [from_micros(one).astimezone(speech.zone) for one in moments]
    by_us = draft.next_update_by_us
    return _Known(
        minutes=frozenset(one.hour * 60 + one.minute for one in local),
        dates=frozenset((one.day, one.month, one.year) for one in local),
        numbers=frozenset(_numbers(draft, incident, speech, now_us)),
        counts=frozenset(evidence),
        spans=frozenset(_spans(incident, now_us)),
        onset=_minute(incident.onset_us, speech),
        promise=None if by_us is None else _minute(by_us, speech),
        due=frozenset(_minute(one.due_us, speech) for one in incident.tasks if one.due_us is not None),
        cause=bool(incident.cause_id),
    )


def _minute(at_us: int, speech: Speech) -> int:
    local = from_micros(at_us).astimezone(speech.zone)
    return local.hour * 60 + local.minute


def _moments(incident: Incident) -> Iterator[int]:
    """Yield every moment that a statement may name."""
    single = (incident.opened_us, incident.onset_us, incident.confirmed_us, incident.ended_us, incident.quiet_us)
    yield from (one for one in single if one is not None)
    for task in incident.tasks:
        yield from (one for one in (task.due_us, task.done_us) if one is not None)
    for notice in incident.notices:
        told = (notice.drafted_us, notice.published_us, notice.next_update_by_us, notice.publish_at_us)
        yield from (one for one in told if one is not None)


def _numbers(draft: Draft, incident: Incident, speech: Speech, now_us: int) -> Iterator[float]:
    """Yield every number that a statement may give without further evidence."""
    yield from _EMERGENCY
    places = {part.scope.region for part in incident.scopes if part.scope.region}
    yield from (len(places), len({speech.parents.get(one, one) for one in places}), len(incident.priority_customers))
    words = [incident.cause_id, incident.cause_en, incident.alternatives_id, incident.alternatives_en]
    words += [speech.operators.get(incident.operator, ""), *incident.priority_customers]
    words += [speech.regions.get(one, "") for one in places]
    words += [text for one in incident.tasks for text in (one.what, one.owner)]
    words += [text for one in incident.rumours for text in (one.fact, one.answer_id, one.answer_en)]
    own = statement(draft.kind, incident, speech, now_us=now_us, next_update_by_us=draft.next_update_by_us)
    for text in words:
        yield from (_value(one) for one in _ANY_NUMBER.findall(text))
    for text, language in ((own.text_id, "id"), (own.text_en, "en")):
        yield from (one.value for one in claims_of(text, language).numbers)  # type: ignore[arg-type]


def _spans(incident: Incident, now_us: int) -> Iterator[float]:
    """Yield how long it went on, and from the onset until it was confirmed: in minutes, about so, and in hours."""
    for until_us in (incident.ended_us or now_us, incident.confirmed_us or now_us):
        minutes = max(0, until_us - incident.onset_us) // _MINUTE_US
        yield from (minutes, minutes // _NEAR_MIN * _NEAR_MIN, -(-minutes // _NEAR_MIN) * _NEAR_MIN)
        yield from (minutes // 60, round(minutes / 60), minutes % 60)


def _value(text: str) -> float:
    """Return a number written in either language's way; thousands are told by their groups of three."""
    plain = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", text)
    return float(plain.replace(",", ".")) if plain.count(",") + plain.count(".") < 2 else 0.0


def _doubts(claims: Claims, language: Language, known: _Known) -> Iterator[Doubt]:
    begun = set(claims.begun)
    for clock in claims.clocks:
        if clock in begun and not _near(clock, (known.onset,)):
            yield Doubt(ONSET.id, language, clock.quote)
        elif not _near(clock, known.minutes):
            yield Doubt(TIME.id, language, clock.quote)
    for day in claims.days:
        if not any((day.day, day.month) == one[:2] and day.year in {None, one[2]} for one in known.dates):
            yield Doubt(DATE.id, language, day.quote)
    yield from (Doubt(NUMBER.id, language, one.quote) for one in claims.numbers if not _borne(one, known))
    for sentence in claims.promises:
        times = claims_of(sentence, language).clocks
        if known.promise is None or all(one.minute != known.promise for one in times):
            yield Doubt(PROMISE.id, language, sentence)
    for sentence in claims.hopes:
        times = claims_of(sentence, language).clocks
        if not any(one.minute in known.due for one in times):
            yield Doubt(RECOVERY.id, language, sentence)
    if not known.cause:
        yield from (Doubt(CAUSE.id, language, one) for one in claims.causes)


def _near(clock: Clock, minutes: Iterable[int]) -> bool:
    """Tell whether a time is one of these, or a round five minutes next to one."""
    for minute in minutes:
        apart = abs(clock.minute - minute)
        apart = min(apart, _DAY_MIN - apart)
        if apart == 0 or (apart < _NEAR_MIN and clock.minute % _NEAR_MIN == 0):
            return True
    return False


def _borne(number: Number, known: _Known) -> bool:
    return (
        number.value in known.numbers
        or (number.span and number.value in known.spans)
        or any(number.value in _rounded(one) for one in known.counts)
    )


def _rounded(value: float) -> set[float]:
    """Return a count, whole, and with ever fewer figures, rounded and cut ("more than 1,000").

    >>> [one in _rounded(1237.0) for one in (1237, 1200, 1000, 1300)]
    [True, True, True, False]
    """
    whole = round(value)
    made = {float(value), float(whole)}
    for figures in range(1, len(str(abs(whole)))):
        step = 10**figures
        made |= {float(round(whole / step) * step), float(whole // step * step)}
    return made - {0.0} if whole else made


def _apart(indonesian: Claims, english: Claims) -> Iterator[Doubt]:
    """Yield times that only one of the two languages has."""
    ours, theirs = ({one.minute for one in claims.clocks} for claims in (indonesian, english))
    yield from (Doubt(LANGUAGES.id, "id", one.quote) for one in indonesian.clocks if one.minute not in theirs)
    yield from (Doubt(LANGUAGES.id, "en", one.quote) for one in english.clocks if one.minute not in ours)
