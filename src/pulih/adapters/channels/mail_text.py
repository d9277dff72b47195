r"""A message as e-mail: text and HTML of the same words, and the headers by which one request ends a subscription.

Written by hand and not by the standard library's message objects, since those take three times as long as sending does,
and encode a long address of a header so that mail programs know it no more. Nothing that comes from outside stands in
a header but an address of one plain shape, and a subject without line ends.
Source: RFC 5322; RFC 2045 and 2046 (parts); RFC 2047 (subjects); RFC 2369 and 8058 (List-Unsubscribe); RFC 3834.
"""

from __future__ import annotations

import binascii
import html
import re
from email.header import Header
from email.utils import format_datetime, formataddr
from functools import lru_cache
from typing import Final

import msgspec

from pulih.model.clock import from_micros
from pulih.model.errors import RefusedInput
from pulih.ports.channels import Message
from pulih.service.email_address import email_address

_LINK: Final = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:)]")
_WHOLE_LINK: Final = re.compile(r"https?://[!#-;=?-~]+")
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_STYLE: Final = "font:16px/1.5 system-ui,sans-serif;max-width:34em;margin:0 auto;padding:16px"
_CRLF: Final = "\r\n"


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
    lines = [
        *_unsubscribing(message.stop),
        f"From: {_named(sender.name, sender.address)}",
        f"To: {_plain_address(message.address)}",
        f"Subject: {_subject(message.subject)}",
        f"Date: {format_datetime(from_micros(at_us))}",
        f"Message-ID: <{_plain_id(message.id)}@{sender.address.rpartition('@')[2]}>",
        *([f"Reply-To: {_plain_address(sender.answers)}"] if sender.answers else ()),
        "Auto-Submitted: auto-generated",
        f"Content-Language: {message.language}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="=_{message.id}"',
        "",
        *_part(message.id, "plain", message.text),
        *_part(message.id, "html", _page(message)),
        f"--=_{message.id}--",
        "",
    ]
    return _CRLF.join(lines).encode("ascii")


def _part(boundary: str, kind: str, text: str) -> list[str]:
    """Return one part, quoted-printable: short lines of ASCII, as mail servers of any age carry them."""
    packed = binascii.b2a_qp("\n".join(text.splitlines()).encode(), istext=True).decode("ascii")
    return [
        f"--=_{boundary}",
        f'Content-Type: text/{kind}; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
        "",
        *packed.split("\n"),
    ]


def _plain_address(address: str) -> str:
    try:
        return email_address(address)
    except RefusedInput as refusal:
        raise ValueError(str(refusal)) from None


def _plain_id(name: str) -> str:
    if _ID.fullmatch(name) is None:
        raise ValueError("The id of a message has letters, digits, dashes and underscores, at most 64.")
    return name


@lru_cache(256)
def _subject(subject: str) -> str:
    """Return a subject on lines that are short enough, encoded where it is not ASCII; all readers of a word have it."""
    said = "".join(sign for sign in " ".join(subject.split()) if sign.isprintable())
    return Header(said, "us-ascii" if said.isascii() else "utf-8", header_name="Subject").encode(linesep=_CRLF)


@lru_cache(8)
def _named(name: str, address: str) -> str:
    return formataddr((" ".join(name.split()), _plain_address(address)))


def _unsubscribing(stop: str) -> list[str]:
    """Return the headers by which mail programs end a subscription."""
    if not stop:
        return []
    if _WHOLE_LINK.fullmatch(stop) is None:
        raise ValueError("The address that ends a subscription must be a web address without space and brackets.")
    return [f"List-Unsubscribe: <{stop}>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"]


def _page(message: Message) -> str:
    """Return the text as a page: the same words, links that can be pressed, no images and nothing that is loaded."""
    paragraphs = "\n".join(f"<p>{_linked(one)}</p>" for one in message.text.split("\n\n") if one.strip())
    return (
        f'<!doctype html>\n<html lang="{message.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{html.escape(' '.join(message.subject.split()))}</title>\n</head>\n"
        f'<body style="{_STYLE}">\n{paragraphs}\n</body>\n</html>\n'
    )


def _linked(text: str) -> str:
    made, since = [], 0
    for found in _LINK.finditer(text):
        address = html.escape(found[0])
        made += [html.escape(text[since : found.start()]), f'<a href="{address}">{address}</a>']
        since = found.end()
    return "".join([*made, html.escape(text[since:])]).replace("\n", "<br>\n")
