"""Credits on the running desk: previewed, asked for by one person, approved by another, booked, handed over.

Every step is an entry of the incident's timeline, and the books follow from the timeline. What is approved is exactly
what was asked for: the file has the same digest, and incident and earlier credits are still what it rests on.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

from msgspec.structs import replace

from pulih.confirm.timeline import added
from pulih.model.actor import Actor
from pulih.model.credit_batch import CreditBatch, committed
from pulih.model.entry import CreditsApproved, CreditsAsked, CreditsHandedOver, CreditsReversed, Noted
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.incident import Incident
from pulih.ports.clock import Clock
from pulih.ports.credit_desk import (
    AccountTold,
    CreditFolders,
    CreditJournal,
    CreditPapers,
    CreditPress,
    CreditSettings,
    JournalLine,
    Outcome,
    Preview,
    PreviewOrder,
    RemovedTable,
    Scenario,
    Told,
)
from pulih.service.credit_books import journal_of
from pulih.service.credit_incident import CreditView, credit_incident, credit_text, superseded
from pulih.service.incidents import Incidents

SCENARIOS_MAX: Final = 4
Decision = Literal["approve", "reverse", "hand_over"]
# Incidents whose books are looked at when the desk starts; older ones are when somebody looks at them.
_AT_START: Final = 500


class CreditDesk:
    """Credits of all incidents; every method may be called from any thread.

    Args:
        incidents: of the desk.
        folders, press, journal: where credits are kept, worked out, and booked.
        papers: writes reports and files for billing; None where a desk does without.
        settings: where the operator's tables lie.
        policies: titles of the policies that can be tried, Indonesian and English, by id.
        clock: what time it is.

    Attributes:
        settings, policies, papers: as given.
    """

    def __init__(
        self,
        incidents: Incidents,
        *,
        folders: CreditFolders,
        press: CreditPress,
        journal: CreditJournal,
        settings: CreditSettings,
        policies: Mapping[str, tuple[str, str]],
        clock: Clock,
        papers: CreditPapers | None = None,
    ) -> None:
        self.settings, self.policies, self.papers = settings, policies, papers
        self._incidents, self._folders, self._press = incidents, folders, press
        self._journal, self._clock = journal, clock
        self._lock = threading.Lock()
        self._now: Preview | None = None
        self._listeners: list[Callable[[str], None]] = []

    def on_change(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with the id of an incident whose preview moved on; it must only hand on, and not fail."""
        self._listeners.append(listener)
        if self.papers is not None:
            self.papers.on_change(listener)

    def start(self) -> None:
        """Book what a killed desk had decided and not booked yet, and write its papers. Raises OutsideFailed."""
        for one in (*self._incidents.current(_AT_START), *self._incidents.past(_AT_START)):
            if any(batch.approved_us is not None for batch in one.credits):
                self.journal(one.id)
                self.write_papers(one)

    def write_papers(self, incident: Incident) -> None:
        """Have what is missing of the papers of an incident's batches written, in the background."""
        if self.papers is None:
            return
        for batch in incident.credits:
            if committed(batch):
                self.papers.wish(incident.id, batch.id, handed_over=batch.state == "handed_over")

    def stop(self) -> None:
        """End what is under way; a preview goes on when it is begun again."""
        self._press.close()
        if self.papers is not None:
            self.papers.close()

    def view(self, incident_id: str) -> CreditView:
        """Return an incident as credits see it. Raises RefusedInput when there is none."""
        entries = self._incidents.timeline(incident_id)
        zone = getattr(self._incidents.speech.zone, "key", "UTC")
        return credit_incident(entries, self._incidents.timeline, zone=zone, now_us=self._clock.now_us())

    def preview(self, incident_id: str) -> Preview | None:
        """Return the last preview of an incident, None when there is none."""
        with self._lock:
            if self._now is not None and self._now.incident == incident_id:
                return self._now
        kept = self._folders.kept(incident_id)
        if kept is not None and kept.told.state == "running":
            # Nobody works on it any more: the desk was stopped.
            return replace(kept, told=replace(kept.told, state="cancelled"))
        return kept

    def fresh(self, preview: Preview) -> bool:
        """Whether an incident and its earlier credits are still what a preview rests on."""
        return self._rests_on(self._there(preview.incident)) == preview.rests_on

    def begin(self, incident_id: str, scenarios: Sequence[Scenario], *, actor: Actor) -> Preview:
        """Begin to work scenarios out, in the background.

        Raises: RefusedInput when a scenario or the settings will not do; ForbiddenMove while another is under way.
        """
        incident = self._there(incident_id)
        asked = tuple(dict.fromkeys(scenarios))
        self._check(asked)
        preview = Preview(
            incident=incident_id,
            begun_by=actor.name,
            begun_us=self._clock.now_us(),
            rests_on=self._rests_on(incident),
            scenarios=asked,
            told=Told(scenarios=len(asked)),
        )
        order = PreviewOrder(
            folder=self._folders.preview(incident_id),
            incident=credit_text(self.view(incident_id).incident),
            rests_on=preview.rests_on,
            scenarios=asked,
            paid=tuple(self._folders.credits_of(one.id) for one in self._earlier(incident)),
            settings=self.settings,
        )
        with self._lock:
            self._press.begin(order, lambda told: self._moved(preview, told))
            self._now = preview
            self._folders.keep(preview)
        return preview

    def cancel(self, incident_id: str) -> None:
        """End the preview of an incident, if it is under way."""
        with self._lock:
            own = self._now is not None and self._now.incident == incident_id and self._now.told.state == "running"
        if own:
            self._press.cancel()

    def ask(self, incident_id: str, policy: str, *, actor: Actor, version: int, reason: str = "") -> Incident:
        """Ask for approval of what a preview found for a policy, and return the incident after it.

        Raises: ForbiddenMove when the preview is not done, or not of what is known now; as `Incidents.act`.
        """
        incident = self._there(incident_id)
        preview = self.preview(incident_id)
        outcome = self._found(preview, policy)
        if preview is None or not self.fresh(preview):
            raise ForbiddenMove(
                f"{incident_id} has changed since the preview; preview again, then ask", key="credit.stale"
            )
        view = self.view(incident_id)
        unsaid = [one for one in view.left_out if one.why in {"service", "region"}]
        if incident.credit_basis is None and unsaid:
            raise ForbiddenMove(
                f"{len(unsaid)} scopes of {incident_id} name no service or no region; say first what they mean",
                key="credit.unsaid",
                n=len(unsaid),
            )
        batch = _batch_id(incident_id, outcome, preview)
        self._folders.take(outcome.folder, batch)
        fact = CreditsAsked(
            batch=batch,
            policy=outcome.policy,
            subscribers=outcome.credited,
            rows=outcome.rows,
            net_minor=outcome.net_minor,
            digest=outcome.digest,
            rests_on=preview.rests_on,
            who_id=tuple(one.sentence_id for one in outcome.clauses if one.credited),
            who_en=tuple(one.sentence_en for one in outcome.clauses if one.credited),
        )
        return self._incidents.act(incident_id, fact, actor=actor, version=version, reason=reason)

    def decide(
        self,
        incident_id: str,
        decision: Decision,
        batch: str,
        *,
        actor: Actor,
        version: int,
        reason: str = "",
        by_us: int | None = None,
    ) -> Incident:
        """Approve, reverse or hand over a batch, book it, and return the incident after it.

        What is approved may be promised to subscribers by a time, `by_us`.

        Raises: ForbiddenMove when it is not allowed, or the credits are not those that were asked for; as
            `Incidents.act`.
        """
        incident = self._there(incident_id)
        if decision != "reverse":
            self._sound(incident, batch, approving=decision == "approve")
        after = self._incidents.act(
            incident_id, _fact(decision, batch, by_us), actor=actor, version=version, reason=reason
        )
        self.journal(incident_id)
        self.write_papers(after)
        return after

    def forget(
        self, incident_id: str, batch: str, *, actor: Actor, version: int, reason: str
    ) -> tuple[RemovedTable, ...]:
        """Remove the tables of presence and of listed subscribers that a batch came from, and note it.

        Raises: ForbiddenMove before its files for billing are written, while another batch waits, and for others than
            approvers; as `Incidents.act`.
        """
        incident = self._there(incident_id)
        own = next((one for one in incident.credits if one.id == batch and one.state == "handed_over"), None)
        settled = self.papers is None or any(one.group == "settled" for one in self.papers.told(batch).papers)
        if actor.role not in {"approver", "admin"} or own is None or not settled:
            raise ForbiddenMove(
                f"The tables of {batch} are removed by an approver, once its files for billing are written",
                key="credit.forget",
                batch=batch,
            )
        known = (*self._incidents.current(_AT_START), *self._incidents.past(_AT_START))
        if waiting := [one.id for each in known for one in each.credits if one.state in {"asked", "approved"}]:
            raise ForbiddenMove(
                f"Batch {waiting[0]} is not handed over yet and may need the tables; hand it over or reverse it first",
                key="credit.needed",
                batch=waiting[0],
            )
        removed = self._folders.forget(batch, self.settings, asked_us=own.asked_us, now_us=self._clock.now_us())
        self._incidents.act(incident_id, Noted(), actor=actor, version=version, reason=reason)
        return removed

    def forgotten(self, batch: str) -> tuple[RemovedTable, ...]:
        """Return what was removed of the tables that a batch came from."""
        return self._folders.forgotten(batch)

    def journal(self, incident_id: str) -> list[JournalLine]:
        """Return the books of an incident; what was decided and not booked yet is booked first."""
        self._journal.post(journal_of(self._incidents.timeline(incident_id)))
        return self._journal.lines(incident_id)

    def account(self, incident_id: str, batch: str, subscriber: int) -> tuple[AccountTold, ...]:
        """Tell one subscriber's account of a batch that stands in the books; none where it does not, or of a stranger.

        Raises: RefusedInput when the tables cannot be read.
        """
        incident = self._incidents.get(incident_id)
        standing = incident is not None and any(one.id == batch and committed(one) for one in incident.credits)
        return self._folders.account(batch, subscriber, self.settings) if standing else ()

    def _there(self, incident_id: str) -> Incident:
        found = self._incidents.get(incident_id)
        if found is None:
            raise RefusedInput(f"There is no incident {incident_id!r}; an id is like 20251003-ab12.")
        return found

    def _check(self, scenarios: Sequence[Scenario]) -> None:
        if not self.settings.subscribers or not self.settings.presence:
            raise ForbiddenMove(
                "The desk knows no tables; name subscribers and presence under [credit] in pulih.toml.",
                key="credit.no_tables",
            )
        if not 1 <= len(scenarios) <= SCENARIOS_MAX:
            raise RefusedInput(
                f"{len(scenarios)} scenarios were chosen; 1 to {SCENARIOS_MAX} belong side by side.",
                key="credit.many",
                most=SCENARIOS_MAX,
            )
        unknown = [one.policy for one in scenarios if one.policy not in self.policies]
        if unknown:
            raise RefusedInput(
                f"There is no policy {unknown[0][:40]!r}; there are {', '.join(self.policies)}.", key="credit.no_policy"
            )

    def _rests_on(self, incident: Incident) -> str:
        """Digest what credits rest on beside policy and tables: the incident as a file, and earlier credits."""
        known = hashlib.sha256(credit_text(self.view(incident.id).incident))
        for one in self._earlier(incident):
            known.update(f"{one.id} {one.digest}".encode())
        return known.hexdigest()

    def _earlier(self, incident: Incident) -> list[CreditBatch]:
        """Return the batches in the books of an incident, and of those that it takes the place of."""
        names = (incident.id, *superseded(incident, self._incidents.timeline))
        timelines = [self._incidents.timeline(name) for name in names]
        return [one for entries in timelines if entries for one in added(entries).credits if committed(one)]

    def _sound(self, incident: Incident, name: str, *, approving: bool) -> None:
        batch = next((one for one in incident.credits if one.id == name), None)
        if batch is None:
            return
        if self._folders.digest(name) != batch.digest:
            raise ForbiddenMove(
                f"The credits of {name} on the disk are not those that were asked for; reverse it and preview again",
                key="credit.damaged",
                batch=name,
            )
        if approving and self._rests_on(incident) != batch.rests_on:
            raise ForbiddenMove(
                f"{incident.id} has changed since {name} was asked for; reverse it and preview again",
                key="credit.stale",
            )

    def _found(self, preview: Preview | None, policy: str) -> Outcome:
        outcomes = preview.told.outcomes if preview is not None and preview.told.state == "done" else ()
        for one in outcomes:
            if one.policy == policy:
                return one
        raise ForbiddenMove(
            f"No finished preview is of the policy {policy[:40]!r}; preview it first.", key="credit.none"
        )

    def _moved(self, preview: Preview, told: Told) -> None:
        now = replace(preview, told=told)
        with self._lock:
            self._now = now
        if told.state != "running":
            self._folders.keep(now)
        for listener in self._listeners:
            listener(preview.incident)


def _fact(decision: Decision, batch: str, by_us: int | None) -> CreditsApproved | CreditsReversed | CreditsHandedOver:
    match decision:
        case "approve":
            return CreditsApproved(batch=batch, by_us=by_us)
        case "reverse":
            return CreditsReversed(batch=batch)
        case "hand_over":
            return CreditsHandedOver(batch=batch)


def _batch_id(incident: str, outcome: Outcome, preview: Preview) -> str:
    """Name a batch after what it is, so that the same one asked for again is the same."""
    known = f"{incident} {outcome.policy} {outcome.digest} {preview.rests_on}"
    return f"k{hashlib.sha256(known.encode()).hexdigest()[:12]}"
