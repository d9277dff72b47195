"""E-mails to customer care are heard from a real Dovecot, once, through restarts, cuts, new numbers and passwords."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from cut_wire import CutWire, cut_wire
from direct_sources import SetClock, gaps, hears, items, last_cursor, means, opened, refusals, texts, told_between
from dovecot_server import Dovecot, dovecot

from pulih.adapters.sources.people import email
from pulih.adapters.sources.people._mail_words import mail_item, own_words
from pulih.model.errors import OutsideFailed, RefusedInput

NUMBERS = itertools.count(1)
SECRETS: dict[str, str] = {}


def mail(text: str, *, subject: str = "", sender: str = "sari@example.id", name: str = "", **headers: str) -> bytes:
    """Return a mail as bytes."""
    made = EmailMessage()
    made["From"] = f"Sari <{sender}>"
    made["To"] = "care@example.id"
    made["Subject"] = subject
    made["Message-ID"] = name or f"<{next(NUMBERS)}@example.id>"
    for key, value in headers.items():
        made[key.replace("_", "-")] = value
    made.set_content(text)
    return made.as_bytes()


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    """A mail server for all tests of this file."""
    with dovecot() as running:
        yield running


@pytest.fixture
def inbox(server: Dovecot) -> Dovecot:
    """The mail server, its mailbox empty."""
    server.empty()
    SECRETS.clear()
    SECRETS.update({"password": "sandi\n", "ca": server.certificate})
    return server


def source(server: Dovecot, *, port: int = 0, clock: SetClock | None = None, **more: Any) -> Any:
    now = SetClock(int(datetime.now(UTC).timestamp() * 1e6))
    given = {"host": "127.0.0.1", "user": "care", "password_file": "password", "tls": "none", "wait_s": 0.5}
    where = {"port": port or (server.port if more.get("tls", "none") != "tls" else server.tls_port)}
    return opened(email.KIND, means(clock or now, secrets=SECRETS), **{**given, **where, **more})


def test_a_mail_that_comes_while_the_desk_waits_is_heard_and_what_lay_there_before_is_not(inbox: Dovecot) -> None:
    inbox.deliver(mail("lama"))

    def come(batches: list[Any]) -> None:
        if len(batches) == 2:
            inbox.deliver(mail("Internet mati dari pagi\n-- \nSari\nDepok", subject="Gangguan"))

    waits_long = source(inbox, wait_s=15, operator="smartfren")
    asked = source(inbox, operator="smartfren")
    heard = hears(asked, between=come)
    assert texts(heard) == ["Gangguan. Internet mati dari pagi"]
    assert items(heard)[0].author == "sari@example.id"
    assert items(heard)[0].operator == "smartfren"

    def come_later(batches: list[Any]) -> None:
        if len(batches) == 1:
            threading.Timer(0.3, inbox.deliver, [mail("mati lagi")]).start()

    # The server says by itself that a mail has come, long before it would be asked.
    assert texts(hears(waits_long, last_cursor(heard), between=come_later)) == ["mati lagi"]


def test_a_mail_that_comes_just_before_the_desk_waits_does_not_lie_until_it_asks(inbox: Dovecot) -> None:
    async def run() -> float:
        asked = source(inbox, wait_s=30)
        listening = asked.listen("")
        await anext(listening)
        mailbox = asked._open
        await asyncio.to_thread(mailbox.after, mailbox.next_uid)
        inbox.deliver(mail("mati"))
        began_s = asyncio.get_running_loop().time()
        await asyncio.to_thread(mailbox.wait, 30)
        await listening.aclose()
        return asyncio.get_running_loop().time() - began_s

    assert asyncio.run(run()) < 10


def test_mails_that_come_while_nobody_listens_are_heard_afterwards_and_none_twice(inbox: Dovecot) -> None:
    first = hears(source(inbox), enough=bool)
    for number in range(120):
        inbox.deliver(mail(f"mati {number}"))
    second = hears(source(inbox), last_cursor(first), enough=120)
    assert sorted(texts(second)) == sorted(f"mati {number}" for number in range(120))
    assert max(len(one.items) for one in second) <= 50
    again = hears(source(inbox), last_cursor(second), enough=lambda told: len(told) >= 3)
    assert items(again) == []
    # The desk fell before the second of three batches was kept: the rest comes, from there.
    between = next(one.cursor for one in second if one.items)
    assert len(items(hears(source(inbox), between, enough=70))) == 70


def test_a_mail_server_that_restarts_breaks_off_and_nothing_is_lost(inbox: Dovecot) -> None:
    asked, told = source(inbox), []

    async def fall(batches: list[Any]) -> None:
        told[:] = batches
        await asyncio.to_thread(inbox.end)

    with pytest.raises(OutsideFailed, match="the mail server broke off"):
        hears(asked, between=fall, enough=9)
    with pytest.raises(OutsideFailed, match="the mail server does not answer"):
        hears(asked, last_cursor(told))
    inbox.deliver(mail("selama server mati"))
    inbox.begin()
    assert texts(hears(asked, last_cursor(told))) == ["selama server mati"]


@pytest.mark.parametrize("over_a_wire", [False, True])
def test_a_mail_server_that_is_killed_over_words_it_has_not_read_is_noticed_at_once(
    inbox: Dovecot, over_a_wire: bool
) -> None:
    """The kernel of such a server resets the connection; a wait of a minute for its answer would be a mute one."""

    async def run(asked: Any) -> float:
        listening = asked.listen("")
        await anext(listening)
        waiting = asyncio.ensure_future(anext(listening))
        inbox.hang()
        # Meanwhile the source asks whether the server lives.
        await asyncio.sleep(1.5)
        await asyncio.to_thread(inbox.end)
        began_s = asyncio.get_running_loop().time()
        with pytest.raises(OutsideFailed, match="the mail server broke off"):
            await waiting
        await asked.close()
        return asyncio.get_running_loop().time() - began_s

    with cut_wire(inbox.port) as wire:
        try:
            assert asyncio.run(run(source(inbox, port=wire.port if over_a_wire else 0))) < 10
        finally:
            inbox.begin()


def test_a_source_without_a_cursor_goes_on_where_it_began_when_the_first_try_broke_off(inbox: Dovecot) -> None:
    with cut_wire(inbox.port) as wire:
        asked = source(inbox, port=wire.port)

        async def cut(batches: list[Any]) -> None:
            wire.cut()
            inbox.deliver(mail("di antara"))

        with pytest.raises(OutsideFailed):
            hears(asked, between=cut, enough=9)
        wire.heal()
        assert texts(hears(asked)) == ["di antara"]


def test_a_silent_wire_does_not_hold_the_desk_when_it_closes(inbox: Dovecot) -> None:
    async def run(wire: CutWire) -> float:
        asked = source(inbox, port=wire.port, wait_s=300)
        listening = asked.listen("")
        await anext(listening)
        waiting = asyncio.ensure_future(anext(listening))
        await asyncio.sleep(0.3)
        wire.freeze()
        began_s = asyncio.get_running_loop().time()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await asked.close()
        return asyncio.get_running_loop().time() - began_s

    with cut_wire(inbox.port) as wire:
        assert asyncio.run(run(wire)) < 5


def test_when_the_server_numbers_anew_mails_are_found_by_their_day_and_have_the_same_ids(inbox: Dovecot) -> None:
    first = hears(source(inbox), enough=bool)
    inbox.deliver(mail("satu", name="<satu@example.id>"))
    second = hears(source(inbox), last_cursor(first))
    inbox.deliver(mail("dua", name="<dua@example.id>"))
    inbox.number_anew()
    third = hears(source(inbox), last_cursor(second), enough=2)
    assert {one.id for one in items(third)} == {"<satu@example.id>", "<dua@example.id>"}
    assert items(second)[0].id == "<satu@example.id>"
    assert gaps(third) == []
    fourth = hears(source(inbox), last_cursor(third) or last_cursor(second), enough=lambda told: len(told) > 3)
    assert {one.id for one in items(fourth)} <= {"<satu@example.id>", "<dua@example.id>"}


def test_a_password_that_is_changed_is_for_a_person_and_the_new_one_is_read_from_its_file(inbox: Dovecot) -> None:
    asked = source(inbox)
    SECRETS["password"] = "sandi-lama"
    with pytest.raises(RefusedInput, match="does not let the desk in") as refused:
        hears(asked)
    assert "sandi" not in str(refused.value)
    SECRETS["password"] = "sandi"
    assert hears(asked, enough=bool)[0].cursor


def test_a_token_of_oauth2_opens_the_mailbox_and_one_that_ran_out_is_for_a_person(inbox: Dovecot) -> None:
    inbox.issuer.tokens = {"first": "care", "of somebody else": "other"}
    SECRETS["token"] = "first\n"
    asked = source(inbox, password_file="", token_file="token")
    inbox.deliver(mail("mati"))
    assert texts(told_between(asked, 0, 1 << 60)) == ["mati"]
    # It ran out, and another program put a new one into the file.
    inbox.issuer.tokens = {"second": "care"}
    with pytest.raises(RefusedInput) as told:
        hears(asked)
    assert "first" not in str(told.value)
    SECRETS["token"] = "second"
    assert hears(asked, enough=bool)
    # A good token opens the mailbox of its own account alone.
    inbox.issuer.tokens = {"of somebody else": "other"}
    SECRETS["token"] = "of somebody else"
    with pytest.raises(RefusedInput):
        hears(source(inbox, password_file="", token_file="token"))


def test_tls_is_held_against_the_name_and_the_certificates_of_the_settings(inbox: Dovecot) -> None:
    for tls, port in (("tls", inbox.tls_port), ("starttls", inbox.port)):
        asked = source(inbox, tls=tls, port=port, ca_file="ca")
        assert hears(asked, enough=bool)
    # Not trusted, and another name than the certificate has.
    with pytest.raises(OutsideFailed, match="SSLCertVerificationError"):
        hears(source(inbox, tls="tls"))
    with pytest.raises(OutsideFailed, match="SSLCertVerificationError"):
        hears(source(inbox, tls="tls", ca_file="ca", host="127.0.0.2"))


def test_settings_that_cannot_be_meant_are_refused_with_what_would_be_right(inbox: Dovecot) -> None:
    with pytest.raises(RefusedInput, match="one of them must be given"):
        source(inbox, token_file="token")
    with pytest.raises(RefusedInput, match='there is no folder "Keluhan"'):
        hears(source(inbox, folder="Keluhan"))
    with pytest.raises(RefusedInput, match="its cursor is none"):
        hears(source(inbox), "besok")
    with pytest.raises(RefusedInput, match="is not public"):
        hears(opened(email.KIND, means(allow_networks=()), host="127.0.0.1", user="care", password_file="token"))


def test_what_lies_in_the_mailbox_of_an_earlier_day_can_be_heard_again(inbox: Dovecot) -> None:
    inbox.deliver(mail("kemarin"))
    hour_us = 3_600_000_000
    now_us = int(datetime.now(UTC).timestamp() * 1e6)
    assert texts(told_between(source(inbox), now_us - hour_us, now_us + hour_us)) == ["kemarin"]
    assert texts(told_between(source(inbox), now_us - 2 * hour_us, now_us - hour_us)) == []


def test_mails_of_machines_and_broken_ones_do_not_stop_those_of_people(inbox: Dovecot) -> None:
    first = hears(source(inbox), enough=bool)
    inbox.deliver(mail("Saya sedang cuti", Auto_Submitted="auto-replied"))
    inbox.deliver(mail("Promo", List_Unsubscribe="<https://x.example>"))
    inbox.deliver(mail("Terima kasih, tiket Anda", sender="care@example.id"))
    inbox.deliver(b"\xff\xfe\x00 bukan surat")
    inbox.deliver(b"From: a@b.id\r\nContent-Type: text/plain; charset=tidak-ada\r\n\r\nmati \xc3\xa9\r\n")
    inbox.deliver(mail("masih mati"))
    heard = hears(source(inbox, own=("care@example.id",)), last_cursor(first), enough=2)
    assert texts(heard) == ["mati é", "masih mati"]
    assert items(heard)[0].id.startswith("uid:")
    assert refusals(heard) == ["A mail has no sender; right would be a header From."]


RECEIVED = datetime(2025, 10, 3, 2, 0, tzinfo=UTC)


def said(raw: bytes) -> str:
    item = mail_item(raw, received=RECEIVED, name="1", own=frozenset())
    return "" if item is None else item.text


def test_what_a_writer_quotes_and_signs_is_cut_from_text() -> None:
    cut = {
        "Masih mati.\n\n> Sudah normal?\n> Salam": "Masih mati.",
        "Masih mati.\n\nOn Fri, 3 Oct 2025 at 09:00, CS <cs@x.id> wrote:\nSudah normal?": "Masih mati.",
        "Masih mati.\n\nPada Jum, 3 Okt 2025 pukul 09.00 Layanan Pelanggan\n<cs@x.id> menulis:\n> apa": "Masih mati.",
        "Masih mati\n\n-----Pesan Asli-----\nDari: CS": "Masih mati",
        "Masih mati\n________________________________\nFrom: CS <cs@x.id>": "Masih mati",
        "Masih mati\n\nDari: CS <cs@x.id>\nDikirim: Jumat": "Masih mati",
        "Masih mati\n\nDikirim dari iPhone saya": "Masih mati",
        "Masih mati\n-- \nSari\nPT Contoh": "Masih mati",
        "Pada jam 9 mati.\nSampai sekarang.": "Pada jam 9 mati. Sampai sekarang.",
        "Dari: pagi sampai siang mati": "Dari: pagi sampai siang mati",
    }
    assert {given: own_words(given) for given in cut} == cut


def test_a_mail_of_markup_alone_gives_its_own_words() -> None:
    made = EmailMessage()
    made["From"] = "sari@example.id"
    made["Subject"] = "Re: Gangguan"
    made.set_content(
        "<html><head><style>p {}</style></head><body><div>Masih&nbsp;mati</div><div>di Depok</div>"
        '<div class="gmail_quote"><div>Pada Jum CS menulis:</div><blockquote>Sudah normal</blockquote></div>',
        subtype="html",
    )
    # The subject of an answer is somebody else's word.
    assert said(made.as_bytes()) == "Masih mati di Depok"


def test_attachments_are_not_read_and_the_plain_part_comes_before_the_markup() -> None:
    made = EmailMessage()
    made["From"] = "sari@example.id"
    made.set_content("internet mati")
    made.add_alternative("<p>internet <b>mati</b> markup</p>", subtype="html")
    made.add_attachment(b"rahasia", maintype="text", subtype="plain", filename="log.txt")
    assert said(made.as_bytes()) == "internet mati"
    assert said(made.as_bytes()[:-200]) == "internet mati"


def test_the_moment_of_a_mail_is_its_own_where_that_can_be_right() -> None:
    def at(date: str) -> int | None:
        raw = mail("mati", Date=date)
        item = mail_item(raw, received=RECEIVED, name="1", own=frozenset())
        return item and item.at_us

    received_us = int(RECEIVED.timestamp() * 1e6)
    assert at("Fri, 03 Oct 2025 08:30:00 +0700") == received_us - 1_800_000_000
    assert at("Fri, 03 Oct 2031 08:30:00 +0700") == received_us
    assert at("Mon, 01 Jan 1990 00:00:00 +0000") == received_us


@pytest.mark.parametrize("seed", range(40))
def test_a_mail_with_any_byte_changed_is_read_or_refused(seed: int) -> None:
    import random

    chance = random.Random(seed)
    made = EmailMessage()
    made["From"] = "Sari <sari@example.id>"
    made["Subject"] = "Internet mati é"
    made["Message-ID"] = "<1@example.id>"
    made.set_content("mati é")
    made.add_alternative("<p>mati</p>", subtype="html")
    raw = bytearray(made.as_bytes())
    for _ in range(6):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    try:
        mail_item(bytes(raw), received=RECEIVED, name="1", own=frozenset())
    except RefusedInput as refused:
        assert "mati" not in str(refused)


@pytest.mark.parametrize("number", ["<>", "<", "<1@", "<1@[", "<(", "", "<" + "7" * 300 + "@b.id>"])
def test_a_mail_whose_number_is_none_is_heard_by_its_words(number: str) -> None:
    raw = f"From: a@b.id\r\nMessage-ID: {number}\r\nSubject: Mati\r\n\r\ndari pagi".encode()
    item = mail_item(raw, received=RECEIVED, name="uid:1:7", own=frozenset())
    assert item is not None
    assert item.text == "Mati. dari pagi"
    assert item.id and len(item.id) <= 200


def test_the_account_of_a_mailbox_shows_no_password() -> None:
    from pulih.adapters.sources.people._mailbox import Account

    account = Account(
        host="mail.example.id", port=993, tls="tls", address="9.9.9.9", context=None,
        user="care", secret="sandi-rahasia", oauth=False, folder="INBOX",
    )  # fmt: skip
    assert "sandi" not in repr(account)
    assert Path(email.__file__).name == "email.py"
