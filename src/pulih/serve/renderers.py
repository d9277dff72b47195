"""Which renderers make the public site, by the name under which a fault of one is told."""

from __future__ import annotations

from pulih.communicate.bulletin_file import BulletinFile
from pulih.ports.publishing import Renderer


def renderers() -> dict[str, Renderer]:
    """Return them, each with its name; where two make the same path, the first one's page stands."""
    return {"bulletin": BulletinFile()}
