"""Weighing: a flood is not an outage; copies and tireless authors count less, but nothing is dropped.

Requirement L4. Real victims write the same short sentence, so a short text keeps its full weight; a long one whose
wording was heard before, word for word or changed a little (`copies`), counts as a quarter, a ninth, a sixteenth, so
that any number of copies count less than two texts, whoever posts them. One author counts in full once a day and ever
less after that; an account of this week counts half, one that advertised today hardly. Of many from one network within
an hour, where a source tells it, few count in full: more of them the more networks report. A reply to another person
counts less than a post of one's own, since one post draws several. Operators' accounts, bots and press do not count.
Only what came before is looked at, and what is older than a day is forgotten. Why these numbers:
docs/decisions/0006-weights.md.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from math import prod

import msgspec

from pulih.listen.copies import Copies
from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.model.errors import RefusedInput
from pulih.model.signal import Signal
from pulih.model.weight import Reason, Weight

# Up to so many words people write the same by themselves ("internet mati lagi nih woi").
SHORT_WORDS = 7
AUTHOR_STEP = 0.4
AUTHOR_FLOOR = 0.05
# An account is young in its first week. It counts half, and not less: on a new platform all of them are.
YOUNG_DAYS = 7
YOUNG_WEIGHT = 0.5
# Who advertises sees trouble where there is something to sell.
SELLER_WEIGHT = 0.1
# So many from one network count in full within an hour, fewer than an outage needs voices; when many networks report,
# one for so many of them, since thousands of customers of a mobile operator share an address.
NETWORK_FREE = 2
NETWORKS_EACH = 4
# Long texts that follow each other within seconds are one person's thread, where no author is known.
THREAD_CHARS = 180
THREAD_GAP_S = 20
THREAD_WEIGHT = 0.25
# Bound on the authors that are remembered; the oldest go first. About 60 MB.
REMEMBERED = 300_000
# A reply is a voice of its own, but drawn by the post before it.
REPLY_WEIGHT = 0.5
_DAY_US, _HOUR_US = DAY_S * MICROS, HOUR_S * MICROS
# Who turns to the operator's desk ("min", "halo", "mohon ...") replies to nobody.
_REPLY = re.compile(
    r"\s*(?:<user>[\s,.]*)+(?=[^\s,.<])(?!(?:min|mimin|admin|cs|halo|hallo|hai|hi|hello|tolong|mohon|please|dear)\b)",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W\d_]+")
# Tags are shared by all who speak of a thing, and say nothing about who copied whom.
_NO_WORDS = re.compile(r"<(?:user|url|num|email)>|@\w+|#\w+")


# The first byte of a list of whatever length in MessagePack; its length follows in four bytes.
_LIST = b"\xdd"


class _Remembered(msgspec.Struct, frozen=True, array_like=True):
    copies: bytes
    authors: list[tuple[str, tuple[int, int]]]
    sellers: list[tuple[str, int]]
    long_at_us: int
    networks: list[tuple[str, tuple[int, int]]] = []


class Weigher:
    """Weighs signals in the order of their time."""

    def __init__(self) -> None:
        self._copies = Copies()
        self._authors: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._sellers: OrderedDict[str, int] = OrderedDict()
        self._long_at_us = -_DAY_US
        # Those of the last hour, in the order in which each was first heard.
        self._networks: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def weigh(self, signal: Signal, *, witness: bool = False, advert: bool = False) -> Weight:
        """Return the weight of `signal`, given those weighed before it.

        Args:
            signal: the next one in time.
            witness: it names a place of its own, so it is more than an echo of the post it replies to.
            advert: it sells something.
        """
        if signal.role != "public":
            return Weight(0.0, signal.role)
        wording, copies = self._copied(signal)
        factors: list[tuple[float, Reason]] = [
            # The square, since the sum of halves, thirds and so on grows without bound and raises alarms.
            (1.0 / copies**2, "copy"),
            (self._seller(signal, advert=advert), "seller"),
            (YOUNG_WEIGHT if 0 <= signal.account_days < YOUNG_DAYS else 1.0, "young"),
            (self._network(signal), "network"),
            (self._author(signal), "author"),
            (REPLY_WEIGHT if not witness and _REPLY.match(signal.text) else 1.0, "reply"),
            (self._thread(signal), "thread"),
        ]
        reason: Reason = next((reason for factor, reason in factors if factor < 1.0), "")
        return Weight(prod(factor for factor, _ in factors), reason, wording)

    def forget_texts(self, before_us: int) -> None:
        """Forget the texts of days that were over before `before_us`; two days after them they weigh nothing."""
        self._copies.forget(before_us)

    def to_bytes(self) -> bytes:
        """Return all that is remembered, texts of the last two days among it; `from_bytes` weighs on alike."""
        authors, sellers = _packed(self._authors), _packed(self._sellers)
        networks = _packed(self._networks)
        return msgspec.msgpack.encode((self._copies.to_bytes(), authors, sellers, self._long_at_us, networks))

    @classmethod
    def from_bytes(cls, state: bytes) -> Weigher:
        """Return the weigher that `to_bytes` wrote.

        Raises: RefusedInput when the bytes are none.
        """
        try:
            saved = msgspec.msgpack.decode(state, type=_Remembered)
        except msgspec.DecodeError as error:
            raise RefusedInput(f"weigher: these bytes are not one ({error}); begin anew from the journal.") from None
        weigher = cls()
        weigher._copies = Copies.from_bytes(saved.copies)
        weigher._authors, weigher._sellers = OrderedDict(saved.authors), OrderedDict(saved.sellers)
        weigher._long_at_us, weigher._networks = saved.long_at_us, OrderedDict(saved.networks)
        return weigher

    def _copied(self, signal: Signal) -> tuple[int, int]:
        """Return the number of the wording and how often it was heard by now; (0, 1) for a short text."""
        words = words_of(signal.text)
        return self._copies.count(words, signal.at_us) if len(words) > SHORT_WORDS else (0, 1)

    def _author(self, signal: Signal) -> float:
        if not signal.author:
            return 1.0
        first_us, times = self._authors.pop(signal.author, (signal.at_us, 0))
        if signal.at_us - first_us > _DAY_US:
            first_us, times = signal.at_us, 0
        self._authors[signal.author] = (first_us, times + 1)
        if len(self._authors) > REMEMBERED:
            self._authors.popitem(last=False)
        return max(AUTHOR_FLOOR, AUTHOR_STEP**times) if times else 1.0

    def _network(self, signal: Signal) -> float:
        """Return how much one more from its network counts; like copies, beyond those free less than one together."""
        if not signal.network:
            return 1.0
        while self._networks and signal.at_us - next(iter(self._networks.values()))[0] > _HOUR_US:
            self._networks.popitem(last=False)
        first_us, times = self._networks.get(signal.network, (signal.at_us, 0))
        self._networks[signal.network] = (first_us, times + 1)
        if len(self._networks) > REMEMBERED:
            self._networks.popitem(last=False)
        free = max(NETWORK_FREE, len(self._networks) // NETWORKS_EACH)
        return 1.0 if times < free else 1.0 / (times - free + 2) ** 2

    def _seller(self, signal: Signal, *, advert: bool) -> float:
        """Return how much the word of an author counts who advertised within a day; the advert is weighed as read."""
        if not signal.author:
            return 1.0
        if advert:
            self._sellers.pop(signal.author, None)
            self._sellers[signal.author] = signal.at_us
            if len(self._sellers) > REMEMBERED:
                self._sellers.popitem(last=False)
            return 1.0
        at_us = self._sellers.get(signal.author)
        return SELLER_WEIGHT if at_us is not None and signal.at_us - at_us <= _DAY_US else 1.0

    def _thread(self, signal: Signal) -> float:
        if signal.author or len(signal.text) < THREAD_CHARS:
            return 1.0
        near = signal.at_us - self._long_at_us <= THREAD_GAP_S * MICROS
        self._long_at_us = signal.at_us
        return THREAD_WEIGHT if near else 1.0


def _packed(known: Mapping[str, object]) -> msgspec.Raw:
    """Return the items of a dictionary as a list, packed one by one: as a whole, nobody else gets to work meanwhile."""
    packed, encode_into = bytearray(_LIST + len(known).to_bytes(4)), msgspec.msgpack.Encoder().encode_into
    for item in known.items():
        encode_into(item, packed, -1)
    return msgspec.Raw(bytes(packed))


def words_of(text: str) -> list[str]:
    """Return the words of a masked text in small letters, without masks, handles and tags.

    >>> words_of("<user> Mati LAGI nih 😡 #mati")
    ['mati', 'lagi', 'nih']
    """
    text = text.lower()
    marked = "<" in text or "@" in text or "#" in text
    return _WORDS.findall(_NO_WORDS.sub(" ", text) if marked else text)
