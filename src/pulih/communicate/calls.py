"""Calls: what somebody on duty is written when an outage waits; short enough for one SMS, first what to do."""

from __future__ import annotations

from pulih.communicate.letters import Letter
from pulih.communicate.speech import Speech, listed
from pulih.communicate.told_entries import SEVERITIES
from pulih.communicate.told_tasks import matter
from pulih.model.entry import Called
from pulih.model.incident import Incident
from pulih.model.subscription import Language

_PLACES_MAX = 3


def call_letter(called: Called, incident: Incident, language: Language, *, speech: Speech, minutes: int) -> Letter:
    """Return what somebody is written who is called.

    Args:
        called: the call.
        incident: what it is about.
        language: of the person.
        speech: how the desk speaks.
        minutes: after how many the next one is called.

    >>> from datetime import UTC
    >>> one = Incident(id="20251003-ab12", version=1, opened_us=0, onset_us=0, operator="xl", scopes=())
    >>> called = Called(about="suspected", step=1, who="sari")
    >>> print(call_letter(called, one, "en", speech=Speech(zone=UTC), minutes=10).text)
    Take up 20251003-ab12: a suspected outage, xl, major. Without an answer within 10 minutes the next one is called.
    """
    what, grade = matter(called.about), SEVERITIES[incident.severity]
    codes = dict.fromkeys(one.scope.region for one in incident.scopes if one.scope.region)
    names = [speech.regions.get(code, code) for code in codes][:_PLACES_MAX]
    where = listed([(name, name) for name in names])
    operator = speech.operators.get(incident.operator, incident.operator)
    span = f"{minutes} minute" if minutes == 1 else f"{minutes} minutes"
    said_id = ", ".join(filter(None, (what[0], operator, where[0], grade[0])))
    said_en = ", ".join(filter(None, (what[1], operator, where[1], grade[1])))
    subject = (f"Tangani {incident.id}", f"Take up {incident.id}")
    text = (
        f"{subject[0]}: {said_id}. Bila {minutes} menit tidak ditanggapi, orang berikutnya dipanggil.",
        f"{subject[1]}: {said_en}. Without an answer within {span} the next one is called.",
    )
    return Letter(subject[0], text[0]) if language == "id" else Letter(subject[1], text[1])
