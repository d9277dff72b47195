"""One desk asks another for its trouble tickets over TMF621, as it would ask any system that speaks it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from api_desk import running
from direct_sources import hears, items, means, opened, told_between
from tmf_partner import TICKETS, sent

from pulih.adapters.sources.people import tmf621


def test_tickets_of_a_desk_are_heard_by_another_over_its_interface(tmp_path: Path) -> None:
    with running(tmp_path) as desk:
        given = {"address": f"{desk.address}{TICKETS}", "token_file": "token", "every_s": 0.05}

        def source() -> Any:
            return opened(tmf621.KIND, means(secrets={"token": "viewer-token"}), **given)

        made = sent(desk, "ticket")
        heard = items(told_between(source(), 0, 1 << 60))
        assert f"ticket:{made.get('externalId') or made['id']}" in [one.id for one in heard]
        assert all(one.text for one in heard)
        again = items(hears(source(), "1", enough=lambda batches: bool(batches[-1].cursor)))
        assert {one.id for one in again} == {one.id for one in heard}
