"""Care and the question whether it works again over a whole desk: settings, reading processes, intake and journal."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from desk_here import desk_here
from served import serving_here

from pulih.adapters.data_folder import DataFolder
from pulih.model.actor import Actor
from pulih.model.entry import Confirmed, Opened
from pulih.model.scope import Scope
from pulih.serve.clocks import WorldClock
from pulih.serve.desk import Desk
from pulih.serve.storage import settings_of

DEWI = Actor("dewi", "duty")
SETTINGS = """[desk]
operators = ["smartfren"]
cadence = "japan_2023"
[site]
on = false
[care]
subscribers_file = "list.csv"
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with a confirmed outage of mobile data in Jakarta, and a list with one subscriber."""
    home = tmp_path_factory.mktemp("desk")
    config = home / "pulih.toml"
    config.write_text(SETTINGS)
    (home / "list.csv").write_text("subscriber,operator,service,region\n0812-3456,smartfren,mobile_data,31.74\n")
    for file in ("pulih.toml", "list.csv"):
        (home / file).chmod(0o600)
    clock = WorldClock()
    with DataFolder(home / "data") as folder:
        made = desk_here(folder, settings_of(home / "data", config), clock)
        made.start()
        scope = Scope(operator="smartfren", service="mobile_data", region="31", symptom="no_internet")
        opened = Opened(operator="smartfren", onset_us=clock.now_us() - 900_000_000, scopes=(scope,))
        incident = made.incidents.open(opened, actor=DEWI, reason="Alarm")
        made.incidents.act(incident.id, Confirmed(), actor=DEWI, version=incident.version, reason="Ya")
        yield made
        made.stop()


def test_a_text_is_read_by_a_process_of_the_desk_and_answered(desk: Desk) -> None:
    answer = desk.care.read("di tebet internet mati total padahal sinyal penuh")
    assert (answer.reply.case, answer.certain) == ("confirmed", "surely")
    assert "mohon maaf" in answer.reply.text_id


def test_a_subscriber_of_the_list_that_the_settings_name_is_affected(desk: Desk) -> None:
    answer = desk.care.subscriber("08123456")
    assert (answer.listed, answer.certain) == (True, "surely")


def test_a_report_and_the_answer_to_the_question_are_counted_as_any_report_is(desk: Desk) -> None:
    with serving_here() as serve:
        address = serve(desk.app, desk.hub)
        with httpx.Client(base_url=address, follow_redirects=True) as visitor:
            form = visitor.get("/report", params={"symptom": "no_internet", "place": "31.74"}).text
            assert 'value="Jakarta Selatan"' in form
            sent = {**_hidden(form), "operator": "smartfren", "place": "Jakarta Selatan"}
            # The desk's cookies are for encrypted or own addresses; httpx sends them to none over plain HTTP.
            cookies = "; ".join(f"{one.name}={one.value}" for one in visitor.cookies.jar)
            thanks = visitor.post("/report", data=sent, headers={"cookie": cookies})
            assert "Keadaan di Jakarta Selatan" in thanks.text
            cookies = "; ".join(f"{one.name}={one.value}" for one in visitor.cookies.jar)
            asked = visitor.get("/normal", headers={"cookie": cookies}).text
            answer = {**_hidden(asked), "answer": "recovered"}
            assert "Senang" in visitor.post("/normal", data=answer, headers={"cookie": cookies}).text
    heard = next(one for one in desk.live.sources() if one.source == "form")
    assert (heard.heard, heard.counted) == (2, 2)


def _hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
