"""What the network says is read or refused, whatever bytes it is: lines of syslog, traps, payloads and phrases."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pulih.adapters.sources.network._alarms import Origin, origin_of
from pulih.adapters.sources.network._door import Door
from pulih.adapters.sources.network._inbox import Message
from pulih.adapters.sources.network._payloads import Envelope, Form
from pulih.adapters.sources.network._payloads import message_of as payload_of
from pulih.adapters.sources.network._phrases import Rule, first_match, found
from pulih.adapters.sources.network._syslog_text import FRAME_BYTES_MAX, Frames, line_of
from pulih.adapters.sources.network._traps import TRAP, UPTIME, Notification, TrapRule
from pulih.adapters.sources.network._traps import message_of as trap_of
from pulih.adapters.sources.network.syslog import Meaning
from pulih.adapters.sources.network.syslog import message_of as line_heard
from pulih.model.clock import MICROS, to_micros
from pulih.model.errors import RefusedInput
from pulih.ports.sources import Item

NOW_US = 1_764_150_000 * MICROS
LINK = Rule(
    name="link down",
    words=("Interface {object}, changed state to down",),
    clears=("Interface {object}, changed state to up",),
    severity=4,
    symptom="no_internet",
)


def heard(line: str, *rules: Rule, hosts: tuple[Origin, ...] = ()) -> Message | None:
    return line_heard(line.encode(), Meaning(rules or (LINK,), hosts), sender="10.0.0.1", now_us=NOW_US)


def one_of(message: Message | None) -> Item:
    assert message is not None
    assert message.refused == ""
    [item] = message.items
    return item


def state_and_target(item: Item) -> tuple[str, str]:
    """Return what the desk makes of an alarm's text: its state, and what tells it from others."""
    return item.text.split()[0].strip(":"), item.text.partition(":")[2]


# --- phrases


@pytest.mark.parametrize(
    ("phrase", "text", "about"),
    [
        (
            "Interface {object}, changed state to down",
            "%LINK-3-UPDOWN: Interface Gi0/1, changed state to down",
            "Gi0/1",
        ),
        ("link {object} is down", "Link ge-0/0/1.0 is DOWN now", "ge-0/0/1.0"),
        ("BGP*Down", "bgp: peer 10.0.0.1 went down", ""),
        ("peer {object} * down", "peer 10.0.0.1 (AS 64500) is down", "10.0.0.1"),
        ("los on {object}", "LOS on pon-3", "pon-3"),
        ("los on {object}", "LOS on ", ""),
        ("up", "all well", None),
        ("a*b*c", "a c b", None),
        ("{object} down", "down", None),
    ],
)
def test_a_phrase_is_found_with_what_it_is_about(phrase: str, text: str, about: str | None) -> None:
    assert found(phrase, text) == about


def test_a_phrase_takes_no_time_on_a_text_made_to_take_it() -> None:
    # A regular expression of this shape runs for longer than anybody waits.
    assert first_match((Rule(name="a", words=("a*a*a*a*a*a*a*a*b",)),), "a" * 1_000_000) is None


def test_rules_are_asked_in_their_order_and_by_severity_and_program() -> None:
    rules = (Rule(name="bgp", apps=("bgpd",)), Rule(name="severe", severity=2), LINK)
    matched = [
        first_match(rules, "x", severity=5, app="bgpd"),
        first_match(rules, "x", severity=2),
        first_match(rules, "Interface a, changed state to down", severity=4),
        first_match(rules, "Interface a, changed state to down", severity=5),
    ]
    assert [one and one.rule.name for one in matched] == ["bgp", "severe", "link down", None]


@given(st.text(max_size=60), st.text(max_size=300))
@example("{object}{object}*", "x")
def test_any_phrase_is_looked_for_in_any_text(phrase: str, text: str) -> None:
    assert isinstance(found(phrase, text), str | None)


# --- syslog


def test_a_message_of_rfc_5424_is_read_past_its_data() -> None:
    line = line_of(
        b'<165>1 2003-10-11T22:14:15.003Z core-1 evntslog 7 ID47 [a@1 q="] \\" x"][b@2] \xef\xbb\xbfInterface down'
    )
    assert (line.host, line.app, line.severity, line.text) == ("core-1", "evntslog", 5, "Interface down")
    assert line.at_us is not None


@pytest.mark.parametrize(
    ("raw", "host", "app", "text"),
    [
        (b"<187>Oct 11 22:14:15 olt-7 PON[12]: port 3 LOS", "olt-7", "PON", "port 3 LOS"),
        (b"<187>Oct  1 22:14:15 olt-7 port 3", "olt-7", "", "port 3"),
        (b"<187>link: down", "", "link", "down"),
        (b"<187>", "", "", ""),
        (b"<34>1 - - - - - -", "", "", ""),
        (b"<34>1 - h - - - - text\r\n", "h", "", "text"),
    ],
)
def test_what_devices_write_is_read_as_far_as_it_goes(raw: bytes, host: str, app: str, text: str) -> None:
    line = line_of(raw)
    assert (line.host, line.app, line.text) == (host, app, text)
    assert line.at_us is None


@pytest.mark.parametrize("raw", [b"", b"hello", b"<>", b"<999>x", b"\x00\xff\xfe", b"GET / HTTP/1.1"])
def test_what_is_no_message_is_refused_with_what_would_be(raw: bytes) -> None:
    with pytest.raises(RefusedInput, match="<priority>"):
        line_of(raw)
    told = line_heard(raw, Meaning((LINK,)), sender="10.0.0.1", now_us=0)
    assert told is not None
    assert told.refused.startswith("10.0.0.1: ")


@given(st.binary(max_size=400))
def test_any_bytes_are_a_message_or_refused(raw: bytes) -> None:
    for one in (raw, b"<1>" + raw, b"<1>1 " + raw, b"<1>1 - h a p m [" + raw):
        line_heard(one, Meaning((LINK,)), sender="10.0.0.1", now_us=0)


@given(
    st.lists(st.binary(min_size=1, max_size=40).map(lambda raw: b"<1>" + raw.replace(b"\n", b"").replace(b"\r", b""))),
    st.lists(st.integers(1, 30)),
    st.booleans(),
)
def test_messages_are_the_same_however_a_connection_cuts_them(
    messages: list[bytes], cuts: list[int], counted: bool
) -> None:
    stream = b"".join(b"%d %s" % (len(one), one) if counted else one + b"\n" for one in messages)
    frames, brought, at = Frames(), [], 0
    for cut in [*cuts, len(stream)]:
        brought += frames.take(stream[at : at + cut])
        at += cut
    brought += frames.take(stream[at:])
    assert brought == messages


def test_a_line_without_end_is_cut_and_the_next_one_heard() -> None:
    frames = Frames()
    assert len(frames.take(b"<1>" + b"x" * (FRAME_BYTES_MAX + 5))[0]) == FRAME_BYTES_MAX
    assert frames.take(b"y" * 100) == []
    assert frames.take(b"\n<2>next\n") == [b"<2>next"]


@pytest.mark.parametrize("brought", [b"999999 <1>a", b"12345678901 <1>", b"1<1>aaaaaaaaaa"])
def test_a_length_that_cannot_be_ends_the_connection(brought: bytes) -> None:
    with pytest.raises(RefusedInput):
        Frames().take(brought)


def test_a_link_that_comes_back_ends_the_alarm_that_its_fall_raised() -> None:
    down = one_of(heard("<187>1 - core-1 LINK - - - Interface Gi0/1, changed state to down: 3 errors"))
    back = one_of(heard("<189>1 - core-1 LINK - - - Interface Gi0/1, changed state to up"))
    assert (down.kind, down.symptom) == ("alarm", "no_internet")
    assert state_and_target(down) == ("firing", " link down. core-1 Gi0/1")
    assert state_and_target(back) == ("cleared", " link down. core-1 Gi0/1")


def test_a_host_says_whose_and_where_a_message_is() -> None:
    hosts = (
        Origin(name="core-jkt-*", operator="xl", place="31", service="mobile_data"),
        Origin(name="10.0.0.0/8", operator="isat"),
    )
    named = one_of(heard("<187>1 - CORE-JKT-2 L - - - Interface a, changed state to down", hosts=hosts))
    by_address = one_of(heard("<187>Interface a, changed state to down", hosts=hosts))
    assert (named.operator, named.place, named.service) == ("xl", "31", "mobile_data")
    assert by_address.operator == "isat"
    assert origin_of(hosts, "elsewhere") is None


def test_the_same_line_is_one_item_and_a_clock_far_ahead_is_not_believed() -> None:
    dated = "<187>1 2025-11-26T09:39:59Z h L - - - Interface a, changed state to down"
    assert one_of(heard(dated)) == one_of(heard(dated))
    assert one_of(heard(dated)).at_us is not None
    ahead = "<187>1 2031-11-26T09:39:59Z h L - - - Interface a, changed state to down"
    assert one_of(heard(ahead)).at_us is None


def test_a_door_lets_in_its_networks_and_names_strangers_once() -> None:
    door = Door("noc", ["10.0.0.0/8", "2001:db8::/32"])
    within = ("10.1.2.3", "::ffff:10.1.2.3", "2001:db8::1")
    assert all(door.lets_in(one) for one in within)
    assert not any(door.lets_in(one) for one in ("11.0.0.1", "fe80::1%eth0", "x"))
    assert "11.0.0.1 is not among" in door.strange("11.0.0.1")
    assert door.strange("11.0.0.1") == ""
    with pytest.raises(RefusedInput, match="is no network"):
        Door("noc", ["jakarta"])


# --- SNMP

IF_INDEX = "1.3.6.1.2.1.2.2.1.1"
DOWN = TrapRule(
    name="link down", oid="1.3.6.1.6.3.1.1.5.3", clears=("1.3.6.1.6.3.1.1.5.4",), object=IF_INDEX, symptom="no_internet"
)
HUAWEI = TrapRule(
    name="olt alarm",
    oid="1.3.6.1.4.1.2011.5.*",
    only={"1.3.6.1.4.1.2011.9.1": "pon"},
    over={"1.3.6.1.4.1.2011.9.2": "cleared"},
    object="1.3.6.1.4.1.2011.9.3",
)


def trapped(*rules: TrapRule, agents: tuple[Origin, ...] = (), request: int = 1, **values: str) -> Message | None:
    told = Notification(
        sender="10.0.0.7", request=request, values={one.replace("_", "."): v for one, v in values.items()}
    )
    return trap_of(told, rules, agents, Origin(name="*", operator="xl"), now_us=NOW_US)


def trap(oid: str, **more: str) -> dict[str, str]:
    return {UPTIME: "77", TRAP: oid, **more}


def test_a_trap_and_the_one_that_clears_it_are_of_the_same_alarm() -> None:
    down = one_of(trapped(DOWN, **trap("1.3.6.1.6.3.1.1.5.3", **{IF_INDEX + ".3": "3"})))
    back = one_of(trapped(DOWN, **trap("1.3.6.1.6.3.1.1.5.4", **{IF_INDEX + ".3": "3"})))
    assert state_and_target(down) == ("firing", " link down. 10.0.0.7 3")
    assert state_and_target(back) == ("cleared", " link down. 10.0.0.7 3")
    assert (down.operator, down.symptom, down.kind) == ("xl", "no_internet", "alarm")
    assert trapped(DOWN, **trap("1.3.6.1.6.3.1.1.5.1")) is None


def test_one_notification_may_say_both_and_values_choose() -> None:
    said = {"1.3.6.1.4.1.2011.9.1.0": "pon", "1.3.6.1.4.1.2011.9.3.0": "0/3/7"}
    raised = one_of(trapped(HUAWEI, **trap("1.3.6.1.4.1.2011.5.1.9", **said, **{"1.3.6.1.4.1.2011.9.2.0": "major"})))
    over = one_of(trapped(HUAWEI, **trap("1.3.6.1.4.1.2011.5.1.9", **said, **{"1.3.6.1.4.1.2011.9.2.0": "cleared"})))
    assert state_and_target(raised) == ("firing", " olt alarm. 10.0.0.7 0/3/7")
    assert state_and_target(over) == ("cleared", " olt alarm. 10.0.0.7 0/3/7")
    other = {**said, "1.3.6.1.4.1.2011.9.1.0": "fan"}
    assert trapped(HUAWEI, **trap("1.3.6.1.4.1.2011.5.1.9", **other)) is None


def test_a_trap_is_known_again_and_its_community_is_told_nowhere() -> None:
    told = trap(DOWN.oid, **{IF_INDEX + ".3": "3", "1.3.6.1.6.3.18.1.4.0": "hush", "1.3.6.1.6.3.18.1.3.0": "10.9.9.9"})
    agents = (Origin(name="10.9.0.0/16", place="31.74"),)
    item = one_of(trapped(DOWN, agents=agents, **told))
    assert item == one_of(trapped(DOWN, agents=agents, **told))
    assert item.id != one_of(trapped(DOWN, agents=agents, request=2, **told)).id
    assert (item.place, "hush" in repr(item)) == ("31.74", False)
    assert "10.9.9.9" in item.text


# --- payloads of brokers


def read(payload: Any, **form: Any) -> Message:
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return payload_of(raw, Form(**form), Envelope(topic="noc/jkt/olt", id="m1", now_us=NOW_US))


def test_a_report_says_itself_what_it_is() -> None:
    told = {"id": 7, "text": "mati", "kind": "complaint", "operator": "xl", "symptom": "slow", "author": "a"}
    item = one_of(read(told))
    assert (item.id, item.text, item.kind, item.symptom, item.author) == ("7", "mati", "complaint", "slow", "a")
    probe = one_of(read({"text": "failed: tcp x"}, report_kind="probe", operator="isat"))
    assert (probe.id, probe.text, probe.kind, probe.operator) == ("m1", "failed: tcp x", "probe", "isat")
    both = read([{"text": "resolved: a"}, {"text": "b"}]).items
    assert [(item.id, item.text) for item in both] == [("m1", "resolved: a"), ("m1.1", "firing: b")]


def test_named_fields_make_an_alarm_and_its_end() -> None:
    fields = {"id": "alarm.id", "name": "alarm.type", "about": "alarm.object.0.name", "state": "sev", "at": "ts"}
    told = {"alarm": {"id": 9, "type": "LOS", "object": [{"name": "olt-7/3"}]}, "sev": "MAJOR", "ts": 1_764_149_990_123}
    topics = (Origin(name="noc/jkt/*", place="31", operator="xl"),)
    down = one_of(read(told, form="fields", fields=fields, topic=topics))
    back = one_of(read({**told, "sev": "Cleared", "ts": "2025-11-26T09:39:55Z"}, form="fields", fields=fields))
    assert (down.place, down.operator, down.at_us) == ("31", "xl", 1_764_149_990_123_000)
    assert state_and_target(down) == ("firing", " LOS. olt-7/3")
    assert state_and_target(back) == ("cleared", " LOS. olt-7/3")
    assert down.id.startswith("9:firing:")


def test_alarms_of_alertmanager_and_tmf642_come_over_brokers_too() -> None:
    alert = {
        "status": "firing",
        "labels": {"alertname": "CoreDown", "operator": "xl"},
        "startsAt": "2025-11-26T09:30:00Z",
    }
    assert one_of(read({"version": "4", "alerts": [alert]}, form="alertmanager")).operator == "xl"
    alarm = {
        "state": "raised",
        "probableCause": "los",
        "externalAlarmId": "a1",
        "alarmRaisedTime": "2025-11-26T09:30:00Z",
    }
    event = {"eventType": "AlarmCreateEvent", "event": {"alarm": alarm}}
    first, second = (one_of(read(told, form="tmf642")) for told in (alarm, event))
    assert first == second
    assert (first.id, first.at_us) == ("a1:firing", to_micros(datetime(2025, 11, 26, 9, 30, tzinfo=UTC)))


def test_texts_count_by_rules() -> None:
    down = one_of(read(b"Interface Gi0/1, changed state to down", form="text", rule=(LINK,)))
    assert state_and_target(down) == ("firing", " link down. noc/jkt/olt Gi0/1")
    assert read(b"all well", form="text", rule=(LINK,)) == Message()


FORMS: dict[str, dict[str, Any]] = {
    "report": {},
    "alertmanager": {"form": "alertmanager"},
    "tmf642": {"form": "tmf642"},
    "fields": {"form": "fields", "fields": {"name": "a.0.b", "id": "i", "at": "t", "state": "s"}},
    "text": {"form": "text", "rule": (LINK,)},
}


@pytest.mark.parametrize("form", sorted(FORMS))
@pytest.mark.parametrize(
    "payload",
    [b"", b"\xff\xfe", b"{", b"[1]", b"7", b'"a"', b"null", b"[" * 5_000, b'{"a": ' * 5_000, b"x" * ((1 << 20) + 1)],
    ids=["empty", "bytes", "half", "list", "number", "string", "null", "deep list", "deep object", "large"],
)
def test_a_malformed_payload_is_refused_in_a_sentence_or_says_nothing(form: str, payload: bytes) -> None:
    message = read(payload, **FORMS[form])
    assert message.items == ()
    assert form == "text" or message.refused.startswith("noc/jkt/olt: a message that cannot be read as ")
    assert len(message.refused) < 500


KEYS = [
    *("id", "text", "at", "kind", "a", "b", "i", "t", "s", "state", "event", "alarm", "alerts", "version", "labels"),
    *("status", "place", "affectedService", "alarmedObject", "perceivedSeverity"),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=12,
)


@given(JSON, st.sampled_from(sorted(FORMS)))
@example({"id": "", "text": "x"}, "report")
@example({"state": "raised", "affectedService": 3}, "tmf642")
@example({"state": "raised", "alarmedObject": []}, "tmf642")
@example({"a": [{"b": 1}], "t": 10**400, "i": 1}, "fields")
def test_any_json_is_read_or_refused_by_every_form(payload: Any, form: str) -> None:
    message = read(payload, **FORMS[form])
    assert all(item.id and item.kind in {"alarm", "probe", "complaint", "recovered"} for item in message.items)
