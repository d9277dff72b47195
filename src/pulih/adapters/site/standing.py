"""How things stand in one place or of one service: the sentence that answers "is it just me?", and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pulih.adapters.site.scene import Scene
from pulih.adapters.site.touching import Facts, Index
from pulih.model.bulletin import ComplaintLevel, Place, PublicOperator
from pulih.model.reading import Service


def place_page(scene: Scene, index: Index, place: Place, facts: Facts) -> tuple[str, bytes]:
    """Return the page of a province or regency."""
    steps = [(scene.to("regions"), scene.t("site.places"))]
    steps += [(scene.to("region", one.code), one.name) for one in index.chain(place.code)[:-1]]
    return scene.made(
        "region.html",
        "region",
        place.code,
        place=place,
        facts=facts,
        steps=steps,
        inner=index.below(place.code),
        **_verdict(scene, facts, "region", facts.levels, name=place.name),
        works_title=scene.t("region.works", name=place.name),
        past_title=scene.t("region.past", name=place.name),
    )


def service_page(scene: Scene, operator: PublicOperator, service: Service | None, facts: Facts) -> tuple[str, bytes]:
    """Return the page of an operator (no service), or of one of its services."""
    name = scene.t("service.all" if service is None else f"service.{service}")
    steps = [(scene.to("home"), scene.t("site.home"))]
    if service is not None:
        steps.append((scene.to("operator", operator.id), operator.name))
    parts = (operator.id,) if service is None else (operator.id, service)
    levels = [one for one in facts.levels if one.service == service]
    return scene.made(
        "service.html",
        "operator" if service is None else "service",
        *parts,
        operator=operator,
        service=name,
        of_one=service is not None,
        others=[one for one in operator.services if one != service],
        facts=facts,
        steps=steps,
        **_verdict(scene, facts, "service", levels, name=operator.name, service=name),
        works_title=scene.t("service.works"),
        past_title=scene.t("service.past"),
    )


def _verdict(scene: Scene, facts: Facts, kind: str, levels: Sequence[ComplaintLevel], **names: Any) -> dict[str, Any]:
    """Answer "is it just me?": a confirmed outage first, then one that may be here, loud reports, a suspicion.

    Args:
        scene, facts: of the page.
        kind: of the page, region or service.
        levels: those of this place or service itself.
        names: what its sentences name.

    Returns: the sentence, `verdict`, and whether it knows of nobody else, `nobody`.
    """
    confirmed = [one.id in facts.sure for one in facts.current if one.confirmed_us is not None]
    loud, beside = (_loud(scene, ones) for ones in (levels, facts.levels))
    if any(confirmed):
        said = scene.t(f"{kind}.some", n=sum(confirmed), **names)
    elif confirmed:
        said = scene.t(f"{kind}.unsure", **names)
    elif loud:
        said = scene.t(f"{kind}.many", names=scene.t.joined([scene.operators[one] for one in loud]), **names)
    elif facts.current:
        named = any(one.id in facts.sure for one in facts.current)
        said = scene.t(f"{kind}.suspected" if named else f"{kind}.suspected_unsure", **names)
    else:
        said = scene.t(f"{kind}.beside" if beside else f"{kind}.none", **names)
    return {"verdict": said, "nobody": not facts.current and not beside}


def _loud(scene: Scene, levels: Sequence[ComplaintLevel]) -> list[str]:
    """Return the operators that are named far more than usual, each once; nobody where nothing is heard."""
    return (
        list(dict.fromkeys(one.operator for one in levels if one.level == "far_above")) if scene.bulletin.heard else []
    )
