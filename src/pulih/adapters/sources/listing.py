"""Listing: the kinds of sources that this machine has, each with what it says of itself, or why it cannot be used."""

from __future__ import annotations

from textwrap import fill
from typing import Any, Final, TextIO

import msgspec

from pulih.adapters.sources.kinds import kind_names, kind_of
from pulih.model.errors import RefusedInput
from pulih.ports.sources import SourceKind

_WIDTH: Final = 100


def list_kinds(out: TextIO) -> None:
    """Write every kind: what it listens to, its keys, what it was tried against, and what it catches up on."""
    for name in kind_names():
        try:
            kind = kind_of(name)
        except RefusedInput as problem:
            out.write(f"{name}\n{_indented(str(problem))}\n\n")
            continue
        verified = kind.verified.rstrip(".")
        out.write(f"{name}{' (costs money)' if kind.paid else ''}\n{_indented(kind.says)}\n")
        out.write(f"{_indented(f'Keys: {_keys(kind)}')}\n{_indented(f'Tried against: {verified}.')}\n")
        if kind.away:
            out.write(_indented(f"After an absence: {kind.away.rstrip('.')}.") + "\n")
        out.write(f"    Needs: pip install 'pulih[{kind.extra}]'\n\n" if kind.extra else "\n")
    out.write(
        "Each has name, kind and filters too, allow_networks for addresses that are not public, and budget where it\n"
    )
    out.write("costs money. docs/config.md describes these, and the pages in docs/sources the keys of each kind.\n")


def _keys(kind: SourceKind) -> str:
    """Return the keys of a kind, those that must be given marked.

    >>> class One(msgspec.Struct): address: str; every_s: int = 60
    >>> _keys(SourceKind(name="x", settings=One, open=lambda *_: None, says="", verified=""))
    'address (must be given), every_s'
    """
    fields: tuple[Any, ...] = msgspec.structs.fields(kind.settings)
    named = [f"{field.name} (must be given)" if field.required else field.name for field in fields]
    return ", ".join(named) or "none of its own"


def _indented(text: str) -> str:
    return fill(" ".join(text.split()), _WIDTH, initial_indent="    ", subsequent_indent="    ")
