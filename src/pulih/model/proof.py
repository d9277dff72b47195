"""A ProofView is what the public is told of the tamper-evident timeline: whose it is, how long, and its signed head.

Source: RFC 6962 and RFC 9162 (the tree), C2SP tlog-checkpoint and signed-note (the head), requirement T5.
"""

from __future__ import annotations

import msgspec


class ProofView(msgspec.Struct, frozen=True, kw_only=True):
    """The timeline as it stands.

    Attributes:
        origin: name of the timeline, the first line of its checkpoints; it never changes.
        key: with which anybody checks its signatures, as a verifier key of a signed note ("name+hash+base64").
        size: how many entries it has; `root` is the hash over all of them, base64.
        signed_us: when an entry was added last, microseconds since 1970 UTC; 0 while there is none.
        note: the signed checkpoint, with the cosignatures of witnesses; for feeds and for `/tlog/checkpoint`.
        witnesses: names of those who cosigned this very checkpoint.
    """

    origin: str
    key: str
    size: int
    root: str
    note: str
    signed_us: int = 0
    witnesses: tuple[str, ...] = ()
