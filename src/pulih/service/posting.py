"""Posting: reports to regulators, and the one question after an outage, sent because a named person pressed for it.

What counts is the order, as with calls. That it is to be sent is an entry of the timeline first, with the report as it
then read; it is found there and goes into the outbox, once; the outbox sends it. Only what was taken over stops a
regulator's clock, and how many were asked is how many questions went into the outbox, less
those that are settled and reached nobody (requirements N1 and N2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from pulih.communicate.letters import Letter, Ways, report_letter, survey_letter
from pulih.communicate.speech import moment
from pulih.learn.obligations import Obligation, document
from pulih.learn.survey import QUESTIONS
from pulih.model.actor import Actor
from pulih.model.clock import DAY_S, MICROS
from pulih.model.entry import CustomersAsked, Entry, ReportSent
from pulih.model.errors import ForbiddenMove, PulihError, RefusedInput
from pulih.model.incident import Incident
from pulih.model.lesson import ReportFiled, SurveySent
from pulih.model.on_call import Contact, Recipient
from pulih.model.record import Question
from pulih.model.subscription import Language, Subscription
from pulih.ports.clock import Clock
from pulih.ports.outbox import Became, Outbox, SubscriptionStore
from pulih.service.due_times import dues_of
from pulih.service.incidents import Incidents
from pulih.service.learning import Learning
from pulih.service.on_call import contact_of

# What could not be queued within so long is not sent any more; the page says so, and somebody presses again.
FRESH_US: Final = DAY_S * MICROS
_LOOKED_AT: Final = 1_000
_UNDER_WAY: Final = frozenset({"waiting", "leased", "handing"})
_REACHED_NOBODY: Final = frozenset({"refused", "given_up", "dropped"})


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A report or a question that was to be sent: its entry, and what became of it.

    `awaited` says that it is not in the outbox yet and will be; without it, nothing became of it.
    """

    entry: Entry
    became: tuple[Became, ...]
    awaited: bool = False

    @property
    def under_way(self) -> bool:
        """Whether some of it is not settled."""
        return self.awaited or any(one.state in _UNDER_WAY for one in self.became)

    @property
    def in_vain(self) -> bool:
        """Whether it is settled, and certain that it reached nobody."""
        return not self.under_way and all(one.state not in {"sent", "uncertain"} for one in self.became)


class Recipients:
    """Who gets reports, and where they are reached.

    Args:
        named: by name.
        readers: where addresses are kept.
        key: the desk's secret.
    """

    def __init__(self, named: Mapping[str, Recipient], readers: SubscriptionStore, key: bytes) -> None:
        self._named, self._readers, self._key = named, readers, key

    def of(self, rule: str) -> tuple[str, ...]:
        """Return the names of those who get reports of a rule."""
        return tuple(one.name for one in self._named.values() if rule in one.rules)

    def reached(self, name: str) -> Subscription | None:
        """Return where one is reached, None when the settings name them no more. Raises OutsideFailed."""
        recipient = self._named.get(name)
        return None if recipient is None else contact_of(self._readers, contact_for(recipient), self._key)


class Posting:
    """Sends what people press for; `look` is for one thread at a time, all else for any.

    Args:
        learning: rules, records and what is noted of them.
        incidents, outbox, clock: the desk's.
        recipients: of reports.
        zone: whose quiet hours hold.
        address: where the desk is reached, without a slash at the end; "" where nobody can be led to it.
    """

    def __init__(
        self,
        learning: Learning,
        incidents: Incidents,
        outbox: Outbox,
        *,
        recipients: Recipients,
        clock: Clock,
        zone: ZoneInfo,
        address: str,
    ) -> None:
        self._learning, self._incidents, self._outbox, self._clock = learning, incidents, outbox, clock
        self._recipients, self._zone, self._address = recipients, zone, address
        self._seen: dict[str, int] = {}
        self._open: dict[str, Entry] = {}

    def recipients(self, rule: str) -> tuple[str, ...]:
        """Return the names of those who get reports of a rule."""
        return self._recipients.of(rule)

    def askable(self, incident_id: str) -> int:
        """Return how many readers who were told of an incident could be asked. Raises OutsideFailed."""
        return self._outbox.readers_of(incident_id) if self._address else 0

    def report(self, incident_id: str, rule: str, clock: str, *, recipient: str, actor: Actor) -> Incident:
        """Have a report sent as it reads now.

        Args:
            incident_id: about which incident.
            rule, clock: under which rule, for which clock of it.
            recipient: to whom, by name.
            actor: who says so.

        Raises: RefusedInput; ForbiddenMove while one for the same clock is under way; StaleVersion; OutsideFailed.
        """
        incident = self._there(incident_id)
        known = self.recipients(rule)
        if recipient not in known:
            raise RefusedInput(
                f"{recipient[:60]!r} gets no reports of {rule[:60]}; there are: {', '.join(known) or 'nobody'}.",
                key="post.recipient",
            )
        if any(self._holds(one, rule, clock) for one in self.posts(incident_id)):
            raise ForbiddenMove("A report for this clock is being sent already.", key="post.under_way")
        found = self._obligation(incident_id, rule)
        if found.as_if or all(one.clock != clock or not one.asks_for_report for one in found.clocks):
            raise ForbiddenMove(f"{rule} asks for no report for {clock[:60]!r} here now.", key="post.no_report")
        text = document(found, now_us=self._clock.now_us())
        fact = ReportSent(rule=rule, clock=clock, recipient=recipient, text=text)
        return self._incidents.act(incident_id, fact, actor=actor, version=incident.version)

    def survey(self, incident_id: str, question: Question, *, actor: Actor) -> Incident:
        """Have readers who were told of an outage asked one question, once each.

        Raises: ForbiddenMove when nobody can be asked, or somebody was asked before, or it is not over; as `report`.
        """
        incident = self._there(incident_id)
        if any(isinstance(one.entry.fact, CustomersAsked) and not one.in_vain for one in self.posts(incident_id)):
            raise ForbiddenMove("Customers were asked about this outage already.", key="post.asked")
        readers = self.askable(incident_id)
        if not readers:
            raise ForbiddenMove("No reader who was told of this outage can be asked.", key="post.nobody")
        fact = CustomersAsked(question=question, readers=readers)
        return self._incidents.act(incident_id, fact, actor=actor, version=incident.version)

    def posts(self, incident_id: str) -> tuple[Post, ...]:
        """Return what was to be sent about an incident, oldest first. Raises OutsideFailed."""
        incident = self._incidents.get(incident_id)
        if incident is None or not incident.posts:
            return ()
        fresh_us = self._clock.now_us() - FRESH_US
        found = ((one, tuple(self._outbox.became(key_of(one)))) for one in self._entries(incident))
        return tuple(
            Post(entry=entry, became=became, awaited=not became and entry.at_us >= fresh_us) for entry, became in found
        )

    def look(self, now_us: int) -> int:
        """Queue what is new, and note what was taken over; return how many reports and questions were queued.

        Raises: PulihError, the first of them, when some could not be; the others were, and the next call tries again.
        """
        for incident in (*self._incidents.current(_LOOKED_AT), *self._incidents.past(_LOOKED_AT)):
            if incident.posts and self._seen.get(incident.id) != incident.version:
                self._open |= {key_of(one): one for one in self._entries(incident)}
                self._seen[incident.id] = incident.version
        queued, failed = 0, list[PulihError]()
        for key, entry in list(self._open.items()):
            try:
                queued += self._advance(key, entry, now_us)
            except PulihError as problem:
                # A report must not wait because another cannot go on.
                failed.append(problem)
        if failed:
            raise failed[0]
        return queued

    def letter(self, post: str, language: Language, ways: Ways) -> Letter:
        """Return what is written, by its key in the outbox; each question has a link of its own."""
        entry = self._entry(post)
        incident = None if entry is None else self._incidents.get(entry.incident)
        if entry is None or incident is None:
            return Letter("", post)
        if isinstance(entry.fact, ReportSent):
            rule = next((one for one in self._learning.rules if one.id == entry.fact.rule), None)
            title = ("", "") if rule is None else (rule.title_id, rule.title_en)
            own: Language = "id" if rule is not None and rule.language == "id" else "en"
            return report_letter(incident.id, title, entry.fact.text, own)
        assert isinstance(entry.fact, CustomersAsked)
        now_us, speech = self._clock.now_us(), self._incidents.speech
        token = next(self._learning.links.make(incident.id, entry.fact.question, 1, now_us=now_us))
        return survey_letter(
            QUESTIONS[entry.fact.question].words,
            language,
            msgspec.structs.replace(ways, link=f"{self._address}/opinion?t={token}"),
            operator=speech.operators.get(incident.operator, incident.operator),
            at=moment(incident.onset_us, speech, now_us=now_us),
        )

    def _advance(self, key: str, entry: Entry, now_us: int) -> bool:
        """Queue one, or note what became of it; return whether it was queued."""
        became, queued = self._outbox.became(key), False
        if isinstance(entry.fact, CustomersAsked) and self._is_back(entry.incident):
            # Nobody is told that an outage is over while it is not.
            self._outbox.withdraw(key, now_us)
            became = self._outbox.became(key)
        elif not became and entry.at_us >= now_us - FRESH_US:
            queued = self._queue(key, entry, now_us)
            became = self._outbox.became(key)
        if self._noted(key, entry, became):
            del self._open[key]
        return queued

    def _is_back(self, incident_id: str) -> bool:
        incident = self._incidents.get(incident_id)
        return incident is None or incident.state != "restored"

    def _holds(self, post: Post, rule: str, clock: str) -> bool:
        """Return whether a report for a clock is under way, or was taken over and is not noted yet."""
        fact = post.entry.fact
        if not isinstance(fact, ReportSent) or (fact.rule, fact.clock) != (rule, clock):
            return False
        noted = {getattr(one.fact, "post", "") for one in self._learning.lessons(post.entry.incident)}
        sent = any(one.state == "sent" for one in post.became)
        return post.under_way or (sent and key_of(post.entry) not in noted)

    def _there(self, incident_id: str) -> Incident:
        incident = self._incidents.get(incident_id)
        if incident is None:
            raise RefusedInput(f"There is no incident {incident_id[:40]!r}; an id is like 20251003-ab12.")
        return incident

    def _obligation(self, incident_id: str, rule: str) -> Obligation:
        found = self._learning.obligations(self._learning.record(incident_id, brief=True))
        return next(one for one in found if one.rule.id == rule)

    def _entries(self, incident: Incident) -> Sequence[Entry]:
        numbers = frozenset(incident.posts)
        return [one for one in self._incidents.timeline(incident.id) if one.number in numbers]

    def _entry(self, post: str) -> Entry | None:
        if post not in self._open:
            incident = self._incidents.get(post.partition("/")[0])
            if incident is not None:
                return next((one for one in self._entries(incident) if key_of(one) == post), None)
        return self._open.get(post)

    def _queue(self, key: str, entry: Entry, now_us: int) -> bool:
        if isinstance(entry.fact, CustomersAsked):
            return self._outbox.queue_survey(key, entry.incident, dues_of(now_us, self._zone, urgent=False), now_us)
        assert isinstance(entry.fact, ReportSent)
        reached = self._recipients.reached(entry.fact.recipient)
        return reached is not None and self._outbox.queue_report(key, reached, now_us)

    def _noted(self, key: str, entry: Entry, became: Sequence[Became]) -> bool:
        """Note what is known of it beside the timeline, once; return whether nothing more is to come."""
        actor = Actor(entry.actor, "duty")
        done = {getattr(one.fact, "post", "") for one in self._learning.lessons(entry.incident)}
        if isinstance(entry.fact, CustomersAsked):
            self._note_asked(key, entry, became)
        taken = next((one for one in became if one.state == "sent"), None)
        if isinstance(entry.fact, ReportSent) and taken is not None and key not in done:
            filed = ReportFiled(
                rule=entry.fact.rule,
                clock=entry.fact.clock,
                at_us=taken.changed_us,
                note=entry.fact.recipient,
                post=key,
            )
            self._learning.write(entry.incident, filed, actor=actor)
        return _is_settled(became)

    def _note_asked(self, key: str, entry: Entry, became: Sequence[Became]) -> None:
        """Note how many are asked once the question is out, since answers come before all is settled; then the rest.

        What reached nobody is taken off the first number and not counted anew: the outbox forgets what is old.
        """
        assert isinstance(entry.fact, CustomersAsked)
        asked, actor = entry.fact.question, Actor(entry.actor, "duty")
        lessons = self._learning.lessons(entry.incident)
        links = [one.fact.links for one in lessons if isinstance(one.fact, SurveySent) and one.fact.post == key]
        nobody = sum(one.many for one in became if one.state in _REACHED_NOBODY)
        many = links[0] if links else sum(one.many for one in became)
        if not links and many > nobody:
            self._learning.write(entry.incident, SurveySent(question=asked, links=many, post=key), actor=actor)
            links = [many]
        if links and _is_settled(became) and many - nobody < links[-1]:
            fact = SurveySent(question=asked, links=max(0, many - nobody), post=key)
            self._learning.write(entry.incident, fact, actor=actor)


def _is_settled(became: Sequence[Became]) -> bool:
    return all(one.state not in _UNDER_WAY for one in became)


def key_of(entry: Entry) -> str:
    """Return how the outbox names what an entry has sent.

    >>> key_of(Entry(incident="a", number=7, at_us=0, actor="sari", fact=CustomersAsked(question="csat", readers=2)))
    'a/p7'
    """
    return f"{entry.incident}/p{entry.number}"


def contact_for(recipient: Recipient) -> Contact:
    """Return a recipient as the contact that its address is kept as; no name of the rota has such a beginning."""
    return Contact(name=f"\x00{recipient.name}", channel=recipient.channel, address=recipient.address)
