"""The page of one incident: what is known, what was said and when, and what became of each promise of a next word."""

from __future__ import annotations

import msgspec

from pulih.adapters.site.scene import Scene, capitalized
from pulih.model.bulletin import PublicIncident, PublicScope


class Told(msgspec.Struct, frozen=True):
    """What is hit and where, in words; a tag where that stage is not the incident's own."""

    what: str
    where: str
    tag: str = ""


def incident_page(scene: Scene, one: PublicIncident, *, stamped: bool) -> tuple[str, bytes]:
    """Return the page; of an incident that is over it carries no stamp, and changes only with the incident."""
    return scene.made(
        "incident.html",
        "incident",
        one.id,
        stamped=stamped,
        one=one,
        scopes=_told(scene, one),
        righted={word.corrects: word.id for word in one.words if word.corrects},
    )


def _told(scene: Scene, one: PublicIncident) -> list[Told]:
    """Gather what is hit by service, symptom and stage, with all places of each."""
    kinds: dict[tuple[str, str], list[str | None]] = {}
    for scope in one.scopes:
        tag = "" if scope.stage == one.stage else scene.t(f"stage.{scope.stage}")
        kinds.setdefault((_what(scene, scope), tag), []).append(scope.region)
    nowhere = scene.t("incident.nowhere")
    return [Told(what, scene.where(codes) or nowhere, tag) for (what, tag), codes in kinds.items()]


def _what(scene: Scene, scope: PublicScope) -> str:
    service = scene.t(f"service.{scope.service}" if scope.service else "service.all")
    symptom = f": {scene.t(f'symptom.{scope.symptom}')}" if scope.symptom else ""
    return capitalized(f"{service}{symptom}")
