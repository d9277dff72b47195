"""Refuses statements that the facts do not bear out, whoever drafts them and by which way: console, interface, desk.

A draft is held against all rules. Whoever publishes or schedules one later is told when facts have overtaken its times
since; counts that have grown meanwhile are no reason, as they were so when it was drafted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from pulih.communicate.claims import Language
from pulih.communicate.facts_check import (
    CAUSE,
    DATE,
    LANGUAGES,
    NUMBER,
    ONSET,
    PROMISE,
    RECOVERY,
    TIME,
    Doubt,
    check_facts,
)
from pulih.communicate.speech import Draft, Speech
from pulih.model.entry import Fact, NoticeDrafted, NoticePublished, NoticeScheduled
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.incident import Incident
from pulih.model.notice import Notice

# Returns the numbers that can be shown of an incident, such as counts of reports.
Evidence = Callable[[Incident], Iterable[float]]

# What is wrong, and what would be right.
_SAYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        NUMBER.id: "is a number that is not in the evidence; leave it out, or enter it with the cause or a task first",
        TIME.id: "is a time that the timeline does not know; name one of its moments, or enter a task with that time",
        ONSET.id: "is not when it began; correct the time, or set the onset first",
        DATE.id: "is a date on which nothing of this incident was; correct it",
        PROMISE.id: "promises a next word without the time that is promised; name the time of the next update",
        RECOVERY.id: "promises recovery without a time that anybody answers for; leave it out, or give a task one",
        CAUSE.id: "names a cause, and none is settled; record the cause first, or leave it out",
        LANGUAGES.id: "is a time that the other language does not have; both must say the same",
    }
)
_TONGUES: Final[Mapping[Language, str]] = MappingProxyType({"id": "Indonesian", "en": "English"})
_OVERTAKEN: Final = frozenset({ONSET.id, TIME.id})


def doubts_of(
    draft: Draft, incident: Incident, speech: Speech, *, now_us: int, evidence: Evidence | None
) -> tuple[Doubt, ...]:
    """Return what in a draft the facts do not bear out; `evidence` None knows no numbers but the incident's own."""
    return check_facts(
        draft, incident, speech, now_us=now_us, evidence=evidence(incident) if evidence is not None else ()
    )


def refuse_unborne(fact: Fact, incident: Incident, speech: Speech, *, now_us: int, evidence: Evidence | None) -> None:
    """Refuse to draft what the facts do not bear out, and to let out what they have overtaken; other facts pass.

    Args:
        fact: what somebody wants to do.
        incident: as it is now.
        speech: how the desk speaks.
        now_us: the present.
        evidence: numbers that can be shown.

    Raises: RefusedInput for a draft; ForbiddenMove for a statement to be published or scheduled.
    """
    match fact:
        case NoticeDrafted():
            draft = Draft(
                kind=fact.kind, text_id=fact.text_id, text_en=fact.text_en, next_update_by_us=fact.next_update_by_us
            )
            doubts = doubts_of(draft, incident, speech, now_us=now_us, evidence=evidence)
            if doubts:
                first = doubts[0]
                message = " ".join(map(_sentence, doubts))
                raise RefusedInput(message, key=first.rule, quote=first.quote, language=first.language)
        case NoticeScheduled(at_us=int()):
            _refuse_overtaken(fact.notice, incident, speech)
        case NoticePublished(break_glass=False):
            _refuse_overtaken(fact.notice, incident, speech)
        case _:
            pass


def _refuse_overtaken(notice_id: str, incident: Incident, speech: Speech) -> None:
    notice = next((one for one in incident.notices if one.id == notice_id and one.state == "drafted"), None)
    if notice is None:
        return
    stale = [one for one in _doubts_when_drafted(notice, incident, speech) if one.rule in _OVERTAKEN]
    if stale:
        raise ForbiddenMove(
            f"Facts have overtaken statement {notice.id}. {' '.join(map(_sentence, stale))}",
            key="notice.overtaken",
            notice=notice.id,
            quote=stale[0].quote,
        )


def _doubts_when_drafted(notice: Notice, incident: Incident, speech: Speech) -> tuple[Doubt, ...]:
    draft = Draft(
        kind=notice.kind, text_id=notice.text_id, text_en=notice.text_en, next_update_by_us=notice.next_update_by_us
    )
    return check_facts(draft, incident, speech, now_us=notice.drafted_us)


def _sentence(doubt: Doubt) -> str:
    return f"The {_TONGUES[doubt.language]} “{doubt.quote}” {_SAYS[doubt.rule]}."
