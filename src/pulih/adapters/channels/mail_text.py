r"""A message as e-mail: text and HTML of the same words, and the headers by which one request ends a subscription.

Everything that comes from outside goes through the standard library's header objects, which refuse line ends, and
through escaping. Source: RFC 5322; RFC 2369 and RFC 8058 (List-Unsubscribe); RFC 3834 (Auto-Submitted).
"""

from __future__ import annotations

import html
import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

import msgspec

from pulih.model.clock import from_micros
from pulih.ports.channels import Message

_LINK: Final = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:)]")
_WHOLE_LINK: Final = re.compile(r"https?://[!#-;=?-~]+")
_STYLE: Final = "font:16px/1.5 system-ui,sans-serif;max-width:34em;margin:0 auto;padding:16px"
# Quoted-printable where a line is long or a sign is not ASCII, as mail servers of any age carry it.
_POLICY: Final = SMTP.clone(cte_type="7bit")


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """As whom a desk writes: a name, an address, and where answers go, "" for the same address."""

    name: str
    address: str
    answers: str = ""


def mail_of(message: Message, sender: Sender, at_us: int) -> bytes:
    r"""Return the bytes of an e-mail, lines ended with CR LF.

    Args:
        message: what is sent.
        sender: by whom.
        at_us: when, microseconds since 1970 UTC.

    Raises: ValueError when an address cannot stand in a mail.

    >>> one = Message(id="a1", address="ayu@example.id", language="id", text="Kabar.", subject="Kabar\r\nBcc: x@y.id")
    >>> b"\r\nBcc:" in mail_of(one, Sender(name="Meja", address="kabar@example.id"), 0)
    False
    """
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(sender.name, addr_spec=sender.address)
    mail["To"] = Address(addr_spec=message.address)
    mail["Subject"] = " ".join(message.subject.split())
    mail["Date"] = from_micros(at_us)
    mail["Message-ID"] = f"<{message.id}@{sender.address.rpartition('@')[2]}>"
    if sender.answers:
        mail["Reply-To"] = Address(addr_spec=sender.answers)
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = message.language
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(_page(message), subtype="html", cte="quoted-printable")
    mail.set_boundary(f"=_{message.id}")
    return _unsubscribing(message.stop) + mail.as_bytes()


def _unsubscribing(stop: str) -> bytes:
    """Return the headers by which mail programs end a subscription.

    They are written by hand: the standard library would encode an address that is longer than a line, and what is
    encoded is no address to mail programs.
    """
    if not stop:
        return b""
    if _WHOLE_LINK.fullmatch(stop) is None:
        raise ValueError("The address that ends a subscription must be a web address without space and brackets.")
    return f"List-Unsubscribe: <{stop}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n".encode("ascii")


def _page(message: Message) -> str:
    """Return the text as a page: the same words, links that can be pressed, no images and nothing that is loaded."""
    paragraphs = "\n".join(f"<p>{_linked(one)}</p>" for one in message.text.split("\n\n") if one.strip())
    return (
        f'<!doctype html>\n<html lang="{message.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{html.escape(message.subject)}</title>\n</head>\n"
        f'<body style="{_STYLE}">\n{paragraphs}\n</body>\n</html>\n'
    )


def _linked(text: str) -> str:
    made, since = [], 0
    for found in _LINK.finditer(text):
        address = html.escape(found[0])
        made += [html.escape(text[since : found.start()]), f'<a href="{address}">{address}</a>']
        since = found.end()
    return "".join([*made, html.escape(text[since:])]).replace("\n", "<br>\n")
