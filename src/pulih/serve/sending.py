"""Sending of a running desk: a thread with an event loop that queues published words and sends what is due."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from pulih.adapters.channels.email import EmailChannel, MailServer
from pulih.adapters.channels.mail_text import Sender
from pulih.adapters.channels.telegram_talk import TelegramTalk
from pulih.adapters.config import DeskSettings
from pulih.adapters.data_folder import DataFolder
from pulih.adapters.handover_marks import HandoverMarks
from pulih.adapters.machine_time import this_machine
from pulih.adapters.sql.outbox_store import SqlOutbox
from pulih.adapters.sql.subscription_store import SqlSubscriptionStore
from pulih.listen.hooks.hooked import Hooked
from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.model.errors import PulihError
from pulih.model.subscription import ChannelKind, Language
from pulih.ports.clock import Clock
from pulih.ports.sources import Spoken
from pulih.serve.channels import account_of, lanes_beside_mail, offers_of, push_key_of, standing_of
from pulih.serve.listening import shares_bot
from pulih.serve.on_call import on_call_of, recipients_of
from pulih.serve.secrets import secret_in
from pulih.serve.whatsapp_talk import WhatsAppTalk
from pulih.service.calling import Calling
from pulih.service.chat_subscribing import ChatSubscribing
from pulih.service.learning import Learning
from pulih.service.messages import Messages
from pulih.service.on_call import keep_contacts
from pulih.service.posting import Posting, Recipients, contact_for
from pulih.service.queueing import Queueing
from pulih.service.sending import Lane, Sending
from pulih.service.sending_now import SendingNow
from pulih.service.standing import keep_standing
from pulih.service.subscribing import CONFIRM_US, Subscribing
from pulih.service.waking import woken
from pulih.web.frame.rooms import WebSettings

_LOOK_S: Final = 20.0
# A word that waits for its page is looked after so often, beside each time that pages are put.
_HELD_S: Final = 1.0
_RETRY_S_MAX: Final = 60.0
# What was sent to whom is kept for so long, and then forgotten with what ended.
KEPT_US: Final = 30 * DAY_S * MICROS
_TIDY_US: Final = HOUR_S * MICROS
_WORDS_SHOWN: Final = 20


class Post:
    """The subscriptions of a desk, and the thread that sends.

    Args:
        engine: the desk's database.
        folder: the desk's; it has the secret, and the key for web push.
        settings: the desk's.
        learning: the desk's; words of its incidents are sent, and its reports and questions when somebody presses.
        clock: the desk's.
        pages: what the pages know of the settings.
        find_region: code of a region by its name, "" when there is none.
        awaited: says of a word why its page is not up yet, "" when it is.

    Raises: RefusedInput; OutsideFailed, both as `lanes_of`.

    Attributes:
        subscribing: takes subscriptions; None where neither mail, push nor SMS is set.
        on_call: who is called when an outage waits.
        sends: whether there is a channel to send on.
        posting: sends reports, and the question after an outage.
    """

    def __init__(
        self,
        engine: Engine,
        folder: DataFolder,
        settings: DeskSettings,
        *,
        learning: Learning,
        clock: Clock,
        pages: WebSettings,
        find_region: Callable[[str], str],
        awaited: Callable[[str], str],
    ) -> None:
        self._settings, self._clock, self._layout = settings, clock, folder.layout
        incidents = learning.incidents
        key, push_key = folder.secret, folder.layout.push_key
        self._store, self._outbox = SqlSubscriptionStore(engine), SqlOutbox(engine)
        offers, shown_key = offers_of(settings), push_key_of(settings, push_key)
        made = Subscribing(self._store, self._outbox, clock, key, offers=offers, push_key=shown_key)
        self.subscribing = made if offers else None
        self._push_key = push_key
        self.sends = bool(lanes_of(settings, clock, push_key))
        keep_standing(self._store, standing_of(settings), key, clock.now_us())
        self.on_call = on_call_of(settings, engine, clock)
        self._calling = Calling(incidents, self.on_call, self._outbox, contacts=self._store, key=key)
        self._messages = Messages(
            pages.desk,
            pages.address,
            incidents.speech,
            site=pages.public_address,
            manage=made.manage_token,
            confirm=made.confirm_token,
            code=made.code,
            secret=made.secret,
        )
        self._messages.calls(self._calling.letter)
        self.posting = self._posting(learning, key, pages)
        self._messages.posts(self.posting.letter)
        self._chat = ChatSubscribing(
            self._store, clock, key, desk=pages.desk, find_region=find_region, regions=incidents.speech.regions
        )
        self._whatsapp = None
        if settings.whatsapp is not None:
            self._whatsapp = WhatsAppTalk(self._chat, account_of(settings.whatsapp))
        own = pages.own if pages.mode == "operator" else ()
        self._queueing = Queueing(
            incidents, self._outbox, speech=incidents.speech, zone=ZoneInfo(pages.zone), own=own, awaited=awaited
        )
        self._tidied_us = 0
        self._stopping = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()
        self._sending: Sending | None = None
        self._trouble = ""
        self._thread = threading.Thread(target=self._run, name="post", daemon=True)
        incidents.on_change(lambda *_: self.look())

    def start(self) -> None:
        """Begin, where there is a channel to send on."""
        if self.sends:
            self._thread.start()

    def stop(self) -> None:
        """End what is being sent, and leave the rest in the outbox."""
        self._stopping.set()
        self._call(self._end)
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> None:
        """Look soon for words to send: an incident changed, or pages were put; any thread may call it."""
        self._call(self._changed.set)

    def hear(self, told: Sequence[Hooked]) -> Sequence[Hooked]:
        """Do what people ask for by WhatsApp, and return what may be a complaint; from any thread.

        Raises: OutsideFailed when the database cannot be written.
        """
        return told if self._whatsapp is None else self._whatsapp.hear(told)

    async def talk(self, channel: ChannelKind, address: str, text: str, language: Language) -> Spoken:
        """Do what somebody asks for in a chat that a source listens to; see `ports.sources.Talk`."""
        heard = await asyncio.to_thread(self._chat.hear, channel, address, text, language)
        return Spoken(heard.answer, heard.complaint)

    def trouble(self) -> str:
        """Return why nothing is sent, "" when all goes well."""
        return self._trouble

    def now(self) -> SendingNow:
        """Return how sending stands.

        Raises: OutsideFailed when the database cannot be read.
        """
        if not self.sends:
            return SendingNow()
        sending = self._sending
        return SendingNow(
            on=True,
            readers=self._store.counts(),
            waiting=self._outbox.waiting(),
            held=self._queueing.held,
            early=self._queueing.early,
            words=self._outbox.progress(_WORDS_SHOWN),
            lanes=sending.now() if sending else (),
            trouble=self._trouble,
        )

    def _posting(self, learning: Learning, key: bytes, pages: WebSettings) -> Posting:
        """Keep whom the settings name, and return what sends reports and questions."""
        named, now_us = recipients_of(self._settings), self._clock.now_us()
        reached = {one.name: one for one in map(contact_for, named.values())}
        keep_contacts(self._store, {**self.on_call.rota.contacts, **reached}, key, now_us)
        return Posting(
            learning,
            learning.incidents,
            self._outbox,
            recipients=Recipients(named, self._store, key),
            clock=self._clock,
            zone=ZoneInfo(pages.zone),
            address=pages.address,
        )

    def _run(self) -> None:
        failed = 0
        while not self._stopping.is_set():
            try:
                asyncio.run(self._send())
                failed = 0
            except Exception as problem:
                failed = min(failed + 1, 10)
                self._told(problem)
                self._stopping.wait(min(2.0**failed, _RETRY_S_MAX))

    async def _send(self) -> None:
        """Queue and send until asked to stop. Raises OutsideFailed when the outbox cannot be read at the start."""
        self._loop, self._changed = asyncio.get_running_loop(), asyncio.Event()
        marks = HandoverMarks(self._layout.handovers, this_machine().boot)
        self._sending = Sending(
            self._outbox,
            lanes_of(self._settings, self._clock, self._push_key),
            messages=self._messages.message,
            handovers=marks,
            clock=self._clock,
        )
        beside = [asyncio.create_task(self._queue(self._sending)), *self._talks()]
        try:
            if not self._stopping.is_set():
                await self._sending.run()
        finally:
            self._loop = None
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            marks.close()

    def _talks(self) -> list[asyncio.Task[None]]:
        """Begin to answer what people write to the desk's bots."""
        telegram, talks = self._settings.telegram, list[asyncio.Task[None]]()
        shared = any(shares_bot(one, self._settings) for one in self._settings.source)
        if telegram is not None and not shared:
            talk = TelegramTalk(secret_in(telegram.token_file), api=telegram.api)

            async def answer(address: str, text: str, language: Language) -> str:
                return await asyncio.to_thread(self._chat.answer, "telegram", address, text, language)

            talks.append(asyncio.create_task(talk.run(answer)))
        if self._whatsapp is not None:
            talks.append(asyncio.create_task(self._whatsapp.run()))
        for one in talks:
            one.add_done_callback(self._ended)
        return talks

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Tell of a task that ended by a fault of ours."""
        if not task.cancelled() and isinstance(problem := task.exception(), Exception):
            self._told(problem)

    async def _queue(self, sending: Sending) -> None:
        while True:
            self._changed.clear()
            try:
                await asyncio.to_thread(self._look)
                self._trouble = ""
            except PulihError as problem:
                self._told(problem)
            sending.wake()
            await woken(self._changed, _HELD_S if self._queueing.held else _LOOK_S)

    def _look(self) -> None:
        now_us = self._clock.now_us()
        self._queueing.sweep(now_us)
        self._calling.look(now_us)
        self.posting.look(now_us)
        if now_us - self._tidied_us >= _TIDY_US:
            self._outbox.forget(now_us - KEPT_US)
            self._store.forget(pending_before_us=now_us - CONFIRM_US, ended_before_us=now_us - KEPT_US)
            self._tidied_us = now_us

    def _end(self) -> None:
        if self._sending is not None:
            self._sending.stop()

    def _call(self, what: Callable[[], object]) -> None:
        """Have the loop call something, if it runs."""
        loop = self._loop
        if loop is not None:
            # A loop that ended meanwhile has nothing left to do.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(what)

    def _told(self, problem: Exception) -> None:
        """Keep why nothing is sent, and write it to standard error once."""
        said = str(problem) or type(problem).__name__
        if said != self._trouble:
            kind = "" if isinstance(problem, PulihError) else f"{type(problem).__name__}: "
            sys.stderr.write(f"pulih: sending failed at {time.strftime('%H:%M:%S')}: {kind}{said}\n")
        self._trouble = said


def lanes_of(settings: DeskSettings, clock: Clock, push_key: Path) -> Mapping[ChannelKind, Lane]:
    """Return the channels of the settings; they are for one event loop.

    Args:
        settings: the desk's.
        clock: the desk's.
        push_key: where its key for web push is kept.

    Raises: RefusedInput when a secret cannot be used; OutsideFailed when a package is missing or the disk refuses.
    """
    return {**_mail(settings, clock), **lanes_beside_mail(settings, push_key)}


def _mail(settings: DeskSettings, clock: Clock) -> Mapping[ChannelKind, Lane]:
    mail = settings.mail
    if mail is None:
        return {}
    server = MailServer(
        host=mail.host,
        port=mail.port,
        security=mail.security,
        user=mail.user,
        password=secret_in(mail.password_file) if mail.password_file else "",
    )
    sender = Sender(name=settings.desk.name, address=mail.sender, answers=mail.answers)
    channel = EmailChannel(server, sender, clock)
    return {"email": Lane(channel=channel, at_once=mail.at_once, per_s=mail.per_second)}
