"""What a draft promises: the next word, as soon as the cadence that the desk chose asks for it."""

from __future__ import annotations

from pulih.communicate.cadence import proposed_us
from pulih.communicate.holding import approved, promise_us
from pulih.communicate.speech import Draft
from pulih.communicate.statements import statement
from pulih.model.incident import Incident
from pulih.model.notice import NoticeKind
from pulih.web.console.asking import Asking

# Without a cadence an hour is proposed.
_HOUR_MIN = 60


def next_word(asking: Asking, incident: Incident) -> int:
    """Return when the next word is promised unless somebody chooses."""
    cadence, now_us = asking.rooms.settings.cadence, asking.tongue.when.now_us
    return promise_us(now_us, _HOUR_MIN) if cadence is None else proposed_us(cadence, incident, now_us=now_us)


def worded(asking: Asking, kind: NoticeKind, incident: Incident, *, approved_only: bool = False) -> Draft:
    """Word a statement of a kind from what is known, with the promise that the cadence asks for where one is due.

    Args:
        asking: whose desk.
        kind: which statement.
        incident: what it is about.
        approved_only: in the words approved beforehand, where the incident can be told in them.
    """
    speech, now_us = asking.tongue.speech, asking.tongue.when.now_us
    by_us = None if asking.rooms.settings.cadence is None else next_word(asking, incident)
    told = approved(incident, speech, now_us=now_us, next_update_by_us=by_us) if approved_only else None
    draft = told or statement(kind, incident, speech, now_us=now_us)
    if told or by_us is None or draft.next_update_by_us is None:
        return draft
    return statement(kind, incident, speech, now_us=now_us, next_update_by_us=by_us)
