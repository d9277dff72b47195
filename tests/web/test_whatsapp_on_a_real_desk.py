"""Who writes MULAI to the desk's number is subscribed and answered, by the hook that also hears complaints (T4, P3)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from channel_peers import PostBox, post_box
from desk_here import desk_here
from hook_signing import signed
from served import serving_here

from pulih.adapters.config import read_config
from pulih.adapters.data_folder import DataFolder
from pulih.serve.clocks import WorldClock
from pulih.serve.desk import Desk

SECRET = "whatsapp-app-secret-of-the-test"


@pytest.fixture
def meta() -> Iterator[PostBox]:
    with post_box() as box:
        box.usual = (200, {}, json.dumps({"messaging_product": "whatsapp", "messages": [{"id": "wamid.X"}]}).encode())
        yield box


@pytest.fixture
def desk(tmp_path: Path, meta: PostBox) -> Iterator[Desk]:
    for name, secret in (("hook", SECRET), ("token", "EAAB"), ("verify", "verify-token-of-the-test")):
        (tmp_path / f"{name}.secret").write_text(secret)
        (tmp_path / f"{name}.secret").chmod(0o600)
    (tmp_path / "pulih.toml").write_text(
        '[desk]\noperators = ["smartfren"]\n[[hook]]\nsource = "wa"\nadapter = "whatsapp"\n'
        'secret_file = "hook.secret"\nverify_token_file = "verify.secret"\n'
        '[whatsapp]\nphone_id = "1555"\ntoken_file = "token.secret"\n'
        f'template = "gangguan"\napi = "{meta.address}"\n'
    )
    with DataFolder(tmp_path / "desk") as folder:
        made = desk_here(folder, read_config(tmp_path / "pulih.toml"), WorldClock())
        made.start()
        try:
            yield made
        finally:
            made.stop()


def _delivery(*texts: str, author: str = "6281200000001") -> bytes:
    now_s = str(int(time.time()))
    messages = [
        {"from": author, "id": f"wamid.{number}", "timestamp": now_s, "type": "text", "text": {"body": text}}
        for number, text in enumerate(texts)
    ]
    change: dict[str, Any] = {"field": "messages", "value": {"messaging_product": "whatsapp", "messages": messages}}
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}).encode()


def _until(so: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + 60
    while not so():
        assert time.monotonic() < deadline_s, "it did not come about in time"
        time.sleep(0.02)


def test_a_message_to_the_number_subscribes_and_is_answered_in_plain_words(desk: Desk, meta: PostBox) -> None:
    with serving_here() as serving:
        address = serving(desk.app, desk.hub)

        def posted(body: bytes, secret: str = SECRET) -> httpx.Response:
            return httpx.post(f"{address}/v1/hooks/wa", content=body, headers=signed("whatsapp", secret, body))

        assert posted(_delivery("MULAI Kota Bandung"), secret="x" * 32).status_code == 401
        assert desk.post.now().readers == {}
        answer = posted(_delivery("MULAI Kota Bandung", "internet smartfren mati di Bandung"))
        assert (answer.status_code, answer.json()["accepted"]) == (200, 1), "the command is no complaint"
        _until(lambda: len(meta.seen) == 1)
        path, headers, body = meta.seen[0]
        said = json.loads(body)
        assert path.endswith("/1555/messages") and headers["authorization"] == "Bearer EAAB"
        assert (said["to"], said["type"]) == ("6281200000001", "text"), "an answer within the window needs no template"
        assert "Bandung" in said["text"]["body"] and "BERHENTI" in said["text"]["body"]
        assert desk.post.now().readers == {"whatsapp": 1}

        assert posted(_delivery("BERHENTI")).json()["accepted"] == 0
        _until(lambda: len(meta.seen) == 2)
        assert desk.post.now().readers == {}
