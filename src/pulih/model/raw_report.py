"""A RawReport is one row of a source as it was heard, before masking and pseudonymisation; it is never kept."""

from __future__ import annotations

from typing import Final

import msgspec

from pulih.model.signal import Kind

# The moment of a row that does not say when it was said, where whoever hears it takes it as of then.
UNTIMED_US: Final = 0


class RawReport(msgspec.Struct, frozen=True, gc=False):
    """One readable row of a source, before pseudonymisation and masking.

    Attributes:
        at_us: microseconds since 1970 UTC; `UNTIMED_US` only where the reader was asked to let rows be without a time.
        text: as written; control characters removed.
        author: as written, or "".
        native_id: the source's own id, or "" when it has none.
        operator, place: as the row names them, or "".
        source: the row's own source name, or "file".
        kind: what sort of thing it is.
        account_us: when the author's account was opened, microseconds since 1970 UTC; None when the row does not say.
        network: an opaque name of the network that it came from, or "".
        service, symptom: as the row names them in words of the intake, or "".
    """

    at_us: int
    text: str
    author: str = ""
    native_id: str = ""
    operator: str = ""
    place: str = ""
    source: str = "file"
    kind: Kind = "complaint"
    account_us: int | None = None
    network: str = ""
    service: str = ""
    symptom: str = ""
