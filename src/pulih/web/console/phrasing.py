"""The sentence of an incident: what is broken, where, since when, how sure; the first thing the duty desk reads.

It is composed of the scopes that are still in trouble, so that it shrinks as places come back. What is not known is
said not to be known, and never left out. Source: the order of questions of the duty desk (requirement C1).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from pulih.communicate.speech import Pair, Speech
from pulih.model.finding import Finding
from pulih.model.incident import Incident, State
from pulih.model.scope import Scope
from pulih.web.frame.moments import Moments
from pulih.web.frame.rooms import Names
from pulih.web.frame.words import Words

_PLACES_MAX = 3
# A scope in one of these is not in trouble any more.
OVER: frozenset[State] = frozenset({"restored", "rejected"})


class Tongue(msgspec.Struct, frozen=True):
    """What it takes to say something: the sentences, how times are written, what things are called.

    `speech` is how the desk speaks in public and on timelines, always in both languages.
    """

    say: Words
    when: Moments
    names: Names
    speech: Speech

    def chosen(self, both: Pair) -> str:
        """Return the one of two texts that is in the reader's language."""
        return both[0] if self.say.language == "id" else both[1]


def sentence_of(tongue: Tongue, incident: Incident, findings: Sequence[Finding] = ()) -> str:
    """Return "Smartfren: internet seluler mati di Jakarta dan Jawa Barat sejak 08.48 WIB".

    Of what is over it says until when it lasted, or that it was no outage.

    Args:
        tongue: in which language.
        incident: what it is about.
        findings: what is found of it by now; they say what a scope left open when it was noted.
    """
    scopes = [filled(scope, findings) for scope in troubled(incident)]
    ended_us = incident.ended_us
    kind = "sentence" if ended_us is None else "rejected" if incident.state == "rejected" else "ended"
    return tongue.say(
        f"console.{kind}",
        operator=operator_of(tongue, incident.operator),
        what=what_of(tongue, scopes),
        where=where_of(tongue, scopes, scattered=any(one.scattered for one in findings)),
        since=tongue.when.moment(incident.onset_us),
        until="" if ended_us is None else tongue.when.moment(ended_us),
    )


def troubled(incident: Incident) -> tuple[Scope, ...]:
    """Return the scopes that are still in trouble; of an incident that is over, all of them."""
    scopes = tuple(one.scope for one in incident.scopes if one.state not in OVER)
    return scopes or tuple(one.scope for one in incident.scopes)


def filled(scope: Scope, findings: Sequence[Finding]) -> Scope:
    """Return a scope with the service and symptom that the weightiest finding of its region tells, where it tells none.

    An incident is opened on few reports; an hour later hundreds may say what fails.

    >>> filled(Scope(region="31"), []).symptom is None
    True
    """
    same = [one for one in findings if one.region == scope.region]
    known = max(same, key=lambda one: one.evidence_nats, default=None)
    if known is None:
        return scope
    return msgspec.structs.replace(
        scope, service=scope.service or known.service, symptom=scope.symptom or known.symptom
    )


def operator_of(tongue: Tongue, operator: str) -> str:
    """Return an operator's name, or that none is named."""
    return tongue.names.operator(operator) if operator else tongue.say("console.operator.none")


def what_of(tongue: Tongue, scopes: Iterable[Scope]) -> str:
    """Return what is broken, each kind once: "internet seluler mati dan telepon gagal"."""
    kinds = dict.fromkeys(_kind(tongue, scope) for scope in scopes)
    return listed(tongue, list(kinds)) or tongue.say("console.what.none.any")


def _kind(tongue: Tongue, scope: Scope) -> str:
    symptom, service = scope.symptom or "none", scope.service or "any"
    if symptom in {"other", "none"}:
        return tongue.say(f"console.what.none.{service}")
    exact = f"console.what.{symptom}.{service}"
    return tongue.say(exact if tongue.say.has(exact) else f"console.what.{symptom}.any")


def where_of(tongue: Tongue, scopes: Sequence[Scope], *, scattered: bool = False) -> str:
    """Return where, with its preposition; places inside a named one are left out, and beyond three counted.

    `scattered` says that reports name many places and none of them holds it; else no place at all means: not known.
    """
    codes = list(dict.fromkeys(scope.region for scope in scopes if scope.region))
    outer = [code for code in codes if not any(code.startswith(f"{other}.") for other in codes)]
    wide = any(scope.region is None for scope in scopes)
    if not outer:
        return tongue.say("console.where.none" if scattered else "console.where.unknown")
    shown = [tongue.names.region(code) for code in outer[:_PLACES_MAX]]
    rest = len(outer) - len(shown)
    places = listed(tongue, [*shown, *([tongue.say("console.where.more", n=rest)] if rest else [])])
    return tongue.say("console.where.among" if wide else "console.where.in", places=places)


def scope_words(tongue: Tongue, scope: Scope) -> str:
    """Return one scope in full, for boxes and the timeline: "internet seluler mati, Jakarta"."""
    place = tongue.names.region(scope.region) or tongue.say("console.where.whole")
    return tongue.say("console.scope", what=_kind(tongue, scope), place=place)


def listed(tongue: Tongue, items: Sequence[str]) -> str:
    """Join names: "a, b dan c"."""
    if len(items) < 2:
        return "".join(items)
    return tongue.say("console.and", before=", ".join(items[:-1]), last=items[-1])


def span_words(say: Words, seconds: float) -> str:
    """Write a length of time as people say it: seconds below a minute, whole minutes below two hours.

    >>> from pulih.web.frame.words import words
    >>> span_words(words("id"), 360), span_words(words("en"), 3 * 3600 + 600)
    ('6 menit', '3 h 10 min')
    """
    minutes = max(0, int(seconds // 60))
    if minutes < 1:
        return say("console.span.seconds", n=max(0, round(seconds)))
    if minutes < 120:
        return say("console.span.minutes", n=minutes)
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return say("console.span.days", n=hours // 24)
    return say("console.span.both", hours=hours, minutes=rest) if rest else say("console.span.hours", n=hours)


def short_count(say: Words, count: int) -> str:
    """Write a count where there is room for four characters or five, as on a square of the map.

    >>> from pulih.web.frame.words import words
    >>> short_count(words("id"), 1_240), short_count(words("en"), 1_240), short_count(words("id"), 12_400)
    ('1,2rb', '1.2k', '12rb')
    """
    if count < 1_000:
        return str(count)
    thousands = round(count / 1_000, 1) if count < 9_950 else round(count / 1_000)
    return say("console.map.thousands", n=thousands)
