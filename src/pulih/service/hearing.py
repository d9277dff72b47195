"""Hearing: take every row of the sources once, count what was refused, and hand the rest to the spool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from pulih.listen.acceptance import Acceptor, content_digest
from pulih.listen.masking import mask
from pulih.model.errors import RefusedInput
from pulih.model.signal import SIMULATION, Signal
from pulih.ports.files import Progress, RefusedRow, Source, Spool

BATCH = 5_000
# So many refused rows are shown for each reason; the rest are only counted.
SAMPLES_PER_REASON = 3
REASONS_MAX = 20


class Heard(msgspec.Struct, frozen=True):
    """What came in: rows heard and refused, why, the order-free digest of what was accepted, any simulated row."""

    heard: int
    refused: int
    reasons: tuple[tuple[str, int], ...]
    samples: tuple[RefusedRow, ...]
    digest: int
    simulated: bool


def hear(sources: Sequence[Source], acceptor: Acceptor, spool: Spool, progress: Progress) -> Heard:
    """Read all sources to their end.

    Raises: RefusedInput when a source is unusable, or no row of all of them is.
    """
    heard = digest = 0
    simulated = False
    reasons: Counter[str] = Counter()
    samples: list[RefusedRow] = []
    progress.stage("reading files")
    for number, source in enumerate(sources):
        batch: list[Signal] = []
        for row in source.rows():
            heard += 1
            if isinstance(row, RefusedRow):
                reasons[row.reason] += 1
                if reasons[row.reason] <= SAMPLES_PER_REASON and len(reasons) <= REASONS_MAX:
                    # What was refused was never accepted, so its excerpt has not been masked yet.
                    samples.append(msgspec.structs.replace(row, excerpt=mask(row.excerpt)))
                continue
            simulated = simulated or row.source == SIMULATION
            batch.append(acceptor.accept(row))
            if len(batch) == BATCH:
                digest = _keep(batch, digest, spool, number=number)
                progress.advance(BATCH)
                batch = []
        digest = _keep(batch, digest, spool, number=number)
        progress.advance(len(batch))
    refused = reasons.total()
    if heard == refused:
        raise RefusedInput(_nothing_left(sources, heard, reasons))
    # Sorted, so that the order of the rows does not show.
    ranked = tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:REASONS_MAX])
    return Heard(heard, refused, ranked, tuple(samples), digest, simulated)


def _keep(batch: list[Signal], digest: int, spool: Spool, *, number: int) -> int:
    spool.add(batch, number)
    return content_digest(batch, digest)


def _nothing_left(sources: Sequence[Source], heard: int, reasons: Counter[str]) -> str:
    names = ", ".join(source.name for source in sources)
    if not heard:
        return f"{names}: there are no rows. Give a file with at least one complaint: a time and a text."
    reason, times = reasons.most_common(1)[0]
    return f"{names}: none of {heard} rows can be used; most often ({times}): {reason}."
