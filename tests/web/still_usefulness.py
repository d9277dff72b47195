"""What sources are worth, standing still: one that is often right, one of which nobody has decided anything."""

from __future__ import annotations

from pulih.learn.usefulness import Worth

WORTHS = (
    Worth(source="call-centre", sort="complaint", agreed=0, missed=0, alone=0, undecided=1, usefulness=0.8),
    Worth(source="x", sort="complaint", agreed=9, missed=2, alone=3, undecided=1, usefulness=13 / 17),
)


class StillUsefulness:
    """What pages ask of a `Usefulness`."""

    def worths(self) -> tuple[Worth, ...]:
        return WORTHS
