"""The page that explains the tamper-evident timeline in one screen; there is none while no timeline is kept."""

from __future__ import annotations

from collections.abc import Iterator

from pulih.adapters.site.scene import Scene
from pulih.communicate.addresses import LANGUAGES
from pulih.communicate.proof_words import proof_sections
from pulih.model.bulletin import Bulletin


def prove_page(scene: Scene, earlier: Bulletin | None) -> Iterator[tuple[str, bytes]]:
    """Return the page unless it is that of `earlier`; it says of itself when the timeline grew last."""
    bulletin = scene.bulletin
    if bulletin.proof is None or (earlier is not None and earlier.proof == bulletin.proof):
        return
    sections = proof_sections(bulletin.proof, bulletin.address, scene.t.speech)
    side = LANGUAGES.index(scene.t.language)
    yield scene.made(
        "prove.html",
        "proof",
        stamped=False,
        sections=[(one.title[side], [paragraph[side] for paragraph in one.paragraphs], one.code) for one in sections],
    )
