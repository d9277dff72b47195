"""What the public may know of one incident, from its timeline: the published words, the stage after each, the times.

A timeline holds more than is public: drafts, owners, tasks, suspicions, a cause that nobody has told yet. What is shown
is what was decided (states), what was said (words), and what can be asked of it (scopes, onset). The same timeline
always gives the same picture, so it is kept by the number of its last entry.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from pulih.communicate.promises import promises
from pulih.communicate.speech import Pair, Speech
from pulih.communicate.trouble import what_is_broken
from pulih.confirm.timeline import follow
from pulih.model.bulletin import PublicCredit, PublicIncident, PublicScope, Stage, Turn, TurnKind, Word
from pulih.model.credit_batch import committed
from pulih.model.entry import (
    ClaimedFixed,
    Confirmed,
    CreditsApproved,
    CreditsHandedOver,
    CreditsReversed,
    Entry,
    HelpSet,
    NoticePublished,
    NoticeWithdrawn,
    OnsetSet,
    Opened,
    RecoveryJudged,
    Rejected,
    Relapsed,
    Restored,
    ScopesSet,
    SeveritySet,
    SplitOff,
    TookOver,
)
from pulih.model.incident import Incident, State
from pulih.model.scope import Scope

PUBLIC: Final[frozenset[State]] = frozenset({"confirmed", "claimed_fixed", "restored"})
OVER: Final[frozenset[State]] = frozenset({"restored", "rejected"})
_STAGES: Final[dict[State, Stage]] = {
    "suspected": "investigating",
    "confirmed": "investigating",
    "claimed_fixed": "monitoring",
    "restored": "resolved",
    "rejected": "resolved",
}
# Of an end that is doubted again and again, so many turns are told.
_TURNS_MAX: Final = 20
# What changes the picture that the public has; all else is the desk's own.
_SEEN: Final = (
    Opened, Confirmed, Rejected, ClaimedFixed, Restored, Relapsed, ScopesSet, OnsetSet, SeveritySet, HelpSet,
    NoticePublished, NoticeWithdrawn, TookOver, SplitOff, CreditsApproved, CreditsReversed, CreditsHandedOver,
)  # fmt: skip


def is_shown(incident: Incident) -> bool:
    """Whether the public is shown an incident.

    A suspicion, and what turned out to be no outage, is shown for good once the desk said a word about it in public:
    whoever publishes may rely on being read, and what is withdrawn is struck out and does not vanish.

    >>> is_shown(Incident(id="a", version=1, opened_us=0, onset_us=0, operator="xl", scopes=()))
    False
    """
    if incident.merged_into:
        return False
    if incident.state in PUBLIC:
        return True
    return any(notice.published_us is not None for notice in incident.notices)


def public_incident(entries: Iterable[Entry], speech: Speech) -> PublicIncident:
    """Return what the public may know of an incident that `is_shown`; without promises, which depend on the moment.

    Args:
        entries: its whole timeline, oldest first.
        speech: what things are called.

    Raises: RefusedInput when the entries are no timeline.
    """
    seen = _Seen()
    for entry in entries:
        seen.follow(entry)
    return seen.told(speech)


def with_promises(incident: PublicIncident, now_us: int) -> PublicIncident:
    """Return an incident with what became of its promises by now; the same object where nothing is different."""
    made = promises(incident.words, ended_us=incident.ended_us, now_us=now_us)
    return incident if made == incident.promises else replace(incident, promises=made)


class _Seen:
    """Follows a timeline as the public could see it."""

    def __init__(self) -> None:
        self._incident: Incident | None = None
        self._words: dict[str, Word] = {}
        self._turns: list[Turn] = []
        self._cause_told = False
        self._monitoring_us: int | None = None
        self._restored_us: int | None = None
        self._updated_us = 0

    def follow(self, entry: Entry) -> None:
        """Take one more entry."""
        before = self._incident
        self._incident = incident = follow(before, entry)
        if before is not None:
            self._turn(before, incident, entry)
        if isinstance(entry.fact, _SEEN):
            self._updated_us = entry.at_us
        match entry.fact:
            case NoticePublished():
                self._say(incident, entry.fact.notice, entry)
            case NoticeWithdrawn() if entry.fact.notice in self._words:
                said = self._words[entry.fact.notice]
                self._words[said.id] = replace(said, withdrawn_us=entry.at_us)
            case ClaimedFixed():
                self._monitoring_us = entry.at_us
            case Restored():
                self._restored_us = entry.at_us
            case Relapsed():
                self._monitoring_us = None

    def _turn(self, before: Incident, after: Incident, entry: Entry) -> None:
        """Take down that an end is taken back, or that what reports say of it is another thing than before."""
        taken = _said_over(before) - _said_over(after)
        kind: TurnKind | None = "reopened" if taken and isinstance(entry.fact, Relapsed) else None
        if isinstance(entry.fact, RecoveryJudged):
            kind = _judged(before, after)
        if kind is None or not is_shown(after):
            return
        back = {part.scope for part in before.scopes if part.state == "restored"}
        over = before.ended_us is not None
        part = bool(back & taken) or (kind != "reopened" and bool(back))
        turn = Turn(
            kind=kind,
            at_us=entry.at_us,
            number=entry.number,
            stage=_stage(after.state, cause_told=self._cause_told),
            was="resolved" if over else "partly" if part else "monitoring",
            was_us=before.ended_us if over else self._restored_us if part else self._monitoring_us,
            partly=kind == "reopened" and bool(_said_over(after)),
        )
        self._turns = [*self._turns, turn][-_TURNS_MAX:]
        self._updated_us = entry.at_us

    def _say(self, incident: Incident, notice_id: str, entry: Entry) -> None:
        notice = next(one for one in incident.notices if one.id == notice_id)
        cause = incident.cause_id.rstrip(".").casefold()
        self._cause_told = bool(cause) and (self._cause_told or cause in notice.text_id.casefold())
        self._words[notice_id] = Word(
            id=notice_id,
            number=entry.number,
            kind=notice.kind,
            stage=_stage(incident.state, cause_told=self._cause_told),
            published_us=entry.at_us,
            text_id=notice.text_id,
            text_en=notice.text_en,
            next_update_by_us=notice.next_update_by_us,
            corrects=notice.corrects,
            speaker=notice.speaker,
            office=notice.office,
        )

    def told(self, speech: Speech) -> PublicIncident:
        """Return the picture."""
        incident = self._incident
        assert incident is not None, "a timeline has an entry"
        told = self._cause_told and any(one.withdrawn_us is None for one in self._words.values())
        title_id, title_en = _title(incident, speech)
        return PublicIncident(
            id=incident.id,
            operator=incident.operator,
            title_id=title_id,
            title_en=title_en,
            stage=_stage(incident.state, cause_told=told),
            severity=incident.severity,
            scopes=_scopes(incident, cause_told=told),
            onset_us=incident.onset_us,
            updated_us=self._updated_us,
            confirmed_us=incident.confirmed_us,
            monitoring_us=self._monitoring_us,
            ended_us=incident.ended_us if incident.state in OVER else None,
            retracted=incident.state == "rejected",
            cause_id=incident.cause_id if told else "",
            cause_en=incident.cause_en if told else "",
            emergency_calls=incident.emergency_calls,
            alternatives_id=incident.alternatives_id,
            alternatives_en=incident.alternatives_en,
            credits=_credits(incident),
            unproved=bool(incident.overridden),
            contradicted=bool(against := _against(incident)),
            relapsed="relapsed" in against,
            turns=tuple(self._turns),
            words=tuple(sorted(self._words.values(), key=lambda word: word.number)),
        )


def _said_over(incident: Incident) -> frozenset[Scope]:
    """Return the scopes of which the page says that they are repaired or restored."""
    return frozenset(part.scope for part in incident.scopes if part.state in {"claimed_fixed", "restored"})


def _judged(before: Incident, after: Incident) -> TurnKind | None:
    """Return what reports newly say of an end that the public was told of, None for nothing new."""
    was, now = _against(before), _against(after)
    if "relapsed" in now - was:
        return "relapsed"
    if "contradicted" in now - was and not was:
        return "contradicted"
    said = _said_over(after)
    back = {one.scope for one in after.recovery if one.verdict == "restored"}
    # Where sources fell silent nobody knows, and nothing is said.
    return "as_usual" if was and not now and said and said <= back else None


def _against(incident: Incident) -> frozenset[str]:
    """Return what reports say against scopes of which the page says that they are repaired or restored."""
    said = _said_over(incident)
    there = [one for one in incident.recovery if one.scope in said]
    return frozenset(
        "contradicted" if one.verdict == "contradicted" else "relapsed"
        for one in there
        if one.verdict == "contradicted" or (one.relapsed and one.verdict != "restored")
    )


def _credits(incident: Incident) -> tuple[PublicCredit, ...]:
    return tuple(
        PublicCredit(
            who_id=one.who_id,
            who_en=one.who_en,
            approved_us=one.approved_us or 0,
            by_us=one.by_us,
            handed_over=one.state == "handed_over",
        )
        for one in incident.credits
        if committed(one)
    )


def _stage(state: State, *, cause_told: bool) -> Stage:
    return "identified" if state == "confirmed" and cause_told else _STAGES[state]


def _scopes(incident: Incident, *, cause_told: bool) -> tuple[PublicScope, ...]:
    """Return what is hit; beside what is decided, what is only suspected stays untold."""
    return tuple(
        PublicScope(
            stage=_stage(part.state, cause_told=cause_told),
            service=part.scope.service,
            region=part.scope.region,
            symptom=part.scope.symptom,
        )
        for part in incident.scopes
        if part.state in PUBLIC or incident.state not in PUBLIC
    )


def _title(incident: Incident, speech: Speech) -> Pair:
    shown = PUBLIC if incident.state in PUBLIC else ()
    indonesian, english = what_is_broken(incident, speech, shown)
    if incident.state == "rejected":
        return f"Ternyata bukan gangguan: {indonesian}", f"No outage after all: {english}"
    return indonesian[:1].upper() + indonesian[1:], english[:1].upper() + english[1:]
