"""Which service fails: from the symptom, the words, and last the kind of operator."""

from __future__ import annotations

from collections.abc import Sequence

from pulih.model.reading import Service, Symptom
from pulih.understand.marks import Marks
from pulih.understand.matcher import Hit
from pulih.understand.operators import Kind
from pulih.understand.troubles import Trouble

_BY_SYMPTOM: dict[str, Service] = {
    "call_failure": "mobile_voice",
    "sms_failure": "sms",
    "app_failure": "app",
    "billing_quota": "billing",
    "los_red": "fixed_broadband",
}
_NAMED: dict[str, Service] = {
    "wifi": "fixed_broadband", "line": "fixed_broadband", "data": "mobile_data", "tv": "tv", "roam": "mobile_data",
}  # fmt: skip
_RESTORED: dict[str, Service] = {
    "tv": "tv", "sms": "sms", "app": "app", "call": "mobile_voice", "quota": "billing", "bill": "billing",
}  # fmt: skip
# Symptoms that only a data connection has; on a mobile brand they speak of mobile data.
_OF_DATA = frozenset({"no_internet", "slow", "intermittent", "destination_unreachable"})


def service_of(symptom: Symptom, troubles: Sequence[Trouble], marks: Marks, *, kind: Kind, back: Hit | None) -> Service:
    """Return the service that a report or a recovery speaks of.

    Args:
        symptom: how it fails; "none" for a recovery.
        troubles: those that stand, the weightiest first.
        marks: what was found.
        kind: of the operator at fault; "unknown" when nobody knows.
        back: the phrase that says service is back, or None.
    """
    known = _BY_SYMPTOM.get(symptom) or (_restored(marks, back) if symptom == "none" and back is not None else None)
    if known is not None:
        return known
    for trouble in troubles:
        subject = trouble.subject.sign.name if trouble.subject is not None else ""
        if trouble.symptom == symptom and subject in _NAMED:
            return _NAMED[subject]
        if trouble.symptom == symptom and subject == "call" and not trouble.hit.sign.whole:
            return "mobile_voice"
    subjects = {hit.sign.name for hit in marks.subject}
    if "tv" in subjects and symptom == "other":
        return "tv"
    if kind == "fixed":
        return "fixed_broadband"
    if symptom == "no_signal":
        return "any"
    clauses = {trouble.hit.clause for trouble in troubles if trouble.symptom == symptom}
    beside = {hit.sign.name for hit in marks.subject if hit.clause in clauses}
    for name in ("wifi", "line", "data"):
        if name in beside or (name in subjects and kind != "mobile"):
            return _NAMED[name]
    if kind == "mobile" and symptom in _OF_DATA:
        return "mobile_data"
    if kind == "mobile" and symptom == "none" and "net" in subjects:
        return "mobile_data"
    return "any"


def _restored(marks: Marks, back: Hit) -> Service | None:
    """Return the service that is named with what is back: "otp sudah masuk", "myXL bisa dibuka lagi"."""
    with_it = {hit.sign.name for hit in marks.subject if hit.clause == back.clause}
    return next((service for name, service in _RESTORED.items() if name in with_it), None)
