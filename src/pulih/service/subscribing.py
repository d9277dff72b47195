"""Subscribing: who asks to be told, shows that the address is theirs, changes what they are told, and ends it.

Nobody learns here whether an address is subscribed: the answer on the page is the same, and what differs goes to the
address alone. Nobody can have a stranger's mailbox filled: one question a day to a mailbox, a few requests from a
network, and a bound for all; what is not confirmed is forgotten after two days.
A browser shows that an address is its own by answering the first notification, a telephone by a code of six digits.
Source: UU 27/2022 (consent that can be withdrawn); `subscription_limits` for what is held back.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

import msgspec

from pulih.listen.hooks.signature import PREFIX
from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.model.errors import RefusedInput
from pulih.model.subscription import ChannelKind, Language, Pace, Subscription, Topics
from pulih.ports.clock import Clock
from pulih.ports.outbox import Outbox, SubscriptionStore
from pulih.service.browser_address import browser_address
from pulih.service.email_address import email_address, mailbox
from pulih.service.machine_address import machine_address
from pulih.service.phone_number import mobile_number, number_block
from pulih.service.subscription_limits import USUAL, Bounds, SubscriptionLimits, hurried
from pulih.service.subscription_tokens import address_key, subscription_in, token_of

CONFIRM_US: Final = 2 * DAY_S * MICROS
# A code is good until the hour after the next begins.
_CODE_US: Final = HOUR_S * MICROS
CODE_DIGITS: Final = 6
TOPICS_MAX: Final = 60


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks for: of what, in which language, how gathered, and whether nights stay quiet."""

    topics: Topics = Topics()
    language: Language = "id"
    pace: Pace = "each"
    quiet: bool = False


class Subscribing:
    """Subscriptions by e-mail, browser, SMS and webhook; every method may be called from any thread.

    Args:
        store: where subscriptions are kept.
        outbox: what the letters of subscribing go through.
        clock: the desk's.
        key: the desk's secret, from which tokens are made.
        bounds: how many requests are taken.
        offers: channels that somebody can subscribe to with a form.
        push_key: what browsers are told as `applicationServerKey`, "" where they are not pushed to.

    Attributes:
        offers, push_key: as given.
    """

    def __init__(
        self,
        store: SubscriptionStore,
        outbox: Outbox,
        clock: Clock,
        key: bytes,
        *,
        bounds: Bounds = USUAL,
        offers: Sequence[ChannelKind] = ("email",),
        push_key: str = "",
    ) -> None:
        self.offers, self.push_key = tuple(offers), push_key
        self._store = store
        self._outbox = outbox
        self._clock = clock
        self._key = key
        self._limits = SubscriptionLimits(bounds)

    def ask(self, written: str, wish: Wish, *, network: str) -> None:
        """Take a request; whoever owns the address gets a letter, or none when one went to it lately.

        Args:
            written: the e-mail address as it was typed.
            wish: what is asked for.
            network: from which address of the network.

        Raises: RefusedInput when the address or wish cannot be used, or too many come; OutsideFailed.
        """
        self._offered("email")
        address = email_address(written)
        _check(wish)
        now_us = self._clock.now_us()
        self._limits.ask(network, now_us)
        box = address_key(self._key, mailbox(address))
        if not self._limits.mailbox.wait_s(box, now_us) and self._asked("email", address, wish) is not None:
            self._limits.mailbox.note(box, now_us)

    def ask_browser(self, written: str, wish: Wish, *, network: str) -> None:
        """Take a browser; it gets one notification, and is told more only after it answered that one (`arrived`).

        A browser that is subscribed already gets the new choices: nobody else knows its address.

        Args:
            written: its push subscription, as JSON.
            wish, network: as for `ask`.

        Raises: as `ask`.
        """
        self._offered("push")
        browser = browser_address(written)
        _check(wish)
        now_us = self._clock.now_us()
        self._limits.ask(network, now_us)
        if not browser.of_a_maker:
            self._limits.host(browser.host, now_us)
        address = browser.written()
        key = address_key(self._key, address)
        known = self._store.of_address("push", key)
        if known is not None:
            self._store.change(known.id, wish.topics, language=wish.language, pace=wish.pace, quiet=wish.quiet)
        if not self._limits.browser.wait_s(key, now_us) and self._asked("push", address, wish) is not None:
            self._limits.browser.note(key, now_us)

    def ask_machine(self, written: str, wish: Wish, *, network: str) -> Subscription:
        """Take a machine of somebody else; it gets one challenge, and is told more only after it answered (`arrived`).

        Args:
            written: the address that it is posted to.
            wish, network: as for `ask`; each word goes at once.

        Raises: as `ask`; RefusedInput when that address is subscribed already.
        """
        self._offered("webhook")
        address = machine_address(written)
        _check(wish)
        now_us = self._clock.now_us()
        self._limits.ask(network, now_us)
        self._limits.host(urlsplit(address).hostname or "", now_us)
        known = self._store.of_address("webhook", address_key(self._key, address))
        if known is not None and known.state == "pending":
            # Nobody has shown that it is theirs, so it keeps nobody else from it.
            self._store.end(known.id, now_us)
        made = self._asked("webhook", address, msgspec.structs.replace(wish, pace="each", quiet=False), again=False)
        if made is None:
            raise RefusedInput(
                "This address is subscribed already; end that subscription by its own link first.",
                key="subscribe.machine_known",
            )
        return made

    def secret(self, subscription_id: str) -> str:
        """Return the secret with which a webhook is signed, made from the desk's own and kept nowhere."""
        said = f"pulih webhook {subscription_id}".encode()
        return PREFIX + base64.b64encode(hmac.digest(self._key, said, hashlib.sha256)).decode()

    def arrived(self, token: str, *, network: str) -> None:
        """Begin to tell a browser or machine that answered what came first; answering twice is no harm.

        Args:
            token: to confirm.
            network: from which address of the network.

        Raises: as `to_confirm`; RefusedInput when it is no subscription of a browser or machine.
        """
        found = self._of("confirm", token, network)
        if found.channel not in {"push", "webhook"}:
            raise _no_link()
        self._store.confirm(found.id, self._clock.now_us())

    def ask_number(self, written: str, wish: Wish, *, network: str) -> str:
        """Take a number; its owner gets a code by SMS, or none when too many were sent. Return it as in E.164.

        Args:
            written: the number as it was typed.
            wish, network: as for `ask`.

        Raises: as `ask`.
        """
        self._offered("sms")
        number = mobile_number(written)
        _check(wish)
        now_us = self._clock.now_us()
        self._limits.ask(network, now_us)
        key, row = (address_key(self._key, one) for one in (number, number_block(number)))
        if self._limits.may_send_code(key, row, network, now_us) and self._asked("sms", number, wish) is not None:
            self._limits.note_code(key, row, network, now_us)
        return number

    def enter_code(self, written: str, code: str, *, network: str) -> Subscription:
        """Begin to tell a number whose owner has the code, and return its subscription.

        Args:
            written: the number as it was typed.
            code: as it was typed.
            network: from which address of the network.

        Raises: RefusedInput when the number or code is wrong, or too many were tried.
        """
        number, now_us = mobile_number(written), self._clock.now_us()
        key = address_key(self._key, number)
        if wait_s := max(self._limits.guesses.wait_s(network, now_us), self._limits.tried.wait_s(key, now_us)):
            raise hurried(wait_s)
        known = self._store.of_address("sms", key)
        given = "".join(code.split()).encode()
        good = [] if known is None else [self._code(known.id, now_us - ago_us).encode() for ago_us in (0, _CODE_US)]
        if known is None or not any(hmac.compare_digest(given, one) for one in good) or self._is_stale(known):
            self._limits.guesses.note(network, now_us)
            self._limits.tried.note(key, now_us)
            raise RefusedInput(
                "This code does not belong to this number, or its time is over; ask for another one.",
                key="subscribe.code",
            )
        self._limits.tried.forget(key)
        self._store.confirm(known.id, now_us)
        return self._store.subscription(known.id) or known

    def code(self, subscription_id: str) -> str:
        """Return the code that confirms a number at this moment: six digits, good for one to two hours."""
        return self._code(subscription_id, self._clock.now_us())

    def _code(self, subscription_id: str, at_us: int) -> str:
        said = f"pulih code {subscription_id} {at_us // _CODE_US}".encode()
        digest = hmac.digest(self._key, said, hashlib.sha256)
        return f"{int.from_bytes(digest[:8]) % 10**CODE_DIGITS:0{CODE_DIGITS}}"

    def _asked(self, channel: ChannelKind, address: str, wish: Wish, *, again: bool = True) -> Subscription | None:
        """Ask the owner of an address, or tell them `again` that they are; None when somebody was faster."""
        now_us, key = self._clock.now_us(), address_key(self._key, address)
        known = self._store.of_address(channel, key)
        if known is not None and not again:
            return None
        if known is None:
            known = Subscription(
                id=secrets.token_hex(8),
                channel=channel,
                address=address,
                address_key=key,
                language=wish.language,
                topics=wish.topics,
                pace=wish.pace,
                quiet=wish.quiet,
                made_us=now_us,
            )
            if not self._store.add(known):
                return None
        self._outbox.queue_letter("confirm" if known.state == "pending" else "known", known, now_us)
        return known

    def to_confirm(self, token: str, *, network: str) -> Subscription:
        """Return the subscription of a token to confirm, active ones too.

        Raises: RefusedInput when there is none, it is over, or too many were tried.
        """
        return self._of("confirm", token, network)

    def confirm(self, token: str, *, network: str) -> Subscription:
        """Begin to tell, and return the subscription; confirming twice is no harm.

        Raises: as `to_confirm`.
        """
        found = self._of("confirm", token, network)
        self._store.confirm(found.id, self._clock.now_us())
        return self._of("confirm", token, network)

    def of(self, token: str, *, network: str) -> Subscription:
        """Return the subscription of a token to manage it.

        Raises: as `to_confirm`.
        """
        return self._of("manage", token, network)

    def change(self, token: str, wish: Wish, *, network: str) -> Subscription:
        """Change what is told, and return the subscription.

        Raises: as `to_confirm`; RefusedInput when the wish cannot be used.
        """
        _check(wish)
        found = self._of("manage", token, network)
        self._store.change(found.id, wish.topics, language=wish.language, pace=wish.pace, quiet=wish.quiet)
        return self._of("manage", token, network)

    def stop(self, token: str, *, network: str) -> None:
        """End a subscription; one that has ended is no harm, since mail programs ask more than once.

        Raises: RefusedInput when the token is none of this desk's, or too many were tried.
        """
        self._store.end(self._id("manage", token, network), self._clock.now_us())

    def manage_token(self, subscription_id: str) -> str:
        """Return the token with which a subscription is managed."""
        return token_of(self._key, "manage", subscription_id)

    def confirm_token(self, subscription_id: str) -> str:
        """Return the token with which a subscription is confirmed."""
        return token_of(self._key, "confirm", subscription_id)

    def _of(self, purpose: str, token: str, network: str) -> Subscription:
        found = self._store.subscription(self._id(purpose, token, network))
        if found is None or found.state == "ended" or self._is_stale(found):
            raise RefusedInput(
                "This subscription is over, or was not confirmed within two days; subscribe again.",
                key="subscribe.over",
            )
        return found

    def _is_stale(self, found: Subscription) -> bool:
        return found.state == "pending" and self._clock.now_us() - found.made_us > CONFIRM_US

    def _id(self, purpose: str, token: str, network: str) -> str:
        now_us = self._clock.now_us()
        if wait_s := self._limits.guesses.wait_s(network, now_us):
            raise hurried(wait_s)
        found = subscription_in(self._key, "confirm" if purpose == "confirm" else "manage", token)
        if found is None:
            self._limits.guesses.note(network, now_us)
            raise _no_link()
        return found

    def _offered(self, channel: ChannelKind) -> None:
        if channel not in self.offers:
            raise RefusedInput(
                "This desk does not tell anybody in this way; choose one that its page offers.", key="subscribe.way"
            )


def _check(wish: Wish) -> None:
    named = (wish.topics.operators, wish.topics.services, wish.topics.regions)
    if max(len(one) for one in named) > TOPICS_MAX:
        raise RefusedInput(
            f"More than {TOPICS_MAX} were chosen of one kind; choose fewer, or none for all.",
            key="subscribe.many",
            most=TOPICS_MAX,
        )


def _no_link() -> RefusedInput:
    return RefusedInput(
        "This link is not whole, or not from this desk; open the link in the message itself.", key="subscribe.link"
    )
