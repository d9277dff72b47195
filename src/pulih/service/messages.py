"""Messages: a parcel of the outbox as its channel carries it, with links that only its reader has."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final

import msgspec

from pulih.communicate.addresses import address
from pulih.communicate.letters import (
    Letter,
    Ways,
    browser_letter,
    confirm_letter,
    count_letter,
    known_letter,
    number_letter,
    several_letter,
    word_letter,
)
from pulih.communicate.speech import Speech
from pulih.model.subscription import ChannelKind, Language, Parcel, QueuedWord, Subscription
from pulih.ports.channels import Message

# Stand for a reader's own links while a word is rendered once for all readers; no text can hold them.
_CHANGE: Final = "\x00change\x00"
_STOP: Final = "\x00stop\x00"
_KEPT_MAX: Final = 200
# What was gathered has no room there.
_SMALL: Final[frozenset[ChannelKind]] = frozenset({"sms", "push"})


class Messages:
    """Makes messages; for one thread at a time.

    Args:
        desk: its name; `at` where it is reached, without a slash at the end.
        speech: how it speaks.
        site: where people read the public site, without a slash at the end; "" where the desk is reached.
        manage, confirm: tokens of a subscription, by its id.
        code: what shows at this moment whose number a subscription is of, by its id.
        secret: with which the webhook of a subscription is signed, by its id.
    """

    def __init__(
        self,
        desk: str,
        at: str,
        speech: Speech,
        *,
        site: str = "",
        manage: Callable[[str], str],
        confirm: Callable[[str], str],
        code: Callable[[str], str],
        secret: Callable[[str], str],
    ) -> None:
        self._desk, self._address, self._site, self._speech = desk, at, site or at, speech
        self._manage, self._confirm, self._code, self._secret = manage, confirm, code, secret
        self._called: Callable[[str, Language], Letter] = lambda key, _: Letter("", key)
        self._posted: Callable[[str, Language, Ways], Letter] = lambda key, _, __: Letter("", key)
        # What a word is for all readers of a channel and language; a hundred thousand get it.
        self._kept: dict[tuple[str, ChannelKind, Language, bool], Letter] = {}

    def calls(self, called: Callable[[str, Language], Letter]) -> None:
        """Make messages of calls too; `called` is what somebody on duty is written, by the key of a call."""
        self._called = called

    def posts(self, posted: Callable[[str, Language, Ways], Letter]) -> None:
        """Make messages of what somebody pressed for too; `posted` is what is written, by its key."""
        self._posted = posted

    def message(self, parcel: Parcel) -> Message:
        """Return the message of a parcel."""
        if parcel.letter == "call":
            return self._call(parcel)
        if parcel.letter in {"report", "survey"}:
            return self._post(parcel)
        one = parcel.subscription
        change = f"{self._address}/subscription/{self._manage(one.id)}"
        stop = f"{change}/stop"
        letter = self._letter(parcel, Ways(link=self._link(parcel), change=change, stop=stop))
        return Message(
            id=_name(parcel),
            address=one.address,
            language=one.language,
            subject=letter.subject,
            text=letter.text.replace(_CHANGE, change).replace(_STOP, stop),
            link=change if _is_of_browser(parcel) else "" if _is_whole(parcel) else self._link(parcel),
            arrived=f"{self._confirming(one)}/arrived" if _is_of_browser(parcel) and parcel.letter == "confirm" else "",
            stop=stop if parcel.letter != "confirm" else "",
            body=self._body(parcel) if one.channel == "webhook" else b"",
            secret=self._secret(one.id) if one.channel == "webhook" else "",
        )

    def _call(self, parcel: Parcel) -> Message:
        """Return the message to somebody who is called; it leads to the incident, and nothing ends it."""
        one, key = parcel.subscription, parcel.deliveries[0].word
        letter, incident = self._called(key, one.language), key.partition("/")[0]
        told = {"call": key, "incident": incident, "text": letter.text}
        return Message(
            id=_name(parcel),
            address=one.address,
            language=one.language,
            subject=letter.subject,
            text=letter.text,
            link=f"{self._address}/console/incidents/{incident}" if self._address else "",
            body=msgspec.json.encode(told) if one.channel == "webhook" else b"",
            secret=self._secret(one.id) if one.channel == "webhook" else "",
        )

    def _post(self, parcel: Parcel) -> Message:
        """Return a report, which nothing ends and which leads nowhere inside, or the question after an outage."""
        one, key = parcel.subscription, parcel.deliveries[0].word
        asks = parcel.letter == "survey"
        change = f"{self._address}/subscription/{self._manage(one.id)}" if asks else ""
        stop = f"{change}/stop" if asks else ""
        # A telephone has no room for more than the question and where it is answered.
        ways = Ways(change=change, stop=stop) if one.channel == "email" else Ways()
        letter = self._posted(key, one.language, ways)
        told = {"report": key, "incident": key.partition("/")[0], "text": letter.text}
        return Message(
            id=_name(parcel),
            address=one.address,
            language=one.language,
            subject=letter.subject,
            text=letter.text,
            stop=stop,
            body=msgspec.json.encode(told) if one.channel == "webhook" else b"",
            secret=self._secret(one.id) if one.channel == "webhook" else "",
        )

    def _letter(self, parcel: Parcel, ways: Ways) -> Letter:
        one = parcel.subscription
        if _is_of_browser(parcel):
            return browser_letter(self._desk, one.language, known=parcel.letter == "known")
        if one.channel == "sms" and parcel.letter != "word":
            return number_letter(self._desk, one.language, self._code(one.id))
        if parcel.letter == "confirm":
            return confirm_letter(self._desk, one.language, f"{self._confirming(one)}/confirm")
        if parcel.letter == "known":
            return known_letter(self._desk, one.language, ways)
        if len(parcel.words) == 1:
            return self._said(parcel.words[0], one.channel, one.language, alone=True)
        if one.channel in _SMALL:
            return count_letter(self._desk, one.language, len(parcel.words))
        bare = [self._said(word, one.channel, one.language, alone=False) for word in parcel.words]
        return several_letter(bare, one.language, ways)

    def _said(self, word: QueuedWord, channel: ChannelKind, language: Language, *, alone: bool) -> Letter:
        key = (word.key, channel, language, alone)
        if key not in self._kept:
            while len(self._kept) >= _KEPT_MAX:
                del self._kept[next(iter(self._kept))]
            ends = Ways(change=_CHANGE, stop=_STOP) if alone else Ways()
            ways = msgspec.structs.replace(ends, link=self._page(word, language))
            self._kept[key] = word_letter(word, channel, language, speech=self._speech, ways=ways)
        return self._kept[key]

    def _body(self, parcel: Parcel) -> bytes:
        """Return what a machine gets: a challenge that it answers by posting to its address, or words."""
        if parcel.letter == "word":
            return msgspec.json.encode(parcel.words)
        return msgspec.json.encode({"challenge": f"{self._confirming(parcel.subscription)}/arrived"})

    def _confirming(self, one: Subscription) -> str:
        return f"{self._address}/subscription/{self._confirm(one.id)}"

    def _link(self, parcel: Parcel) -> str:
        one = parcel.subscription
        if len(parcel.words) > 1 and one.channel in _SMALL:
            return f"{self._site}/{address(one.language, 'home')}"
        return self._page(parcel.words[-1], one.language) if parcel.words else ""

    def _page(self, word: QueuedWord, language: Language) -> str:
        return f"{self._site}/{address(language, 'incident', word.incident.id)}"


def _is_of_browser(parcel: Parcel) -> bool:
    """Whether it is a notification about the subscription of a browser."""
    return parcel.subscription.channel == "push" and parcel.letter != "word"


def _is_whole(parcel: Parcel) -> bool:
    """Whether it is an SMS of one word, whose text was fitted into its parts with its address, or without."""
    return parcel.subscription.channel == "sms" and len(parcel.words) == 1


def _name(parcel: Parcel) -> str:
    """Name a message; the same parcel has the same name however often it is tried."""
    said = "\n".join(sorted(f"{one.word} {one.subscription}" for one in parcel.deliveries))
    return hashlib.sha256(said.encode()).hexdigest()[:32]
