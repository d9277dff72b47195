"""Public form: what anybody may report in two taps, and how often (requirements L1, L4).

Who reports is a pseudonym of their browser, so that tireless ones count less, as everywhere. A browser costs nothing,
so networks are limited besides, generously, since thousands of customers of a mobile operator share an address; and
each report tells under a pseudonym which network it came from, so that many from one count less (`listen/weighing`).
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict, deque
from hashlib import blake2b
from typing import Final

import msgspec

from pulih.listen.payload import PayloadReader
from pulih.model.errors import RefusedInput
from pulih.model.reading import Service, Symptom
from pulih.ports.clock import Clock
from pulih.service.accepting import Accepting, Outcome
from pulih.service.limits import KEYS_MAX, Limit

SOURCE: Final = "form"
NAME_CHARS_MAX: Final = 80
# What can be chosen, and the service that it is about where it says so.
CHOICES: Final[dict[Symptom, Service | None]] = {
    "no_internet": "mobile_data",
    "no_signal": None,
    "slow": None,
    "intermittent": None,
    "call_failure": "mobile_voice",
    "sms_failure": "sms",
    "los_red": "fixed_broadband",
    "destination_unreachable": None,
}
# Chosen by who says that it works again.
BACK: Final = "recovered"
_SPAN_S: Final = 600
_BY_BROWSER: Final = 5
# What a browser can report in an hour.
_REMEMBERED_MAX: Final = _BY_BROWSER * 3_600 // _SPAN_S
_BY_NETWORK: Final = 300
_KEY_BYTES: Final = 16


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent: which form it was, what was chosen, of whom, where, and by which browser from which network.

    Of word that it works again, `about` is the trouble that was reported before, "" where that is not known.
    """

    id: str
    choice: str
    operator: str
    place: str
    browser: str
    network: str
    about: str = ""


class PublicForm:
    """Takes what the public form sends.

    Args:
        accepting: started.
        reader: that of `accepting`.
        clock: the desk's.
    """

    def __init__(self, accepting: Accepting, reader: PayloadReader, clock: Clock) -> None:
        self._accepting = accepting
        self._reader = reader
        self._clock = clock
        self._by_browser = Limit(_BY_BROWSER, _SPAN_S)
        self._by_network = Limit(_BY_NETWORK, _SPAN_S)
        # Networks matter for an hour, so nobody needs to know them again after a restart.
        self._key = secrets.token_bytes(_KEY_BYTES)
        self._lately: OrderedDict[str, deque[tuple[int, Told]]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, told: Told) -> Outcome:
        """Keep a report; the same form sent twice is one report.

        Raises: RefusedInput when nothing there is was chosen, or too much came; OutsideFailed when it cannot be kept.
        """
        if told.choice not in CHOICES and told.choice != BACK:
            raise RefusedInput("Choose one of the troubles on the page.", key="report.choice")
        now_us = self._clock.now_us()
        tries = ((self._by_browser, told.browser), (self._by_network, told.network))
        wait_s = max(limit.wait_s(key, now_us) for limit, key in tries)
        if wait_s:
            minutes = -(-wait_s // 60)
            raise RefusedInput(
                f"Thank you, that is noted. Report again in {minutes} minutes.", key="report.wait", n=minutes
            )
        for limit, key in tries:
            limit.note(key, now_us)
        outcome = self._accepting.accept(self._reader.one(_line(told, self._pseudonym(told.network)), now_us, SOURCE))
        self._remember(told, now_us)
        return outcome

    def _pseudonym(self, network: str) -> str:
        return blake2b(network.encode("utf-8", "surrogatepass"), key=self._key, digest_size=12).hexdigest()

    def told_by(self, browser: str, since_us: int) -> tuple[Told, ...]:
        """Return the troubles that a browser reported since a moment, as far as they are remembered: who is told how
        many report the same is not one of the others.
        """
        with self._lock:
            return tuple(told for at_us, told in self._lately.get(browser, ()) if at_us >= since_us)

    def _remember(self, told: Told, now_us: int) -> None:
        if told.choice == BACK:
            return
        with self._lock:
            mine = self._lately.setdefault(told.browser, deque(maxlen=_REMEMBERED_MAX))
            if all(told.id != one.id for _, one in mine):
                mine.append((now_us, told))
            self._lately.move_to_end(told.browser)
            while len(self._lately) > KEYS_MAX:
                self._lately.popitem(last=False)


def _line(told: Told, network: str) -> bytes:
    """Return the report as any source would post it, from a network by its pseudonym."""
    said: dict[str, str] = {"id": told.id[:NAME_CHARS_MAX], "source": SOURCE, "author": told.browser}
    said |= {"network": network}
    said |= {"operator": told.operator[:NAME_CHARS_MAX]} if told.operator else {}
    said |= {"place": told.place[:NAME_CHARS_MAX]} if told.place.strip() else {}
    if told.choice == BACK:
        said["kind"] = "recovered"
    else:
        said["symptom"] = told.choice
    trouble = told.about if told.choice == BACK else told.choice
    service = next((service for symptom, service in CHOICES.items() if symptom == trouble), None)
    said |= {"service": service} if service else {}
    return msgspec.json.encode(said)
