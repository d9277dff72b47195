"""Makes the bulletin: incidents that are public, levels, measurements and planned work, of the operators of the desk.

What is heard changes all the time and costs a look at the store, so it is asked for once a turn (a minute); an incident
that changed is told at once, beside what was heard last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from pulih.communicate.speech import Speech
from pulih.model.bulletin import Bulletin, Mode, Place, PublicIncident, PublicOperator, Stage, Work
from pulih.model.clock import MICROS
from pulih.model.errors import OutsideFailed
from pulih.model.incident import Incident, Severity
from pulih.model.review import Review
from pulih.ports.live import PlannedChange
from pulih.service.incidents import Incidents
from pulih.service.levels import Heard
from pulih.service.public_incident import is_shown, public_incident, with_promises
from pulih.service.public_review import with_review

# Incidents that may go on at once, restored ones that the history shows, and rejected ones among which it looks for
# those that were spoken of.
CURRENT_MAX: Final = 500
PAST_MAX: Final = 1_000
REJECTED_MAX: Final = 400
STALE_US: Final = 15 * 60 * MICROS
_STAGES: Final[tuple[Stage, ...]] = ("identified", "investigating", "monitoring", "resolved", "postmortem")
_SEVERITIES: Final[tuple[Severity, ...]] = ("critical", "major", "minor")


class Masthead(msgspec.Struct, frozen=True, kw_only=True):
    """What every bulletin of a desk has.

    Attributes:
        desk, address, mode, zone: as in Bulletin.
        own: catalogue ids of the desk's own operators; an operator's desk shows them alone, any other all.
        operators, places: what can be chosen.
        stale_us: for how long a copy may be believed, microseconds.
    """

    desk: str
    address: str = ""
    mode: Mode = "operator"
    zone: str = "Asia/Jakarta"
    own: tuple[str, ...] = ()
    operators: tuple[PublicOperator, ...] = ()
    places: tuple[Place, ...] = ()
    stale_us: int = STALE_US

    def shows(self, operator: str) -> bool:
        """Whether an operator is shown.

        >>> Masthead(desk="Pulih", own=("xl",)).shows("smartfren"), Masthead(desk="Pulih").shows("smartfren")
        (False, True)
        """
        return self.mode == "independent" or not self.own or operator in self.own


class Bulletins:
    """Makes one bulletin after another; for one thread at a time.

    Args:
        incidents: the desk's.
        masthead: what every bulletin has.
        speech: what things are called.
        heard: what is heard at a moment; may raise OutsideFailed, and levels are unknown then.
        works: planned work around a moment.
        reviews: reviews that are public, by incident.
    """

    def __init__(
        self,
        incidents: Incidents,
        masthead: Masthead,
        *,
        speech: Speech,
        heard: Callable[[int], Heard],
        works: Callable[[int], Sequence[Work]],
        reviews: Callable[[], Mapping[str, Review]] = dict,
    ) -> None:
        self._incidents, self._masthead, self._speech = incidents, masthead, speech
        self._ask_heard, self._works, self._reviews = heard, works, reviews
        self._heard: Heard | None = None
        self._known: dict[str, tuple[int, PublicIncident]] = {}

    def make(self, now_us: int, *, turn: bool = True) -> Bulletin:
        """Return what the public may know now.

        Args:
            now_us: the present.
            turn: ask anew what is heard.

        Raises: OutsideFailed when incidents cannot be read.
        """
        if turn or self._heard is None:
            self._heard = self._hear(now_us)
        reviews = self._reviews()
        shown = [
            with_review(self._seen(one, now_us), reviews.get(one.id))
            for one in self._all()
            if is_shown(one) and self._masthead.shows(one.operator)
        ]
        self._forget({one.id for one in shown})
        over = [one for one in shown if _is_over(one)]
        head = self._masthead
        return Bulletin(
            desk=head.desk,
            address=head.address,
            mode=head.mode,
            zone=head.zone,
            made_us=now_us,
            stale_us=now_us + head.stale_us,
            heard=self._heard.heard,
            simulated=self._heard.simulated,
            operators=head.operators,
            places=head.places,
            current=tuple(sorted((one for one in shown if not _is_over(one)), key=_gravest_first)),
            past=tuple(sorted(over, key=lambda one: (-(one.ended_us or one.updated_us), one.id))),
            levels=self._heard.levels,
            measurements=self._heard.measurements,
            works=tuple(one for one in self._works(now_us) if head.shows(one.operator)),
        )

    def _all(self) -> list[Incident]:
        # Suspicions that nobody heard of are rejected all the time, and must not push outages out of the history.
        restored = self._incidents.past(PAST_MAX, states=frozenset({"restored"}))
        rejected = self._incidents.past(REJECTED_MAX, states=frozenset({"rejected"}))
        return [*self._incidents.current(CURRENT_MAX), *restored, *rejected]

    def _hear(self, now_us: int) -> Heard:
        """Return what is heard; while that can not be had, levels are unknown and the page still speaks."""
        try:
            return self._ask_heard(now_us)
        except OutsideFailed:
            return Heard()

    def _seen(self, incident: Incident, now_us: int) -> PublicIncident:
        known = self._known.get(incident.id)
        if known is None or known[0] != incident.version:
            told = public_incident(self._incidents.timeline(incident.id)[: incident.version], self._speech)
        else:
            told = known[1]
        told = with_promises(told, now_us)
        self._known[incident.id] = incident.version, told
        return told

    def _forget(self, shown: set[str]) -> None:
        for gone in self._known.keys() - shown:
            del self._known[gone]


def work_of(change: PlannedChange, now_us: int) -> Work:
    """Return a planned change as the public may know it: whose, where, when; a calendar's own words stay inside.

    Args:
        change: as a calendar has it.
        now_us: the present, which says whether it is ahead, under way or over.

    >>> work_of(PlannedChange(id="w1", operator="xl", start_us=10, end_us=20, text="swap router bdg-04"), 15).state
    'in_progress'
    """
    ahead, over = now_us < change.start_us, now_us >= change.end_us
    return Work(
        id=change.id,
        operator=change.operator,
        state="scheduled" if ahead else "completed" if over else "in_progress",
        start_us=change.start_us,
        end_us=change.end_us,
        title_id="Pemeliharaan terencana",
        title_en="Planned maintenance",
        regions=(change.region,) if change.region else (),
        updated_us=change.start_us if ahead else change.end_us if over else change.start_us,
    )


def _is_over(incident: PublicIncident) -> bool:
    return incident.retracted or incident.stage in {"resolved", "postmortem"}


def _gravest_first(incident: PublicIncident) -> tuple[int, int, int]:
    return _STAGES.index(incident.stage), _SEVERITIES.index(incident.severity), -incident.onset_us
