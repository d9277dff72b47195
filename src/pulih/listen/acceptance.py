"""Acceptance: turn a raw report into a Signal once, masked and pseudonymised.

Requirements L2 and L3. The key of acceptance is (source, native_id); a row without an id of its own gets the
digest of its content, and the spool adds the how-manieth such row it is in its file, so that a file given
twice is repeated and two equal posts are not. Pseudonyms are made in two steps, because the key of a backtest
derives from the whole content and is known only when all has been read: first an unkeyed digest, then the
keyed one.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

from pulih.listen.masking import mask, mask_handles
from pulih.model.clock import DAY_S, MICROS
from pulih.model.raw_report import RawReport
from pulih.model.signal import ACCOUNT_DAYS, PRESS, Role, Signal

_DIGEST_BYTES = 12
# Begins the id of a signal whose source gave it none; equal ids of one file are different posts.
CONTENT_ID = "content:"


class Acceptor:
    """Accepts raw reports.

    Args:
        roles: lower-case account names whose role is known (operators, bots, press).
        handles: lower-case handles that are nobody's person and may stay in texts.
    """

    def __init__(self, roles: Mapping[str, Role], handles: frozenset[str]) -> None:
        self._roles = roles
        self._handles = handles

    def accept(self, raw: RawReport) -> Signal:
        """Return the signal of `raw`; its author and network are only digested so far, see `pseudonymise`."""
        native_id = raw.native_id or CONTENT_ID + _content_id(raw)
        account = _account(raw.author)
        return Signal(
            at_us=raw.at_us,
            source=raw.source,
            native_id=native_id,
            author=digested(raw.author),
            text=mask_handles(mask(raw.text), self._handles),
            role="press" if account.startswith(PRESS) else self._roles.get(account, "public"),
            operator=raw.operator,
            place=raw.place,
            kind=raw.kind,
            account_days=account_days(raw),
            network=digested(raw.network),
        )


def account_days(raw: RawReport) -> int:
    """Return how many whole days old the author's account was, at most ACCOUNT_DAYS, -1 where that is not known.

    An account that is opened after its own post is a mistake of the source, and not young.

    >>> account_days(RawReport(3 * 86_400_000_000, "mati", account_us=0))
    3
    """
    if raw.account_us is None or raw.account_us > raw.at_us:
        return -1
    return min((raw.at_us - raw.account_us) // MICROS // DAY_S, ACCOUNT_DAYS)


def _content_id(raw: RawReport) -> str:
    content = "\x1f".join((str(raw.at_us), raw.source, raw.author, raw.native_id, raw.operator, raw.place, raw.text))
    return blake2b(content.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).hexdigest()


def _account(author: str) -> str:
    return author.strip().lstrip("@").lower()


def digested(author: str) -> str:
    """Return the digest of an author as a source names them, for `pseudonymise`; "" of nobody.

    >>> digested("@Sari") == digested(" sari"), digested(" @")
    (True, '')
    """
    account = _account(author)
    return blake2b(account.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest() if account else ""


def pseudonym_of(author: str, key: bytes) -> str:
    """Return the pseudonym under which the reports of an author are kept, whatever their source.

    >>> pseudonym_of("@Ayu", b"k" * 16) == pseudonym_of("ayu", b"k" * 16), pseudonym_of(" ", b"k" * 16)
    (True, '')
    """
    return pseudonymise(digested(author), key)


def pseudonymise(author: str, key: bytes) -> str:
    """Return the keyed pseudonym of a digested author; "" stays "".

    Args:
        author: as `Acceptor.accept` left it.
        key: 16 to 64 bytes that never leave the desk.

    >>> pseudonymise("", b"k" * 16), len(pseudonymise("ab", b"k" * 16))
    ('', 16)
    """
    if not author:
        return ""
    return blake2b(author.encode(), key=key, digest_size=8).hexdigest()


def pseudonymise_id(native_id: str, key: bytes) -> str:
    """Return the keyed pseudonym of the id that a source gave a post.

    The id of a post leads to whoever wrote it, and the digest of a content can be tried out; neither may be kept.

    Args:
        native_id: as the spool gave it.
        key: 16 to 64 bytes that never leave the desk.

    >>> len(pseudonymise_id("1973214567890123456", b"k" * 16))
    16
    """
    return blake2b(native_id.encode("utf-8", "surrogatepass"), key=key, digest_size=8, person=b"native_id").hexdigest()


def content_digest(signals: list[Signal], so_far: int) -> int:
    """Add the keys and texts of `signals` to an order-free digest (a sum modulo 2^128).

    The sum does not change when rows are shuffled, so the same content gives the same key and report.
    """
    total = so_far
    for signal in signals:
        row = f"{signal.at_us}\x1f{signal.source}\x1f{signal.native_id}\x1f{signal.text}"
        total += int.from_bytes(blake2b(row.encode("utf-8", "surrogatepass"), digest_size=16).digest())
    return total % (1 << 128)
