"""Lists of incidents: each a sentence, a state and a remark; which of them the desk looks at first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

import msgspec

from pulih.confirm.recovery_moves import against
from pulih.model.finding import Finding
from pulih.model.incident import Incident, State
from pulih.restore.reasons import whole
from pulih.web.console.due import Due, due_of
from pulih.web.console.phrasing import OVER, Tongue, sentence_of, span_words
from pulih.web.frame.rooms import Rooms

# Enough for all that ended within a day.
_RESTORED_MAX = 100
NONE: Mapping[str, Finding] = MappingProxyType({})


class Row(msgspec.Struct, frozen=True):
    """One incident in a list; `due` is the public word that waits, if any.

    `against` says that reports speak against its repair or its end, "" that they do not.
    """

    id: str
    sentence: str
    state: State
    note: str = ""
    due: Due | None = None
    against: Literal["", "contradicted", "relapsed"] = ""


def row_of(tongue: Tongue, incident: Incident, findings: Mapping[str, Finding] = NONE) -> Row:
    """Return the row of an incident; its remark is how long it goes on or took, and since when reports are as usual.

    Args:
        tongue: in which language.
        incident: what it is about.
        findings: all findings by id, as far as they are known.
    """
    end_us = incident.ended_us or tongue.when.now_us
    span = span_words(tongue.say, (end_us - incident.onset_us) / 1_000_000)
    key = "console.row.took" if incident.ended_us else "console.row.since"
    # Of what is over, only the word that it is over is still owed.
    owed = {"recovery_word"} if incident.ended_us else {"first_word", "next_word", "relapse_word"}
    due = next((one for one in due_of(incident, tongue.when.now_us) if one.kind in owed), None)
    notes = [tongue.say(key, span=span)]
    if incident.quiet_us and not incident.ended_us:
        notes.append(tongue.say("console.row.quiet", at=tongue.when.moment(incident.quiet_us)))
    if incident.recovery and not incident.ended_us and not against(incident):
        verdict = whole(one.verdict for one in incident.recovery)
        notes += [tongue.say(f"recovery.whole.{verdict}")] if verdict == "restored" else []
    found = [findings[one] for one in incident.findings if one in findings]
    said = sentence_of(tongue, incident, found)
    return Row(incident.id, said, incident.state, " · ".join(notes), due, against(incident))


def open_incidents(rooms: Rooms) -> list[Incident]:
    """Return the incidents that go on, the one to look at first before the others.

    What reports say against comes first: a repair that they contradict, or an end after which they rose again. What is
    said to be fixed, or has reports back to usual, comes last; in between weight of evidence decides, then age. A light
    one that nobody has looked at yet does not push a heavy one off the first screen: its clock shows in the list.
    """
    going = [one for one in rooms.incidents.current(200) if one.state not in OVER and not one.merged_into]
    nats = {one.id: one.evidence_nats for one in found_by(rooms).values()}
    return sorted(going, key=lambda one: (_pressing(one), -weight_of(one, nats), one.onset_us))


def unsaid_recoveries(tongue: Tongue, rooms: Rooms, findings: Mapping[str, Finding]) -> list[Row]:
    """Return the incidents that are over and of which the public has not been told so, the longest first."""
    over = rooms.incidents.past(_RESTORED_MAX, states=frozenset({"restored"}))
    rows = [row_of(tongue, one, findings) for one in over]
    return sorted((one for one in rows if one.due), key=lambda one: one.due.at_us if one.due else 0)


def back_again(tongue: Tongue, rooms: Rooms, findings: Mapping[str, Finding]) -> list[Row]:
    """Return the incidents that are called restored and of which reports say otherwise, the latest onset first."""
    over = rooms.incidents.past(_RESTORED_MAX, states=frozenset({"restored"}))
    return [row_of(tongue, one, findings) for one in over if against(one)]


def found_by(rooms: Rooms) -> dict[str, Finding]:
    """Return all findings that can still be looked up, by id."""
    return {one.id: one for one in rooms.live.findings(open_only=False)}


def _pressing(incident: Incident) -> int:
    if against(incident):
        return 0
    return 2 if incident.state == "claimed_fixed" or incident.quiet_us is not None else 1


def weight_of(incident: Incident, nats: dict[str, float]) -> float:
    """Return the evidence behind an incident: that of its weightiest finding.

    >>> one = Incident(id="i", version=1, opened_us=0, onset_us=0, operator="", scopes=(), findings=("a", "b"))
    >>> weight_of(one, {"a": 7.0, "b": 9.0})
    9.0
    """
    return max((nats.get(one, 0.0) for one in incident.findings), default=0.0)


def matching(tongue: Tongue, incidents: Sequence[Incident], asked: str, findings: Mapping[str, Finding]) -> list[Row]:
    """Return the rows that hold every word asked for, in any order, in their sentence, id or owner."""
    words = asked.casefold().split()
    rows = [(row_of(tongue, one, findings), one) for one in incidents]
    return [
        row for row, one in rows if all(word in f"{row.sentence} {one.id} {one.owner}".casefold() for word in words)
    ]
