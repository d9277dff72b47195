"""Hearing: what a partner's document says goes to the intake like any other report."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from pulih.listen.hooks.hooked import Hooked
from pulih.listen.payload import PayloadReader
from pulih.model.errors import RefusedInput
from pulih.ports.clock import Clock
from pulih.service.accepting import Accepting


class Hearing:
    """Hands reports to the intake.

    Args:
        accepting: the intake.
        reader: reads reports with the secret of the desk.
        clock: the desk's.

    Attributes:
        clock: as given.
    """

    def __init__(self, accepting: Accepting, reader: PayloadReader, clock: Clock) -> None:
        self._accepting, self._reader, self.clock = accepting, reader, clock

    def hear(self, report: Hooked) -> None:
        """Hand in a report and wait until it is kept; one that is dated ahead is heard as of now.

        Raises: RefusedInput when the intake does not take it; OutsideFailed when it cannot be kept.
        """
        parcel = self._reader.one(msgspec.json.encode(report), self.clock.now_us())
        if parcel.refused and report.at:
            parcel = self._reader.one(msgspec.json.encode(replace(report, at="")), self.clock.now_us())
        if parcel.refused:
            raise RefusedInput(parcel.refused[0].error)
        self._accepting.accept(parcel)
