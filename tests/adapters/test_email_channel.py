"""E-mail to a real SMTP server: what arrives, what a refusal means, and that nothing untaken is called sent."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from mail_server import Sink, mail_server
from msgspec.structs import replace
from subscriptions import NOW_US

from pulih.adapters.channels.email import EmailChannel, MailServer
from pulih.adapters.channels.mail_text import Sender, mail_of
from pulih.ports.channels import CarefulChannel, Message, Outcome

SENDER = Sender(name="Meja Contoh", address="kabar@meja.example.id", answers="tanya@example.id")
MESSAGE = Message(
    id="0123456789abcdef",
    address="ayu@example.id",
    language="id",
    subject="Smartfren: internet seluler tidak dapat dipakai – DKI Jakarta",
    text="Internet seluler “mati” <di> Jakarta & sekitarnya.\n\n.titik di awal baris\n\nhttps://meja.example.id/gangguan/a/",
    stop="https://meja.example.id/subscription/0123456789abcdef." + "A" * 43 + "/stop",
)


HEADERS = {
    "List-Unsubscribe", "List-Unsubscribe-Post", "From", "To", "Subject", "Date", "Message-ID", "Reply-To",
    "Auto-Submitted", "Content-Language", "MIME-Version", "Content-Type",
}  # fmt: skip


class SetClock:
    def now_us(self) -> int:
        return NOW_US


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def port(sink: Sink) -> Iterator[int]:
    with mail_server(sink) as port:
        yield port


def channel(port: int, **more: Any) -> EmailChannel:
    server = MailServer(host="127.0.0.1", port=port, **({"security": "none"} | more))
    return EmailChannel(server, SENDER, SetClock())


def sent(made: EmailChannel, *messages: Message, ready: Callable[[], Awaitable[None]] | None = None) -> list[Outcome]:
    async def all_of_them() -> list[Outcome]:
        try:
            return [await (made.hand_over(one, ready) if ready else made.send(one)) for one in messages]
        finally:
            await made.close()

    return asyncio.run(all_of_them())


def test_a_mail_arrives_whole_in_text_and_html_with_the_headers_that_end_it(sink: Sink, port: int) -> None:
    assert sent(channel(port), MESSAGE) == [Outcome("sent")]
    mail = sink.mails[0].read()
    assert (mail["To"], mail["From"], mail["Reply-To"]) == (
        "ayu@example.id",
        "Meja Contoh <kabar@meja.example.id>",
        "tanya@example.id",
    )
    assert mail["Subject"] == MESSAGE.subject
    assert mail["Message-ID"] == "<0123456789abcdef@meja.example.id>"
    assert mail["Auto-Submitted"] == "auto-generated"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None and text.get_content().splitlines() == MESSAGE.text.splitlines()
    assert html is not None and "&lt;di&gt; Jakarta &amp; sekitarnya" in html.get_content()
    assert '<a href="https://meja.example.id/gangguan/a/">' in html.get_content()


def test_the_headers_that_end_a_subscription_stand_as_rfc_8058_asks(sink: Sink, port: int) -> None:
    sent(channel(port), MESSAGE, replace(MESSAGE, stop=""))
    raw = sink.mails[0].content
    assert f"List-Unsubscribe: <{MESSAGE.stop}>\r\n".encode() in raw, "never encoded, never folded within the address"
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert b"List-Unsubscribe" not in sink.mails[1].content


@given(st.text(max_size=300), st.text(max_size=600))
def test_any_words_arrive_as_they_were_written(subject: str, text: str) -> None:
    mail = message_from_bytes(mail_of(replace(MESSAGE, subject=subject, text=text), SENDER, NOW_US), policy=default)
    assert isinstance(mail, EmailMessage)
    assert set(mail.keys()) == HEADERS, "no header comes from words"
    body = mail.get_body(("plain",))
    assert body is not None
    said = body.get_payload(decode=True)
    assert isinstance(said, bytes) and lines_of(said.decode()) == lines_of(text)
    written = [sign for sign in " ".join(subject.split()) if sign.isprintable()]
    assert "".join(str(mail["Subject"]).split()) == "".join("".join(written).split())


def lines_of(text: str) -> str:
    return "\n".join(text.splitlines()).rstrip("\n")


def test_lines_of_a_mail_are_short_and_ascii_so_that_any_server_carries_them() -> None:
    lines = mail_of(MESSAGE, SENDER, NOW_US).split(b"\r\n")
    assert max(len(line) for line in lines) <= 998
    assert all(line.isascii() and b"\n" not in line for line in lines)


@pytest.mark.parametrize(
    "hostile",
    [
        {"subject": "Kabar\r\nBcc: korban@example.id"},
        {"subject": "Kabar\n\nIsi lain"},
        {"text": "Kabar\r\n.\r\nMAIL FROM:<x@example.id>\r\n"},
    ],
)
def test_nothing_that_a_desk_writes_becomes_a_header_or_a_command(
    sink: Sink, port: int, hostile: dict[str, Any]
) -> None:
    assert [one.fate for one in sent(channel(port), replace(MESSAGE, **hostile), MESSAGE)] == ["sent", "sent"]
    assert [mail.to for mail in sink.mails] == ["ayu@example.id"] * 2
    assert sink.mails[0].read()["Bcc"] is None


@pytest.mark.parametrize(
    "hostile",
    [
        {"address": "ayu@example.id\r\nBcc: korban@example.id"},
        {"address": "ayu@example.id> NOTIFY=NEVER"},
        {"address": "ayu"},
        {"stop": "https://meja.example.id/\r\nBcc: korban@example.id"},
    ],
)
def test_an_address_that_is_none_is_refused_and_never_reaches_the_server(
    sink: Sink, port: int, hostile: dict[str, Any]
) -> None:
    outcome = sent(channel(port), replace(MESSAGE, **hostile))[0]
    assert outcome.fate == "refused"
    assert sink.mails == []


def test_many_mails_go_over_one_connection(sink: Sink, port: int) -> None:
    sent(channel(port), *(replace(MESSAGE, id=f"m{n}") for n in range(20)))
    assert len({mail.peer for mail in sink.mails}) == 1


@pytest.mark.parametrize(
    ("step", "answer", "fate"),
    [
        ("receiver", "550 5.1.1 <ayu@example.id>: no such mailbox", "refused"),
        ("receiver", "451 4.7.1 Greylisted, come again", "later"),
        ("mail", "553 5.7.1 You may not send as that", "later"),
        ("data", "552 5.3.4 Too large", "refused"),
        ("data", "452 4.3.1 No room", "later"),
    ],
)
def test_a_refusal_of_the_reader_is_for_good_and_all_else_is_tried_again(
    sink: Sink, port: int, *, step: str, answer: str, fate: str
) -> None:
    def once(address: str) -> str:
        setattr(sink, step, lambda _: "250 OK")
        return answer

    setattr(sink, step, once)
    outcomes = sent(channel(port), MESSAGE, replace(MESSAGE, address="budi@example.id"))
    assert [one.fate for one in outcomes] == [fate, "sent"], "the next mail goes over the same connection"
    assert [mail.to for mail in sink.mails] == ["budi@example.id"]
    assert "ayu@example.id" not in outcomes[0].why, "no address in what is kept"


def test_a_server_that_is_not_there_is_tried_again_and_nothing_is_called_sent() -> None:
    with mail_server(Sink()) as port:
        gone = port
    assert sent(channel(gone), MESSAGE)[0].fate == "later"


def test_only_the_dot_comes_after_it_is_written_down_that_a_mail_is_handed_over(sink: Sink, port: int) -> None:
    seen: list[int] = []

    async def ready() -> None:
        seen.append(len(sink.mails))

    made = channel(port)
    assert isinstance(made, CarefulChannel)
    sent(made, MESSAGE, MESSAGE, ready=ready)
    assert seen == [0, 1]


def test_a_mail_that_could_not_be_written_down_is_not_sent_and_spoils_no_other(sink: Sink, port: int) -> None:
    async def refuse() -> None:
        raise ConnectionError("The database is away.")

    async def both() -> Outcome:
        made = channel(port)
        with pytest.raises(RuntimeError):
            await made.hand_over(MESSAGE, failing)
        outcome = await made.send(replace(MESSAGE, address="budi@example.id"))
        await made.close()
        return outcome

    async def failing() -> None:
        raise RuntimeError

    assert sent(channel(port), MESSAGE, ready=refuse)[0].fate == "later"
    assert asyncio.run(both()).fate == "sent"
    assert [mail.to for mail in sink.mails] == ["budi@example.id"]


def test_a_line_that_must_be_secured_and_cannot_be_carries_nothing(sink: Sink, port: int, tmp_path: Path) -> None:
    assert sent(channel(port, security="starttls"), MESSAGE)[0].fate == "later"
    with mail_server(sink, tls_context=self_signed(tmp_path)) as strange:
        assert sent(channel(strange, security="starttls"), MESSAGE)[0].fate == "later"
    assert sink.mails == []


def self_signed(folder: Path) -> ssl.SSLContext:
    """Return what a server of nobody whom we trust shows."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "server.pem"
    file.write_bytes(private + pem)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context
