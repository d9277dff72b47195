"""Recovery: judges the end of every incident that goes on, notes on its timeline what changes, and estimates the end.

The desk judges; people decide. What it judged stands on the timeline with its reasons, so that the move to restored can
rest on it, a repair that reports contradict is seen within minutes, and a relapse is told (requirement R1). Estimates
are written at fixed ages and with every change, and scored from timelines once the incident is over.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

import msgspec

from pulih.confirm.likeness import is_like
from pulih.confirm.task_moves import is_waiting
from pulih.model.actor import THE_DESK
from pulih.model.clock import HOUR_S, MICROS
from pulih.model.entry import Entry, RecoveryJudged
from pulih.model.errors import ForbiddenMove, PulihError
from pulih.model.incident import Incident, State
from pulih.model.recovery import Estimate, RecoveryVerdict, ScopeRecovery
from pulih.model.scope import Scope
from pulih.ports.clock import Clock
from pulih.restore.eta import AGES_S, Forecaster, Passed, Stage, weigh
from pulih.restore.eta_scores import Given, Scores, scores_of
from pulih.restore.judging import Judged, judge
from pulih.restore.reasons import reasons_of, whole
from pulih.service.incidents import Incidents
from pulih.service.recovery_view import RecoveryView, claims_of

# Of these the end is judged; of restored ones for some hours, since outages come back.
JUDGED: Final[frozenset[State]] = frozenset({"confirmed", "claimed_fixed"})
RELAPSE_S: Final = 6 * HOUR_S
# A verdict that only changed between "not yet" and "cannot be told" is written once in so long.
_WAVERING_S: Final = 6 * HOUR_S
_PAST_MAX: Final = 200
# A nationwide incident has forty scopes, and each takes a twelfth of a second after a day; whoever looks shares it.
_MINUTE_S: Final = 60
_KEPT_MAX: Final = 100
_NEXT: Final[frozenset[RecoveryVerdict]] = frozenset({"not_yet", "unknown"})


_PastKey = tuple[tuple[str, int], ...]


class ScopeJudged(msgspec.Struct, frozen=True):
    """One scope of an incident with its verdict and all that it rests on."""

    scope: Scope
    judged: Judged


class Recovery(msgspec.Struct, frozen=True, kw_only=True):
    """The end of one incident as it is judged now: the whole, each scope, and when it may be over."""

    verdict: RecoveryVerdict
    scopes: tuple[ScopeJudged, ...]
    estimate: Estimate | None = None


class Recoveries:
    """Judges the end of incidents; every method may be called from any thread.

    Args:
        incidents: of the desk.
        view: what is heard of them.
        clock: the desk's.
    """

    def __init__(self, incidents: Incidents, view: RecoveryView, clock: Clock) -> None:
        self._incidents = incidents
        self._view = view
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[tuple[int, int], Recovery]] = {}
        self._learnt: tuple[_PastKey, tuple[tuple[Incident, Sequence[Passed]], ...]] = (), ()
        # By whom of the past it is like: incidents of one place have one forecaster.
        self._forecasters: dict[tuple[bool, ...], Forecaster] = {}

    def of(self, incident: Incident) -> Recovery:
        """Return how the end of an incident stands, as of this minute; asks the stores, so it may block."""
        now_us = self._clock.now_us()
        key = incident.version, now_us // (_MINUTE_S * MICROS)
        with self._lock:
            kept = self._kept.get(incident.id)
        if kept is not None and kept[0] == key:
            return kept[1]
        recovery = self._looked_at(incident, now_us)
        with self._lock:
            self._kept.pop(incident.id, None)
            self._kept[incident.id] = key, recovery
            if len(self._kept) > _KEPT_MAX:
                del self._kept[next(iter(self._kept))]
        return recovery

    def _looked_at(self, incident: Incident, now_us: int) -> Recovery:
        heard = self._view.heard(incident, now_us)
        claims = claims_of(self._incidents.timeline(incident.id))
        parts = [part.scope for part in incident.scopes if part.state in {*JUDGED, "restored"}]
        judged = tuple(
            ScopeJudged(scope, judge(self._view.observed(incident, scope, heard, claims.get(scope)))) for scope in parts
        )
        return Recovery(
            verdict=whole(one.judged.verdict for one in judged),
            scopes=judged,
            estimate=self._estimate(incident, judged, now_us),
        )

    def advance(self, now_us: int) -> list[str]:
        """Judge every incident whose end is awaited, and write what changed; return a sentence for each that failed."""
        lately = self._incidents.past(_PAST_MAX, states=frozenset({"restored"}))
        watched = [one for one in lately if now_us - (one.ended_us or 0) < RELAPSE_S * MICROS]
        failed = []
        for incident in (*self._incidents.current(), *watched):
            try:
                self._judge(incident, now_us)
            except PulihError as problem:
                # The others are judged all the same; this one again in a minute.
                failed.append(f"The end of {incident.id} cannot be judged: {problem}")
        return failed

    def scored(self) -> tuple[Scores | None, tuple[Given, ...]]:
        """Return how the estimates of past incidents did, and each of them, the latest incident first."""
        given = tuple(one for incident in self._past() for one in given_of(self._incidents.timeline(incident.id)))
        return scores_of(given), given

    def _judge(self, incident: Incident, now_us: int) -> None:
        if not any(part.state in {*JUDGED, "restored"} for part in incident.scopes):
            return
        recovery = self.of(incident)
        new = tuple(told(one) for one in recovery.scopes)
        if not self._is_news(incident, new, now_us):
            return
        fact = RecoveryJudged(scopes=new, estimate=recovery.estimate)
        reason = "\n".join(_reason(recovery.scopes))
        # Where somebody was first, or ended it, it is judged again within the minute.
        with suppress(ForbiddenMove):
            self._incidents.act(incident.id, fact, actor=THE_DESK, version=incident.version, reason=reason)

    def _is_news(self, incident: Incident, new: Sequence[ScopeRecovery], now_us: int) -> bool:
        """Whether a verdict changed, or an age came at which an estimate is due."""
        last = [one for one in self._incidents.timeline(incident.id) if isinstance(one.fact, RecoveryJudged)]
        at_us = last[-1].at_us if last else 0
        before = {one.scope: (one.verdict, one.relapsed) for one in incident.recovery}
        changed = [one for one in new if before.get(one.scope) != (one.verdict, one.relapsed)]
        sure = [
            one for one in changed if one.scope not in before or {one.verdict, before[one.scope][0]} - _NEXT
            or one.relapsed != before[one.scope][1]
        ]  # fmt: skip
        ages = (incident.onset_us + age_s * MICROS for age_s in AGES_S)
        due = incident.ended_us is None and any(at_us < age_us <= now_us for age_us in ages)
        return bool(sure) or due or (bool(changed) and now_us - at_us >= _WAVERING_S * MICROS)

    def _estimate(self, incident: Incident, judged: Sequence[ScopeJudged], now_us: int) -> Estimate | None:
        """Return when it may be over; None of what is over, or has hardly begun."""
        going = [one.judged for one in judged if one.judged.verdict != "restored"]
        age_s = (now_us - incident.onset_us) / MICROS
        if incident.ended_us is not None or not going or age_s < 60.0:
            return None
        said_s = said_left(incident, now_us)
        share = max(one.share for one in going)
        left = self._forecaster(incident).time_left(Stage(age_s=age_s, share=share, desk_s=said_s))
        low_us, middle_us, high_us = (
            now_us + round(seconds * MICROS) for seconds in (left.low_s, left.middle_s, left.high_s)
        )
        return Estimate(
            low_us=low_us,
            middle_us=middle_us,
            high_us=high_us,
            confidence=left.confidence,
            share=round(share, 3),
            incidents=left.incidents,
            desk_s=said_s,
        )

    def _past(self) -> list[Incident]:
        return self._incidents.past(_PAST_MAX, states=frozenset({"restored"}))

    def _forecaster(self, incident: Incident) -> Forecaster:
        """Return what knows past incidents, those that are like one weighing more."""
        past = self._past()
        key = tuple((one.id, one.version) for one in past)
        with self._lock:
            if self._learnt[0] != key:
                self._learnt = key, tuple((one, stages_of(one, self._incidents.timeline(one.id))) for one in past)
                self._forecasters.clear()
            parents, known = self._incidents.speech.parents, self._learnt[1]
            like = tuple(is_like(incident, one, parents) for one, _ in known)
            if like not in self._forecasters:
                weighed = zip(like, (stages for _, stages in known), strict=True)
                if len(self._forecasters) >= _KEPT_MAX:
                    del self._forecasters[next(iter(self._forecasters))]
                self._forecasters[like] = Forecaster(
                    [one for alike, stages in weighed for one in weigh(stages, alike=alike)]
                )
            return self._forecasters[like]


def said_left(incident: Incident, now_us: int) -> float | None:
    """Return how many seconds are left by the desk's own word, None where nobody says, or that time has passed.

    Only tasks of which somebody said that they tell the end count: other work is due for reasons of its own, and an
    estimate that somebody took would come back as if the desk knew better.
    """
    dues = [one.due_us for one in incident.tasks if one.tells_end and is_waiting(one) and one.due_us is not None]
    return (max(dues) - now_us) / MICROS if dues and max(dues) > now_us else None


def told(one: ScopeJudged) -> ScopeRecovery:
    """Return what of a verdict is written on the timeline."""
    judged = one.judged
    return ScopeRecovery(
        scope=one.scope,
        verdict=judged.verdict,
        since_us=judged.since_us,
        nats=round(judged.course.nats, 2),
        needed_nats=round(judged.course.needed, 2),
        relapsed=judged.relapsed_us is not None,
    )


def given_of(entries: Sequence[Entry]) -> list[Given]:
    """Return the estimates that stand on the timeline of an incident that is over, with its end."""
    ended_us = end_of(entries)
    if ended_us is None:
        return []
    return [
        Given(entry.incident, entry.at_us, entry.fact.estimate, ended_us)
        for entry in entries
        if isinstance(entry.fact, RecoveryJudged) and entry.fact.estimate is not None and entry.at_us < ended_us
    ]


def end_of(entries: Iterable[Entry]) -> int | None:
    """Return when it was back in all scopes by what was judged last; None when that was never so.

    An end that a person declared without proof is no moment to learn from.
    """
    held: dict[Scope, ScopeRecovery] = {}
    for entry in entries:
        if isinstance(entry.fact, RecoveryJudged):
            held |= {one.scope: one for one in entry.fact.scopes}
    ends = [one.since_us for one in held.values()]
    known = [one for one in ends if one is not None]
    restored = bool(held) and all(one.verdict == "restored" for one in held.values())
    return max(known) if restored and len(known) == len(ends) else None


def stages_of(incident: Incident, entries: Sequence[Entry]) -> list[Passed]:
    """Return where a past incident stood whenever its end was estimated, and how long it then took."""
    return [
        Passed(
            incident=incident.id,
            stage=Stage(
                age_s=max(60.0, (one.at_us - incident.onset_us) / MICROS),
                share=one.estimate.share,
                desk_s=one.estimate.desk_s,
            ),
            left_s=(one.ended_us - one.at_us) / MICROS,
        )
        for one in given_of(entries)
    ]


def _reason(scopes: Sequence[ScopeJudged]) -> tuple[str, str]:
    """Return the reasons of the gravest scope, in Indonesian and in English, a line each."""
    if not scopes:
        return "", ""
    verdict = whole(one.judged.verdict for one in scopes)
    said = reasons_of(next(one.judged for one in scopes if one.judged.verdict == verdict))
    return " ".join(one.text_id for one in said), " ".join(one.text_en for one in said)
