"""A Signal is one thing heard: a complaint, a probe result, an alarm, an "it is back"; it never changes."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

Kind = Literal["complaint", "recovered", "probe", "alarm"]
# Signals of the network itself: what they say stands in fields, and no text is read.
STATES: frozenset[str] = frozenset({"probe", "alarm"})
Role = Literal["public", "operator", "bot", "press"]
# Begins the account of whoever writes as press, where a source knows that it hears nobody else; who calls himself so
# only takes his own weight away.
PRESS = "press:"
# The source of signals that were made up; the bundled day carries it in every row, so that any part of it says so.
SIMULATION = "pulih-simulation"
# The source of a probe, of the desk or at somebody's home, is this and its name.
PROBE_PREFIX: Final = "probe-"
# An account of so many days or more is an old one.
ACCOUNT_DAYS = 30


# What is in order begins with one of these: an alarm that is over, a probe that went well.
OVER = ("resolved", "cleared", "ok")


def is_well(kind: Kind, text: str) -> bool:
    """Return whether a probe or an alarm tells, by its text, that all is well; other kinds tell nothing by that.

    >>> is_well("alarm", "Resolved: site down"), is_well("probe", "failed: dns"), is_well("complaint", "ok")
    (True, False, False)
    """
    return kind in STATES and text.lstrip().lower().startswith(OVER)


class Signal(msgspec.Struct, frozen=True, gc=False):
    """One thing heard, masked and pseudonymised (requirements L2, L3).

    Attributes:
        at_us: when it was said, microseconds since 1970 UTC.
        source: where it was heard; with `native_id` the key of acceptance.
        native_id: the source's own id, or the digest of its content and how-manieth it is in its file; a keyed
            pseudonym of it once it was accepted.
        author: keyed pseudonym of the author in hex, or "" when unknown.
        text: what was said, phone numbers, e-mails and ids masked.
        role: who speaks, as far as the account tells.
        operator: operator the source itself names (a column, a form field), or "".
        place: place the source itself names (a column, a form field), or "".
        kind: what sort of thing it is.
        account_days: whole days since the author's account was opened, at most `ACCOUNT_DAYS`, -1 when unknown. The
            moment itself would lead to the author, and nothing asks how much older an account is.
        network: keyed pseudonym of the network that it came from in hex, or "" when unknown.
    """

    at_us: int
    source: str
    native_id: str
    author: str
    text: str
    role: Role = "public"
    operator: str = ""
    place: str = ""
    kind: Kind = "complaint"
    account_days: int = -1
    network: str = ""
