"""Listing: the kinds of sources that this machine has, each with what it says of itself, or why it cannot be used."""

from __future__ import annotations

from textwrap import fill
from typing import Any, Final, TextIO

import msgspec

from pulih.adapters.sources.kinds import kind_names, kind_of
from pulih.model.errors import RefusedInput
from pulih.ports.sources import SourceKind

_WIDTH: Final = 100
_PAST: Final = "pulih listen NAME --since writes what was said before"
_NO_PAST: Final = "none; pulih listen hears nothing of before"
# What calls the desk, by how it is set up: what it is, and what it was tried against.
_SHAPED: Final = "deliveries shaped as their maker documents them; not verified against the vendor"
_OTHERS: Final = (
    (
        "[[hook]] standard",
        "Reports that any system posts with signed webhooks (Standard Webhooks 1.0.0).",
        "deliveries signed by the published rules",
    ),
    ("[[hook]] alertmanager", "Alarms of Prometheus' Alertmanager.", "Debian's prometheus-alertmanager 0.25"),
    ("[[hook]] zammad", "Tickets of Zammad.", _SHAPED),
    ("[[hook]] zendesk", "Tickets of Zendesk.", _SHAPED),
    ("[[hook]] chatwoot", "Conversations of Chatwoot.", _SHAPED),
    ("[[hook]] whatsapp", "What people write to the desk's number on WhatsApp.", _SHAPED),
    (
        "pulih probe",
        "A small agent beside people's lines or at a SIM modem: signal bars, DNS, TCP, HTTP, throughput.",
        "servers and a modem of the tests' own; not verified with any maker's modem",
    ),
)


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
        out.write(f"    The past: {_PAST if kind.past else _NO_PAST}.\n")
        out.write(f"    Needs: pip install 'pulih[{kind.extra}]'\n\n" if kind.extra else "\n")
    for name, says, verified in _OTHERS:
        out.write(
            f"{name}\n{_indented(says)}\n{_indented(f'Tried against: {verified}.')}\n    The past: {_NO_PAST}.\n\n"
        )
    out.write(
        "Each kind of [[source]] has name, kind and filters too, allow_networks for addresses that are not\n"
        "public, and budget where it costs money. docs/config.md describes these, and the pages in docs/sources\n"
        "the keys of each kind.\n"
    )


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
