"""Says what helps people now: whether emergency calls go through, and what still works.

A call for help that fails comes before anything else; that it works is said only when somebody made sure of it.
"""

from __future__ import annotations

from typing import Final

from pulih.communicate.speech import Pair
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
            return [_NOT_REACHABLE, *told, *working]
        case "reachable":
            return [*told, _REACHABLE, *working]
        case "unknown":
            harmless = bool(incident.scopes) and all(part.scope.service in _NO_CALLS for part in incident.scopes)
            return [*told, *working] if harmless else [*told, _UNKNOWN, *working]
