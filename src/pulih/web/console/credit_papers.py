"""Papers of a batch on the console: the control report and the files for billing, for who may approve credits.

They name subscribers by their ids, so they go to the roles that answer for the money, and no cache keeps them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec
from litestar import get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import File

from pulih.model.credit_batch import CreditBatch, committed
from pulih.model.incident import Incident
from pulih.ports.credit_desk import PaperGroup, PapersTold
from pulih.service.credit_desk import CreditDesk
from pulih.web.console.asking import AnyRequest, asking
from pulih.web.console.phrasing import Tongue
from pulih.web.frame.guards import require
from pulih.web.frame.threads import in_thread

_TYPES: Final = {
    ".json": "application/json",
    ".ndjson": "application/x-ndjson",
    ".csv": "text/csv",
    ".html": "text/html",
    ".pdf": "application/pdf",
}
_KILO: Final = 1000


class PaperLink(msgspec.Struct, frozen=True):
    """One paper as the page offers it: its address, its name, its size in words."""

    address: str
    name: str
    size: str


class PapersView(msgspec.Struct, frozen=True):
    """Papers of a batch by what they belong to, and how they stand."""

    told: PapersTold
    groups: tuple[tuple[PaperGroup, tuple[PaperLink, ...]], ...]


@get(
    "/console/incidents/{incident_id:str}/credits/papers/{batch:str}/{name:str}",
    guards=[require("approver")],
    include_in_schema=False,
)
@in_thread
def paper(request: AnyRequest, incident_id: FromPath[str], batch: FromPath[str], name: FromPath[str]) -> File:
    """Hand one paper over as a file; `name` is what it belongs to, a dot, and its own name."""
    group, _, own = name.partition(".")
    who = asking(request)
    incident, desk = who.incident(incident_id), who.rooms.credits
    standing = any(one.id == batch and committed(one) for one in incident.credits)
    path = desk.papers.path(batch, group, own) if standing and desk is not None and desk.papers is not None else ""
    if not path:
        raise NotFoundException(f"There is no paper {name[:60]!r} of {batch[:40]!r}.")
    return File(
        path,
        filename=f"{batch}-{group}-{own}",
        content_disposition_type="attachment",
        media_type=_TYPES.get(Path(own).suffix, "text/plain"),
        headers={"cache-control": "no-store", "x-content-type-options": "nosniff"},
    )


def papers_view(incident: Incident, batch: CreditBatch, desk: CreditDesk, tongue: Tongue) -> PapersView | None:
    """Return what the page offers of a batch, None where the desk writes no papers or the batch is in no books."""
    if desk.papers is None or not committed(batch):
        return None
    told = desk.papers.told(batch.id)
    groups: dict[PaperGroup, list[PaperLink]] = {}
    # What is there to check the others comes last.
    for one in sorted(told.papers, key=lambda one: (not one.name.islower(), one.name == "signer.pub")):
        address = f"/console/incidents/{incident.id}/credits/papers/{batch.id}/{one.group}.{one.name}"
        groups.setdefault(one.group, []).append(PaperLink(address, one.name, _size(one.octets, tongue)))
    return PapersView(told, tuple((group, tuple(links)) for group, links in groups.items()))


def _size(octets: int, tongue: Tongue) -> str:
    size, units = float(octets), ["B", "kB", "MB", "GB"]
    while size >= _KILO and len(units) > 1:
        size, units = size / _KILO, units[1:]
    return f"{tongue.say.written(round(size, 1) if units[0] != 'B' else octets)} {units[0]}"
