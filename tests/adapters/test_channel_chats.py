"""Telegram, WhatsApp and staff channels speak to servers that listen, and call sent only what those took (T4)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs

import pytest
from channel_peers import PostBox, free_port, message, post_box

from pulih.adapters.channels.staff import Staff
from pulih.adapters.channels.telegram import Telegram
from pulih.adapters.channels.telegram_talk import TelegramTalk
from pulih.adapters.channels.whatsapp import Account, WhatsApp
from pulih.model.errors import RefusedInput
from pulih.ports.channels import Channel, Message, Outcome

TOKEN = "123456:AAbbccddeeffgghhiijjkkllmmnnooppqqr"
LINK = "https://status.example/gangguan/i1/"


@pytest.fixture(scope="module")
def server() -> Iterator[PostBox]:
    with post_box() as box:
        yield box


def _all_sent(made: Callable[[], Channel], *messages: Message) -> list[Outcome]:
    async def run() -> list[Outcome]:
        channel = made()
        try:
            return [await channel.send(one) for one in messages]
        finally:
            await channel.close()

    return asyncio.run(run())


def _telegram(address: str) -> Callable[[], Channel]:
    return lambda: Telegram(TOKEN, api=address)


def _whatsapp(address: str, template: str = "") -> Callable[[], Channel]:
    return lambda: WhatsApp(Account(phone_id="1555", token="EAAB", template=template, api=address))


def _telegram_says(server: PostBox, status: int, said: str, **parameters: object) -> None:
    server.says(status, {"ok": False, "error_code": status, "description": said, "parameters": parameters})


def _taken(number: int = 7) -> dict[str, object]:
    kept = {"message_id": number, "date": 1_759_456_080, "chat": {"id": 42, "type": "private"}, "text": "x"}
    return {"ok": True, "result": kept}


def test_a_chat_is_told_the_words_and_where_to_read_on(server: PostBox) -> None:
    server.says(200, _taken())
    assert _all_sent(_telegram(server.address), message("42", link=LINK)) == [Outcome("sent")]
    path, headers, body = server.seen[-1]
    assert path == f"/bot{TOKEN}/sendMessage"
    told = _form(headers["content-type"], body)
    assert told == {"chat_id": "42", "text": f"Internet seluler pulih.\n{LINK}"}


def test_each_answer_of_telegram_is_what_became_of_the_message(server: PostBox) -> None:
    _telegram_says(server, 403, "Forbidden: bot was blocked by the user")
    _telegram_says(server, 400, "Bad Request: chat not found")
    _telegram_says(server, 429, "Too Many Requests: retry after 17", retry_after=17)
    _telegram_says(server, 401, "Unauthorized")
    _telegram_says(server, 500, "Internal Server Error")
    server.answers.append((200, {}, b"<html>a proxy</html>"))
    server.says(200, {"ok": False, "description": "no"})
    server.answers.append((0, {}, b""))
    became = _all_sent(_telegram(server.address), *[message("42")] * 8)
    assert [one.fate for one in became] == ["refused", "refused", *["later"] * 6]
    assert became[2].retry_s == 17
    assert not any(TOKEN in one.why or "42" in one.why for one in became)


def test_no_telegram_at_all_leaves_the_message_for_later() -> None:
    assert _all_sent(_telegram(f"http://127.0.0.1:{free_port()}"), message("42"))[0].fate == "later"


def test_what_telegram_never_takes_is_not_tried(server: PostBox) -> None:
    before = len(server.seen)
    became = _all_sent(_telegram(server.address), message("budi"), message("4 2"), message("42", text="a" * 4097))
    assert [one.fate for one in became] == ["refused"] * 3
    assert len(server.seen) == before


def _update(number: int, chat: int, **message: object) -> dict[str, object]:
    said = {"message_id": number, "date": 1_759_456_080, "chat": {"id": chat, "type": "private"}, **message}
    return {"update_id": number, "message": said}


def test_what_people_write_to_the_bot_is_answered_once_and_after_a_failure_too(server: PostBox) -> None:
    writer = {"id": 7, "is_bot": False, "first_name": "Ayu", "language_code": "en-GB"}
    server.says(502, {"ok": False, "description": "Bad Gateway"})
    server.says(
        200, {"ok": True, "result": [_update(10, 42, text="/start Tebet", **{"from": writer}), _update(11, 43)]}
    )
    server.says(200, _taken())
    server.says(200, {"ok": True, "result": [_update(12, 44, text="BERHENTI")]})
    _telegram_says(server, 403, "Forbidden: bot was blocked by the user")
    server.usual = (200, {}, b'{"ok":true,"result":[]}')
    heard: list[tuple[str, str, str]] = []
    before = len(server.seen)

    async def run() -> None:
        async def answer(address: str, text: str, language: str) -> str:
            heard.append((address, text, language))
            return f"to {address}"

        talking = asyncio.create_task(TelegramTalk(TOKEN, api=server.address, held_s=0, again_s=0.01).run(answer))
        while len(server.seen) < before + 6:
            await asyncio.sleep(0.01)
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)

    asyncio.run(asyncio.wait_for(run(), 60))
    assert heard == [("42", "/start Tebet", "en"), ("44", "BERHENTI", "id")]
    asked = [
        (path.rsplit("/", 1)[1], _form(headers["content-type"], body)) for path, headers, body in server.seen[before:]
    ]
    assert [name for name, _ in asked[:6]] == [
        "getUpdates",
        "getUpdates",
        "sendMessage",
        "getUpdates",
        "sendMessage",
        "getUpdates",
    ]
    assert [fields.get("offset") for name, fields in asked[:6] if name == "getUpdates"] == [None, None, "12", "13"]


def test_a_token_that_is_none_is_refused_at_the_start() -> None:
    with pytest.raises(RefusedInput, match="BotFather"):
        Telegram("no token")


def test_a_business_begins_with_its_template_and_the_words_stand_in_its_place(server: PostBox) -> None:
    server.says(200, _accepted())
    became = _all_sent(
        _whatsapp(server.address, "gangguan"), message("+6281200000001", text="Pulih.\n\nMaaf.", link=LINK)
    )
    assert became == [Outcome("sent")]
    path, headers, body = server.seen[-1]
    assert (path, headers["authorization"]) == ("/1555/messages", "Bearer EAAB")
    told = json.loads(body)
    assert (told["messaging_product"], told["to"], told["type"]) == ("whatsapp", "6281200000001", "template")
    assert told["biz_opaque_callback_data"] == "i1/n1/s1"
    assert told["template"]["name"] == "gangguan"
    assert told["template"]["language"]["code"] == "id"
    [place] = told["template"]["components"]
    assert place == {"type": "body", "parameters": [{"type": "text", "text": f"Pulih. Maaf. {LINK}"}]}


def test_without_a_template_the_words_go_as_they_are(server: PostBox) -> None:
    server.says(200, _accepted())
    assert _all_sent(_whatsapp(server.address), message("+6281200000001")) == [Outcome("sent")]
    told = json.loads(server.seen[-1][2])
    assert (told["type"], told["text"]["body"]) == ("text", "Internet seluler pulih.")


def test_each_answer_of_whatsapp_is_what_became_of_the_message(server: PostBox) -> None:
    for status, code in ((400, 131_026), (400, 131_047), (429, 130_429), (401, 190), (500, 131_000), (503, 2)):
        server.says(status, {"error": {"code": code, "message": "no", "type": "OAuthException", "fbtrace_id": "A"}})
    server.says(200, {})
    server.answers.append((200, {}, b"<html>a proxy</html>"))
    server.answers.append((0, {}, b""))
    became = _all_sent(_whatsapp(server.address), *[message("+6281200000001")] * 9)
    assert [one.fate for one in became] == ["refused", "refused", *["later"] * 7]
    assert not any("6281200000001" in one.why or "EAAB" in one.why for one in became)


def test_what_whatsapp_never_takes_is_not_tried(server: PostBox) -> None:
    before = len(server.seen)
    long = message("+6281200000001", text="a" * 1025)
    became = _all_sent(_whatsapp(server.address, "gangguan"), message("0812"), message("+62812 3"), long)
    assert [one.fate for one in became] == ["refused"] * 3
    assert len(server.seen) == before


def test_staff_are_told_through_the_service_that_the_settings_name(server: PostBox) -> None:
    address = f"json://{server.address.removeprefix('http://')}/noc"
    became = _all_sent(lambda: Staff({"noc": address}), message("noc", link=LINK), message("unknown"))
    assert [one.fate for one in became] == ["sent", "refused"]
    path, _, body = server.seen[-1]
    told = json.loads(body)
    assert (path, told["title"], told["message"]) == ("/noc", "Pulih", f"Internet seluler pulih.\n{LINK}")


def test_a_staff_service_that_does_not_take_it_was_not_told(server: PostBox) -> None:
    address = f"json://{server.address.removeprefix('http://')}/noc"
    for status in (500, 403, 404):
        server.says(status, {})
    became = _all_sent(lambda: Staff({"noc": address}), *[message("noc")] * 3)
    nobody = _all_sent(lambda: Staff({"noc": f"json://127.0.0.1:{free_port()}/"}), message("noc"))
    assert [one.fate for one in [*became, *nobody]] == ["later"] * 4


@pytest.mark.parametrize("address", ["", "nonsense", "json://one.example/ json://two.example/"])
def test_a_staff_table_is_one_service_that_apprise_knows(address: str) -> None:
    with pytest.raises(RefusedInput, match="staff channel noc"):
        Staff({"noc": address})


def _accepted() -> dict[str, object]:
    return {
        "messaging_product": "whatsapp",
        "contacts": [{"input": "6281200000001", "wa_id": "6281200000001"}],
        "messages": [{"id": "wamid.HBgM", "message_status": "accepted"}],
    }


def _form(kind: str, body: bytes) -> dict[str, str]:
    """Return the fields of a form, however it is written."""
    if kind.startswith("application/x-www-form-urlencoded"):
        return {name: values[0] for name, values in parse_qs(body.decode()).items()}
    boundary = kind.split("boundary=", 1)[1].strip('"').encode()
    fields = {}
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, value = part.strip(b"\r\n").partition(b"\r\n\r\n")
        fields[head.decode().split('name="', 1)[1].split('"', 1)[0]] = value.decode()
    return fields
