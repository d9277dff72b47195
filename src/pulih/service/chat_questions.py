"""Asks who complained in a chat whether it works again, once after each claim that it was repaired (requirement R1).

Who complained is known by the pseudonym of their reports, and their chat's address is kept for a week under the key of
its day, for this question alone; whoever writes that they want none is asked nothing more. Who has said meanwhile that
it works is not asked. That somebody is asked is on the disk before the question is sent: a desk that is killed in
between asks one person too few, and never one twice. After a relapse, or when the scope is restored, nobody more is
asked.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final

import msgspec

from pulih.communicate.chat_reports import AskWords, ask_words
from pulih.listen.acceptance import pseudonym_of
from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.model.incident import Incident
from pulih.model.scope import Scope
from pulih.model.subscription import Language
from pulih.ports.chats import Chat, ChatQuestion, ChatStore
from pulih.ports.clock import Clock
from pulih.ports.files import Wanted
from pulih.ports.interchange import Seal
from pulih.ports.live import Answered, SignalStore
from pulih.service.incidents import Incidents
from pulih.service.recovery_view import claims_of, serves
from pulih.service.subscription_tokens import address_key

# A claim that is older is not asked about: people have long seen for themselves.
FRESH_US: Final = 6 * HOUR_S * MICROS
KEPT_US: Final = 7 * DAY_S * MICROS
# As far back as reports of an incident are looked at.
_BACK_US: Final = 36 * HOUR_S * MICROS
_REPORTS_MAX: Final = 20_000
_INCIDENTS_MAX: Final = 100
_EXPIRE_US: Final = HOUR_S * MICROS


class _Address(msgspec.Struct, frozen=True, array_like=True):
    """What is sealed of a chat."""

    chat: str
    language: Language


class Near(msgspec.Struct, frozen=True):
    """Which operators are on the network of one, and which regions hold one, itself too."""

    members: Callable[[str], Collection[str]]
    ancestors: Callable[[str], Collection[str]]


class Put(msgspec.Struct, frozen=True):
    """A question that is to be sent: its id, the chat, and its words."""

    id: str
    chat: str
    words: AskWords


class ChatQuestions:
    """Asks in the chats of one source; any thread may call it.

    Args:
        source: its name.
        store: where chats and questions are kept.
        signals, incidents, clock: the desk's.
        seal: seals with the keys of days.
        key: the desk's, that of pseudonyms.
        near: operators and regions.
    """

    def __init__(
        self,
        source: str,
        store: ChatStore,
        signals: SignalStore,
        *,
        incidents: Incidents,
        clock: Clock,
        seal: Seal,
        key: bytes,
        near: Near,
    ) -> None:
        self._source, self._store, self._signals, self._incidents = source, store, signals, incidents
        self._clock, self._seal, self._key = clock, seal, key
        self._near = near
        self._expired_us = 0
        # What was given last and is not marked yet.
        self._due: dict[str, ChatQuestion] = {}

    def complained(self, chat: str, author: str, language: Language) -> None:
        """Note that somebody complained in a chat; one that wants no question stays so. Raises OutsideFailed."""
        now_us, key = self._clock.now_us(), self._chat_key(chat)
        known = self._store.chat(self._source, key)
        if known is not None and known.stopped:
            return
        sealed = self._seal.shut(msgspec.msgpack.encode(_Address(chat, language)), now_us, key)
        who = pseudonym_of(author, self._key)
        self._store.note(Chat(source=self._source, key=key, author=who, sealed=sealed, at_us=now_us))

    def stop(self, chat: str, *, stopped: bool = True) -> None:
        """Note that a chat wants no question, or wants them again; its address goes. Raises OutsideFailed."""
        now_us = self._clock.now_us()
        self._store.note(Chat(source=self._source, key=self._chat_key(chat), at_us=now_us, stopped=stopped))

    def due(self, most: int) -> list[Put]:
        """Return questions that are to be put now, at most so many, to be marked one by one. Raises OutsideFailed."""
        now_us = self._clock.now_us()
        if now_us - self._expired_us >= _EXPIRE_US:
            self._store.expire(now_us - KEPT_US)
            self._expired_us = now_us
        self._due.clear()
        found: list[Put] = []
        for incident in self._incidents.current(_INCIDENTS_MAX):
            if all(part.state != "claimed_fixed" for part in incident.scopes):
                continue
            for scope, claimed_us in self._claimed(incident, now_us):
                found += self._of_claim(incident, scope, claimed_us, most=most - len(found))
                if len(found) >= most:
                    return found
        return found

    def mark(self, question_id: str) -> bool:
        """Note that a question that is due is being put; False when its chat was asked meanwhile. Raises OutsideFailed.

        It is on the disk before it is sent.
        """
        question = self._due.pop(question_id, None)
        return question is not None and self._store.ask(question)

    def take_back(self, question_id: str) -> None:
        """Note that a question was not taken by the platform, so that it is due again. Raises OutsideFailed."""
        self._store.take_back(question_id)

    def answered(self, question_id: str, chat: str) -> ChatQuestion | None:
        """Return what a chat was asked, None when it was asked nothing of the kind. Raises OutsideFailed."""
        question = self._store.question(question_id)
        if question is None or (question.source, question.key) != (self._source, self._chat_key(chat)):
            return None
        return question

    def _claimed(self, incident: Incident, now_us: int) -> Iterator[tuple[Scope, int]]:
        claims = claims_of(self._incidents.timeline(incident.id))
        for part in incident.scopes:
            claimed_us = claims.get(part.scope)
            if part.state == "claimed_fixed" and claimed_us is not None and now_us - claimed_us < FRESH_US:
                yield part.scope, claimed_us

    def _of_claim(self, incident: Incident, scope: Scope, claimed_us: int, *, most: int) -> list[Put]:
        """Return the questions of one claim; a person whom two scopes of it concern is asked once."""
        claim = f"{incident.id}/{claimed_us}"
        reports = self._reports(incident, scope, claimed_us)
        asked = self._store.asked(self._source, claim)
        found: list[Put] = []
        for author, chat in self._store.of_authors(self._source, reports).items():
            if len(found) >= most:
                break
            if chat.stopped or chat.key in asked:
                continue
            opened = self._seal.opened(chat.sealed, chat.key)
            if opened is None:
                continue
            where = msgspec.msgpack.decode(opened, type=_Address)
            question = self._question(reports[author], chat, claim)
            if any((one.claim, one.key) == (claim, chat.key) for one in self._due.values()):
                continue
            self._due[question.id] = question
            operator = self._incidents.speech.operators.get(question.operator, question.operator)
            found.append(Put(question.id, where.chat, ask_words(operator, where.language)))
        return found

    def _reports(self, incident: Incident, scope: Scope, claimed_us: int) -> Mapping[str, Answered]:
        """Return the last report of each author within a scope and before a claim, of those for whom it does not work.

        A report from before the claim is what is asked about; that it works may have been said since.
        """
        now_us = self._clock.now_us()
        since_us = max(incident.onset_us, now_us - _BACK_US)
        members = frozenset(self._near.members(incident.operator))
        wanted = Wanted(start_us=since_us, end_us=now_us + 1, operators=members)
        found: dict[str, Answered] = {}
        for one in self._signals.answers(wanted, frozenset({self._source}), _REPORTS_MAX):
            if one.back:
                found.pop(one.author, None)
            elif one.symptom != "none" and one.at_us <= claimed_us and self._is_within(one, scope):
                found[one.author] = one
        return found

    def _is_within(self, one: Answered, scope: Scope) -> bool:
        placed = not scope.region or (one.region is not None and scope.region in self._near.ancestors(one.region))
        return placed and serves(one.service, scope)

    def _question(self, report: Answered, chat: Chat, claim: str) -> ChatQuestion:
        return ChatQuestion(
            id=secrets.token_hex(8),
            source=self._source,
            key=chat.key,
            claim=claim,
            operator=report.operator,
            service=report.service,
            symptom=report.symptom,
            region=report.region or "",
            at_us=self._clock.now_us(),
        )

    def _chat_key(self, chat: str) -> str:
        return address_key(self._key, f"{self._source} {chat}")
