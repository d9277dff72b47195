"""Says what is broken and where, from the scopes of an incident, in words that a customer would use.

What is not known is not said: a scope without a service is "the service", one without a region names no place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from pulih.communicate.speech import Pair, Speech, joined, listed
from pulih.model.incident import Incident, State
from pulih.model.reading import Service, Symptom
from pulih.model.scope import Scope

# More than so many kinds of trouble, or places, are no sentence any more.
_KINDS_MAX: Final = 3
PLACES_MAX: Final = 5

# Indonesian, English, and the English verb.
_SERVICES: Final[Mapping[Service, tuple[str, str, str]]] = MappingProxyType(
    {
        "mobile_data": ("internet seluler", "mobile internet", "is"),
        "mobile_voice": ("layanan telepon", "calls", "are"),
        "sms": ("SMS", "text messages", "are"),
        "fixed_broadband": ("internet rumah", "home internet", "is"),
        "tv": ("televisi", "television", "is"),
        "app": ("aplikasi", "the app", "is"),
        "billing": ("tagihan dan kuota", "billing and quota", "are"),
    }
)
_NO_SERVICE: Final = ("layanan", "the service", "is")
# {0} is the service, {1} in English its verb. Some symptoms say by themselves what fails.
_SYMPTOMS: Final[Mapping[Symptom, Pair]] = MappingProxyType(
    {
        "no_signal": ("tidak ada sinyal", "there is no signal"),
        "no_internet": ("{0} tidak dapat dipakai", "{0} cannot be used"),
        "slow": ("{0} lambat", "{0} {1} slow"),
        "intermittent": ("{0} putus-nyambung", "{0} {1} unstable"),
        "call_failure": ("telepon tidak tersambung", "calls do not connect"),
        "sms_failure": ("SMS tidak terkirim", "text messages are not delivered"),
        "destination_unreachable": (
            "sebagian situs dan aplikasi tidak dapat dibuka",
            "some sites and apps cannot be opened",
        ),
        "app_failure": ("aplikasi operator tidak dapat dipakai", "the operator's app cannot be used"),
        "billing_quota": ("tagihan atau kuota tidak sesuai", "charges or quota are wrong"),
        "los_red": ("lampu LOS modem menyala merah", "the LOS lamp of the modem is red"),
    }
)
_DISTURBED: Final[Pair] = ("{0} terganggu", "{0} {1} disrupted")


def operator_of(incident: Incident, speech: Speech) -> str:
    """Return the name of the operator, "" where none is named."""
    return speech.operators.get(incident.operator, incident.operator)


def what_is_broken(incident: Incident, speech: Speech, states: Iterable[State] = ()) -> Pair:
    """Say what is broken where, as the clause of a sentence.

    Args:
        incident: whose scopes are told.
        speech: names of places.
        states: only scopes in these states; none asks for all.

    >>> from datetime import UTC
    >>> from pulih.model.incident import ScopeState
    >>> scope = Scope(operator="xl", service="mobile_data", symptom="no_internet", region="31")
    >>> part = ScopeState(scope, "suspected")
    >>> one = Incident(id="a", version=1, opened_us=0, onset_us=0, operator="xl", scopes=(part,))
    >>> what_is_broken(one, Speech(zone=UTC, regions={"31": "DKI Jakarta"}))
    ('internet seluler tidak dapat dipakai di DKI Jakarta', 'mobile internet cannot be used in DKI Jakarta')
    """
    return broken(_scopes(incident, states), speech)


def broken(scopes: Iterable[Scope], speech: Speech, *, most: int = PLACES_MAX) -> Pair:
    """Say what is broken where, of scopes that need not be an incident's; beyond `most` places are counted.

    >>> from datetime import UTC
    >>> broken([Scope(service="mobile_data", symptom="slow")], Speech(zone=UTC))
    ('internet seluler lambat', 'mobile internet is slow')
    """
    kinds: dict[Pair, list[str | None]] = {}
    for scope in scopes:
        kinds.setdefault(_clause(scope), []).append(scope.region)
    told = [_with(clause, places_of(regions, speech, most=most)) for clause, regions in kinds.items()]
    if len(told) > _KINDS_MAX:
        told = [*told[:_KINDS_MAX], ("gangguan lain juga dilaporkan", "other trouble is reported too")]
    return joined(told, between="; ")


def details_of(incident: Incident, speech: Speech, states: Iterable[State] = ()) -> tuple[Pair, Pair]:
    """Return what follows "the service is disrupted": where, and then what is broken there.

    Where nobody knows more than that the service is disrupted, the place stands alone; else what is broken names it.

    >>> from datetime import UTC
    >>> from pulih.model.incident import ScopeState
    >>> part = ScopeState(Scope(operator="xl", region="31"), "confirmed")
    >>> one = Incident(id="a", version=1, opened_us=0, onset_us=0, operator="xl", scopes=(part,))
    >>> details_of(one, Speech(zone=UTC, regions={"31": "DKI Jakarta"}))
    ((' di DKI Jakarta', ' in DKI Jakarta'), ('', ''))
    """
    scopes = _scopes(incident, states)
    if all(_clause(scope) == _clause(Scope()) for scope in scopes):
        return where(incident, speech, states), ("", "")
    broken = what_is_broken(incident, speech, states)
    return ("", ""), (f": {broken[0]}", f": {broken[1]}")


def services_of(incident: Incident, states: Iterable[State] = ()) -> Pair:
    """Name the services of an incident.

    >>> services_of(Incident(id="a", version=1, opened_us=0, onset_us=0, operator="", scopes=()))
    ('layanan', 'the service')
    """
    return services_named(scope.service for scope in _scopes(incident, states))


def services_named(services: Iterable[Service | None]) -> Pair:
    """Name services, each once.

    >>> services_named(["mobile_data", "sms", "sms"])
    ('internet seluler dan SMS', 'mobile internet and text messages')
    """
    named = dict.fromkeys(_service(service)[:2] for service in services)
    return listed(list(named) or [_NO_SERVICE[:2]])


def places_of(regions: Iterable[str | None], speech: Speech, *, most: int = PLACES_MAX) -> Pair:
    """Name the places, as the end of a clause: " di Aceh dan Riau"; a place within a named one is left out.

    Beyond `most` they are counted. Where the country as a whole is among them too, the places are where it mainly is.
    """
    asked = tuple(dict.fromkeys(regions))
    codes = [code for code in asked if code and not any(_within(code, other, speech) for other in asked if other)]
    if not codes:
        return "", ""
    shown: list[Pair] = [(name, name) for name in (speech.regions.get(code, code) for code in codes[:most])]
    if more := len(codes) - len(shown):
        shown.append((f"{more} daerah lain", f"{more} other place{'s' if more > 1 else ''}"))
    indonesian, english = listed(shown)
    return (
        (f", terutama di {indonesian}", f", mainly in {english}")
        if None in asked
        else (
            f" di {indonesian}",
            f" in {english}",
        )
    )


def where(incident: Incident, speech: Speech, states: Iterable[State] = ()) -> Pair:
    """Name all places of an incident, as the end of a clause."""
    return places_of((scope.region for scope in _scopes(incident, states)), speech)


def _scopes(incident: Incident, states: Iterable[State]) -> list[Scope]:
    wanted = frozenset(states)
    return [part.scope for part in incident.scopes if not wanted or part.state in wanted]


def _service(service: Service | None) -> tuple[str, str, str]:
    return _NO_SERVICE if service is None else _SERVICES.get(service, _NO_SERVICE)


def _clause(scope: Scope) -> Pair:
    noun_id, noun_en, verb = _service(scope.service)
    if scope.symptom == "no_internet" and scope.service is None:
        noun_id = noun_en = "internet"
    indonesian, english = _DISTURBED if scope.symptom is None else _SYMPTOMS.get(scope.symptom, _DISTURBED)
    return indonesian.format(noun_id), english.format(noun_en, verb)


def _with(clause: Pair, place: Pair) -> Pair:
    return clause[0] + place[0], clause[1] + place[1]


def _within(code: str, other: str, speech: Speech) -> bool:
    above = speech.parents.get(code, "")
    # Three levels below the country at most; the bound keeps a slip in the data from hanging the desk.
    for _ in range(4):
        if above == other:
            return True
        above = speech.parents.get(above, "")
    return False
