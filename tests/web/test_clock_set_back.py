"""A desk whose clock was an hour ahead and is set back: nothing is lost or done twice, and people are told."""

from __future__ import annotations

import html
import re
from pathlib import Path

from desk_here import desk_here
from desk_world import PASSWORD
from served import serving_here
from set_machine import SECOND_US, Machine
from test_desk_upkeep import HOUR_S, pages_of, wait_for

from pulih.adapters.config import DeskSettings, SiteTable
from pulih.adapters.data_folder import DataFolder
from pulih.listen.payload import PayloadReader
from pulih.model.actor import Actor
from pulih.model.clock import iso
from pulih.model.entry import Noted, NoticeDrafted, NoticePublished, Opened
from pulih.model.scope import Scope
from pulih.serve.clocks import SteadyClock


def test_after_a_clock_was_set_back_an_hour_all_is_kept_once_and_pages_say_that_findings_stand(tmp_path: Path) -> None:
    machine = Machine()
    with DataFolder(tmp_path / "desk") as folder, serving_here() as serve:
        clock = SteadyClock(machine.time(), machine.told.append)
        desk = desk_here(folder, DeskSettings(site=SiteTable(on=False)), clock)
        desk.start()
        link, reader = desk.people.first_link(), PayloadReader(folder.secret)
        assert link is not None
        session = desk.people.accept(link, "ayu", PASSWORD)

        def hear(name: str) -> tuple[int, int, int]:
            line = f'{{"id": "{name}", "source": "shop", "text": "internet mati", "at": "{iso(clock.now_us())}"}}'
            told = desk.accepting.accept(reader.batch(line.encode(), clock.now_us()))
            return told.accepted, told.repeated, told.late

        scope = Scope(operator="smartfren", service="mobile_data", region="31")
        incident = desk.incidents.open(
            Opened(operator="smartfren", onset_us=clock.now_us(), scopes=(scope,)),
            actor=Actor("ayu", "admin"),
            reason="x",
        )
        by_us = clock.now_us() + 30 * 60 * SECOND_US
        draft = NoticeDrafted(notice="n1", kind="update", text_id="Diperiksa.", text_en="Looked at.",
                              next_update_by_us=by_us)  # fmt: skip
        incident = desk.incidents.act(incident.id, draft, actor=Actor("dewi", "duty"), version=1)
        incident = desk.incidents.act(
            incident.id, NoticePublished(notice="n1"), actor=Actor("citra", "approver"), version=2
        )
        assert hear("before") == (1, 0, 0)
        machine.passes(120)
        wait_for(lambda: desk.counted_until_us() >= clock.now_us())
        assert desk.upkeep().stands_s == 0
        machine.jumps(-HOUR_S)
        machine.kept_right = True
        clock.now_us()
        machine.passes(12)
        assert clock.now_us() == machine.wall_us
        assert hear("before") == (0, 1, 0)
        assert hear("after") == (1, 0, 0)
        assert desk.people.session(session) is not None
        incident = desk.incidents.act(incident.id, Noted(), actor=Actor("ayu", "admin"), version=3, reason="Jam salah")
        times = [one.at_us for one in desk.incidents.timeline(incident.id)]
        assert times == sorted(times)
        promised = next(one for one in desk.incidents.clocks(incident) if one.kind == "next_word")
        assert (promised.due_us, promised.state) == (by_us, "running")
        stands_s = desk.upkeep().stands_s
        assert HOUR_S - 120 < stands_s < HOUR_S
        first, now = map(html.unescape, pages_of(serve(desk.app, desk.hub), "", "now"))
        desk.stop()
    for page in (first, now):
        assert re.search(r"clock was ahead and was set back\. For (59|60) min from now reports are kept", page)
