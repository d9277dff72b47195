"""Gathers what recovery is judged by: reports, answers, texts and probes of one scope, and the sources that carry them.

Everything is of the operator and the brands that its network carries, in the scope's region and service. Probes are
own ones: what is measured from afar sees a network and not its customers, and ends nothing. Sources that carry four
fifths of the reports must show life for the quiet to count (requirement L5).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

import msgspec
import numpy as np

from pulih.confirm.timeline import MOVES_OF_SCOPES
from pulih.model.clock import DAY_S, HOUR_S, MICROS, WEEK_S
from pulih.model.entry import ClaimedFixed, Confirmed, Entry, Relapsed
from pulih.model.incident import Incident
from pulih.model.scope import Scope
from pulih.ports.files import Wanted
from pulih.ports.live import Answered, Row, SignalStore, Spell
from pulih.restore.observed import Answer, Counted, Flags, Observed, Probe
from pulih.service.live.desk import LiveDesk
from pulih.service.other_talk import STEP_S, OtherTalk
from pulih.service.public_form import SOURCE as FORM
from pulih.understand.gazetteer import Gazetteer
from pulih.understand.operators import Catalogue

# Of an incident that lasts longer, so much is looked at; and a day before it, for what is usual.
LOOKED_AT_S: Final = 36 * HOUR_S
# Sources that together carry so much of the reports must be alive.
CARRIED: Final = 0.8
# Whoever reports again so long after their first report answers that it is still so.
_AGAIN_US: Final = 600 * MICROS
_ANSWERS_MAX: Final = 20_000


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What is heard of one incident, for all its scopes: read from the store once.

    Attributes:
        since_us, now_us: from when on it is looked at, and until when everything is counted.
        spells, answers, states: since a day before.
        last: when each source was heard last.
        thin: in which steps a source brought a part of its other talk only; from the step of `since_us` on.
        silent: names of sources that are silent now.
    """

    since_us: int
    now_us: int
    spells: Sequence[Spell]
    answers: Sequence[Answered]
    states: Sequence[Row]
    last: Mapping[str, int]
    thin: Mapping[str, Flags]
    silent: tuple[str, ...]


class RecoveryView:
    """Looks at what is heard of incidents.

    Args:
        live: levels of reports and what is usual.
        store: single reports, as counts.
        catalogue, gazetteer: operators on one network, and regions within others.
        asked: sources in which people who reported are asked whether it works again, beside the form.
    """

    def __init__(
        self,
        live: LiveDesk,
        store: SignalStore,
        catalogue: Catalogue,
        gazetteer: Gazetteer,
        *,
        asked: Collection[str] = (),
    ) -> None:
        self._asked = frozenset({FORM, *asked})
        self._live = live
        self._store = store
        self._talk = OtherTalk(store)
        self._catalogue = catalogue
        self._gazetteer = gazetteer

    def heard(self, incident: Incident, now_us: int) -> Heard:
        """Return what is heard of an incident until now, or until what is counted; asks the stores, so it may block."""
        until_us = max(incident.onset_us, min(now_us, self._live.counted_until_us() or now_us))
        since_us = max(incident.onset_us, until_us - LOOKED_AT_S * MICROS)
        before_us = since_us - DAY_S * MICROS
        members = frozenset(self._catalogue.on_network(incident.operator))
        wanted = Wanted(start_us=before_us, end_us=max(until_us, before_us + 1), operators=members)
        network = self._catalogue.network_of(incident.operator)
        states = self._store.states(before_us, wanted.end_us)
        return Heard(
            since_us=since_us,
            now_us=until_us,
            spells=self._store.spells(wanted, STEP_S),
            answers=self._store.answers(wanted, self._asked, _ANSWERS_MAX),
            states=[
                one
                for one in states
                if one.operator
                and self._catalogue.network_of(one.operator) == network
                and one.source not in self._live.afar
            ],
            last=self._store.last_said(since_us, wanted.end_us),
            thin=self._talk.thin(
                msgspec.structs.replace(wanted, start_us=since_us - since_us % (STEP_S * MICROS)), incident.onset_us
            ),
            silent=tuple(sorted(one.source for one in self._live.sources() if one.liveness == "silent")),
        )

    def observed(self, incident: Incident, scope: Scope, heard: Heard, claimed_us: int | None) -> Observed:
        """Return what is heard of one scope of an incident.

        Args:
            incident, scope: of what.
            heard: what is heard of the incident.
            claimed_us: when a repair of this scope was claimed, None while nobody has.
        """
        here = [one for one in heard.spells if self._within(one.region, scope) and serves(one.service, scope)]
        since = [one for one in here if one.start_us >= heard.since_us - STEP_S * MICROS]
        answers = list(_answers(heard, lambda one: self._within(one.region, scope) and serves(one.service, scope)))
        return Observed(
            onset_us=heard.since_us,
            now_us=heard.now_us,
            counted=self._counted(incident, scope, heard, since),
            alive_until_us=alive_until(carrying(since), heard.last),
            claimed_us=claimed_us,
            answers=tuple(Answer(one.at_us, one.author, one.back) for one in answers),
            probes=tuple(
                Probe(one.at_us, one.recovered)
                for one in heard.states
                if one.kind == "probe" and (one.region is None or self._within(one.region, scope))
            ),
            recoveries=_told(since, answers),
            silent=heard.silent,
            cut=heard.since_us > incident.onset_us,
        )

    def _within(self, region: str | None, scope: Scope) -> bool:
        return not scope.region or (region is not None and scope.region in self._gazetteer.ancestors(region))

    def _counted(self, incident: Incident, scope: Scope, heard: Heard, since: Sequence[Spell]) -> Counted:
        width_us = STEP_S * MICROS
        start_us = heard.since_us - heard.since_us % width_us
        many = max(1, -(-(heard.now_us - start_us) // width_us))
        series = self._live.series(
            incident.operator, scope.region or "", start_us, start_us + many * width_us, step_s=STEP_S
        )
        said = Counter[int]()
        for one in since:
            said[(one.start_us - start_us) // width_us] += one.reports
        share = _share(heard, scope)
        thin = [heard.thin[source] for source in carrying(since) if source in heard.thin]
        return Counted(
            start_us=start_us,
            step_s=STEP_S,
            counts=tuple(
                None if at < len(series.counts) and series.counts[at] is None else float(said[at]) for at in range(many)
            ),
            expected=tuple(share * one for one in self._usual(incident, scope.region or "", start_us, many)),
            thin=tuple(np.logical_or.reduce(thin).tolist()) if thin else (),
        )

    def _usual(self, incident: Incident, region: str, start_us: int, many: int) -> tuple[float, ...]:
        """Return what was usual at these hours before it all began, in the week before, or else on the day before.

        An outage of days teaches the live level that it is usual; that must not prove that it is over. A desk that did
        not listen on the day before knows nothing better than that level.
        """
        end_us = start_us + many * STEP_S * MICROS
        for span_s in (WEEK_S, DAY_S):
            away_us = span_s * MICROS * max(0, -(-(end_us - incident.onset_us) // (span_s * MICROS)))
            found = self._live.series(
                incident.operator, region, start_us - away_us, end_us - away_us, step_s=STEP_S
            ).expected
            if found and all(one > 0.0 for one in found):
                return _as_many(found, many)
        return _as_many(self._live.series(incident.operator, region, start_us, end_us, step_s=STEP_S).expected, many)


def carrying(spells: Iterable[Spell]) -> tuple[str, ...]:
    """Return the sources that carry four fifths of the reports of a scope, the one that carries most first.

    >>> carrying([Spell(0, "x", None, None, 90, 0), Spell(0, "form", None, None, 10, 0)])
    ('x',)
    """
    carried = Counter[str]()
    for one in spells:
        carried[one.source] += one.reports
    total, so_far, sources = carried.total(), 0, []
    for source, reports in carried.most_common():
        if so_far >= CARRIED * total:
            break
        so_far += reports
        sources.append(source)
    return tuple(sources)


def alive_until(sources: Collection[str], last: Mapping[str, int]) -> int | None:
    """Return until when the sources that carry the reports have all shown life; None when none did.

    Args:
        sources: that carry them; where nobody reported, any that speaks shows life.
        last: when each source was heard last, of whatever it spoke.

    >>> alive_until(["x"], {"x": 60, "form": 20}), alive_until([], {"x": 60}), alive_until(["x", "form"], {"x": 60})
    (60, 60, 0)
    """
    return min(last.get(one, 0) for one in sources) if sources else max(last.values(), default=None)


def claims_of(entries: Iterable[Entry]) -> dict[Scope, int]:
    """Return since when each scope is said to be repaired; scopes that nobody says so of are left out."""
    claimed: dict[Scope, int] = {}
    states: dict[Scope, str] = {}
    for entry in entries:
        fact = entry.fact
        if isinstance(fact, (Confirmed, ClaimedFixed, Relapsed)):
            for scope in fact.scopes or tuple(states):
                states[scope] = MOVES_OF_SCOPES[type(fact)][1]
                if isinstance(fact, ClaimedFixed):
                    claimed[scope] = entry.at_us
                else:
                    claimed.pop(scope, None)
    return claimed


def serves(service: str | None, scope: Scope) -> bool:
    """Whether a text speaks of a scope's service; one that names none may speak of any."""
    return scope.service in {None, "any"} or service in {None, "any", scope.service}


def _share(heard: Heard, scope: Scope) -> float:
    """Return the share of usual reports that may speak of the scope's service, by those of the day before."""
    before = [one for one in heard.spells if one.start_us < heard.since_us]
    everything = sum(one.reports for one in before)
    mine = sum(one.reports for one in before if serves(one.service, scope))
    return (mine + 1.0) / (everything + 1.0)


def _answers(heard: Heard, here: Callable[[Answered], bool]) -> Iterable[Answered]:
    """Yield what people answer: that it is back, or the same trouble again, ten minutes after their first report.

    Whoever writes that it is back and never reported anything was not asked; theirs is a text like any other.
    """
    first: dict[str, int] = {}
    for one in heard.answers:
        if not here(one) or (one.own_words and one.author not in first):
            continue
        began_us = first.setdefault(one.author, one.at_us)
        if one.at_us < heard.since_us:
            continue
        if one.back or one.at_us - began_us >= _AGAIN_US:
            yield one


def _told(since: Sequence[Spell], answers: Iterable[Answered]) -> tuple[int, ...]:
    """Return when texts said by themselves that it is back, without those that count as somebody's answer.

    >>> said = [Spell(0, "form", None, None, 9, 2), Spell(300 * MICROS, "x", None, None, 5, 1)]
    >>> mine = [Answered(at_us, "a", None, None, True, True) for at_us in (5, 7)]
    >>> _told(said, [*mine, Answered(9, "b", None, None, True)])
    (0, 300000000)
    """
    told = Counter[int]()
    for spell in since:
        told[spell.start_us] += spell.recoveries
    # Of what somebody wrote again and again the last text is counted; oldest come first.
    own = {one.author: one.at_us for one in answers if one.own_words}
    told.subtract(at_us - at_us % (STEP_S * MICROS) for at_us in own.values())
    return tuple(at_us for at_us, many in sorted(told.items()) for _ in range(many))


def _as_many(values: Sequence[float], many: int) -> tuple[float, ...]:
    """Return so many values, the last again where there are fewer."""
    return tuple(values[min(at, len(values) - 1)] for at in range(many))
