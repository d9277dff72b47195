"""Learning on the running desk, joined: incidents, rules of regulators, the log, bounds of whom a scope may touch."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from sqlalchemy import Engine

from pulih.adapters.config import DeskSettings
from pulih.adapters.priors import load_priors
from pulih.adapters.regulators import load_regulators
from pulih.adapters.review.paper import ReviewPaper
from pulih.adapters.sql.learn_store import SqlLessonStore
from pulih.main import zone_name
from pulih.model.errors import RefusedInput
from pulih.model.impact import Bounds
from pulih.model.scope import Scope
from pulih.ports.clock import Clock
from pulih.serve.knowledge import Known
from pulih.service.incidents import Incidents
from pulih.service.learning import Learning, LearnSettings
from pulih.service.live.desk import LiveDesk
from pulih.service.reviewing import Reviewing
from pulih.service.survey_links import SurveyLinks
from pulih.understand.served import Known as Counted
from pulih.understand.served import served_by


class Stored(msgspec.Struct, frozen=True):
    """Where what is learnt is kept, and the secret by which links are sealed."""

    engine: Engine
    secret: bytes


def learning_of(
    settings: DeskSettings, known: Known, storage: Stored, *, incidents: Incidents, live: LiveDesk, clock: Clock
) -> Learning:
    """Return what people learn with.

    Args:
        settings: of the desk.
        known: operators and regions.
        storage: the desk's database and its secret.
        incidents, live, clock: the desk's.
    """
    desk = settings.desk
    return Learning(
        incidents,
        SqlLessonStore(storage.engine),
        load_regulators(),
        clock=clock,
        settings=LearnSettings(
            country=desk.country,
            zone=zone_name(desk.zone),
            contact=", ".join(part for part in (desk.speaker, desk.office) if part),
        ),
        links=SurveyLinks(storage.secret),
        live=live,
        served=_served(known),
    )


def reviewing_of(learning: Learning, clock: Clock) -> Reviewing:
    """Return what draws reviews of a desk."""
    return Reviewing(learning, ReviewPaper(), clock)


def _served(known: Known) -> Callable[[Scope], Bounds | None]:
    counted = Counted(known.gazetteer, known.catalogue, load_priors())

    def served(scope: Scope) -> Bounds | None:
        try:
            return served_by(scope, counted).subscribers
        except RefusedInput:
            # A gazetteer without numbers of people: nothing tells.
            return None

    return served
