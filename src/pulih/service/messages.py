"""Messages: a parcel of the outbox as its channel carries it, with links that only its reader has."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final

import msgspec

from pulih.communicate.letters import Letter, Ways, confirm_letter, known_letter, several_letter, word_letter
from pulih.communicate.speech import Speech
from pulih.model.subscription import ChannelKind, Language, Parcel, QueuedWord
from pulih.ports.channels import Message

# Stand for a reader's own links while a word is rendered once for all readers; no text can hold them.
_CHANGE: Final = "\x00change\x00"
_STOP: Final = "\x00stop\x00"
_KEPT_MAX: Final = 200


class Messages:
    """Makes messages; for one thread at a time.

    Args:
        desk: its name; `address` where it is reached, without a slash at the end.
        speech: how it speaks.
        manage, confirm: tokens of a subscription, by its id.
    """

    def __init__(
        self,
        desk: str,
        address: str,
        speech: Speech,
        *,
        manage: Callable[[str], str],
        confirm: Callable[[str], str],
    ) -> None:
        self._desk, self._address, self._speech = desk, address, speech
        self._manage, self._confirm = manage, confirm
        # What a word is for all readers of a channel and language; a hundred thousand get it.
        self._kept: dict[tuple[str, ChannelKind, Language, bool], Letter] = {}

    def message(self, parcel: Parcel) -> Message:
        """Return the message of a parcel."""
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
            link=self._link(parcel),
            stop=stop if parcel.letter != "confirm" else "",
            body=msgspec.json.encode(parcel.words) if one.channel == "webhook" else b"",
        )

    def _letter(self, parcel: Parcel, ways: Ways) -> Letter:
        one = parcel.subscription
        if parcel.letter == "confirm":
            page = f"{self._address}/subscription/{self._confirm(one.id)}/confirm"
            return confirm_letter(self._desk, one.language, page)
        if parcel.letter == "known":
            return known_letter(self._desk, one.language, ways)
        if len(parcel.words) == 1:
            return self._said(parcel.words[0], one.channel, one.language, alone=True)
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

    def _link(self, parcel: Parcel) -> str:
        return self._page(parcel.words[-1], parcel.subscription.language) if parcel.words else ""

    def _page(self, word: QueuedWord, language: Language) -> str:
        way = "gangguan" if language == "id" else "en/incident"
        return f"{self._address}/{way}/{word.incident.id}/"


def _name(parcel: Parcel) -> str:
    """Name a message; the same parcel has the same name however often it is tried."""
    said = "\n".join(sorted(f"{one.word} {one.subscription}" for one in parcel.deliveries))
    return hashlib.sha256(said.encode()).hexdigest()[:32]
