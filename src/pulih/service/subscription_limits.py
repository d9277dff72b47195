"""Limits of subscribing: how often a network, a mailbox, a browser, a number or a host may be asked about.

So that nobody can have a stranger's mailbox, telephone or machine filled, and nobody earns by SMS that a form sends.
Source: M3AAWG Recommendations on preventing subscription bombing; GSMA FS.42 (artificially inflated traffic).
"""

from __future__ import annotations

from typing import Final

import msgspec

from pulih.model.clock import DAY_S, HOUR_S
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.service.limits import Limit

# Thousands of customers of a mobile operator share an address of the network.
_NETWORK_S: Final = 600
_MAILBOX: Final = (1, DAY_S)
_GUESSES: Final = (20, 600)
# Notifications about subscribing to one browser, and new addresses of one host that is no maker's push service.
_BROWSER: Final = (5, DAY_S)
_HOST: Final = (20, HOUR_S)
# Codes to one number, to one row of a thousand numbers, and tries of a code for one number.
_NUMBER: Final = (2, DAY_S)
_BLOCK: Final = (10, HOUR_S)
_CODES: Final = (5, HOUR_S)


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """How many requests are taken from one network in ten minutes, and from everybody in an hour.

    Codes by SMS cost money, so there are fewer: from one network, and from everybody, in an hour.
    """

    network: int = 60
    everybody: int = 3_000
    codes_network: int = 20
    codes_everybody: int = 300


USUAL: Final = Bounds()


class SubscriptionLimits:
    """The limits of one desk; any thread may use them.

    Args:
        bounds: how many requests are taken.

    Attributes:
        guesses: of tokens and codes, by network.
        mailbox, browser: questions, by keyed digest.
        tried: wrong codes, by keyed digest of the number.
    """

    def __init__(self, bounds: Bounds) -> None:
        self.guesses, self.tried = Limit(*_GUESSES), Limit(*_CODES)
        self.mailbox, self.browser = Limit(*_MAILBOX), Limit(*_BROWSER)
        self._network, self._everybody = Limit(bounds.network, _NETWORK_S), Limit(bounds.everybody, HOUR_S)
        self._host, self._number, self._block = Limit(*_HOST), Limit(*_NUMBER), Limit(*_BLOCK)
        self._codes_network = Limit(bounds.codes_network, HOUR_S)
        self._codes_everybody = Limit(bounds.codes_everybody, HOUR_S)

    def ask(self, network: str, now_us: int) -> None:
        """Note a request. Raises RefusedInput when too many come from a network; OutsideFailed when from everybody."""
        _hold((self._network, network), self._everybody, now_us)
        self._network.note(network, now_us)
        self._everybody.note("", now_us)

    def host(self, host: str, now_us: int) -> None:
        """Note a new address of a host. Raises RefusedInput when there are too many."""
        if wait_s := self._host.wait_s(host, now_us):
            raise hurried(wait_s)
        self._host.note(host, now_us)

    def may_send_code(self, number: str, block: str, network: str, now_us: int) -> bool:
        """Whether a code may go to a number, of a row of numbers, both as keyed digests.

        Raises: RefusedInput when too many are asked for from a network; OutsideFailed when by everybody.
        """
        _hold((self._codes_network, network), self._codes_everybody, now_us)
        return not (self._number.wait_s(number, now_us) or self._block.wait_s(block, now_us))

    def note_code(self, number: str, block: str, network: str, now_us: int) -> None:
        """Note a code that is sent."""
        for limit, key in (
            (self._number, number), (self._block, block), (self._codes_network, network), (self._codes_everybody, ""),
        ):  # fmt: skip
            limit.note(key, now_us)


def _hold(one: tuple[Limit, str], everybody: Limit, now_us: int) -> None:
    if wait_s := one[0].wait_s(one[1], now_us):
        raise hurried(wait_s)
    if everybody.wait_s("", now_us):
        raise OutsideFailed("Very many subscribe at this moment; try again in an hour.", key="subscribe.crowded")


def hurried(wait_s: int) -> RefusedInput:
    """Return the refusal of who tries too often, with the minutes that are left."""
    minutes = -(-wait_s // 60)
    return RefusedInput(
        f"Too many tries from this network; try again in {minutes} minutes.", key="subscribe.wait", n=minutes
    )
