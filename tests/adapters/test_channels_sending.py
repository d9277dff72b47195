"""A published word goes from the outbox to peers that listen, once to each, over every channel of the settings (T4)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from channel_peers import PostBox, post_box
from database_here import database_in
from subscriptions import MINUTE_US, NOW_US, queued

from pulih.adapters.config import DeskSettings, read_config
from pulih.adapters.handover_marks import HandoverMarks
from pulih.adapters.sql.outbox_store import SqlOutbox
from pulih.adapters.sql.subscription_store import SqlSubscriptionStore
from pulih.communicate.speech import Speech
from pulih.listen.hooks.signature import signature
from pulih.serve.channels import lanes_beside_mail, standing_of
from pulih.service.messages import Messages
from pulih.service.sending import Sending
from pulih.service.standing import keep_standing

KEY = b"k" * 32
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class SetClock:
    def now_us(self) -> int:
        return NOW_US


@pytest.fixture
def server() -> Iterator[PostBox]:
    with post_box() as box:
        yield box


def _settings(folder: Path, server: PostBox) -> DeskSettings:
    held = {"crm": SECRET, "noc": server.address.replace("http://", "json://") + "/noc"}
    for name, secret in held.items():
        (folder / f"{name}.secret").write_text(secret)
        (folder / f"{name}.secret").chmod(0o600)
    (folder / "pulih.toml").write_text(
        f'[[webhook]]\nname = "crm"\naddress = "{server.address}/crm"\nsecret_file = "crm.secret"\n'
        'allow_networks = ["127.0.0.0/8"]\n[[staff]]\nname = "noc"\naddress_file = "noc.secret"\nlanguage = "en"\n'
    )
    return read_config(folder / "pulih.toml")


def test_a_word_reaches_own_machines_and_own_people_once_each(tmp_path: Path, server: PostBox) -> None:
    settings = _settings(tmp_path, server)
    engine = database_in(tmp_path / "desk.db")
    store, outbox = SqlSubscriptionStore(engine), SqlOutbox(engine)
    keep_standing(store, standing_of(settings), KEY, NOW_US - 60 * MINUTE_US)
    assert outbox.queue(queued(), [], NOW_US) == 2
    speech = Speech(zone=ZoneInfo("Asia/Jakarta"), operators={"smartfren": "Smartfren"}, regions={"31": "DKI Jakarta"})
    messages = Messages(
        "Meja",
        "https://status.example",
        speech,
        manage=lambda one: one,
        confirm=lambda one: one,
        code=lambda _: "123456",
        secret=lambda _: "",
    )

    async def send() -> None:
        lanes = lanes_beside_mail(settings, tmp_path / "push.key")
        marks = HandoverMarks(tmp_path / "handovers", "boot")
        sending = Sending(outbox, lanes, messages=messages.message, handovers=marks, clock=SetClock())
        running = asyncio.create_task(sending.run())
        while any(outbox.waiting().values()) or len(server.seen) < 2:
            await asyncio.sleep(0.02)
        sending.stop()
        await running
        marks.close()

    asyncio.run(asyncio.wait_for(send(), 60))
    engine.dispose()
    got = {path: (headers, body) for path, headers, body in server.seen}
    assert sorted(got) == ["/crm", "/noc"]
    assert len(server.seen) == 2
    headers, body = got["/crm"]
    assert headers["webhook-signature"].encode() == signature(
        SECRET, headers["webhook-id"], headers["webhook-timestamp"], body
    )
    [word] = json.loads(body)
    assert (word["word"]["id"], word["incident"]["operator"]) == ("n1", "smartfren")
    assert "Smartfren mobile internet cannot be used" in json.loads(got["/noc"][1])["message"]
