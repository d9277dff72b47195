"""The desk writes the control report of approved credits and the files for billing itself, and takes them along."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pyarrow.parquet as pq
import pytest
from credit_desk_world import (
    CITRA,
    DEWI,
    PASSWORD,
    ThreadPress,
    credit_desk,
    did,
    outage,
    previewed,
    until,
    with_people,
)
from served import serving_here

from pulih.adapters.backup import back_up, restore
from pulih.main_control import check_report
from pulih.model import entry
from pulih.model.actor import Actor
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.incident import Incident
from pulih.ports.credit_desk import RemovedTable, Scenario
from pulih.serve.credit_papers import write_apart
from pulih.serve.desk import Desk
from pulih.serve.paper_work import PapersOrder

TRIES = 60
BILLING = {"credits.csv", "hand-over.json", "tmf654-adjust-balance.ndjson", "tmf678-applied-rates.ndjson", "SHA256SUMS"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with credit_desk(tmp_path_factory.mktemp("desk"), press=ThreadPress()) as made:
        with_people(made)
        yield made


@pytest.fixture(scope="module")
def address(desk: Desk) -> Iterator[str]:
    with serving_here() as serve:
        yield serve(desk.app, desk.hub)


def approved(desk: Desk) -> tuple[Incident, str]:
    incident = outage(desk)
    previewed(desk, incident)
    incident = desk.credits.ask(incident.id, "idn-default", actor=DEWI, version=incident.version)
    batch = incident.credits[-1].id
    return desk.credits.decide(incident.id, "approve", batch, actor=CITRA, version=incident.version), batch


def handed_over(desk: Desk, incident: Incident, batch: str) -> Incident:
    return desk.credits.decide(incident.id, "hand_over", batch, actor=CITRA, version=incident.version)


def written(desk: Desk, batch: str) -> dict[str, set[str]]:
    """Names of a batch's papers by group, once nothing is written any more."""
    assert desk.credits.papers is not None
    papers = desk.credits.papers
    until(lambda: not papers.told(batch).running)
    assert papers.told(batch).says == ""
    names: dict[str, set[str]] = {}
    for one in papers.told(batch).papers:
        names.setdefault(one.group, set()).add(one.name)
    return names


def folder_of(desk: Desk, batch: str) -> Path:
    assert desk.credits.papers is not None
    return Path(desk.credits.papers.path(batch, "approved", "signer.pub")).parent.parent


def kept(client: httpx.Client, answer: httpx.Response) -> None:
    """Keep cookies that are for TLS alone; browsers trust this machine without it."""
    for line in answer.headers.get_list("set-cookie"):
        name, value = line.split(";")[0].split("=", 1)
        client.cookies.set(name, value.strip('"'), domain="127.0.0.1")


@contextmanager
def signed_in(address: str, name: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address) as client:
        client.event_hooks["response"] = [lambda answer: kept(client, answer)]
        form = client.get("/sign-in?lang=en").text
        csrf = form.split('name="csrf" value="')[1].split('"')[0]
        assert client.post("/sign-in", data={"name": name, "password": PASSWORD, "csrf": csrf}).status_code == 303
        yield client


def test_an_approval_writes_a_signed_report_and_the_hand_over_the_files_for_billing(desk: Desk) -> None:
    incident, batch = approved(desk)
    names = written(desk, batch)
    assert set(names) == {"approved"}
    assert {"control-report.html", "control-report.json", "control-report.pdf", "public-totals.json"} < names[
        "approved"
    ]
    assert check_report(folder_of(desk, batch) / "approved", None).faults == ()
    handed_over(desk, incident, batch)
    names = written(desk, batch)
    assert set(names) == {"approved", "handed-over", "settled"}
    assert names["handed-over"] == BILLING
    folder = folder_of(desk, batch)
    lines = (folder / "handed-over" / "tmf654-adjust-balance.ndjson").read_text().splitlines()
    assert sorted(json.loads(line)["bucket"]["id"] for line in lines) == ["1", "2", "3"]
    settled = json.loads((folder / "settled" / "control-report.json").read_bytes())
    assert settled["handed_over"]["routes"]["TMF654"] == 3


def test_only_who_may_approve_fetches_papers_and_none_of_a_batch_that_was_reversed(desk: Desk, address: str) -> None:
    incident, batch = approved(desk)
    written(desk, batch)
    path = f"/console/incidents/{incident.id}/credits"
    with signed_in(address, "citra") as citra, signed_in(address, "dewi") as dewi:
        paper = f"{path}/papers/{batch}/approved.control-report.json"
        assert paper in citra.get(path).text
        assert paper not in dewi.get(path).text
        assert dewi.get(paper).status_code == 403
        fetched = citra.get(paper)
        assert fetched.status_code == 200
        assert fetched.json()["control"]["credited"] == 3
        assert fetched.headers["cache-control"] == "no-store"
        assert "attachment" in fetched.headers["content-disposition"]
        for wrong in (
            "approved.nothing.json",
            "batches.credits.parquet",
            "approved...report.key",
            "handed-over.credits.csv",
        ):
            assert citra.get(f"{path}/papers/{batch}/{wrong}").status_code == 404
        assert citra.get(f"{path}/papers/k0/approved.control-report.json").status_code == 404
        desk.credits.decide(incident.id, "reverse", batch, actor=CITRA, version=incident.version, reason="Salah")
        assert citra.get(paper).status_code == 404


def test_too_many_links_from_one_address_wait_even_a_sound_one_and_nothing_is_told_of_anybody(
    desk: Desk, address: str
) -> None:
    incident, batch = approved(desk)
    token = desk.people.tokens.create("bot", "approver", by="ayu").secret
    headers = {"authorization": f"Bearer {token}"}
    made = httpx.post(
        f"{address}/v1/incidents/{incident.id}/credit-links", headers=headers, json={"subscriber": 3, "batch": batch}
    ).json()
    sound = made["link_id"].removeprefix(desk._pages.address)
    with httpx.Client(base_url=address) as client:
        assert client.get(sound).status_code == 200
        assert {client.get(f"/kompensasi/{number}").status_code for number in range(1, TRIES)} == {404}
        told = client.get(sound)
        assert told.status_code == 429
        assert 0 < int(told.headers["retry-after"]) <= 3_600
        assert "IDR" not in told.text


def test_a_desk_restored_elsewhere_shows_the_same_credits_writes_what_is_missing_and_goes_on(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    with credit_desk(old, press=ThreadPress()) as desk:
        first, batch = approved(desk)
        second, later = approved(desk)
        handed_over(desk, second, later)
        names = [written(desk, one) for one in (batch, later)]
        account = desk.credits.account(first.id, batch, 3)
        books = desk.credits.journal(first.id)
        # Approved, and killed before its papers were there.
        third, bare = approved(desk)
        written(desk, bare)
        shutil.rmtree(folder_of(desk, bare))
        back_up(desk._layout, tmp_path / "desk.tar.zst", version="1", now_us=0)
    new.mkdir()
    for path in old.iterdir():
        if path.is_file():
            shutil.copy2(path, new)
    people = new / "subscribers.parquet"
    kept = pq.read_table(people)
    pq.write_table(kept.slice(0, 4), people)
    restore(tmp_path / "desk.tar.zst", new / "data")
    shutil.rmtree(old / "data" / "credits")
    with credit_desk(new, press=ThreadPress()) as desk:
        papers = desk.credits.papers
        assert papers is not None
        until(lambda: not papers.told(bare).running)
        assert "the credits were worked out from 5" in papers.told(bare).says
        pq.write_table(kept, people)
        desk.credits.write_papers(third)
        assert set(written(desk, bare)) == {"approved"}
        assert [written(desk, one) for one in (batch, later)] == names
        assert desk.credits.account(first.id, batch, 3) == account != ()
        assert desk.credits.journal(first.id) == books
        assert check_report(folder_of(desk, batch) / "approved", None).faults == ()
        handed_over(desk, first, batch)
        assert written(desk, batch)["handed-over"] == BILLING
        check_forgetting(desk, first.id, batch, other=third, waiting=bare)
        signers = {(folder_of(desk, batch) / group / "signer.pub").read_text() for group in ("approved", "settled")}
        assert len(signers) == 1


def check_forgetting(desk: Desk, incident_id: str, batch: str, *, other: Incident, waiting: str) -> None:
    """Presence is removed by an approver alone, when nothing waits for it any more, and leaves a receipt and a note."""

    def forget(actor: Actor) -> tuple[RemovedTable, ...]:
        version = desk.incidents.get(incident_id).version  # type: ignore[union-attr]
        return desk.credits.forget(incident_id, batch, actor=actor, version=version, reason="Selesai")

    presence = Path(desk.credits.settings.presence)
    digest = hashlib.sha256(presence.read_bytes()).hexdigest()
    with pytest.raises(ForbiddenMove, match=f"Batch {waiting} is not handed over yet"):
        forget(CITRA)
    desk.credits.decide(other.id, "reverse", waiting, actor=CITRA, version=other.version, reason="Salah")
    with pytest.raises(ForbiddenMove, match="by an approver"):
        forget(DEWI)
    written_at = presence.stat().st_mtime
    os.utime(presence, (2**32, 2**32))
    with pytest.raises(RefusedInput, match="was written after"):
        forget(CITRA)
    os.utime(presence, (written_at, written_at))
    before = desk.credits.account(incident_id, batch, 3)
    (gone,) = forget(CITRA)
    assert (gone.table, gone.path, gone.sha256) == ("presence", str(presence), digest)
    assert not presence.exists()
    assert desk.credits.forgotten(batch) == (gone,)
    assert desk.incidents.timeline(incident_id)[-1].reason == "Selesai"
    after = desk.credits.account(incident_id, batch, 3)
    assert [one.net for one in after] == [one.net for one in before]


def test_a_process_beside_the_desk_writes_them_too_and_says_what_fails(desk: Desk, tmp_path: Path) -> None:
    _, batch = approved(desk)
    written(desk, batch)
    order = PapersOrder(
        credits=desk.credits._folders.credits_of(batch).removesuffix("/credits.parquet"),  # type: ignore[attr-defined]
        subscribers=desk.credits.settings.subscribers,
        out=str(tmp_path / "papers"),
        key=str(tmp_path / "key"),
        handed_over=False,
    )
    write_apart(order)
    assert (tmp_path / "papers" / "approved" / "control-report.html").is_file()


def test_attributes_that_a_policy_requires_are_said_on_the_desk_and_make_it_pay(desk: Desk) -> None:
    incident = outage(desk)
    wish = Scenario("att-guarantee-2025")
    before = previewed(desk, incident, wish).told.outcomes[0]
    assert {one.status for one in before.clauses if one.clause == "wireless"} == {"requirement_not_met"}
    incident = did(desk, incident, entry.CreditBasisSet(services=("data",), attributes={"towers": 12}))
    assert desk.credits.view(incident.id).incident.attributes == {"towers": 12}
    after = previewed(desk, incident, wish).told.outcomes[0]
    assert {one.status for one in after.clauses if one.clause == "wireless"} == {"evaluated"}
    for wrong in ({"Towers": 1}, {"": 1}, {"towers": 2**63}, {f"a{n}": n for n in range(21)}):
        with pytest.raises(RefusedInput, match="attribute"):
            did(desk, incident, entry.CreditBasisSet(services=("data",), attributes=wrong))
