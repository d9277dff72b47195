"""Words of a mail: what its writer says, without what they quote, their signature, and mails that machines write.

Source: RFC 5322; RFC 2045 to 2047; RFC 3676, 4.3 (signatures); RFC 3834 (Auto-Submitted).
"""

from __future__ import annotations

import email
import email.policy
import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from hashlib import blake2b
from typing import Final

from pulih.listen.hooks.plain import MARKUP_CHARS_MAX, joined, plain
from pulih.listen.payload import NAME_CHARS_MAX, TEXT_CHARS_MAX
from pulih.model.clock import to_micros
from pulih.model.errors import RefusedInput
from pulih.ports.sources import Item

_PARTS_MAX: Final = 50
# A private letter of Unicode stands for a line end while markup is taken away, and occurs in no mail.
_LINE: Final = "\ue000"
_BREAKS: Final = re.compile(r"<(?:br\b|/p\b|/div\b|/tr\b|/li\b|/h[1-6]\b|hr\b)[^<>]*>", re.IGNORECASE)
# Where programs for mail put what is answered to: Gmail, Outlook (new and old), Yahoo, Apple.
_QUOTED_MARKUP: Final = re.compile(
    r"<(?:div|blockquote|hr)\b[^<>]*(?:gmail_quote|appendonsend|divRplyFwdMsg|yahoo_quoted|type=\"?cite|stopSpelling)[^<>]*>",
    re.IGNORECASE,
)
_ANSWERED: Final = re.compile(
    r"^(?:"
    r"on\b.{4,200}\bwrote\s*:|pada\b.{4,200}\b(?:menulis|wrote)\s*:|"
    r"(?:tanggal|pada tanggal)\b.{4,200}\bmenulis\s*:|"
    r"-{2,}\s*(?:original message|pesan asli|pesan semula|forwarded message|pesan terusan)\s*-{2,}|"
    r"_{20,}|"
    r"(?:from|dari)\s*:\s.*@.*"
    r")\s*$",
    re.IGNORECASE,
)
_WROTE: Final = re.compile(r"(?:wrote|menulis)\s*:\s*$", re.IGNORECASE)
_SIGNED: Final = re.compile(
    r"^(?:--\s?|__\s?|(?:sent from|dikirim dari|get outlook|dapatkan outlook|sent via|dikirim melalui)\b.{0,80})$",
    re.IGNORECASE,
)
_ANSWERS: Final = re.compile(r"^\s*(?:re|bls|balas|aw)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
_BULK: Final = frozenset({"bulk", "list", "junk", "auto_reply"})
# A clock of a sender may be wrong by this much, and a mail under way for that long.
_AHEAD, _UNDER_WAY = timedelta(minutes=5), timedelta(days=2)


def mail_item(raw: bytes, *, received: datetime, name: str, own: frozenset[str]) -> Item | None:
    r"""Return what a mail says.

    Args:
        raw: the mail, or the beginning of a long one.
        received: when it came in, aware.
        name: under which it is known where it has no Message-ID.
        own: addresses, in small letters, from which no customer writes.

    Returns: None for a mail of a machine, of one of `own`, or without words.
    Raises: RefusedInput when it cannot be read.

    >>> raw = b"From: a@b.id\r\nMessage-ID: <1@b.id>\r\nSubject: Mati\r\n\r\ndari pagi\r\n-- \r\nSari"
    >>> mail_item(raw, received=datetime(2025, 10, 3, tzinfo=UTC), name="1", own=frozenset()).text
    'Mati. dari pagi'
    """
    try:
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        if "from" not in mail:
            raise RefusedInput("A mail has no sender; right would be a header From.")
        author = parseaddr(str(mail["from"]))[1].lower()
        if _by_machine(mail, author) or author in own:
            return None
        subject = _header(mail, "subject")
        number = _header(mail, "message-id").strip()
        written = _moment(mail, received)
        text = _said(mail)
    except RefusedInput:
        raise
    except Exception as problem:
        # The standard library meets headers that nobody thought of with errors of any kind, and one mail that ends the
        # source would be met again each time.
        raise RefusedInput(f"A mail cannot be read ({type(problem).__name__}).") from None
    subject = "" if _ANSWERS.match(subject) else " ".join(subject.split())
    words = joined(subject if subject not in text else "", text)
    if not words:
        return None
    return Item(
        id=(number if number.isprintable() and len(number) <= NAME_CHARS_MAX else _digest(number)) or name,
        at_us=to_micros(written),
        text=words[:TEXT_CHARS_MAX],
        author=author[:NAME_CHARS_MAX],
    )


def own_words(text: str) -> str:
    r"""Return the words of a plain text that its writer says now.

    >>> own_words("Masih mati.\n\nPada Jum, 3 Okt 2025 pukul 09.00 CS <cs@x.id> menulis:\n> Sudah normal?")
    'Masih mati.'
    """
    said: list[str] = []
    lines = text.splitlines()
    for number, line in enumerate(lines):
        bare = line.strip()
        following = lines[number + 1].strip() if number + 1 < len(lines) else ""
        # Programs break the line that says who wrote; its second half ends as the whole would.
        broken = bare.lower().startswith(("on ", "pada ")) and _WROTE.search(following) and len(bare) < 200
        if _ANSWERED.match(bare) or broken or _SIGNED.match(bare):
            break
        if not bare.startswith(">"):
            said.append(bare)
    return " ".join(" ".join(said).split())


def _said(mail: EmailMessage) -> str:
    text, markup = "", ""
    for number, part in enumerate(mail.walk()):
        if number >= _PARTS_MAX or (text and markup):
            break
        if part.is_multipart() or part.get_content_disposition() == "attachment":
            continue
        if part.get_content_type() == "text/plain" and not text:
            text = own_words(_content(part))
        elif part.get_content_type() == "text/html" and not markup:
            markup = _content(part)
    return text or (own_words(_without_markup(markup)) if markup else "")


def _content(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset() or "utf-8"
    try:
        return data.decode(charset, "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


def _without_markup(markup: str) -> str:
    markup = markup[:MARKUP_CHARS_MAX].replace(_LINE, " ")
    if found := _QUOTED_MARKUP.search(markup):
        markup = markup[: found.start()]
    return plain(_BREAKS.sub(lambda one: one.group() + _LINE, markup)).replace(_LINE, "\n")


def _by_machine(mail: EmailMessage, author: str) -> bool:
    submitted = _header(mail, "auto-submitted").strip().lower()
    return (
        not author
        or author.startswith(("mailer-daemon@", "postmaster@"))
        or submitted not in {"", "no"}
        or _header(mail, "precedence").strip().lower() in _BULK
        or "list-unsubscribe" in mail
        or mail.get_content_type() == "multipart/report"
    )


def _moment(mail: EmailMessage, received: datetime) -> datetime:
    """Return when a mail was written, where its own word can be right, else when it came in."""
    try:
        written = parsedate_to_datetime(_header(mail, "date"))
    except (ValueError, TypeError, OverflowError):
        return received
    if written.tzinfo is None:
        written = written.replace(tzinfo=UTC)
    return written if received - _UNDER_WAY <= written <= received + _AHEAD else received


def _header(mail: EmailMessage, name: str) -> str:
    """Return a header, "" of one that cannot be read: the words below it can all the same."""
    try:
        return str(mail.get(name, ""))
    except Exception:
        # As above; "Message-ID: <>" is such a one.
        return ""


def _digest(number: str) -> str:
    return blake2b(number.encode("utf-8", "replace"), digest_size=16).hexdigest() if number else ""
