"""Credits over a whole desk: previewed beside it, approved by a second person, booked once."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest
from credit_desk_world import (
    CITRA,
    DEWI,
    EVERYTHING,
    JAKARTA,
    ThreadPress,
    credit_desk,
    did,
    outage,
    previewed,
    until,
)

from pulih.adapters.sql.credit_journal import SqlCreditJournal
from pulih.adapters.sql.engine import open_engine, sqlite_url
from pulih.model import entry
from pulih.model.actor import Actor
from pulih.model.credit_batch import CreditBatch
from pulih.model.errors import ForbiddenMove
from pulih.model.incident import Incident
from pulih.ports.credit_desk import Scenario
from pulih.serve.desk import Desk
from pulih.service.credit_books import balances

SIX = Scenario("idn-default")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with credit_desk(tmp_path_factory.mktemp("desk"), press=ThreadPress()) as made:
        yield made


def asked(desk: Desk, incident: Incident) -> tuple[Incident, CreditBatch]:
    preview = previewed(desk, incident)
    assert preview.told.state == "done", preview.told.says
    after = desk.credits.ask(incident.id, "idn-default", actor=DEWI, version=incident.version)
    return after, after.credits[-1]


def test_a_preview_says_who_gets_what_by_place_plan_and_segment_and_scenarios_stand_side_by_side(desk: Desk) -> None:
    incident = outage(desk)
    preview = previewed(desk, incident, SIX, Scenario("idn-default", "by_hour"), Scenario("idn-default", "flat_day"))
    assert preview.told.state == "done", preview.told.says
    plain, hourly, flat = preview.told.outcomes
    assert [one.policy for one in preview.told.outcomes] == [
        "idn-default", "idn-default.by-hour", "idn-default.flat-day"
    ]  # fmt: skip
    # 240 completed minutes for the two who stayed, 120 for who left half way, nothing for who was elsewhere.
    expected = 2 * round(5_000_000 * 240 / 43_200) + round(10_000_000 * 120 / 43_200)
    assert (plain.credited, plain.subscribers, dict(plain.net_minor)) == (3, 5, {"IDR": expected})
    assert {one.name: one.subscribers for one in plain.plans} == {"Nonstop 50": 2, "Kuota 100": 1}
    assert [(one.name, one.subscribers) for one in plain.regions] == [("31", 3)]
    assert sum(one.net_minor["IDR"] for one in plain.segments) == expected
    assert hourly.net_minor["IDR"] >= plain.net_minor["IDR"]
    assert dict(flat.net_minor) == {"IDR": 2 * round(5_000_000 / 30) + round(10_000_000 / 30)}


def test_whoever_asked_cannot_approve_and_a_second_person_books_the_sum(desk: Desk) -> None:
    incident, batch = asked(desk, outage(desk))
    lead = Actor("dewi", "admin")
    with pytest.raises(ForbiddenMove, match="second person"):
        desk.credits.decide(incident.id, "approve", batch.id, actor=lead, version=incident.version)
    with pytest.raises(ForbiddenMove, match="second person"):
        through = Actor("dewi via bot [1]", "approver")
        desk.credits.decide(incident.id, "approve", batch.id, actor=through, version=incident.version)
    assert desk.credits.journal(incident.id) == []

    desk.credits.decide(incident.id, "approve", batch.id, actor=CITRA, version=incident.version)
    net = batch.net_minor["IDR"]
    books = desk.credits.journal(incident.id)
    assert balances(books) == {("compensation", "IDR"): net, ("owed", "IDR"): -net}
    assert sum(one.amount_minor for one in books) == 0
    assert desk.credits.journal(incident.id) == books


def test_a_reversal_before_the_hand_over_turns_the_booking_around_and_after_it_nothing_is_taken_back(
    desk: Desk,
) -> None:
    incident, batch = asked(desk, outage(desk))
    incident = desk.credits.decide(incident.id, "approve", batch.id, actor=CITRA, version=incident.version)
    incident = desk.credits.decide(
        incident.id, "reverse", batch.id, actor=CITRA, version=incident.version, reason="Salah kebijakan"
    )
    assert balances(desk.credits.journal(incident.id)) == {}
    hourly = Scenario("idn-default", "by_hour")
    assert previewed(desk, incident, hourly).told.outcomes[0].credited == 3
    incident = desk.credits.ask(incident.id, "idn-default.by-hour", actor=DEWI, version=incident.version)
    last = incident.credits[-1]
    for decision in ("approve", "hand_over"):
        incident = desk.credits.decide(incident.id, decision, last.id, actor=CITRA, version=incident.version)
    with pytest.raises(ForbiddenMove):
        desk.credits.decide(incident.id, "reverse", last.id, actor=CITRA, version=incident.version, reason="Terlambat")
    net = last.net_minor["IDR"]
    assert balances(desk.credits.journal(incident.id)) == {("compensation", "IDR"): net, ("handed_over", "IDR"): -net}


def test_what_was_approved_counts_as_paid_and_a_longer_outage_adds_the_difference_only(desk: Desk) -> None:
    incident, batch = asked(desk, outage(desk))
    incident = desk.credits.decide(incident.id, "approve", batch.id, actor=CITRA, version=incident.version)
    assert previewed(desk, incident).told.outcomes[0].rows == 0
    earlier = entry.OnsetSet(onset_us=incident.onset_us - 60 * 60_000_000)
    incident = did(desk, incident, earlier)
    more = previewed(desk, incident).told.outcomes[0]
    assert 0 < more.net_minor["IDR"] < batch.net_minor["IDR"]


def test_what_was_approved_under_a_policy_counts_as_paid_under_its_variants_and_the_other_way_round(desk: Desk) -> None:
    incident = outage(desk)
    hourly, flat = Scenario("idn-default", "by_hour"), Scenario("idn-default", "flat_day")
    before = [one.net_minor["IDR"] for one in previewed(desk, incident, SIX, hourly, flat).told.outcomes]
    incident = desk.credits.ask(incident.id, "idn-default.by-hour", actor=DEWI, version=incident.version)
    batch = incident.credits[-1]
    incident = desk.credits.decide(incident.id, "approve", batch.id, actor=CITRA, version=incident.version)
    after = [one.net_minor.get("IDR", 0) for one in previewed(desk, incident, SIX, hourly, flat).told.outcomes]
    assert before[1] >= before[0]
    assert after == [0, 0, before[2] - before[1]]


def test_committed_credits_allow_merging_and_forbid_splitting_and_the_other_counts_as_paid(desk: Desk) -> None:
    banten = msgspec.structs.replace(JAKARTA, region="36")
    incident, batch = asked(desk, outage(desk, JAKARTA, banten))
    incident = desk.credits.decide(incident.id, "approve", batch.id, actor=CITRA, version=incident.version)
    incident = did(desk, incident, entry.Relapsed())
    with pytest.raises(ForbiddenMove, match="merged, and not split"):
        did(desk, incident, entry.SplitOff(incident="", scopes=(banten,)))
    into = outage(desk, restored=False, minutes=200)
    did(desk, incident, entry.MergedInto(incident=into.id))
    merged = desk.incidents.get(into.id)
    assert merged is not None
    view = desk.credits.view(merged.id)
    assert view.incident.supersedes == (incident.id,)
    merged = did(desk, merged, entry.ClaimedFixed(), entry.Restored(overrides=True))
    assert previewed(desk, merged).told.outcomes[0].net_minor.get("IDR", 0) < batch.net_minor["IDR"]


def test_a_scope_of_any_service_waits_for_a_person_to_say_which(desk: Desk) -> None:
    incident = outage(desk, JAKARTA, EVERYTHING)
    assert [one.why for one in desk.credits.view(incident.id).left_out] == ["service"]
    previewed(desk, incident)
    with pytest.raises(ForbiddenMove, match="say first"):
        desk.credits.ask(incident.id, "idn-default", actor=DEWI, version=incident.version)
    incident = did(desk, incident, entry.CreditBasisSet(services=("data", "voice")))
    assert {(one.region, one.service) for one in desk.credits.view(incident.id).incident.windows} == {
        ("31", "data"), ("36", "data"), ("36", "voice"),
    }  # fmt: skip
    with pytest.raises(ForbiddenMove, match="has changed since"):
        desk.credits.ask(incident.id, "idn-default", actor=DEWI, version=incident.version)


def test_credits_that_were_changed_on_the_disk_are_not_approved(desk: Desk, tmp_path: Path) -> None:
    incident, batch = asked(desk, outage(desk))
    path = Path(desk.credits._folders.credits_of(batch.id))
    rows = pq.read_table(path).slice(1)
    path.unlink()
    pq.write_table(rows, path)
    with pytest.raises(ForbiddenMove, match="not those that were asked for"):
        desk.credits.decide(incident.id, "approve", batch.id, actor=CITRA, version=incident.version)


def test_a_preview_beside_the_desk_is_alone_can_be_cancelled_or_killed_and_ends_the_same_when_begun_again(
    tmp_path: Path,
) -> None:
    with credit_desk(tmp_path) as desk:
        first, second = outage(desk), outage(desk)
        desk.credits.begin(first.id, (SIX,), actor=DEWI)
        with pytest.raises(ForbiddenMove, match="Another preview"):
            desk.credits.begin(second.id, (SIX,), actor=DEWI)
        desk.credits.cancel(first.id)
        until(lambda: state(desk, first) == "cancelled")

        desk.credits.begin(first.id, (SIX,), actor=DEWI)
        [worker] = [one for one in multiprocessing.active_children() if one.name.startswith("SpawnProcess")][-1:]
        os.kill(worker.pid or 0, signal.SIGKILL)
        until(lambda: state(desk, first) == "failed")
        once, again = previewed(desk, first), previewed(desk, first)
        assert once.told.outcomes == again.told.outcomes != ()


def state(desk: Desk, incident: Incident) -> str:
    found = desk.credits.preview(incident.id)
    return "" if found is None else found.told.state


def test_a_desk_that_was_killed_between_the_approval_and_its_booking_books_it_once_at_its_next_start(
    tmp_path: Path,
) -> None:
    with credit_desk(tmp_path, press=ThreadPress()) as desk:
        incident, batch = asked(desk, outage(desk))
        # The entry is written and the process dies before the books are.
        did(desk, incident, entry.CreditsApproved(batch=batch.id), actor=CITRA)
    for _ in range(2):
        with credit_desk(tmp_path, press=ThreadPress()):
            lines = SqlCreditJournal(open_engine(sqlite_url(tmp_path / "data" / "desk.db"), "desk")).lines(incident.id)
            net = batch.net_minor["IDR"]
            assert [one.amount_minor for one in lines] == [net, -net]
            assert {one.digest for one in lines} == {batch.digest}


def test_a_desk_without_tables_says_which_settings_are_missing(tmp_path: Path) -> None:
    settings = '[desk]\noperators = ["smartfren"]\n[site]\non = false\n'
    with (
        credit_desk(tmp_path, settings=settings, press=ThreadPress()) as desk,
        pytest.raises(ForbiddenMove, match="knows no tables"),
    ):
        desk.credits.begin(outage(desk).id, (SIX,), actor=DEWI)
