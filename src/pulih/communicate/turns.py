"""Tells the public that an outage is back, or may be, after it was said to be over: one wording for all that they read.

Whoever read "restored" must read that it was taken back, wherever they read it. That a person reopened it, and that
reports have risen again, are two things and are told as two.
"""

from __future__ import annotations

from typing import Final

from pulih.communicate.speech import Pair, Speech, moment
from pulih.model.bulletin import Bulletin, PublicIncident, Turn
from pulih.model.clock import DAY_S, MICROS

# For so long a doubted end stands among what goes on; after that on its own page alone.
_NEWS_US: Final = DAY_S * MICROS
_RELAPSED: Final[Pair] = (
    "Laporan pelanggan sempat kembali seperti biasa, lalu naik lagi, jadi gangguannya mungkin kembali.",
    "Reports had been as usual and have risen again, so it may be back.",
)
_CONTRADICTED: Final[Pair] = (
    "Laporan pelanggan masih di atas biasanya, jadi pulih belum terbukti.",
    "Reports are still above usual, so it is not shown to be over.",
)
_AS_USUAL: Final[Pair] = ("Laporan pelanggan kembali seperti biasa.", "Reports are as usual again.")


def turn_words(turn: Turn, speech: Speech) -> Pair:
    """Return what a turn tells, as whole sentences.

    >>> from datetime import UTC
    >>> back = Turn(kind="reopened", at_us=0, number=9, stage="investigating")
    >>> turn_words(back, Speech(zone=UTC))
    ('Gangguan ini kembali setelah dinyatakan pulih.', 'The outage is back after it had been called restored.')
    """
    match turn.kind:
        case "relapsed":
            return _RELAPSED
        case "contradicted":
            return _CONTRADICTED
        case "as_usual":
            return _AS_USUAL
    at = "", ""
    if turn.was_us is not None:
        when = moment(turn.was_us, speech, now_us=turn.at_us)
        at = f" ({when[0]})", f" ({when[1]})"
    if turn.was == "monitoring":
        return (
            f"Perbaikan yang dinyatakan selesai{at[0]} ternyata belum berhasil; gangguan masih berlangsung.",
            f"The repair that was reported complete{at[1]} did not hold; the outage goes on.",
        )
    some = turn.partly or turn.was == "partly"
    part = ("Sebagian gangguan ini", "Part of the outage") if some else ("Gangguan ini", "The outage")
    return (
        f"{part[0]} kembali setelah dinyatakan pulih{at[0]}.",
        f"{part[1]} is back after it had been called restored{at[1]}.",
    )


def back_again(incident: PublicIncident) -> Turn | None:
    """Return the turn by which an incident that goes on was last taken up again, None where its end never was said.

    >>> one = PublicIncident(id="a", operator="xl", title_id="", title_en="", stage="resolved", severity="major",
    ...     scopes=(), onset_us=0, updated_us=0)
    >>> back_again(one) is None
    True
    """
    if incident.retracted or incident.stage not in {"investigating", "identified"}:
        return None
    return next((one for one in reversed(incident.turns) if one.kind == "reopened"), None)


def doubt(incident: PublicIncident) -> Turn | None:
    """Return the turn since which reports speak against an end of which the page tells, None where they do not."""
    if not incident.contradicted:
        return None
    return next((one for one in reversed(incident.turns) if one.kind in {"relapsed", "contradicted"}), None)


def doubted(bulletin: Bulletin) -> tuple[PublicIncident, ...]:
    """Return those that were called restored and against which reports speak since less than a day, latest first.

    >>> doubted(Bulletin(desk="", address="", mode="operator", zone="UTC", made_us=0, stale_us=0))
    ()
    """
    since_us = bulletin.made_us - _NEWS_US
    return tuple(one for one in bulletin.past if (turn := doubt(one)) is not None and turn.at_us > since_us)
