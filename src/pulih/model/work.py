"""A PlannedWork is work on the network that the desk announces itself: whose, where, what, when, and how it ended."""

from __future__ import annotations

import msgspec

from pulih.model.reading import Service


class PlannedWork(msgspec.Struct, frozen=True, kw_only=True):
    """Work with its window; how it stands at a moment follows from it (`confirm.works`).

    Attributes:
        id: as `wYYYYMMDD-xxxx`, the local day it was announced and four letters or digits.
        version: 1 when it was announced, one more with each change; who changes it says which version they saw.
        operator: catalogue id of whose network it is.
        start_us, end_us: the window, half-open, microseconds since 1970 UTC.
        title_id, title_en: what is done, in both languages, a line each; `text_id`, `text_en` what customers notice.
        regions, services: where and what is touched; none: everywhere, everything.
        announced_us, announced_by: when and by whom; `updated_us` when it last changed by hand.
        signed_us, signed_by: the second signature, with which it is public; 0 and "" until then.
        done_us: when people said that it is complete, None until then.
        cancelled_us: when it was called off, None unless it was.
        incident: id of the incident that it overran into, or "".
    """

    id: str
    operator: str
    start_us: int
    end_us: int
    title_id: str
    title_en: str
    text_id: str = ""
    text_en: str = ""
    regions: tuple[str, ...] = ()
    services: tuple[Service, ...] = ()
    version: int = 1
    announced_us: int = 0
    announced_by: str = ""
    updated_us: int = 0
    signed_us: int = 0
    signed_by: str = ""
    done_us: int | None = None
    cancelled_us: int | None = None
    incident: str = ""
