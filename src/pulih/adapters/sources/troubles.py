"""Troubles that sources of several kinds have with their peers, each with the key of its sentence in web/words."""

from __future__ import annotations

from typing import Final

import msgspec

from pulih.model.errors import OutsideFailed, RefusedInput

# What msgspec raises over a document that is not what it should be. Nested deeper than the interpreter goes, it is not
# even said to be wrong; whoever lets that pass meets the same document again for ever.
UNREADABLE: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def broken(name: str, peer: str, why: str) -> OutsideFailed:
    """Return the error of a connection that ended.

    Args:
        name: of the source.
        peer: what it was connected to, such as "the mail server".
        why: in a word, without secrets.

    >>> broken("sms", "the message centre", "IncompleteReadError")
    OutsideFailed('sms: the message centre broke off (IncompleteReadError).')
    """
    return OutsideFailed(f"{name}: {peer} broke off ({why}).", key="source.broken", name=name, why=why)


def unreadable(name: str, peer: str, why: str = "") -> OutsideFailed:
    """Return the error of an answer that is something else than was asked for, such as the page of a proxy."""
    told = f" ({why})" if why else ""
    return OutsideFailed(f"{name}: {peer} answers what cannot be read{told}.", key="source.unreadable", name=name)


def too_large(name: str, peer: str, bytes_max: int) -> OutsideFailed:
    """Return the error of an answer that is larger than any is."""
    return OutsideFailed(
        f"{name}: an answer of {peer} has more than {bytes_max:,} bytes.", key="source.large", name=name
    )


def stranger_s_cursor(name: str) -> RefusedInput:
    """Return the refusal of a cursor that another kind of source has written under the same name."""
    return RefusedInput(
        f"{name}: its cursor is none of this kind of source; give it a new name.", key="source.cursor", name=name
    )


def no_certificate(name: str) -> RefusedInput:
    """Return the refusal of a ca_file."""
    return RefusedInput(
        f"{name}: ca_file holds no certificate; right would be one in PEM.", key="source.certificate", name=name
    )
