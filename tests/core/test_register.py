"""The outage register has what ACMA's proposal names, of what is public alone, and says that it is a proposal (N2)."""

from __future__ import annotations

import csv
import io
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sample_bulletin import NOW_US, bulletin, many_past, outage, over, taken_back, word

from pulih.adapters.site.machine_pages import MachinePages
from pulih.communicate.edition import Edition
from pulih.communicate.register import COLUMNS, register_csv, register_json
from pulih.model.bulletin import Bulletin

JAKARTA = ZoneInfo("Asia/Jakarta")


def read(made: Bulletin) -> tuple[dict[str, Any], list[dict[str, str]]]:
    edition = Edition(made, JAKARTA, "en")
    table = io.StringIO(register_csv(edition).decode(), newline="")
    return msgspec.json.decode(register_json(edition)), list(csv.DictReader(table))


def test_every_public_incident_is_in_both_files_with_start_areas_services_updates_and_resolution() -> None:
    made = bulletin(current=(outage(),), past=(over(), taken_back()))
    whole, lines = read(made)
    assert (whole["standing"], "proposed" in whole["note"]) == ("proposed", True)
    known = [*made.current, *made.past]
    assert [one["id"] for one in whole["incidents"]] == [one["id"] for one in lines] == [one.id for one in known]
    for incident, row, line in zip(known, whole["incidents"], lines, strict=True):
        assert tuple(line) == COLUMNS
        assert row["start"].endswith("+07:00")
        assert line["start"] == row["start"]
        assert {one["code"] for one in row["areas"]} == {one.region for one in incident.scopes if one.region}
        assert line["area_codes"].splitlines() == [one["code"] for one in row["areas"]]
        assert line["services"].splitlines() == row["services"]
        assert [one["text_en"] for one in row["updates"]] == [one.text_en for one in incident.words]
        assert all(one.text_id in line["updates_id"] for one in incident.words)
        assert (row["resolution"] is None) == (incident.ended_us is None)
        assert (line["resolution"], line["retracted"]) == (
            row["resolution"] or "",
            "yes" if incident.retracted else "no",
        )


def test_a_cell_that_a_spreadsheet_would_work_out_is_a_text_and_what_was_taken_back_says_so() -> None:
    said = word(1, text_en='a "quoted", text\nin two lines', withdrawn_us=NOW_US)
    _, [line] = read(bulletin(current=(outage(title_en="=HYPERLINK(1)", words=(said,)),), past=()))
    assert line["title_en"] == "'=HYPERLINK(1)"
    assert line["updates_en"].endswith('a "quoted", text\nin two lines')
    assert "(withdrawn 2025-" in line["updates_en"]


def test_the_register_is_written_when_an_incident_changed_and_not_each_minute() -> None:
    before = bulletin(past=many_past(30))
    paths = {"register.json", "register.csv"}
    assert paths <= set(MachinePages().pages(before, None))
    assert not paths & set(MachinePages().pages(msgspec.structs.replace(before, made_us=before.made_us + 1), before))
    after = msgspec.structs.replace(before, current=())
    assert paths <= set(MachinePages().pages(after, before))
