"""SMS goes to Kannel's message centre and to a centre that refuses; only what a centre took is called sent (T4)."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path

import smpp34
from channel_peers import free_port, kannel, message

from pulih.adapters.channels.smpp import MessageCentre
from pulih.adapters.channels.sms import Sms
from pulih.ports.channels import Outcome

NUMBER = "+6281200000001"
SUBMIT, BIND, ENQUIRE, UNBIND, DELIVER = 0x04, 0x02, 0x15, 0x06, 0x05


def _centre(port: int, **more: str) -> MessageCentre:
    given = {"system_id": "pulih", "password": "secret", "sender": "PULIH", **more}
    return MessageCentre(host="127.0.0.1", port=port, **given)


class Centre:
    """A message centre of this test's own: answers each message with the next status, and keeps what it was sent."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.taken: list[smpp34.SubmitSm] = []
        self.bound: list[bytes] = []
        self.replies: list[tuple[int, int]] = []
        self.let_in = 0
        # Sent to the desk before the first answer.
        self.asks: list[bytes] = []

    async def speak(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak with one desk until either side has enough."""
        try:
            while True:
                head = await reader.readexactly(16)
                length, command, status, number = struct.unpack(">IIII", head)
                body = await reader.readexactly(length - 16)
                if command & 0x8000_0000:
                    self.replies.append((command & 0x7FFF_FFFF, status))
                    continue
                answer = self._answer(command, head + body)
                if answer is None:
                    return
                for asked in self.asks:
                    writer.write(asked)
                self.asks.clear()
                payload = b"id\0" if command == SUBMIT and answer == 0 else b"C\0" if command == BIND else b""
                writer.write(struct.pack(">IIII", 16 + len(payload), command | 0x8000_0000, answer, number) + payload)
                await writer.drain()
        except (EOFError, ConnectionError):
            return
        finally:
            writer.close()

    def _answer(self, command: int, pdu: bytes) -> int | None:
        if command == BIND:
            self.bound.append(pdu[16:])
            return self.let_in
        if command != SUBMIT:
            return 0
        status = self.statuses.pop(0) if self.statuses else 0
        if status == 0:
            # Read by smpp34, which did not write the session.
            taken = smpp34.decode(pdu)
            assert isinstance(taken, smpp34.SubmitSm)
            self.taken.append(taken)
        return None if status < 0 else status


def _with(centre: Centre, do: Callable[[Sms], Awaitable[list[Outcome]]], **more: str) -> list[Outcome]:
    async def run() -> list[Outcome]:
        server = await asyncio.start_server(centre.speak, "127.0.0.1", 0)
        async with server:
            sms = Sms(_centre(server.sockets[0].getsockname()[1], **more))
            try:
                return await do(sms)
            finally:
                await sms.close()

    return asyncio.run(run())


def _each(*texts: str, number: str = NUMBER) -> Callable[[Sms], Awaitable[list[Outcome]]]:
    async def do(sms: Sms) -> list[Outcome]:
        return [await sms.send(message(number, text=text)) for text in texts]

    return do


def test_kannels_message_centre_takes_a_message_and_a_long_one_in_parts(tmp_path: Path) -> None:
    with kannel(tmp_path) as centre:

        async def run() -> list[Outcome]:
            sms = Sms(_centre(centre.port))
            try:
                return [await sms.send(message(NUMBER, text=one)) for one in ("Pulih 09.06 WIB", "kabar " * 40)]
            finally:
                await sms.close()

        assert asyncio.run(run()) == [Outcome("sent"), Outcome("sent")]
        # It writes a text down to its first zero, which in a part stands behind the length of the header.
        assert centre.texts() == ["Pulih 09.06 WIB", "\x05", "\x05"]
        assert centre.commands() == ["bind_transmitter", *["submit_sm"] * 3, "unbind"]


def test_the_centre_learns_who_sends_to_whom_and_in_which_letters() -> None:
    centre = Centre()
    assert _with(centre, _each("{Pulih} é", "Pulih “é”")) == [Outcome("sent")] * 2
    plain, other = centre.taken
    assert centre.bound == [b"pulih\0secret\0\0\x34\0\0\0"]
    assert (plain.source_addr, plain.source_addr_ton, plain.source_addr_npi) == ("PULIH", 5, 0)
    assert (plain.destination_addr, plain.dest_addr_ton, plain.dest_addr_npi) == ("6281200000001", 1, 1)
    assert (plain.data_coding, plain.short_message) == (0, b"\x1b(Pulih\x1b) \x05")
    assert (other.data_coding, other.short_message) == (8, "Pulih “é”".encode("utf-16-be"))


def test_a_short_number_of_the_own_network_and_a_full_one_may_send_too() -> None:
    centre = Centre()
    _with(centre, _each("a"), sender="123")
    _with(centre, _each("a"), sender="+62811")
    assert [(one.source_addr, one.source_addr_ton, one.source_addr_npi) for one in centre.taken] == [
        ("123", 0, 1),
        ("62811", 1, 1),
    ]


def test_parts_belong_together_by_a_number_that_the_message_keeps_however_often_it_is_tried() -> None:
    centre = Centre(0, 0x58)
    text = "kabar " * 40
    assert [one.fate for one in _with(centre, _each(text, text))] == ["later", "sent"]
    first, again, last = centre.taken
    assert (first.esm_class, first.short_message[:3], first.short_message[4:6]) == (0x40, b"\x05\x00\x03", b"\x02\x01")
    assert first.short_message == again.short_message
    assert last.short_message[:6] == first.short_message[:4] + b"\x02\x02"


def test_each_status_of_the_centre_is_what_became_of_the_message() -> None:
    centre = Centre(0x0B, 0x58, 0x14, 0x08, 0x45)
    became = _with(centre, _each(*"abcde"))
    assert [one.fate for one in became] == ["refused", "later", "later", "later", "later"]
    assert [one.retry_s for one in became] == [None, 5.0, 5.0, None, None]
    assert centre.taken == []


def test_a_session_that_broke_is_opened_again_and_what_was_in_it_is_not_called_sent() -> None:
    centre = Centre(0, -1)
    assert [one.fate for one in _with(centre, _each("a", "b", "c"))] == ["sent", "later", "sent"]
    assert len(centre.bound) == 2


def test_a_centre_that_does_not_let_the_desk_in_or_is_not_there_leaves_messages_for_later() -> None:
    centre = Centre()
    centre.let_in = 0x0E
    assert _with(centre, _each("a"))[0].fate == "later"

    async def nobody() -> Outcome:
        sms = Sms(_centre(free_port()))
        try:
            return await sms.send(message(NUMBER))
        finally:
            await sms.close()

    assert asyncio.run(nobody()).fate == "later"


def test_many_messages_at_once_share_one_session_and_each_gets_its_own_answer() -> None:
    centre = Centre(*([0, 0x0B] * 20))

    async def do(sms: Sms) -> list[Outcome]:
        return list(await asyncio.gather(*(sms.send(message(NUMBER, text=f"t{one}")) for one in range(40))))

    became = _with(centre, do)
    assert len(centre.bound) == 1
    taken = {one.short_message.decode() for one in centre.taken}
    assert {f"t{number}" for number, one in enumerate(became) if one.fate == "sent"} == taken
    assert len(taken) == 20


def test_what_the_centre_asks_between_is_answered() -> None:
    centre = Centre()
    centre.asks = [
        struct.pack(">IIII", 16, ENQUIRE, 0, 900),
        struct.pack(">IIII", 18, DELIVER, 0, 901) + b"ab",
        struct.pack(">IIII", 16, 0x103, 0, 902),
    ]
    assert _with(centre, _each("a", "b")) == [Outcome("sent")] * 2
    assert centre.replies == [(ENQUIRE, 0), (DELIVER, 0), (0, 3)]


def test_what_no_centre_takes_is_not_tried() -> None:
    centre = Centre()
    assert _with(centre, _each("a", number="budi"))[0].fate == "refused"
    assert _with(centre, _each("a" * (153 * 6 + 1)))[0].fate == "refused"
    assert centre.bound == []
