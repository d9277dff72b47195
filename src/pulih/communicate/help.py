"""Says what helps people now: whether emergency calls go through, and what still works.

A call for help that fails comes before anything else; that it works is said only when somebody made sure of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pulih.communicate.speech import Pair
from pulih.model.bulletin import PublicIncident
from pulih.model.incident import Incident
from pulih.model.reading import Service

# Trouble with these alone stops nobody from calling for help, so nobody is made to worry about it.
_NO_CALLS: Final[frozenset[Service]] = frozenset({"tv", "app", "billing"})

_NOT_REACHABLE: Final[Pair] = (
    "Nomor darurat 112, 110, dan 119 tidak dapat dihubungi lewat layanan yang terganggu. Dalam keadaan darurat, "
    "pakailah telepon dengan operator lain, atau datangi kantor polisi, puskesmas, atau rumah sakit terdekat.",
    "Emergency numbers 112, 110 and 119 cannot be reached over the disrupted service. In an emergency, use a phone "
    "on another operator, or go to the nearest police station, health centre or hospital.",
)
_REACHABLE: Final[Pair] = (
    "Nomor darurat 112, 110, dan 119 tetap dapat dihubungi.",
    "Emergency numbers 112, 110 and 119 can still be reached.",
)
_UNKNOWN: Final[Pair] = (
    "Kami belum memastikan apakah nomor darurat 112, 110, dan 119 dapat dihubungi. Bila panggilan darurat gagal, "
    "pakailah telepon dengan operator lain.",
    "We have not yet confirmed whether emergency numbers 112, 110 and 119 can be reached. If an emergency call fails, "
    "use a phone on another operator.",
)


def with_help(told: list[Pair], incident: Incident) -> list[Pair]:
    """Return the lines of a statement with those that help: a call for help that fails comes first.

    >>> one = Incident(id="a", version=1, opened_us=0, onset_us=0, operator="", scopes=(),
    ...     emergency_calls="reachable", alternatives_id="SMS", alternatives_en="text messages")
    >>> with_help([("Apa.", "What.")], one)[2]
    ('Yang masih dapat dipakai: SMS.', 'Still working: text messages.')
    """
    calls, working = _lines(incident, [part.scope.service for part in incident.scopes])
    if incident.emergency_calls == "not_reachable":
        return [*calls, *told, *working]
    return [*told, *calls, *working]


def help_of(incident: PublicIncident) -> list[Pair]:
    """Return what helps people now, as the public is told it: whether help can be called, then what works.

    >>> one = PublicIncident(id="a", operator="", title_id="", title_en="", stage="identified", severity="major",
    ...     scopes=(), onset_us=0, updated_us=0, emergency_calls="reachable")
    >>> help_of(one)[0][1]
    'Emergency numbers 112, 110 and 119 can still be reached.'
    """
    calls, working = _lines(incident, [scope.service for scope in incident.scopes])
    return [*calls, *working]


def _lines(incident: Incident | PublicIncident, services: Sequence[Service | None]) -> tuple[list[Pair], list[Pair]]:
    """Return what is said of calls for help, and what still works."""
    working: list[Pair] = []
    if incident.alternatives_id:
        working.append(
            (
                f"Yang masih dapat dipakai: {incident.alternatives_id.rstrip('.')}.",
                f"Still working: {incident.alternatives_en.rstrip('.')}.",
            )
        )
    match incident.emergency_calls:
        case "not_reachable":
            return [_NOT_REACHABLE], working
        case "reachable":
            return [_REACHABLE], working
        case "unknown":
            harmless = bool(services) and all(one in _NO_CALLS for one in services)
            return [] if harmless else [_UNKNOWN], working
