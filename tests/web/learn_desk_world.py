"""A whole desk with outages of which something can be learnt, and people who sit down at it in browsers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from credit_desk_world import CITRA, DEWI, MINUTE_US, credit_desk, did, outage, with_people
from desk_seats import Seats
from playwright.sync_api import Browser
from served import serving_here

from pulih.model import entry
from pulih.model.impact import Bounds
from pulih.model.incident import Incident
from pulih.model.lesson import ActionAdded, FiguresSet, ReviewWritten
from pulih.model.record import Affected, Figures
from pulih.serve.desk import Desk

SETTINGS = '[desk]\noperators = ["smartfren"]\nspeaker = "Sari Wulandari"\noffice = "Direktur Jaringan"\n'
FIGURES = Figures(
    affected=(Affected(users=Bounds(20_000, 30_000, 40_000)),), served=Bounds(900_000, 950_000, 1_000_000)
)
WORDS = ReviewWritten(
    summary_id="Internet seluler di Jakarta mati selama hampir empat jam.",
    summary_en="Mobile data in Jakarta was down for almost four hours.",
    causes_id=("Pembaruan perangkat lunak inti tanpa jalan mundur.",),
    causes_en=("A core software update without a way back.",),
    well_id=("Kabar pertama keluar dalam sebelas menit.",),
    well_en=("The first word was out within eleven minutes.",),
    inside="Vendor tiket 4711; kontrak dibahas.",
)


@contextmanager
def seats_at(home: Path, browser: Browser) -> Iterator[Seats]:
    """Run a desk with its people, and let whoever sits down leave at the end."""
    with credit_desk(home, settings=SETTINGS) as desk, serving_here() as serve:
        with_people(desk)
        made = Seats(desk, serve(desk.app, desk.hub), browser)
        yield made
        for context in made.contexts:
            context.close()


def told(desk: Desk, incident: Incident, *, notice: str = "n1") -> Incident:
    """Let dewi draft a word and citra publish it."""
    drafted = entry.NoticeDrafted(
        notice=notice, kind="update", text_id="Kami menangani gangguan ini.", text_en="We are working on this outage."
    )
    incident = did(desk, incident, drafted)
    return did(desk, incident, entry.NoticePublished(notice=notice), actor=CITRA)


def reviewed(desk: Desk) -> Incident:
    """Return an outage that is over, with figures, words of a review and two actions."""
    incident = told(desk, outage(desk, restored=False))
    cause = entry.CauseSet(cause_id="Perangkat lunak inti", cause_en="Core software")
    incident = did(desk, incident, cause, entry.ClaimedFixed(), entry.Restored(overrides=True))
    for fact in (
        FiguresSet(figures=FIGURES),
        WORDS,
        ActionAdded(what_id="Uji jalan mundur", what_en="Test the way back", owner="Jaringan inti", public=True),
        ActionAdded(what_id="Tinjau kontrak", what_en="Review the contract", owner="Pengadaan"),
    ):
        desk.learning.write(incident.id, fact, actor=DEWI)
    return incident


__all__ = [
    "CITRA",
    "DEWI",
    "FIGURES",
    "MINUTE_US",
    "SETTINGS",
    "WORDS",
    "Seats",
    "outage",
    "reviewed",
    "seats_at",
    "told",
]
