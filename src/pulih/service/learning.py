"""Learning: gathers the record of an incident, and lets people write what is learnt from it (requirements N1 and N2).

The record is the same for measures, for obligations and for the review, so that none of them says what another does
not. Whoever writes says which line they saw last; of two who write at once, one is told so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from pulih.communicate.promises import promises_of
from pulih.communicate.speech import Speech
from pulih.learn.log import check, follow, learnt
from pulih.learn.obligations import Obligation, obligations
from pulih.learn.regulator import Rule
from pulih.model.actor import Actor
from pulih.model.clock import HOUR_S, MICROS
from pulih.model.errors import OutsideFailed, RefusedInput, StaleVersion
from pulih.model.finding import Finding
from pulih.model.impact import Bounds
from pulih.model.incident import Incident
from pulih.model.lesson import ActionAdded, Learnt, Lesson, LessonFact, ReportFiled, SurveySent
from pulih.model.record import Curve, Level, Question, Record, Survey
from pulih.model.review import Review
from pulih.model.scope import Scope
from pulih.ports.clock import Clock
from pulih.ports.learning import LessonStore, SurveyAnswer
from pulih.service.incidents import Incidents
from pulih.service.survey_links import SurveyLinks

# Windows of a curve, and for how long after the end one is drawn.
_STEP_S: Final = 300
_WIDE_STEP_S: Final = 3_600
_WIDE_US: Final = 36 * HOUR_S * MICROS
_AROUND_US: Final = 2 * HOUR_S * MICROS
_REGIONS_MAX: Final = 6
# Incidents of the trend; more than a year of a large operator.
TREND_MAX: Final = 400
_CURRENT_MAX: Final = 200


class LearnSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a desk's records have in common: ISO 3166 country, IANA time zone, who answers for it, and how it speaks."""

    country: str = "ID"
    zone: str = "Asia/Jakarta"
    contact: str = ""


class Learning:
    """Records of incidents, and what people learn from them; every method may be called from any thread.

    Args:
        incidents: the desk's.
        store: keeps what is learnt.
        rules: of all regulators.
        clock: the desk's.
        settings: see `LearnSettings`.
        links: makes and reads links to the question after an outage.
        live: what is heard, None where a desk runs without.
        served: subscribers of a scope by the desk's own bounds, None where nothing tells.
    """

    def __init__(
        self,
        incidents: Incidents,
        store: LessonStore,
        rules: Sequence[Rule],
        *,
        clock: Clock,
        settings: LearnSettings,
        links: SurveyLinks,
        live: Any = None,
        served: Callable[[Scope], Bounds | None] | None = None,
    ) -> None:
        self.rules = tuple(rules)
        self.settings, self.links = settings, links
        self.incidents = incidents
        self._store, self._clock = store, clock
        self._live, self._served = live, served
        self._public: dict[str, Review] | None = None
        self._listeners: list[Callable[[str], None]] = []

    @property
    def speech(self) -> Speech:
        """How the desk speaks."""
        return self.incidents.speech

    def on_written(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with an incident's id after each line, in the writer's thread; it must only hand on."""
        self._listeners.append(listener)

    def learnt(self, incident_id: str) -> Learnt:
        """Return what people wrote of an incident, summed up."""
        return learnt(self._store.lessons(incident_id))

    def lessons(self, incident_id: str) -> Sequence[Lesson]:
        """Return the lines of an incident, oldest first."""
        return self._store.lessons(incident_id)

    def write(
        self, incident_id: str, fact: LessonFact, *, actor: Actor, version: int | None = None, reason: str = ""
    ) -> Learnt:
        """Write a line, and return the sum after it.

        Args:
            incident_id: whose.
            fact: what is done; the id of a new action is given here.
            actor: who does it.
            version: number of the last line that they saw; None where it matters not.
            reason: why.

        Raises: ForbiddenMove, StaleVersion when others wrote since, RefusedInput, OutsideFailed.
        """
        incident = self._there(incident_id)
        before = self.learnt(incident_id)
        if version is not None and version != before.version:
            raise StaleVersion(
                f"The review of {incident_id} has {before.version} lines, and {version} were seen.", key="review.stale"
            )
        if isinstance(fact, ActionAdded):
            fact = replace(fact, action=f"a{len(before.review.actions) + 1}")
        if isinstance(fact, ReportFiled):
            self._known_clock(fact)
        lesson = Lesson(
            incident=incident_id,
            number=before.version + 1,
            at_us=self._clock.now_us(),
            actor=actor.name,
            fact=fact,
            reason=reason,
        )
        check(before, lesson, actor, incident=incident)
        self._store.append(lesson)
        self._public = None
        for listener in self._listeners:
            listener(incident_id)
        return follow(before, lesson)

    def survey(self, incident_id: str, question: Question, count: int, *, actor: Actor) -> list[str]:
        """Return so many tokens of links to a question, and note how many were made.

        Raises: as `write`.
        """
        self.write(incident_id, SurveySent(question=question, links=count), actor=actor)
        return list(self.links.make(incident_id, question, count, now_us=self._clock.now_us()))

    def answer(self, answer: SurveyAnswer) -> None:
        """Keep an answer of a customer. Raises RefusedInput when there is no such incident."""
        self._there(answer.incident)
        self._store.answer(answer)

    def record(self, incident_id: str, *, brief: bool = False) -> Record:
        """Return all that is known of an incident; a brief one has no curves and no reasons.

        Raises: RefusedInput when there is none of that id.
        """
        return self._record(self._there(incident_id), brief=brief)

    def obligations(self, record: Record) -> tuple[Obligation, ...]:
        """Return what every regulator's rule asks of an incident now."""
        return obligations(self.rules, record, now_us=self._clock.now_us())

    def past(self, most: int = TREND_MAX) -> list[Record]:
        """Return the records of restored incidents, latest first, without curves and reasons."""
        found = self.incidents.past(most, states=frozenset({"restored"}))
        written = frozenset(self._store.reviewed())
        return [
            self._record(one, brief=True, sums=None if one.id in written else Learnt())
            for one in found
            if not one.merged_into
        ]

    def open_actions(self) -> list[tuple[str, Review]]:
        """Return the reviews that have an action to be done, by incident."""
        reviews = ((name, self.learnt(name).review) for name in sorted(self._store.reviewed(), reverse=True))
        return [(name, review) for name, review in reviews if any(one.done_us is None for one in review.actions)]

    def public_reviews(self) -> dict[str, Review]:
        """Return the reviews that are public, as they were let out, by incident; kept until the next line."""
        known = self._public
        if known is None:
            known = self._public = public_reviews_of(self._store)
        return known

    def _there(self, incident_id: str) -> Incident:
        incident = self.incidents.get(incident_id)
        if incident is None:
            raise RefusedInput(f"There is no incident {incident_id[:40]!r}; an id is like 20251003-ab12.")
        return incident

    def _known_clock(self, fact: ReportFiled) -> None:
        rule = next((one for one in self.rules if one.id == fact.rule), None)
        if rule is None or all(row.id != fact.clock for row in rule.clock):
            raise RefusedInput(
                f"No rule {fact.rule[:60]!r} has a clock {fact.clock[:40]!r}.", key="obligation.no_clock"
            )

    def _record(self, incident: Incident, *, brief: bool = False, sums: Learnt | None = None) -> Record:
        now_us = self._clock.now_us()
        entries = self.incidents.timeline(incident.id)
        sums = self.learnt(incident.id) if sums is None else sums
        findings = self._findings(incident)
        alarms = [one.alarm_us for one in findings]
        return Record(
            incident=incident,
            entries=tuple(entries),
            country=self.settings.country,
            zone=self.settings.zone,
            operator_name=self.speech.operators.get(incident.operator, incident.operator),
            region_names=self._region_names(incident),
            contact=self.settings.contact,
            detected_us=min([*alarms, incident.opened_us]),
            figures=sums.figures,
            promises=promises_of(incident, now_us=now_us),
            filings=sums.filings,
            estimate=self._estimate(incident),
            curves=() if brief else self._curves(incident, now_us),
            evidence=() if brief else self._evidence(findings),
            surveys=surveys_of(sums, self._store.answers(incident.id) if sums.sent else ()),
            review=sums.review,
        )

    def _region_names(self, incident: Incident) -> dict[str, str]:
        codes = [part.scope.region for part in incident.scopes if part.scope.region]
        return {code: self.speech.regions.get(code, code) for code in codes}

    def _findings(self, incident: Incident) -> list[Finding]:
        if self._live is None:
            return []
        looked_up = (self._live.finding(one) for one in incident.findings)
        return [one for one in looked_up if one is not None]

    def _evidence(self, findings: Iterable[Finding]) -> tuple[tuple[str, str], ...]:
        strongest = max(findings, key=lambda one: one.evidence_nats, default=None)
        verdict = self._live.verdict(strongest.id) if strongest else None
        return tuple((one.text_id, one.text_en) for one in verdict.reasons) if verdict else ()

    def _estimate(self, incident: Incident) -> Bounds | None:
        """Return the bounds of the widest scope: those of nested or joined ones count the same people."""
        if self._served is None:
            return None
        found = [bounds for part in incident.scopes if (bounds := self._served(part.scope)) is not None]
        widest = max(found, key=lambda one: one.high, default=None)
        return None if widest is None else Bounds(0, 0, widest.high)

    def _curves(self, incident: Incident, now_us: int) -> tuple[Curve, ...]:
        if self._live is None:
            return ()
        start_us = incident.onset_us - _AROUND_US
        end_us = min(now_us, (incident.ended_us or now_us) + _AROUND_US)
        step_s = _STEP_S if end_us - start_us <= _WIDE_US else _WIDE_STEP_S
        regions = dict.fromkeys(part.scope.region for part in incident.scopes if part.scope.region)
        groups: list[str] = ["", *list(regions)[:_REGIONS_MAX]]
        try:
            return tuple(self._curve(incident.operator, one, (start_us, end_us), step_s) for one in groups)
        except OutsideFailed:
            # A review can be written without the curve; what is not drawn says so.
            return ()

    def _curve(self, operator: str, region: str, span: tuple[int, int], step_s: int) -> Curve:
        series = self._live.series(operator, region, start_us=span[0], end_us=span[1], step_s=step_s)
        step_us = series.step_s * MICROS
        levels = tuple(
            Level(start_us=series.start_us + index * step_us, reports=reports, usual=usual)
            for index, (reports, usual) in enumerate(zip(series.counts, series.expected, strict=True))
        )
        return Curve(group=region, step_s=series.step_s, levels=levels)


def public_reviews_of(store: LessonStore) -> dict[str, Review]:
    """Return the reviews that are public, as they were let out, by incident."""
    sums = ((name, learnt(store.lessons(name)).public) for name in store.reviewed())
    return {name: public for name, public in sums if public is not None}


def surveys_of(sums: Learnt, answers: Collection[SurveyAnswer]) -> tuple[Survey, ...]:
    """Return the surveys of an incident: to how many each question went, and what was answered.

    >>> surveys_of(Learnt(sent=(("csat", 10),)), [])
    (Survey(question='csat', asked=10, scores=()),)
    """
    return tuple(
        Survey(question=question, asked=asked, scores=tuple(one.score for one in answers if one.question == question))
        for question, asked in sums.sent
    )
