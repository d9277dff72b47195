"""A Weight says how much one signal counts, and why it is not one; a flood is no outage (requirement L4)."""

from __future__ import annotations

from typing import Literal

import msgspec

# What lowers a weight, roles of an account first.
Reason = Literal["", "operator", "bot", "press", "copy", "seller", "young", "network", "author", "reply", "thread"]


class Weight(msgspec.Struct, frozen=True, gc=False):
    """How much a signal counts.

    Attributes:
        value: 0..1; 0 only for accounts that are nobody's person.
        reason: what lowers it, the first of `Reason` where several do; "" when it counts in full.
        wording: number of the long wording it is one of, in the order in which they were first heard; 0 for a short
            text, which many people write by themselves.
    """

    value: float
    reason: Reason = ""
    wording: int = 0
