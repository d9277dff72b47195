"""Deliveries of other systems become reports (requirements L1, L2): customers' words, once each, without markup."""

from __future__ import annotations

import copy
import time
from typing import Any

import msgspec
import pytest
from hook_payloads import (
    ALERTMANAGER,
    CHATWOOT,
    STANDARD,
    WHATSAPP,
    WHATSAPP_RECEIPT,
    ZAMMAD,
    ZENDESK_COMMENT,
    ZENDESK_TICKET,
    changed,
)
from hypothesis import given
from hypothesis import strategies as st

from pulih.listen.hooks.hooked import Delivery, Hooked, moment
from pulih.listen.hooks.kinds import ADAPTERS
from pulih.listen.hooks.plain import joined, plain
from pulih.model.errors import RefusedInput

DELIVERY = Delivery(source="hook", id="msg_1")
DOCUMENTED = {
    "alertmanager": ALERTMANAGER,
    "zammad": ZAMMAD,
    "zendesk": ZENDESK_TICKET,
    "chatwoot": CHATWOOT,
    "whatsapp": WHATSAPP,
    "standard": STANDARD,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def told(kind: str, payload: dict[str, Any] | bytes) -> list[Hooked]:
    body = payload if isinstance(payload, bytes) else msgspec.json.encode(payload)
    return ADAPTERS[kind](body, DELIVERY)


def test_an_alert_that_fires_is_an_alarm_of_the_moment_it_began() -> None:
    firing, _ = told("alertmanager", ALERTMANAGER)
    assert firing == Hooked(
        id="c6eadffa33fcdf37:2025-10-03T01:41:12.739266Z:firing",
        source="hook",
        at="2025-10-03T01:41:12.739266Z",
        text=(
            "firing (Sessions fell by 92 %. upf-jkt-1 holds 8 % of the sessions of an hour ago.): "
            "PacketCoreSessionsDown. instance=upf-jkt-1:9100, operator=smartfren, region=Jakarta, service=mobile_data, "
            "severity=critical, symptom=no_internet"
        ),
        operator="smartfren",
        service="mobile_data",
        symptom="no_internet",
        place="Jakarta",
        kind="alarm",
    )


def test_an_alert_that_is_resolved_says_so_and_has_the_moment_it_ended() -> None:
    _, resolved = told("alertmanager", ALERTMANAGER)
    said = "resolved: BackhaulDown. service=snmp-exporter, site=BDG-044"
    assert (resolved.text, resolved.at, resolved.kind) == (said, "2025-10-03T01:55:30Z", "alarm")
    assert resolved.id == "bc97ff14869b13e3:2025-10-03T01:10:00Z:resolved"


def test_an_alert_is_known_for_the_same_when_its_annotations_show_another_value() -> None:
    begun, over = {"summary": "loss: 92 %"}, {"summary": "loss: 0 %"}
    raised, cleared = (
        {**ALERTMANAGER["alerts"][0], "status": status, "annotations": said}
        for status, said in (("firing", begun), ("resolved", over))
    )
    first, second = told("alertmanager", {"version": "4", "alerts": [raised, cleared]})
    assert first.text.startswith("firing (loss 92 %): ")
    assert first.text.partition(":")[2] == second.text.partition(":")[2] != ""


def test_a_label_service_that_names_a_piece_of_software_is_no_service_of_ours() -> None:
    _, resolved = told("alertmanager", ALERTMANAGER)
    assert resolved.service == ""


def test_an_alert_heard_again_has_the_same_id_and_its_resolution_another() -> None:
    again = told("alertmanager", changed(ALERTMANAGER, "alerts", 0, "annotations", to={}))[0]
    over = told("alertmanager", changed(ALERTMANAGER, "alerts", 0, "status", to="resolved"))[0]
    assert again.id == told("alertmanager", ALERTMANAGER)[0].id != over.id


def test_alerts_without_a_fingerprint_are_told_apart_by_their_labels() -> None:
    nameless = [{**alert, "fingerprint": "", "startsAt": "2025-10-03T01:00:00Z"} for alert in ALERTMANAGER["alerts"]]
    ids = [one.id for one in told("alertmanager", {**ALERTMANAGER, "alerts": nameless})]
    assert len(set(ids)) == 2
    assert ids == [one.id for one in told("alertmanager", {**ALERTMANAGER, "alerts": nameless})]


def test_another_version_of_a_notification_is_refused_with_the_one_that_is_right() -> None:
    with pytest.raises(RefusedInput, match='version "3"; right would be version "4"'):
        told("alertmanager", changed(ALERTMANAGER, "version", to="3"))


def test_a_customers_article_is_heard_without_markup_and_without_what_it_quotes() -> None:
    assert told("zammad", ZAMMAD) == [
        Hooked(
            id="article:104",
            source="hook",
            at="2025-10-03T01:48:35.318000Z",
            text="Internet mati. Dari jam 8 pagi tidak bisa internetan di Setiabudi.",
            author="hook:8",
        )
    ]


def test_the_title_of_a_ticket_is_said_once() -> None:
    [later] = told("zammad", changed(ZAMMAD, "ticket", "article_count", to=3))
    assert later.text == "Dari jam 8 pagi tidak bisa internetan di Setiabudi."


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("article", "sender"), "Agent"),
        (("article", "sender"), "System"),
        (("article", "internal"), True),
        (("article",), None),
    ],
)
def test_what_no_customer_wrote_in_a_ticket_is_no_report(path: tuple[str, ...], value: Any) -> None:
    assert told("zammad", changed(ZAMMAD, *path, to=value)) == []


def test_a_new_ticket_of_zendesk_is_one_report() -> None:
    assert told("zendesk", ZENDESK_TICKET) == [
        Hooked(
            id="ticket:5158",
            source="hook",
            at="2025-10-03T01:48:57Z",
            text="Internet mati. Sinyal penuh tapi internet tidak jalan, di Bandung.",
            author="hook:8447388090495",
        )
    ]


def test_a_later_comment_of_the_customer_is_a_report_of_its_own() -> None:
    [comment] = told("zendesk", ZENDESK_COMMENT)
    assert (comment.id, comment.text, comment.at) == (
        "comment:32498123",
        "Sampai sekarang masih mati.",
        "2025-10-03T03:05:00Z",
    )


def test_the_first_comment_repeats_the_ticket_and_has_its_id() -> None:
    first = changed(ZENDESK_COMMENT, "event", "comment", "body", to=ZENDESK_TICKET["detail"]["description"])
    assert told("zendesk", first) == told("zendesk", ZENDESK_TICKET)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("event", "comment", "is_public"), False),
        (("event", "comment", "author", "is_staff"), True),
        (("type",), "zen:event-type:ticket.status_changed"),
    ],
)
def test_staff_private_comments_and_other_events_of_zendesk_are_no_report(path: tuple[str, ...], value: Any) -> None:
    assert told("zendesk", changed(ZENDESK_COMMENT, *path, to=value)) == []


def test_a_trigger_of_zendesk_sends_the_fields_of_a_report() -> None:
    body = {"id": "5158", "at": "2025-10-03T01:48:57Z", "text": "<p>mati</p>", "author": "8447388090495"}
    [one] = told("zendesk", body)
    assert (one.id, one.text, one.author) == ("5158", "mati", "8447388090495")


def test_a_message_of_a_customer_in_a_chat_is_one_report() -> None:
    assert told("chatwoot", CHATWOOT) == [
        Hooked(
            id="message:4411",
            source="hook",
            at="2025-10-03T01:50:12Z",
            text="Wifi rumah mati dari pagi, lampu LOS merah",
            author="hook:77",
        )
    ]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("event",), "conversation_created"),
        (("message_type",), "outgoing"),
        (("message_type",), "template"),
        (("message_type",), 1),
        (("private",), True),
        (("content",), None),
    ],
)
def test_answers_notes_and_other_events_of_a_chat_are_no_report(path: tuple[str, ...], value: Any) -> None:
    assert told("chatwoot", changed(CHATWOOT, *path, to=value)) == []


def test_messages_with_words_are_reports_and_stickers_and_receipts_are_not() -> None:
    assert [(one.id, one.text, one.author) for one in told("whatsapp", WHATSAPP)] == [
        ("wamid.HBgLNjI4MTIwMDAwMDAwMQ", "kak internet mati total di Depok", "6281200000001"),
        ("wamid.HBgLNjI4MTIwMDAwMDAwMg", "modem begini terus", "6281200000002"),
        ("wamid.HBgLNjI4MTIwMDAwMDAwNA", "Internet mati", "6281200000004"),
    ]
    assert told("whatsapp", WHATSAPP_RECEIPT) == []
    assert told("whatsapp", WHATSAPP)[0].at == "2025-10-03T01:48:57Z"


def test_people_of_whatsapp_who_hide_their_number_are_known_by_the_id_they_have_with_the_business() -> None:
    hidden = copy.deepcopy(WHATSAPP)
    message = hidden["entry"][0]["changes"][0]["value"]["messages"][0]
    message["from_user_id"] = "ID.13491208655302741918"
    assert told("whatsapp", hidden)[0].author == "6281200000001"
    del message["from"]
    assert told("whatsapp", hidden)[0].author == "ID.13491208655302741918"


def test_another_field_of_whatsapp_is_no_report_whatever_it_holds() -> None:
    body = changed(WHATSAPP, "entry", 0, "changes", 0, to={"field": "account_update", "value": {"messages": "none"}})
    assert told("whatsapp", body) == []


def test_a_notification_of_another_product_is_refused() -> None:
    with pytest.raises(RefusedInput, match='of "instagram"; right would be "whatsapp_business_account"'):
        told("whatsapp", changed(WHATSAPP, "object", to="instagram"))


def test_an_event_with_several_reports_gives_each_an_id_and_a_moment() -> None:
    first, second = told("standard", STANDARD)
    assert (first.id, first.at, first.text) == ("call-9001", "2025-10-03T01:51:00.344522Z", "Telepon putus-putus")
    assert (second.id, second.at, second.author) == ("msg_1:2", "2025-10-03T01:50:00Z", "17")


def test_one_report_without_an_id_has_that_of_its_delivery() -> None:
    assert told("standard", {"text": "mati"})[0].id == "msg_1"
    assert told("standard", {"data": {"text": "mati"}})[0].id == "msg_1"


def test_a_report_that_nothing_names_is_refused() -> None:
    with pytest.raises(RefusedInput, match="give each report the id it has with you"):
        ADAPTERS["standard"](b'{"text": "mati"}', Delivery(source="hook"))


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("alertmanager", ("alerts", 0, "labels", "alertname")),
        ("standard", ("data", 0, "text")),
        ("whatsapp", ("entry", 0, "changes", 0, "value", "messages", 0, "text")),
    ],
)
def test_a_part_of_another_shape_is_unfit_and_the_others_of_its_delivery_are_heard(kind: str, path: Any) -> None:
    whole = told(kind, DOCUMENTED[kind])
    unfit, *heard = told(kind, changed(DOCUMENTED[kind], *path, to=5))
    assert heard == whole[1:]
    assert "The part is not a" in unfit.unfit


def test_an_alert_without_annotations_is_heard() -> None:
    assert told("alertmanager", changed(DOCUMENTED["alertmanager"], "alerts", 0, "annotations", to=None))[0].unfit == ""


@given(payload=JSON)
def test_any_json_is_read_or_refused_by_every_adapter(payload: Any) -> None:
    for kind in ADAPTERS:
        try:
            heard = told(kind, msgspec.json.encode(payload))
        except RefusedInput:
            continue
        assert all(one.unfit or (one.id and one.source == "hook") for one in heard)


@given(kind=st.sampled_from(sorted(DOCUMENTED)), data=st.data())
def test_any_one_value_exchanged_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(_paths(DOCUMENTED[kind]), key=str)))
    body = changed(DOCUMENTED[kind], *path, to=data.draw(JSON))
    try:
        heard = told(kind, body)
    except RefusedInput:
        return
    assert all(isinstance(one.text, str) and (one.id or one.unfit) for one in heard)


@given(body=st.binary(max_size=64))
def test_any_bytes_are_read_or_refused_by_every_adapter(body: bytes) -> None:
    for adapter in ADAPTERS.values():
        try:
            adapter(body, DELIVERY)
        except RefusedInput as refusal:
            assert str(refusal)


@pytest.mark.parametrize("kind", sorted(ADAPTERS))
def test_a_body_nested_without_end_is_refused(kind: str) -> None:
    for body in (b"[" * 100_000, b'{"a":' * 100_000, b'{"data":' + b"[" * 100_000):
        with pytest.raises(RefusedInput, match="The body is not"):
            ADAPTERS[kind](body, DELIVERY)


@given(text=st.text())
def test_plain_text_never_fails_and_is_plain_when_read_twice(text: str) -> None:
    assert plain(text) == " ".join(plain(text).split())


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<style>p{color:red}</style><p>mati</p>", "mati"),
        ("mati<br/>total", "mati total"),
        ("<ul><li>satu<li>dua</ul>", "satu dua"),
        ("a &lt; b", "a < b"),
        ("<script>alert(1)</script>lemot", "lemot"),
        ("<blockquote><div>lama</blockquote>baru", "baru"),
        ("kecepatan <1 Mbps, harusnya >20", "kecepatan <1 Mbps, harusnya >20"),
        ("<img src=x onerror=alert(1)>gangguan", "gangguan"),
    ],
)
def test_markup_goes_and_words_stay(html: str, text: str) -> None:
    assert plain(html) == text


@pytest.mark.parametrize(
    "piece",
    ["<!--", "<![CDATA[", "<a ", "<", "&#", "</", "<blockquote>", "<blockquote></style>", "<p></blockquote>", "<?"],
)
def test_hostile_markup_takes_no_time(piece: str) -> None:
    begun_s = time.perf_counter()
    plain("<p>" + piece * (1_000_000 // len(piece)))
    assert time.perf_counter() - begun_s < 3


@given(parts=st.lists(st.text(), max_size=4))
def test_joined_parts_say_all_that_was_said(parts: list[str]) -> None:
    assert all(part.strip().rstrip(".") in joined(*parts) for part in parts)


@given(written=st.text(max_size=24) | st.integers(min_value=0).map(str))
def test_any_moment_is_read_or_said_to_be_none(written: str) -> None:
    assert moment(written) == "" or moment(moment(written)) == moment(written)


def _paths(value: Any, *so_far: str | int) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return ([so_far] if so_far else []) + [path for key, one in inner for path in _paths(one, *so_far, key)]
