"""Which renderers make the public site, by the name under which a fault of one is told."""

from __future__ import annotations

from pulih.communicate.bulletin_file import BulletinFile
from pulih.ports.publishing import Renderer
from pulih.service.proof_pages import ProofPages
from pulih.service.proving import Proving


def renderers(proving: Proving) -> dict[str, Renderer]:
    """Return them, each with its name; where two make the same path, the first one's page stands.

    The timeline comes first, so that what proves a page is there before the page.
    """
    return {"timeline": ProofPages(proving), "bulletin": BulletinFile()}
