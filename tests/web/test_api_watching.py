"""Whoever watches the desk is told whether it lives, whether it is ready, and what it counts, with bounded labels."""

from __future__ import annotations

import time
from pathlib import Path

import anyio
import pytest
from api_desk import FINDING, NOW_US, GivenLive, SlowClock, running
from hypothesis import given
from hypothesis import strategies as st
from intake_in_memory import MemoryJournal, SetClock
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from pulih.adapters.config import DeskSettings, ServerTable
from pulih.model.errors import OutsideFailed
from pulih.model.incident import Incident
from pulih.ports.intake import SourceCount
from pulih.serve.pages import is_heard_here
from pulih.service.incidents import Incidents
from pulih.service.view import FilterNow
from pulih.web.api.health import (
    CHECK_S_MAX,
    Health,
    Readiness,
    answer_check,
    clock_check,
    lag_check,
    lag_of,
    storage_check,
)
from pulih.web.api.metrics import NAMED_MOST, OTHER, DeskCollector, Metrics


class NoIncidents(Incidents):
    """Nothing goes on."""

    def __init__(self) -> None:
        pass

    def current(self, limit: int = 100) -> list[Incident]:
        return []


def metrics_of(counts: list[SourceCount]) -> dict[str, Metric]:
    return metrics_of_live(GivenLive(lambda: counts))


def metrics_of_live(live: GivenLive) -> dict[str, Metric]:
    text, kind = Metrics(DeskCollector(live, NoIncidents(), SlowClock(), lag_s=lambda: 2.5)).written("")
    assert kind.startswith("text/plain")
    return {family.name: family for family in text_string_to_metric_families(text.decode())}


def looked(health: Health) -> Readiness:
    return anyio.run(health.look)


def failing() -> str:
    raise OutsideFailed("The disk is full; right would be some space.")


def test_a_desk_lives_whether_it_is_ready_or_not(tmp_path: Path) -> None:
    with running(tmp_path, checks={"journal": failing, "pipeline": lag_check(lambda: 1.0)}) as desk:
        assert desk.ask("GET", "/healthz").json() == {"alive": "yes"}
        ready, brief = desk.ask("GET", "/readyz", role="viewer"), desk.ask("GET", "/readyz")
        assert desk.ask("GET", "/readyz", role="stranger").status_code == 401
    assert ready.status_code == brief.status_code == 503
    assert [(one["ready"], one["says"]) for one in brief.json()["checks"]] == [(False, ""), (True, "")]
    assert ready.json()["checks"] == [
        {"name": "journal", "ready": False, "says": "The disk is full; right would be some space."},
        {"name": "pipeline", "ready": True, "says": ""},
    ]


def test_a_watcher_may_ask_with_head_and_gets_no_body(tmp_path: Path) -> None:
    with running(tmp_path) as desk:
        answers = [desk.ask("HEAD", path) for path in ("/healthz", "/readyz", "/v1/openapi.json")]
        answers += [desk.ask("HEAD", path, role="viewer") for path in ("/metrics", "/v1/findings")]
        reports = desk.ask("HEAD", "/v1/reports")
    assert [(one.status_code, one.content) for one in answers] == [(200, b"")] * 5
    assert int(answers[-1].headers["content-length"]) > 0
    assert reports.status_code == 405


def test_a_desk_that_is_well_is_ready(tmp_path: Path) -> None:
    with running(tmp_path) as desk:
        ready = desk.ask("GET", "/readyz")
    assert (ready.status_code, ready.json()["ready"]) == (200, True)


def test_a_pipeline_a_minute_behind_is_not_ready() -> None:
    assert looked(Health({"pipeline": lag_check(lambda: 61.0)})).ready is False
    assert looked(Health({"pipeline": lag_check(lambda: 60.0)})).ready is True


def test_after_trouble_the_disk_is_tried_and_room_makes_ready_again() -> None:
    assert looked(Health({"journal": storage_check(lambda: "The disk was full.", failing)})).ready is False
    assert looked(Health({"journal": storage_check(lambda: "The disk was full.", lambda: None)})).ready is True
    assert looked(Health({"journal": storage_check(lambda: "", failing)})).ready is True


def test_a_database_that_does_not_answer_is_not_ready() -> None:
    assert looked(Health({"ledger": answer_check(failing)})).ready is False
    assert looked(Health({"ledger": answer_check(lambda: 7)})).ready is True


def test_lag_is_the_age_of_the_first_frame_that_was_not_read() -> None:
    journal, clock = MemoryJournal(), SetClock(NOW_US)
    for _ in range(3):
        journal.append([b"{}"], clock.now_us())
        clock.at_us += 10_000_000
    assert [lag_of(journal, lambda read=read: read, clock)() for read in range(4)] == [30.0, 20.0, 10.0, 0.0]
    # All is read, and windows of hours ago are still to be closed.
    assert lag_of(journal, lambda: 3, clock, over_s=lambda: 7_200.0)() == 7_200.0


def test_a_clock_that_was_ahead_is_told_until_it_has_caught_up() -> None:
    clock = SetClock(NOW_US)
    check = clock_check(lambda: NOW_US + 3_600_000_000, clock)
    assert check().startswith("The clock was 3,600 s ahead")
    clock.at_us += 3_600_000_000
    assert check() == ""


def test_a_check_that_does_not_answer_is_not_well_and_keeps_nobody_waiting() -> None:
    begun_s = time.monotonic()
    readiness = looked(Health({"slow": lambda: time.sleep(CHECK_S_MAX + 0.5) or "", "quick": lambda: ""}))
    assert time.monotonic() - begun_s < CHECK_S_MAX + 0.4
    assert [(one.name, one.ready) for one in readiness.checks] == [("slow", False), ("quick", True)]


@given(fates=st.lists(st.tuples(*[st.integers(0, 1_000)] * 4), max_size=NAMED_MOST + 40))
def test_reports_in_the_metrics_are_those_of_the_counters_and_labels_are_bounded(fates: list[tuple[int, ...]]) -> None:
    counts = [SourceCount(f"source-{place}", sum(fate), *fate, None) for place, fate in enumerate(fates)]
    families = metrics_of(counts)
    samples = [sample for sample in families["pulih_reports"].samples if sample.name == "pulih_reports_total"]
    assert sum(sample.value for sample in samples) == sum(one.heard for one in counts)
    named = {sample.labels["source"] for sample in samples}
    assert len(named) <= NAMED_MOST + 1
    assert (OTHER in named) == (len(counts) > NAMED_MOST)
    assert len(families["pulih_source_live"].samples) <= NAMED_MOST


def test_silence_findings_and_lag_are_told() -> None:
    families = metrics_of([SourceCount("form", 1, 1, 0, 0, 0, NOW_US - 30_000_000)])
    assert round(families["pulih_source_silence_seconds"].samples[0].value) == 30
    found = families["pulih_findings_open"].samples[0]
    assert (found.labels, found.value) == ({"operator": FINDING.operator}, 1.0)
    assert families["pulih_pipeline_lag_seconds"].samples[0].value == 2.5


def test_filters_are_told_by_how_they_live_and_how_much_they_let_through_and_no_more_than_may_be() -> None:
    rows = [
        FilterNow(name="xl", last_us=NOW_US - 30_000_000, usual_gap_s=9.0, liveness="live", batches=NAMED_MOST + 70),
        FilterNow(
            name="axis", last_us=NOW_US - 60_000_000, usual_gap_s=9.0, liveness="silent", batches=NAMED_MOST + 60
        ),
        FilterNow(name="by.u", last_us=None, usual_gap_s=None, liveness="unknown", batches=NAMED_MOST + 50),
        *(
            FilterNow(name=f"f{one}", last_us=1, usual_gap_s=9.0, liveness="live", batches=one)
            for one in range(NAMED_MOST)
        ),
    ]
    counts = [SourceCount("bluesky", 1, 1, 0, 0, 0, NOW_US)]
    families = metrics_of_live(GivenLive(lambda: counts, filters={"bluesky": tuple(rows)}))
    told = {one.labels["filter"]: one.value for one in families["pulih_filter_live"].samples}
    assert (told["xl"], told["axis"], "by.u" in told) == (1.0, 0.0, False)
    silent = {one.labels["filter"]: round(one.value) for one in families["pulih_filter_silence_seconds"].samples}
    assert (silent["xl"], silent["axis"]) == (30, 60)
    let = [one for one in families["pulih_filter_batches"].samples if one.name == "pulih_filter_batches_total"]
    assert len(let) == NAMED_MOST
    assert {"xl", "axis", "by.u", f"f{NAMED_MOST - 1}"} <= {one.labels["filter"] for one in let}


def test_requests_are_counted_by_door_method_and_hundred(tmp_path: Path) -> None:
    with running(tmp_path) as desk:
        desk.ask("GET", "/v1/findings/none", role="viewer")
        desk.ask("PROPFIND", "/v1/findings")
        text = desk.ask("GET", "/metrics", role="viewer").text
    assert 'pulih_requests_total{door="api",method="GET",status="4xx"} 1.0' in text
    assert 'method="other"' in text
    assert "PROPFIND" not in text


def test_metrics_are_told_without_a_token_to_a_process_of_this_machine_and_to_nobody_it_asks_for(
    tmp_path: Path,
) -> None:
    with running(tmp_path) as desk:
        assert desk.ask("GET", "/metrics").status_code == 200
        for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
            assert desk.ask("GET", "/metrics", headers={name: "203.0.113.7"}).status_code == 401
        for role, status in (("stranger", 401), ("source", 403), ("viewer", 200)):
            assert desk.ask("GET", "/metrics", role=role).status_code == status
        assert desk.ask("GET", "/metrics", role="viewer", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 200


def test_behind_a_proxy_that_does_not_say_for_whom_it_asks_metrics_need_a_token(tmp_path: Path) -> None:
    with running(tmp_path, heard_here=False) as desk:
        assert [desk.ask("GET", "/metrics", role=role).status_code for role in ("", "viewer")] == [401, 200]


@pytest.mark.parametrize(
    ("server", "here"),
    [
        (ServerTable(), True),
        (ServerTable(host="::1", address="http://localhost:8000"), True),
        (ServerTable(host="0.0.0.0"), False),
        (ServerTable(proxies=("127.0.0.1",)), False),
        (ServerTable(address="https://desk.example.id"), False),
        (ServerTable(address="http://desk.lan"), False),
    ],
)
def test_a_desk_is_heard_here_while_no_setting_says_that_others_reach_it(server: ServerTable, here: bool) -> None:
    assert is_heard_here(DeskSettings(server=server)) is here
