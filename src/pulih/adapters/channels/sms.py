"""SMS: a short message to a number, through the operator's own message centre over SMPP (requirement T4).

A longer text goes in parts that the telephone puts together by a number they share. That number follows from the
message's id, so that parts which are sent a second time take the place of the first ones. SMPP knows no id of ours: a
desk that is killed between the centre's answer and its own note of it cannot tell whether the message is there.

Source: SMPP 3.4, 4.4 (submit_sm), 5.1.3 (command_status), 5.2.12 (esm_class), 5.2.19 (data_coding); 3GPP TS 23.040.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from typing import Final

from pulih.adapters.channels.missing import missing
from pulih.adapters.channels.smpp import MessageCentre, Session, bound
from pulih.adapters.channels.text import with_link
from pulih.communicate.sms_alphabet import sms_parts
from pulih.model.errors import OutsideFailed
from pulih.ports.channels import ChannelKind, Message, Outcome

PARTS_MAX: Final = 6
_NUMBER: Final = re.compile(r"\+?[0-9]{3,15}")
_TIMEOUT_S: Final = 15.0
_PUSHED_AWAY_S: Final = 5.0
# data_coding: the centre's own alphabet, which is GSM's, and UCS-2.
_CODINGS: Final = {"gsm7": 0x00, "ucs2": 0x08}
# esm_class: a header of user data goes before the text.
_WITH_HEADER: Final = 0x40
_INTERNATIONAL, _ALPHANUMERIC, _UNKNOWN_TON, _E164, _UNKNOWN_NPI = 1, 5, 0, 1, 0
# ESME_ROK; ESME_RINVDSTADR and ESME_RINVMSGLEN, which no other try mends; ESME_RTHROTTLED and ESME_RMSGQFUL.
_TAKEN, _NEVER, _WAIT = 0x00, frozenset({0x0B, 0x01}), frozenset({0x58, 0x14})


class Sms:
    """Sends through one message centre, over one session that is opened when it is needed, and again when it ended.

    Args:
        centre: which.

    Raises: OutsideFailed when the package is missing.
    """

    def __init__(self, centre: MessageCentre) -> None:
        try:
            from smpp34 import SubmitSm  # noqa: PLC0415 -- optional
        except ImportError:
            raise missing("SMS", "sms") from None
        self._write, self._centre = SubmitSm, centre
        self._session: Session | None = None
        self._opening = asyncio.Lock()

    @property
    def kind(self) -> ChannelKind:
        """Return what it carries."""
        return "sms"

    async def send(self, message: Message) -> Outcome:
        """Try once to hand over a message, all of its parts."""
        if _NUMBER.fullmatch(message.address) is None:
            return Outcome("refused", "its address is no number; right would be one as in E.164, such as +62 and more")
        cut = sms_parts(with_link(message))
        if len(cut.parts) > PARTS_MAX:
            return Outcome("refused", f"it has {len(cut.parts)} parts, and {PARTS_MAX} are the most")
        shared = hashlib.sha256(message.id.encode()).digest()[0]
        for number, part in enumerate(cut.parts, 1):
            header = bytes([5, 0, 3, shared, len(cut.parts), number]) if len(cut.parts) > 1 else b""
            status = await self._submitted(message.address, header, part, _CODINGS[cut.coding])
            if status is None:
                return Outcome("later", "the message centre did not answer")
            if status != _TAKEN:
                return _refused(status)
        return Outcome("sent")

    async def close(self) -> None:
        """End the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _submitted(self, address: str, header: bytes, text: bytes, coding: int) -> int | None:
        """Return the status that the centre answered, None when it did not."""
        sender, sender_type, sender_plan = _sender(self._centre.sender)

        def written(number: int) -> bytes:
            return self._write(
                sender,
                address.removeprefix("+"),
                header + text,
                source_addr_ton=sender_type,
                source_addr_npi=sender_plan,
                dest_addr_ton=_INTERNATIONAL,
                dest_addr_npi=_E164,
                esm_class=_WITH_HEADER if header else 0,
                data_coding=coding,
                sequence_number=number,
            ).encode()

        try:
            async with asyncio.timeout(_TIMEOUT_S):
                session = await self._open()
                return await session.submit(written)
        except (TimeoutError, OutsideFailed):
            return None

    async def _open(self) -> Session:
        async with self._opening:
            if self._session is None or not self._session.open:
                await self.close()
                self._session = await bound(self._centre)
            return self._session


def _sender(named: str) -> tuple[str, int, int]:
    """Return a sender as SMPP writes it, with the type of its number and its numbering plan (5.2.5, 5.2.6)."""
    if not named.removeprefix("+").isdecimal():
        return named, _ALPHANUMERIC, _UNKNOWN_NPI
    # A short number of the operator's own network has no country before it.
    return named.removeprefix("+"), _INTERNATIONAL if named.startswith("+") else _UNKNOWN_TON, _E164


def _refused(status: int) -> Outcome:
    why = f"the message centre answered status 0x{status:02x}"
    if status in _NEVER:
        return Outcome("refused", why)
    return Outcome("later", why, _PUSHED_AWAY_S if status in _WAIT else None)
