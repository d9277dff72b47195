"""Public form: what anybody may report in two taps, and how often (requirements L1, L4).

Who reports is a pseudonym of their browser, so that tireless ones count less, as everywhere. Networks are limited
besides, generously, since thousands of customers of a mobile operator share an address.
"""

from __future__ import annotations

from typing import Final

import msgspec

from pulih.listen.payload import PayloadReader
from pulih.model.errors import RefusedInput
from pulih.model.reading import Service, Symptom
from pulih.ports.clock import Clock
from pulih.service.accepting import Accepting, Outcome
from pulih.service.limits import Limit

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
_BY_ADDRESS: Final = 300


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent: which form it was, what was chosen, of whom, where, and by which browser from which address.

    Of word that it works again, `about` is the trouble that was reported before, "" where that is not known.
    """

    id: str
    choice: str
    operator: str
    place: str
    browser: str
    address: str
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
        self._by_address = Limit(_BY_ADDRESS, _SPAN_S)

    def take(self, told: Told) -> Outcome:
        """Keep a report; the same form sent twice is one report.

        Raises: RefusedInput when nothing there is was chosen, or too much came; OutsideFailed when it cannot be kept.
        """
        if told.choice not in CHOICES and told.choice != BACK:
            raise RefusedInput("Choose one of the troubles on the page.", key="report.choice")
        now_us = self._clock.now_us()
        tries = ((self._by_browser, told.browser), (self._by_address, told.address))
        wait_s = max(limit.wait_s(key, now_us) for limit, key in tries)
        if wait_s:
            minutes = -(-wait_s // 60)
            raise RefusedInput(
                f"Thank you, that is noted. Report again in {minutes} minutes.", key="report.wait", n=minutes
            )
        for limit, key in tries:
            limit.note(key, now_us)
        return self._accepting.accept(self._reader.one(_line(told), now_us, SOURCE))


def _line(told: Told) -> bytes:
    """Return the report as any source would post it."""
    said: dict[str, str] = {"id": told.id[:NAME_CHARS_MAX], "source": SOURCE, "author": told.browser}
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
