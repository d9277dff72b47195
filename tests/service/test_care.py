"""Care over real incidents and the real reader: a pasted text finds its incident, and nothing private goes further."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from database_here import database_in
from intake_in_memory import SetClock

from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.planned_changes import SqlPlannedChanges
from pulih.communicate.speech import Speech
from pulih.main_reading import Knowledge, load_knowledge
from pulih.model.actor import Actor
from pulih.model.entry import Confirmed, Opened
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.reading import Reading
from pulih.model.scope import Scope
from pulih.ports.care import Line
from pulih.ports.live import Text
from pulih.service.care import TEXT_CHARS_MAX, Care
from pulih.service.incidents import Incidents

SARI = Actor("sari", "duty")
COMPLAINT = "@smartfrencare smartfren di tebet sinyal penuh tapi internet mati dari pagi, nomor saya 0812-3456-7890"


@cache
def knowledge() -> Knowledge:
    return load_knowledge(None)


class OneReader:
    """The real reader, in this process; remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[Text] = []

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        self.given += texts
        return [knowledge().reader.read(one.text, operator=one.operator, place=one.place) for one in texts]


class List:
    """A list with one subscriber, who has a line in Makassar and one in South Jakarta."""

    def of(self, subscriber: str) -> tuple[Line, ...]:
        lines = (Line("smartfren", "mobile_data", "73.71"), Line("smartfren", "mobile_data", "31.74"))
        return lines if subscriber == "17" else ()


class Desk:
    """A desk with a confirmed outage of Smartfren's mobile data in DKI Jakarta."""

    def __init__(self, folder: Path) -> None:
        self.engine = database_in(folder / "desk.db")
        self.clock, self.reader = SetClock(), OneReader()
        regions = {"31": "DKI Jakarta", "31.74": "Jakarta Selatan", "73.71": "Kota Makassar"}
        speech = Speech(
            zone=ZoneInfo("Asia/Jakarta"),
            operators={"smartfren": "Smartfren"},
            regions=regions,
            parents={"31.74": "31", "73.71": "73"},
        )
        self.incidents = Incidents(
            SqlIncidentStore(self.engine), self.clock, speech=speech, changes=SqlPlannedChanges(self.engine)
        )
        scope = Scope(operator="smartfren", service="mobile_data", region="31", symptom="no_internet")
        opened = Opened(operator="smartfren", onset_us=self.clock.at_us - 900_000_000, scopes=(scope,))
        incident = self.incidents.open(opened, actor=SARI, reason="Alarm")
        self.incident = self.incidents.act(incident.id, Confirmed(), actor=SARI, version=incident.version, reason="Ya")
        self.care = self.caring()

    def caring(self, **more: object) -> Care:
        catalogue, gazetteer = knowledge().catalogue, knowledge().gazetteer
        given = {"find_region": gazetteer.find_code, "handles": catalogue.handles(), **more}
        return Care(self.incidents, self.reader, self.clock, **given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = Desk(tmp_path_factory.mktemp("desk"))
    yield desk
    desk.engine.dispose()


def test_a_pasted_complaint_finds_its_incident_and_a_draft_in_both_languages(desk: Desk) -> None:
    answer = desk.care.read(COMPLAINT)
    assert (answer.reply.case, answer.certain, answer.reply.incident) == ("confirmed", "surely", desk.incident.id)
    assert answer.asked.region == "31.74"
    assert "internet seluler tidak dapat dipakai di DKI Jakarta" in answer.reply.text_id
    assert "mobile internet cannot be used in DKI Jakarta" in answer.reply.text_en


def test_what_is_private_is_masked_before_anybody_reads_it_and_never_comes_back(desk: Desk) -> None:
    answer = desk.care.read(COMPLAINT + " @budi77 budi@contoh.id")
    given = desk.reader.given[-1].text
    assert "3456" not in given
    assert "budi" not in given
    assert "@smartfrencare" in given
    assert "budi" not in answer.reply.text_id + answer.reply.text_en


def test_operator_and_place_that_the_agent_adds_count_where_the_text_names_none(desk: Desk) -> None:
    text = "internet saya mati total dari tadi pagi padahal sinyal penuh"
    assert desk.care.read(text).certain == "perhaps"
    assert desk.care.read(text, operator="smartfren", place="Jakarta Selatan").certain == "surely"
    assert desk.care.read(text, operator="telkomsel", place="Jakarta Selatan").certain is None


def test_who_writes_that_it_works_again_is_thanked(desk: Desk) -> None:
    answer = desk.care.read("smartfren di tebet sudah normal lagi, internet lancar, makasih")
    assert (answer.reply.case, answer.certain) == ("works", None)


def test_a_line_is_asked_for_by_operator_service_and_place(desk: Desk) -> None:
    assert desk.care.affected(operator="smartfren", service="mobile_data", place="31.74").certain == "surely"
    assert desk.care.affected(operator="smartfren", service="any", place="Kota Makassar").certain is None
    with pytest.raises(RefusedInput, match="No province, regency or city"):
        desk.care.affected(operator="smartfren", place="Atlantis")


def test_of_a_subscriber_it_is_told_whether_they_are_hit_and_never_where_they_are(desk: Desk) -> None:
    care = desk.caring(lines=List())
    answer = care.subscriber("17")
    assert (answer.listed, answer.certain, answer.asked.region) == (True, "surely", "")
    assert "Selatan" not in answer.reply.text_id
    assert care.subscriber("18").listed is False
    assert care.subscriber("18").reply.case == "perhaps"


def test_without_a_list_nobody_is_looked_up_and_no_number_is_never_one(desk: Desk) -> None:
    with pytest.raises(ForbiddenMove, match="No list of subscribers"):
        desk.care.subscriber("17")
    with pytest.raises(RefusedInput, match="1 to 64 characters"):
        desk.caring(lines=List()).subscriber(" ")


def test_an_empty_or_endless_text_is_refused(desk: Desk) -> None:
    with pytest.raises(RefusedInput, match="empty"):
        desk.care.read("  ")
    with pytest.raises(RefusedInput, match="5001 characters"):
        desk.care.read("x" * (TEXT_CHARS_MAX + 1))


def test_the_reply_leads_to_the_page_of_the_incident_where_the_desk_has_an_address(desk: Desk) -> None:
    care = desk.caring(address="https://desk.example.id")
    answer = care.affected(operator="smartfren", place="31.74")
    assert answer.reply.text_id.endswith(f"https://desk.example.id/gangguan/{desk.incident.id}/")
    assert answer.reply.text_en.endswith(f"https://desk.example.id/en/incident/{desk.incident.id}/")
