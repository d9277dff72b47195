"""How things stand in one place or of one service: the sentence that answers "is it just me?", and why."""

from __future__ import annotations

from typing import Any

from pulih.adapters.site.scene import Scene
from pulih.adapters.site.touching import Facts, Index
from pulih.model.bulletin import Place, PublicOperator
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
        verdict=_verdict(scene, facts, "region", name=place.name),
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
        verdict=_verdict(scene, facts, "service", name=operator.name, service=name),
        works_title=scene.t("service.works"),
        past_title=scene.t("service.past"),
    )


def _verdict(scene: Scene, facts: Facts, kind: str, **names: Any) -> str:
    """Answer "is it just me?": a confirmed outage first, then one that may be here, loud reports, a suspicion."""
    confirmed = [one.id in facts.sure for one in facts.current if one.confirmed_us is not None]
    if any(confirmed):
        return scene.t(f"{kind}.some", n=sum(confirmed), **names)
    if confirmed:
        return scene.t(f"{kind}.unsure", **names)
    loud = [one.operator for one in facts.levels if one.level == "far_above"] if scene.bulletin.heard else []
    if loud:
        names_of = scene.t.joined([scene.operators[one] for one in dict.fromkeys(loud)])
        return scene.t(f"{kind}.many", names=names_of, **names)
    if facts.current:
        named = any(one.id in facts.sure for one in facts.current)
        return scene.t(f"{kind}.suspected" if named else f"{kind}.suspected_unsure", **names)
    return scene.t(f"{kind}.none", **names)
