"""Whenever the desk is killed, every acknowledged report is counted exactly once afterwards (requirement P2)."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

import pytest
from intake_client import acknowledged_under_load, kept, running
from intake_desk import STAGES

from pulih.service.accepting import SETTLE_S

SEED = 20261126


@pytest.mark.parametrize("stage", STAGES)
def test_a_desk_killed_at_any_stage_of_a_commit_counts_every_acknowledged_report_once(
    stage: str, tmp_path: Path
) -> None:
    chance = random.Random(f"{SEED} {stage}")
    acknowledged: set[str] = set()
    for turn in range(3):
        # The first start of all writes a key and a segment; those behind it repair what the one before left.
        at = chance.randint(1, 4 if stage in ("settling", "settled") else 30)
        with running(tmp_path, stage, at) as desk:
            if desk.port:
                acknowledged |= acknowledged_under_load(desk, 1_000_000 * turn)
            desk.process.join(timeout=30)
            assert desk.process.exitcode == -9
    assert_kept(tmp_path, acknowledged)


def test_a_desk_killed_at_random_moments_under_load_counts_every_acknowledged_report_once(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    acknowledged: set[str] = set()
    for turn in range(4):
        with running(tmp_path) as desk:
            threading.Timer(chance.uniform(0.1, 0.6), desk.kill).start()
            acknowledged |= acknowledged_under_load(desk, 1_000_000 * turn)
    assert len(acknowledged) > 100
    assert_kept(tmp_path, acknowledged)


def assert_kept(folder: Path, acknowledged: set[str]) -> None:
    # A last start takes in what only the journal has; what was acknowledged is a repeat when it is sent again.
    with running(folder) as desk:
        again = sorted(acknowledged)[-50:]
        body = b"\n".join(b'{"id":"%s","source":"form"}' % one.encode() for one in again)
        if again:
            answer = desk.post(body, content_type="application/x-ndjson")
            assert (answer.status, answer.body["accepted"], answer.body["repeated"]) == (202, 0, len(again))
        assert desk.post(b'{"id":"last","source":"form"}').body["accepted"] == 1
        desk.kill()
    # The kill came before the ledger was written; opening it again is left to the desk.
    with running(folder) as desk:
        assert desk.post(b'{"id":"last","source":"form"}').body["repeated"] == 1
        time.sleep(4 * SETTLE_S)
    counted, [form] = kept(folder)
    assert set(counted.values()) <= {1}
    assert acknowledged <= set(counted)
    assert form.heard == form.counted + form.refused + form.repeated + form.late
    assert form.counted == len(counted)
