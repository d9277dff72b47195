"""Live desk: the facade that pages and interfaces ask about the present, and the pipeline's one way in.

Every method may be called from any thread; answers are plain values that nobody changes later.
"""

from __future__ import annotations

from collections.abc import Callable

from pulih.model.finding import Finding, Voice
from pulih.ports.intake import SourceCount
from pulih.service.view import OperatorNow, RegionNow, Series, SourceNow, Verdict


class LiveDesk:
    """Says what is found, how the counts stand against usual, and how sure the desk is."""

    def findings(self, *, open_only: bool = True) -> list[Finding]:
        """Return findings, newest alarm first; open ones, or all of the kept weeks."""
        raise NotImplementedError

    def finding(self, finding_id: str) -> Finding | None:
        """Return one finding, None when there is none of that id."""
        raise NotImplementedError

    def series(self, operator: str, region: str, start_us: int, end_us: int, *, step_s: int = 300) -> Series:
        """Return reports against usual of one scope; region "" is the country, operator "" = none named."""
        raise NotImplementedError

    def regions(self, operator: str, start_us: int, end_us: int) -> list[RegionNow]:
        """Return the regions that were named or are in an open finding, most reports first."""
        raise NotImplementedError

    def operators(self) -> list[OperatorNow]:
        """Return every operator heard of within the kept weeks, those with findings first, then by reports."""
        raise NotImplementedError

    def sources(self) -> list[SourceNow]:
        """Return every source with its counters and liveness, by name."""
        raise NotImplementedError

    def counters(self) -> SourceCount:
        """Return the counters of all sources together: heard = counted + refused + repeated + late."""
        raise NotImplementedError

    def verdict(self, finding_id: str) -> Verdict:
        """Return all evidence about a finding joined; raise RefusedInput when there is none of that id."""
        raise NotImplementedError

    def voices(self, finding_id: str) -> tuple[Voice, ...]:
        """Return masked texts behind a finding, oldest first; those that have expired are left out."""
        raise NotImplementedError

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` (from the pipeline's thread, without waiting) whenever answers may differ from before."""
        raise NotImplementedError

    def on_opened(self, listener: Callable[[Finding, Verdict], None]) -> None:
        """Call `listener` for each finding that is told for the first time (wired to Incidents.open_for)."""
        raise NotImplementedError

    def on_cleared(self, listener: Callable[[Finding], None]) -> None:
        """Call `listener` for each finding whose reports are back to usual."""
        raise NotImplementedError

    def advance(self, now_us: int) -> bool:
        """Take what was accepted by now and close what windows are over; return whether anything came of it.

        For the pipeline's thread alone.
        """
        raise NotImplementedError
