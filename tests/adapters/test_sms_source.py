"""SMS are heard from Kannel and from a centre that hangs up and brings again; none is acknowledged unkept."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from channel_peers import kannel
from direct_sources import SetClock, hears, items, means, opened, refusals, texts
from dovecot_server import certificate
from hypothesis import given
from hypothesis import strategies as st
from message_centre import GARBLED, MessageCentre, message, messages
from smpp34 import Tlv

from pulih.adapters.sources.contract import Trial, listening
from pulih.adapters.sources.people import sms
from pulih.adapters.sources.people._short_message import PARTS_KEPT_S, Gathering, fragment_of, text_of
from pulih.model.errors import OutsideFailed, RefusedInput

LONG = (
    "Internet mati sejak pagi di Setiabudi, sudah saya nyalakan ulang modem tiga kali tetapi tetap saja tidak bisa. "
    * 2
)


def source(port: int, clock: SetClock | None = None, **more: Any) -> Any:
    given = {"host": "127.0.0.1", "port": port, "system_id": "pulih", "password_file": "token", "tls": False}
    with_means = means(clock, secrets={"token": "sandi"})
    return opened(sms.KIND, with_means, **{**given, "enquire_s": 0.1, **more})


def with_centre(tries: Callable[[MessageCentre], Coroutine[Any, Any, None]], **more: Any) -> None:
    async def run() -> None:
        centre = MessageCentre(**more)
        await centre.begin()
        try:
            async with asyncio.timeout(20):
                await tries(centre)
        finally:
            await centre.end()

    asyncio.run(run())


def trial(centre: MessageCentre, clock: SetClock | None = None, **more: Any) -> Trial:
    return Trial(open=lambda: source(centre.port, clock, **more), peer=None, secret="sandi")  # type: ignore[arg-type]


def test_kannels_message_centre_delivers_its_messages_and_hears_that_they_are_kept(tmp_path: Path) -> None:
    with kannel(tmp_path, messages=3) as centre:
        heard = hears(source(centre.port), enough=lambda told: len(items(told)) >= 3 and not told[-1].items)
        assert texts(heard) == ["1", "2", "3"]
        assert {one.author for one in items(heard)} == {"456"}
        assert centre.commands().count("deliver_sm_resp") == 3


def test_a_message_is_acknowledged_only_once_it_is_kept() -> None:
    async def tries(centre: MessageCentre) -> None:
        centre.give(*messages("internet mati"))
        batches = source(centre.port).listen("")
        told = await anext(batches)
        while not told.items:
            told = await anext(batches)
        await asyncio.sleep(0.1)
        # It was handed over and not yet kept: the desk may fall now.
        assert (centre.answers, centre.unanswered()) == ([], 1)
        await anext(batches)
        await asyncio.sleep(0.05)
        assert (centre.answers, centre.unanswered()) == ([0], 0)
        await batches.aclose()

    with_centre(tries)


def test_a_long_message_is_put_together_whatever_the_order_of_its_parts() -> None:
    async def tries(centre: MessageCentre) -> None:
        centre.give(*reversed(messages(LONG)))
        async with listening(trial(centre), "0") as ear:
            await ear.until(lambda: bool(ear.heard), "it is heard")
            await ear.until(lambda: not centre.unanswered(), "it is acknowledged")
            assert list(ear.heard.values()) == [LONG.strip()]
            assert centre.answers == [0, 0]

    with_centre(tries)


def test_a_centre_that_waits_for_each_answer_still_brings_all_parts() -> None:
    async def tries(centre: MessageCentre) -> None:
        centre.give(*messages(LONG))
        async with listening(trial(centre), "0") as ear:
            await ear.until(lambda: bool(ear.heard), "it is heard")
            await ear.until(lambda: not centre.unanswered(), "it is acknowledged")
            await asyncio.sleep(0.2)
            assert list(ear.heard.values()) == [LONG.strip()]
            # Each part is taken in the end, and one was put off meanwhile, so that the centre still had it.
            assert centre.answers.count(0) == 2
            assert 0x64 in centre.answers

    with_centre(tries, window=1)


def test_a_part_whose_others_never_come_is_heard_by_itself_after_a_while() -> None:
    async def tries(centre: MessageCentre) -> None:
        clock = SetClock()
        centre.give(messages(LONG)[0])
        async with listening(trial(centre, clock), "0") as ear:
            await ear.until(lambda: 0x64 in centre.answers, "it is put off")
            assert not ear.heard
            clock.us += PARTS_KEPT_S * 1_000_000
            await ear.until(lambda: bool(ear.heard), "it is heard")
            await ear.until(lambda: not centre.unanswered(), "it is acknowledged")
            assert LONG.startswith(next(iter(ear.heard.values())))
            await asyncio.sleep(0.2)
            assert len(ear.heard) == 1

    with_centre(tries)


def test_a_message_that_is_brought_again_after_a_fall_is_the_same_item() -> None:
    async def tries(centre: MessageCentre) -> None:
        clock = SetClock()
        centre.numb = True
        centre.give(*messages("mati total"))
        async with listening(trial(centre, clock), "0") as first:
            await first.until(lambda: bool(first.heard), "it is heard")
        centre.numb = False
        # The centre fell before it knew, and comes back hours later.
        await centre.end()
        clock.us += 3 * 3_600_000_000
        await centre.begin()
        async with listening(trial(centre, clock), first.cursor) as second:
            await second.until(lambda: bool(second.heard), "it is brought again")
            assert second.heard.keys() == first.heard.keys()
            # Hours after that the same words of the same person are said anew.
            clock.us += 2 * 3_600_000_000
            centre.give(*messages("mati total"))
            await second.until(lambda: len(second.heard) == 2, "it is heard anew")

    with_centre(tries)


def test_a_centre_that_ends_and_begins_again_is_listened_to_again() -> None:
    async def tries(centre: MessageCentre) -> None:
        async with listening(trial(centre), "0") as ear:
            await ear.until(lambda: centre.bound == 1, "the session begins")
            await centre.end()
            centre.give(*messages("selama putus"))
            await ear.until(lambda: len(ear.errors) > 1, "nobody answers")
            await centre.begin()
            await ear.until(lambda: bool(ear.heard), "it is heard")
            assert any("broke off (unbind)" in one for one in ear.errors)

    with_centre(tries)


def test_a_silent_centre_is_asked_whether_it_lives_and_its_answer_is_a_sign_of_life() -> None:
    async def tries(centre: MessageCentre) -> None:
        batches = source(centre.port).listen("")
        for _ in range(3):
            assert (await anext(batches)).items == ()
        assert centre.enquiries == 2
        await batches.aclose()

    with_centre(tries)


def test_a_wrong_password_is_for_a_person_and_a_session_that_is_still_open_is_waited_for() -> None:
    async def tries(centre: MessageCentre) -> None:
        for status, fate in ((0x0E, RefusedInput), (0x0F, RefusedInput), (0x05, OutsideFailed)):
            centre.refuses = status
            with pytest.raises(fate, match="does not let the desk in") as refused:
                await anext(source(centre.port).listen(""))
            assert "sandi" not in str(refused.value)

    with_centre(tries)


def test_what_is_no_text_is_told_and_not_brought_again_and_the_rest_goes_on() -> None:
    async def tries(centre: MessageCentre) -> None:
        centre.give(
            message(b"\x00\x01", data_coding=0x04),
            message(b"\x09\x00", esm_class=0x40),
            message(b"id:1 stat:DELIVRD", esm_class=0x04),
            GARBLED,
            *messages("masih mati"),
        )
        async with listening(trial(centre), "0") as ear:
            await ear.until(lambda: bool(ear.heard), "it is heard")
            await ear.until(lambda: not centre.unanswered(), "all are answered")
            assert list(ear.heard.values()) == ["masih mati"]
            assert sorted(ear.refused) == [
                "A message of the centre cannot be read; right would be a deliver_sm of SMPP 3.4.",
                "A message of the centre has a header that is longer than it.",
                "A message of the centre is no text (data_coding 0x04).",
            ]
            assert sorted(centre.answers) == [0, 0, 0, 0x65, 0x65]

    with_centre(tries)


def test_messages_to_other_numbers_are_taken_and_not_heard() -> None:
    async def tries(centre: MessageCentre) -> None:
        centre.give(*messages("PROMO", to="9999"), *messages("mati", to="+9123"))
        async with listening(trial(centre, numbers=("9123",)), "0") as ear:
            await ear.until(lambda: not centre.unanswered() and bool(ear.heard), "both are answered")
            assert list(ear.heard.values()) == ["mati"]

    with_centre(tries)


def test_an_encrypted_centre_is_held_against_its_certificate(tmp_path: Path) -> None:
    trusted = certificate(tmp_path)
    shown = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    shown.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")

    async def tries(centre: MessageCentre) -> None:
        given = {
            "host": "127.0.0.1",
            "port": centre.port,
            "system_id": "pulih",
            "password_file": "token",
            "ca_file": "ca",
        }
        held = {"token": "sandi", "ca": trusted}
        centre.give(*messages("internet mati"))
        batches = opened(sms.KIND, means(secrets=held), **given).listen("")
        assert (await anext(batches)).items == ()
        assert [one.text for one in (await anext(batches)).items] == ["internet mati"]
        await batches.aclose()
        strange = opened(sms.KIND, means(secrets=held), **{**given, "ca_file": ""})
        with pytest.raises(OutsideFailed, match="SSLCertVerificationError"):
            await anext(strange.listen(""))

    with_centre(tries, tls=shown)


def read(pdu: bytes, alphabet: Any = "gsm7") -> str:
    fragment = fragment_of(pdu)
    assert fragment is not None
    return text_of([fragment], alphabet)


def test_letters_are_read_in_every_alphabet_that_centres_use() -> None:
    assert read(message(bytes([0x6D, 0x00, 0x1B, 0x65]))) == "m@€"
    assert read(message("sinyal é".encode("latin-1")), "latin1") == "sinyal é"
    assert read(message("sinyal é".encode("latin-1"), data_coding=3)) == "sinyal é"
    assert read(message("ꦲ 📵".encode("utf-16-be"), data_coding=8)) == "ꦲ 📵"
    assert read(message("mati".encode("utf-16-be"), data_coding=0x18)) == "mati"
    assert read(message(b"mati", data_coding=0xF0)) == "mati"
    assert read(message(b"", tlvs=[Tlv(0x0424, b"x" * 300)])) == "x" * 300


def test_parts_are_known_by_optional_parameters_and_by_long_headers_too() -> None:
    gathering = Gathering()
    by_parameters = [
        message(part, tlvs=[Tlv(0x020C, b"\x01\x02"), Tlv(0x020E, b"\x02"), Tlv(0x020F, bytes([number]))])
        for number, part in ((1, b"in"), (2, b"ternet"))
    ]
    by_header = [
        message(bytes([6, 8, 4, 1, 0, 2, number]) + part, esm_class=0x40) for number, part in ((1, b"ma"), (2, b"ti"))
    ]
    told = []
    for number, pdu in enumerate([*by_parameters, *by_header]):
        fragment = fragment_of(pdu)
        assert fragment is not None
        whole = gathering.add(fragment, number, 0)
        told += [text_of(whole.parts, "gsm7")] if whole else []
    assert told == ["internet", "mati"]


def test_a_letter_that_is_cut_in_two_by_a_part_is_whole_again() -> None:
    fragments = [
        fragment_of(message(bytes([5, 0, 3, 1, 2, number]) + part, esm_class=0x40, data_coding=8))
        for number, part in enumerate(("x📵".encode("utf-16-be")[:4], "x📵".encode("utf-16-be")[4:]), 1)
    ]
    assert text_of([one for one in fragments if one], "gsm7") == "x📵"


@given(pdu=st.binary(max_size=80), head=st.booleans())
def test_any_bytes_are_a_message_or_refused(pdu: bytes, head: bool) -> None:
    whole = (len(pdu) + 16).to_bytes(4, "big") + b"\0\0\0\x05" + b"\0" * 8 + pdu if head else pdu
    try:
        fragment = fragment_of(whole)
        if fragment is not None:
            text_of([fragment], "gsm7")
    except RefusedInput as refused:
        assert str(refused).startswith("A message of the centre")


@given(data=st.binary(max_size=60), coding=st.integers(0, 255), esm_class=st.sampled_from([0, 0x40]))
def test_any_letters_in_any_coding_are_text_or_refused(data: bytes, coding: int, esm_class: int) -> None:
    try:
        assert isinstance(read(message(data, data_coding=coding, esm_class=esm_class)), str)
    except RefusedInput as refused:
        assert str(refused).startswith("A message of the centre")


def test_a_source_of_messages_refuses_what_its_settings_cannot_mean() -> None:
    with pytest.raises(RefusedInput, match="its cursor is none"):
        hears(source(9), "besok")
    public = opened(sms.KIND, means(), host="192.0.9.9", system_id="a", password_file="token", tls=False)
    with pytest.raises(RefusedInput, match="would go in clear"):
        hears(public)
    assert refusals([]) == []
