"""`pulih impact` as a person types it: JSON and a table, and one sentence where something cannot be used."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typing_hands import Done, typed, typed_in_a_process

HEADER = "operator,region,service,plan,subscribers,priority\n"
TABLE = HEADER + "smartfren,ID,mobile_data,Harian,36000000,\nsmartfren,ID,mobile_data,Korporat,410,hospital\n"
FINDING: dict[str, Any] = {
    "id": "a1", "incident": "a1", "operator": "smartfren", "service": "mobile_data", "region": "31.74",
    "region_name": "Jakarta Selatan", "symptom": "no_signal", "onset": "2025-10-03T01:48:00Z",
    "alarm": "2025-10-03T02:00:00Z", "peak": None, "cleared": "2025-10-03T03:48:00Z", "last_signal": None,
    "signals": 90, "expected": 3.2, "evidence_nats": 50.0, "false_alarms_per_week": 0.1, "phrases": [], "rules": [],
    "narrowed_to": None, "why": "", "mengapa": "",
}  # fmt: skip


def findings(folder: Path, *found: dict[str, Any], **other: Any) -> Path:
    document = {
        "schema": 1, "source": {"last": "2025-10-03T16:00:00Z"},
        "settings": {"operator": None, "zone": "Asia/Jakarta"}, "findings": list(found), **other,
    }  # fmt: skip
    path = folder / "findings.json"
    path.write_text(json.dumps(document))
    return path


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run a backtest over a quiet day and an hour of many people's complaints."""
    folder = tmp_path_factory.mktemp("impact")
    start = datetime(2025, 10, 2, tzinfo=UTC)
    quiet = [(start + timedelta(minutes=37 * n), f"u{n}", f"smartfren lemot {n}") for n in range(40)]
    says = ("gak bisa zoom meeting kantor", "m-banking gak kebuka", "internet mati", "mati total", "gak ada internet")
    burst = [
        (start + timedelta(hours=26, seconds=20 * n), f"w{n}", f"smartfren {says[n % 5]} sudah {n} menit")
        for n in range(180)
    ]
    rows = [f"{at:%Y-%m-%dT%H:%M:%SZ},{author},{text}" for at, author, text in (*quiet, *burst)]
    (folder / "complaints.csv").write_text("\n".join(["time,author,text", *rows]) + "\n")
    done = typed("backtest", folder / "complaints.csv", "--out", folder / "out")
    assert done.returncode == 0, done.stderr
    return folder / "out"


def impacts(done: Done) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["impacts"]
    return found


def test_the_impact_of_a_backtest_is_printed_as_json_with_a_table_beside_it(result: Path) -> None:
    done = typed("impact", result)
    (one,) = impacts(done)
    assert (one["operator"], one["region"]) == ("smartfren", None)
    # 180 people wrote in all, some of whom must be counted as those of any day.
    assert 50 < one["subscribers"]["low"] <= 180
    assert one["subscribers"]["likely"] < one["subscribers"]["high"] == one["served"]["high"]
    assert "impact.groups.texts" in one["methods"]
    groups = {group["group"]: group["subscribers"]["likely"] for group in one["groups"]}
    assert min(groups["work"], groups["banking"]) > max(groups["gaming"], groups["shopping"])
    assert "smartfren" in done.stderr
    assert "do not add them" in done.stderr


def test_numbers_are_explained_by_methods_with_sentences_in_both_languages(result: Path) -> None:
    document = json.loads(typed("impact", result).stdout)
    told = {method["id"]: (method["english"], method["indonesian"]) for method in document["methods"]}
    assert {method for one in document["impacts"] for method in one["methods"]} == set(told)
    assert "reports are not customers" in told["impact.low.people"][0]
    assert "laporan tidak sama dengan pelanggan" in told["impact.low.people"][1]


def test_an_operators_table_bounds_the_impact_and_lists_priority_customers(result: Path, tmp_path: Path) -> None:
    table = tmp_path / "pelanggan.csv"
    table.write_text(TABLE)
    for done in (
        typed("impact", result, "--subscribers", table),
        typed("impact", result / "findings.json", "--subscribers", "-", stdin=TABLE.encode()),
    ):
        (one,) = impacts(done)
        assert one["served"] == {"low": 36_000_410, "likely": 36_000_410, "high": 36_000_410}
        assert one["priority"][0]["kind"] == "hospital"
        assert one["priority"][0]["touched"]["high"] == 410
        assert "hospital 0 .." in done.stderr


def test_the_same_result_gives_the_same_bytes(result: Path) -> None:
    assert typed_in_a_process("impact", result).stdout == typed("impact", result).stdout != ""


def test_json_goes_into_a_file_when_asked(result: Path, tmp_path: Path) -> None:
    done = typed("impact", result, "--out", tmp_path / "impact.json")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "impact.json").read_text())["schema"] == 1
    assert "subscribers" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["impact.json"]


def test_findings_without_their_texts_have_nobody_as_the_lower_bound(tmp_path: Path) -> None:
    (one,) = impacts(typed("impact", findings(tmp_path, FINDING)))
    assert one["subscribers"]["low"] == 0
    assert {"impact.low.none", "impact.groups.prior"} <= set(one["methods"])
    assert one["emergency"]["calls"]["high"] > 0
    assert one["user_minutes"]["high"] == 120 * one["subscribers"]["high"]


def test_a_finding_that_lasts_ends_with_the_data_and_an_unknown_region_is_no_crash(tmp_path: Path) -> None:
    path = findings(tmp_path, {**FINDING, "cleared": None, "region": "77.77", "region_name": None, "operator": None})
    done = typed("impact", path)
    (one,) = impacts(done)
    assert (one["lasts"], one["end"], one["operator"]) == (True, "2025-10-03T16:00:00Z", None)
    assert "so far" in done.stderr
    assert "(not named)" in done.stderr


def test_without_a_finding_nothing_is_said_of_whom_it_touches(tmp_path: Path) -> None:
    done = typed("impact", findings(tmp_path))
    assert impacts(done) == []
    assert "No finding, so there is nothing to reckon an impact from." in done.stderr


def test_what_cannot_be_used_is_refused_with_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "other.json").write_text('{"schema": 1}')
    (tmp_path / "broken.json").write_text("{")
    good = findings(tmp_path, FINDING)
    (tmp_path / "wrong.csv").write_text(HEADER + "smartfren,31,sms,,banyak,\n")
    refused = [
        (["empty"], "findings.json: cannot be read (No such file or directory); give the folder that a backtest wrote"),
        (["nowhere.json"], "nowhere.json: cannot be read"),
        (["other.json"], "is no findings.json of a backtest (Object missing required field `source`"),
        (["broken.json"], "is no findings.json of a backtest"),
        ([good.name, "--subscribers", "wrong.csv"], "row 2, column \"subscribers\": 'banyak' is no count"),
        ([good.name, "--subscribers", "missing.csv"], "missing.csv is not there"),
    ]
    for arguments, said in refused:
        done = typed("impact", *(tmp_path / one if "." in one or one == "empty" else one for one in arguments))
        assert done.returncode == 2, done.stderr
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert done.stdout == ""
    done = typed("impact", good, "--out", tmp_path / "nowhere" / "i.json")
    assert done.returncode == 1
    assert "--out" in done.stderr


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"onset": "2025-10-03T01:48:00"}, "Expected `datetime` with a timezone component - at `$.findings[0].onset`"),
        ({"service": "5g"}, "Invalid enum value '5g' - at `$.findings[0].service`"),
        ({"signals": -1}, "Expected `int` >= 0 - at `$.findings[0].signals`"),
        ({"cleared": "2025-10-01T00:00:00Z"}, "finding a1: it ends before its onset; run the backtest again"),
    ],
)
def test_a_finding_that_no_backtest_wrote_is_refused_with_the_field(
    changed: dict[str, Any], said: str, tmp_path: Path
) -> None:
    done = typed("impact", findings(tmp_path, {**FINDING, **changed}))
    assert done.returncode == 2
    assert said in done.stderr


def test_an_operator_that_the_catalogue_does_not_know_is_refused_and_not_taken_for_anybody(tmp_path: Path) -> None:
    path = findings(tmp_path, {**FINDING, "operator": "kampus"})
    done = typed("impact", path)
    assert done.returncode == 2
    assert "finding a1 is of 'kampus', which is no operator of the catalogue; give" in done.stderr
    catalogue = tmp_path / "kampus.toml"
    catalogue.write_text('[[operator]]\nid = "kampus"\nname = "Kampus Net"\n')
    (one,) = impacts(typed("impact", path, "--catalogue", catalogue))
    assert one["operator"] == "kampus"


def test_a_zone_that_does_not_exist_is_told_with_the_file_it_stands_in(tmp_path: Path) -> None:
    settings = {"operator": None, "zone": "Asia/Nowhere"}
    done = typed("impact", findings(tmp_path, FINDING, settings=settings))
    assert done.returncode == 2
    assert "findings.json: settings.zone 'Asia/Nowhere' is no time zone" in done.stderr


@pytest.mark.parametrize("renamed", ["findings", "outages"])
def test_findings_of_another_schema_are_refused_whatever_their_keys(renamed: str, tmp_path: Path) -> None:
    path = findings(tmp_path, FINDING, schema=2)
    path.write_text(path.read_text().replace('"findings"', f'"{renamed}"'))
    done = typed("impact", path)
    assert done.returncode == 2
    assert "schema 2 is not known to this version, which reads schema 1; run the backtest again" in done.stderr
