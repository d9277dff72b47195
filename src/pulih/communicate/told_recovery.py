"""Tells what was judged of the end of an incident: which scopes are back, which are not, and when it may be over."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pulih.communicate.speech import Pair, Speech, moment
from pulih.communicate.trouble import places_of
from pulih.model.entry import RecoveryJudged
from pulih.model.recovery import Estimate, RecoveryVerdict

_SAYS: Final[Mapping[RecoveryVerdict, Pair]] = MappingProxyType(
    {
        "restored": ("laporan membuktikan pulih", "reports show that it is back"),
        "contradicted": ("perbaikan dibantah laporan", "reports contradict the repair"),
        "not_yet": ("belum pulih", "not back yet"),
        "unknown": ("belum dapat dipastikan", "cannot be told"),
    }
)


def told_recovery(fact: RecoveryJudged, speech: Speech, now_us: int) -> Pair:
    """Return what was judged, as a sentence.

    Args:
        fact: what was judged.
        speech: what things are called.
        now_us: when; times of other days are told with their date.

    >>> from datetime import UTC
    >>> told_recovery(RecoveryJudged(scopes=()), Speech(zone=UTC), 0)
    ('Pemulihan dinilai', 'Recovery judged')
    """
    indonesian, english = [], []
    for verdict, (says_id, says_en) in _SAYS.items():
        scopes = [one for one in fact.scopes if one.verdict == verdict]
        if not scopes:
            continue
        place = places_of((one.scope.region for one in scopes), speech)
        again = any(one.relapsed for one in scopes) and verdict != "restored"
        indonesian.append(f"{says_id}{place[0]}{', setelah sempat pulih' if again else ''}")
        english.append(f"{says_en}{place[1]}{', after it had been' if again else ''}")
    about = estimate_words(fact.estimate, speech, now_us) if fact.estimate is not None else None
    indonesian += [about[0]] if about else []
    english += [about[1]] if about else []
    if not indonesian:
        return "Pemulihan dinilai", "Recovery judged"
    return f"Pemulihan dinilai: {'; '.join(indonesian)}", f"Recovery judged: {'; '.join(english)}"


def estimate_words(estimate: Estimate, speech: Speech, now_us: int) -> Pair:
    """Return an estimate as a range with its confidence, never as one moment.

    Args:
        estimate: of the end.
        speech: what things are called.
        now_us: the present.
    """
    low, high = (moment(at_us, speech, now_us=now_us) for at_us in (estimate.low_us, estimate.high_us))
    sure = round(estimate.confidence * 100)
    return (
        f"perkiraan selesai antara {low[0]} dan {high[0]} (keyakinan {sure}%)",
        f"estimated to end between {low[1]} and {high[1]} ({sure}% confidence)",
    )
