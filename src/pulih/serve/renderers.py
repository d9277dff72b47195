"""Which renderers make the public site, by the name under which a fault of one is told."""

from __future__ import annotations

from pulih.adapters.config import DeskSettings
from pulih.adapters.site.machine_pages import MachinePages
from pulih.adapters.site.pages import SitePages
from pulih.ports.publishing import Renderer
from pulih.serve.knowledge import Known
from pulih.service.proof_pages import ProofPages
from pulih.service.proving import Proving


def renderers_of(settings: DeskSettings, known: Known, proving: Proving) -> dict[str, Renderer]:
    """Return them, each with its name, none for a desk without a site; of two that make one path the first stands.

    The timeline comes first, so that what proves a page is there before the page.
    """
    if not settings.site.on:
        return {}
    tiles = {
        code: (one.tile[0], one.tile[1], one.short)
        for code, one in known.gazetteer.regions.items()
        if one.tile is not None
    }
    pages = SitePages(desk_url=desk_url_of(settings), tiles=tiles, proved=True)
    return {"timeline": ProofPages(proving), "pages": pages, "machines": MachinePages(hub=settings.site.hub)}


def desk_url_of(settings: DeskSettings) -> str:
    """Return where forms of the site lead: the desk's address where people read the site under another, else "".

    >>> desk_url_of(DeskSettings())
    ''
    """
    desk, site = settings.server.address.rstrip("/"), settings.site.address.rstrip("/")
    return desk if site and site != desk else ""
