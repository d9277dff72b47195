"""Short messages as a message centre delivers them: their letters, and long ones put together of their parts.

Source: SMPP 3.4, 4.6.1 (deliver_sm), 5.2.12 (esm_class), 5.2.19 (data_coding), 5.3.2 (optional parameters); 3GPP TS
23.040, 9.2.3.24 (header of user data); TS 23.038, 4 (data coding).
"""

from __future__ import annotations

import struct
from collections import OrderedDict
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, Final, Literal

import msgspec

from pulih.adapters.channels.missing import missing
from pulih.communicate.sms_alphabet import sms_text
from pulih.model.clock import MICROS
from pulih.model.errors import RefusedInput

Alphabet = Literal["gsm7", "ascii", "latin1", "utf-8"]
# esm_class: what is no text of a person (receipts, acknowledgements), and that a header stands before the text.
_NO_MESSAGE, _WITH_HEADER = 0x3C, 0x40
_PAYLOAD, _SHARED, _TOTAL, _NUMBER, _REFERENCE = 0x0424, 0x020C, 0x020E, 0x020F, 0x0204
_CODECS: Final = {0x01: "ascii", 0x03: "latin-1", 0x06: "iso8859-5", 0x07: "iso8859-8", 0x08: "utf-16-be"}
_PARTS_MAX: Final = 255
# How long the parts of a message are waited for, and how many messages are at one time.
PARTS_KEPT_S: Final = 900
_WAITING_MAX: Final = 5_000
_DONE_MAX: Final = 50_000


class Fragment(msgspec.Struct, frozen=True, kw_only=True):
    """A message, or a part of one.

    Attributes:
        sender, to: numbers as the centre writes them.
        coding: data_coding.
        data: letters in it.
        digest: of all of that, the same where the centre delivers it again.
        shared: what the parts of one message have in common; "" for a message alone.
        total, number: of how many parts it is which.
    """

    sender: str
    to: str
    coding: int
    data: bytes
    digest: str
    shared: str = ""
    total: int = 1
    number: int = 1


def fragment_of(pdu: bytes) -> Fragment | None:
    """Return what a deliver_sm holds, None for a receipt.

    Args:
        pdu: as it came, its head included.

    Raises: RefusedInput when it is of another shape; OutsideFailed when the package is missing.
    """
    try:
        from smpp34 import DeliverSm, SmppError, decode  # noqa: PLC0415 -- optional
    except ImportError:
        raise missing("SMS as a source", "sms") from None
    try:
        told: Any = decode(pdu)
    except (SmppError, ValueError):
        told = None
    if not isinstance(told, DeliverSm):
        raise RefusedInput("A message of the centre cannot be read; right would be a deliver_sm of SMPP 3.4.")
    if told.esm_class & _NO_MESSAGE:
        return None
    more = {one.tag: one.value for one in told.tlvs}
    data = bytes(told.short_message) or more.get(_PAYLOAD, b"")
    shared, total, number = _by_parameters(more)
    if told.esm_class & _WITH_HEADER:
        header, data = _parted(data)
        shared, total, number = _by_header(header) or (shared, total, number)
    if not 1 <= number <= total <= _PARTS_MAX:
        raise RefusedInput(f"A message of the centre is part {number} of {total}.")
    said = (told.source_addr, told.destination_addr, str(told.data_coding), shared, str(total), str(number))
    digest = blake2b("\x1f".join(said).encode() + more.get(_REFERENCE, b"") + b"\x1f" + data, digest_size=16)
    return Fragment(
        sender=told.source_addr.removeprefix("+"),
        to=told.destination_addr.removeprefix("+"),
        coding=told.data_coding,
        data=data,
        digest=digest.hexdigest(),
        shared=shared and "\x1f".join((*said[:2], shared, str(total))),
        total=total,
        number=number,
    )


def text_of(parts: Iterable[Fragment], alphabet: Alphabet) -> str:
    """Return the text of a message of some parts, in order.

    Args:
        parts: of one message.
        alphabet: the centre's own, which data_coding 0 means.

    Raises: RefusedInput when it is no text.
    """
    given = sorted(parts, key=lambda one: one.number)
    coding, data = given[0].coding, b"".join(one.data for one in given)
    if coding == 0 and alphabet != "gsm7":
        return data.decode(alphabet, "replace")
    if (codec := _CODECS.get(coding)) is not None:
        return data.decode(codec, "replace")
    # TS 23.038: general groups, and those of waiting messages; bit 3 and 2 name the alphabet where they are looked at.
    if coding == 0 or coding >> 4 in (0x1, 0x2, 0x3, 0xC, 0xD) or coding & 0xF4 == 0xF0:
        if coding >> 4 in (0x1, 0x2, 0x3) and coding & 0x0C:
            if coding & 0x0C == 0x08:
                return data.decode("utf-16-be", "replace")
            raise _no_text(coding)
        return sms_text(data)
    if coding >> 4 == 0xE:
        return data.decode("utf-16-be", "replace")
    raise _no_text(coding)


class Gathered(msgspec.Struct, frozen=True):
    """A message that is whole, or is as whole as it will be: its parts, and the tickets they were brought with."""

    parts: tuple[Fragment, ...]
    tickets: tuple[int, ...]


class _Waiting(msgspec.Struct):
    began_us: int
    parts: dict[int, Fragment]
    # Those that were answered "later" have none.
    tickets: dict[int, int]


class Gathering:
    """Gathers the parts of long messages."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, _Waiting] = OrderedDict()
        self._done: OrderedDict[str, None] = OrderedDict()

    def add(self, fragment: Fragment, ticket: int, now_us: int) -> Gathered | None:
        """Take a fragment in.

        Args:
            fragment: a message, or a part.
            ticket: under which it is to be answered.
            now_us: the desk's clock.

        Returns: the message that is whole with it, without parts when it was told before; None while others lack.
        """
        if not fragment.shared:
            return Gathered((fragment,), (ticket,))
        if fragment.digest in self._done:
            return Gathered((), (ticket,))
        one = self._waiting.setdefault(fragment.shared, _Waiting(now_us, {}, {}))
        one.parts[fragment.number], one.tickets[fragment.number] = fragment, ticket
        return self._whole(fragment.shared) if len(one.parts) == fragment.total else None

    def overdue(self, now_us: int) -> list[Gathered]:
        """Return messages whose other parts will not come any more, and those that are too many."""
        late = [
            shared
            for place, (shared, one) in enumerate(self._waiting.items())
            if now_us - one.began_us >= PARTS_KEPT_S * MICROS or place < len(self._waiting) - _WAITING_MAX
        ]
        return [self._whole(shared) for shared in late]

    def put_off(self) -> tuple[int, ...]:
        """Return the tickets of parts that wait, which are to be brought again later; they have none from then on."""
        tickets = tuple(ticket for one in self._waiting.values() for ticket in one.tickets.values())
        for one in self._waiting.values():
            one.tickets.clear()
        return tickets

    def holds(self) -> bool:
        """Say whether a part waits whose ticket is not answered."""
        return any(one.tickets for one in self._waiting.values())

    def _whole(self, shared: str) -> Gathered:
        one = self._waiting.pop(shared)
        self._done.update(dict.fromkeys(part.digest for part in one.parts.values()))
        while len(self._done) > _DONE_MAX:
            self._done.popitem(last=False)
        return Gathered(tuple(one.parts.values()), tuple(one.tickets.values()))


def _by_parameters(more: dict[int, bytes]) -> tuple[str, int, int]:
    shared, total, number = (more.get(tag, b"") for tag in (_SHARED, _TOTAL, _NUMBER))
    if len(shared) == 2 and len(total) == 1 and len(number) == 1 and total[0] > 1:
        return f"sar{shared.hex()}", total[0], number[0]
    return "", 1, 1


def _parted(data: bytes) -> tuple[bytes, bytes]:
    """Return the header of user data, and the letters behind it."""
    if not data or len(data) < data[0] + 1:
        raise RefusedInput("A message of the centre has a header that is longer than it.")
    return data[1 : data[0] + 1], data[data[0] + 1 :]


def _by_header(header: bytes) -> tuple[str, int, int] | None:
    """Return what parts of one message share, of how many it is one and which, where the header says so."""
    while len(header) >= 2:
        element, length = header[0], header[1]
        said, header = header[2 : 2 + length], header[2 + length :]
        if element == 0x00 and len(said) == 3:
            shared, total, number = said
        elif element == 0x08 and len(said) == 4:
            shared, total, number = struct.unpack(">HBB", said)
        else:
            continue
        return (f"udh{shared:x}", total, number) if total > 1 else None
    return None


def _no_text(coding: int) -> RefusedInput:
    return RefusedInput(f"A message of the centre is no text (data_coding 0x{coding:02x}).")
