"""An admin makes, renews and takes back tokens of home probes, on the page and by command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from desk_world import SetClock, everybody_in, rooms
from served import Server
from test_frame_security import Browsers
from typing_hands import typed

from pulih.adapters.data_folder import DataFolder
from pulih.service.probe_tokens import said_in
from pulih.web.frame.hub import Hub
from pulih.web.site import site

SHOWN = re.compile(r'<code class="secret">([^<]+)</code>')


def test_a_token_of_a_probe_is_made_and_renewed_on_the_page_and_shown_once(tmp_path: Path, serving: Server) -> None:
    clock = SetClock()
    desk = rooms(everybody_in(tmp_path, clock), clock, hub=Hub(beat_s=0.2))
    tokens = desk.people.tokens
    browsers = Browsers(serving(site(desk), desk.hub))
    client = browsers("ayu")
    made = client.form("/console/tokens", name="rumah 7", role="source", source="probe-rumah-7", days="30")
    first = SHOWN.search(made.text)
    assert first is not None and tokens.allow(first[1]) is not None
    token_id = tokens.all()[0].id
    path = f"/console/tokens/{token_id}/renew"
    csrf = client.csrf("/console/tokens")
    renewed = client.post(path, data={"csrf": csrf})
    second = SHOWN.search(renewed.text)
    assert second is not None and second[1] != first[1]
    assert [tokens.allow(one[1]) is not None for one in (first, second)] == [True, True]
    page = client.get("/console/tokens?lang=en").text
    assert page.count(", signed") == 2 and first[1] not in page and second[1] not in page
    tokens.revoke(token_id, by="ayu")
    refused = client.post(path, data={"csrf": csrf}, headers={"accept-language": "en"})
    assert refused.status_code == 400 and "cannot be renewed" in refused.text
    stranger = browsers("citra")
    assert stranger.post(path, data={"csrf": stranger.csrf("/account")}).status_code == 403
    browsers.close()


def test_a_token_of_a_probe_is_renewed_and_taken_back_by_command(tmp_path: Path) -> None:
    DataFolder(tmp_path).close()
    made = [typed("token", "create", "--data", tmp_path, "--role", "source", "--source", "probe-a") for _ in range(2)]
    said = said_in(made[0].stdout.strip())
    assert said is not None and said.source == "probe-a"
    renewed = said_in(typed("token", "renew", said.serial, "--data", tmp_path).stdout.strip())
    assert renewed is not None and renewed.serial != said.serial
    assert typed("token", "revoke", said.serial, "--data", tmp_path).stdout == "1 token taken back\n"
    assert typed("token", "revoke", "probe-a", "--data", tmp_path).stdout == "2 tokens taken back\n"
    for words in (("revoke", "probe-a"), ("renew", "nothing")):
        told = typed("token", *words, "--data", tmp_path)
        assert (told.returncode != 0, "There is no token" in told.stderr) == (True, True)


@pytest.mark.parametrize("command", ["renew", "revoke"])
def test_a_folder_that_is_no_desk_has_no_tokens(tmp_path: Path, command: str) -> None:
    told = typed("token", command, "1f", "--data", tmp_path)
    assert "no data folder of a desk" in told.stderr
