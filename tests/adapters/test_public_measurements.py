"""Public measurement: what IODA, Radar, Atlas and OONI say is read, asked for politely, and never reaches too far."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgspec
import pytest
from measurement_peers import IodaPeer, OoniPeer, RadarPeer, alert, annotated, enveloped, radar_says
from measurement_services import Params, Service, service

from pulih.adapters.sources.contract import Trial, hold, tried_means
from pulih.adapters.sources.kinds import kind_of
from pulih.adapters.sources.measurements import _atlas_results as atlas
from pulih.adapters.sources.measurements import ioda, ooni, radar
from pulih.adapters.sources.measurements._watched import Watch
from pulih.model.errors import OutsideFailed, PulihError, RefusedInput
from pulih.ports.sources import Batch, Item, Later, Source

TOKEN = "radar-token-of-a-test"
TELKO = Watch(asn=64500, operator="alpha", service="mobile_data")
COUNTRY = Watch(country="ID")
JAVA = Watch(region="4416", place="Jawa Barat")
# A Monday at noon, UTC.
NOON_S = 1_759_752_000


@pytest.fixture(scope="module")
def running() -> Iterator[Service]:
    with service() as made:
        yield made


@pytest.fixture
def served(running: Service) -> Service:
    running.asked.clear()
    running.answers.clear()
    running.troubles.clear()
    return running


def settings(kind: str, served: Service, **given: Any) -> Any:
    """Settings that ask as often as a test likes; those of a file are checked when they are decoded."""
    more = {"token_file": "token"} if kind == "radar" else {"measurements": (7,)} if kind == "atlas" else {}
    asked = {"watch": (TELKO,), "every_s": 0.02, "per_s": 0.0, "address": served.address, **more, **given}
    return kind_of(kind).settings(**asked)


def opened(kind: str, served: Service, **given: Any) -> Source:
    means = tried_means(kind, secrets={"token": TOKEN})
    return kind_of(kind).open(settings(kind, served, **given), means)


def rounds(source: Source, many: int, cursor: str = "") -> list[Batch]:
    async def run() -> list[Batch]:
        found: list[Batch] = []
        batches = source.listen(cursor)
        try:
            async for batch in batches:
                found.append(batch)
                if len(found) == many:
                    return found
        finally:
            await batches.aclose()  # type: ignore[attr-defined]
            await source.close()
        return found

    return asyncio.run(asyncio.wait_for(run(), 20))


def before(source: Any, since_s: int, until_s: int) -> list[Item]:
    async def run() -> list[Item]:
        try:
            batches: AsyncIterator[Batch] = source.between(since_s * 1_000_000, until_s * 1_000_000)
            return [item async for batch in batches for item in batch.items]
        finally:
            await source.close()

    return asyncio.run(asyncio.wait_for(run(), 20))


def test_a_service_that_asks_for_a_token_keeps_the_contract_of_sources(served: Service) -> None:
    trial = Trial(
        open=lambda: opened("radar", served, anomalies="none"),
        peer=RadarPeer(served),
        secret=TOKEN,
        cannot=frozenset({"delete"}),
    )
    asyncio.run(hold(trial))


@pytest.mark.parametrize(("kind", "peer", "keys"), [("ioda", IodaPeer, {"events": False}), ("ooni", OoniPeer, {})])
def test_a_polled_service_keeps_the_contract_of_sources(
    served: Service, kind: str, peer: type[IodaPeer | OoniPeer], keys: dict[str, Any]
) -> None:
    served.answers["/measurements"] = {"results": []}
    trial = Trial(
        open=lambda: opened(kind, served, **keys),
        peer=peer(served),
        cannot=frozenset({"delete"}),
    )
    asyncio.run(hold(trial))


def test_ioda_alerts_and_events_are_states_of_a_network_from_afar(served: Service) -> None:
    event = {"datasource": "ping-slash24", "start": NOON_S, "duration": 1_200, "location_name": "AS64500 (Alpha)"}
    served.answers["/outages/alerts"] = enveloped([[alert(NOON_S), alert(NOON_S + 600, "normal")]])
    served.answers["/outages/events"] = enveloped([event])
    found = before(opened("ioda", served), NOON_S, NOON_S + 7_200)
    assert [(one.text, one.symptom) for one in found] == [
        ("failed: ioda/bgp AS64500: Alpha critical, 40% of usual", "no_internet"),
        ("ok: ioda/bgp AS64500: Alpha normal, 40% of usual", "none"),
        ("failed: ioda/ping-slash24 AS64500: AS64500 (Alpha) outage of 20 min", "no_internet"),
        ("ok: ioda/ping-slash24 AS64500: AS64500 (Alpha) outage over after 20 min", "none"),
    ]
    assert {(one.kind, one.operator, one.service) for one in found} == {("probe", "alpha", "mobile_data")}
    asked = served.asked[0].params
    assert (asked["entityType"], asked["entityCode"]) == ("asn", "64500")


def test_an_error_within_an_answer_of_200_is_a_failure_and_no_quiet(served: Service) -> None:
    served.answers["/outages/alerts"] = enveloped(None, error="too many data points")
    with pytest.raises(OutsideFailed, match="too many data points"):
        rounds(opened("ioda", served, events=False), 1)


@pytest.mark.parametrize(("data", "items", "refused"), [
    ([], 0, 0), ([[]], 0, 0), (None, 0, 0),
    ([[alert(60)], alert(61)], 2, 0),
    ([alert(60, "odd"), 7, None, "x", {"time": "soon"}], 0, 5),
    ([{**alert(60), "time": -1}, {**alert(60), "historyValue": 0}], 1, 1),
])  # fmt: skip
def test_what_ioda_writes_is_read_or_refused(data: Any, items: int, refused: int) -> None:
    read = ioda.alerts_of(json.dumps(enveloped(data)).encode(), TELKO)
    assert (len(read.items), len(read.refused)) == (items, refused)


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff\xfe", b"<html>", b'{"data": "x"}', b"[" * 9_000])
def test_an_answer_that_is_none_of_the_service_is_a_failure(body: bytes) -> None:
    readings = (
        lambda: ioda.alerts_of(body, TELKO), lambda: radar.outages_of(body, TELKO),
        lambda: atlas.probes_of(body), lambda: ooni.measurements_of(body if body[:2] != b'{"' else b"[]"),
    )  # fmt: skip
    for read in readings:
        with pytest.raises(OutsideFailed):
            read()


def test_an_annotation_of_networks_is_of_those_and_not_of_their_country(served: Service) -> None:
    of_network = radar_says(annotations=[annotated(endDate="2025-10-06T13:00:00Z")])
    assert [one.text for one in radar.outages_of(of_network, TELKO).items] == [
        "failed: radar/outage AS64500: Cut; REGIONAL; CABLE_CUT", "ok: radar/outage AS64500: Cut; REGIONAL; CABLE_CUT",
    ]  # fmt: skip
    assert radar.outages_of(of_network, COUNTRY).items == ()
    of_country = radar_says(annotations=[annotated(asns=[])])
    assert len(radar.outages_of(of_country, COUNTRY).items) == 1
    assert radar.outages_of(of_country, TELKO).items == ()


def test_what_radar_gives_in_pages_is_read_page_by_page_and_an_end_before_the_last_is_told(served: Service) -> None:
    told = [annotated(startDate=f"2025-10-06T12:{one // 60:02}:{one % 60:02}Z") for one in range(250)]
    served.answers["/annotations/outages"] = lambda asked: radar_says(annotations=told[int(asked["offset"]) :][:100])
    batch = rounds(opened("radar", served, anomalies="none"), 1)[0]
    assert (len(batch.items), batch.refused) == (250, ())
    served.answers["/annotations/outages"] = radar_says(annotations=told[:100])
    assert "more than 1,000" in rounds(opened("radar", served, anomalies="none"), 1)[0].refused[0]


def test_only_verified_anomalies_are_taken_unless_all_are_asked_for() -> None:
    anomaly = {"uuid": "u", "type": "AS", "startDate": "2025-10-06T12:00:00Z", "asnDetails": {"asn": "64500"}}
    both = radar_says(trafficAnomalies=[{**anomaly, "status": "VERIFIED"}, {**anomaly, "status": "UNVERIFIED"}])
    assert len(radar.anomalies_of(both, TELKO).items) == 1
    assert len(radar.anomalies_of(both, TELKO, verified=False).items) == 2


@pytest.mark.parametrize("entry", [7, {}, annotated(startDate="yesterday"), annotated(startDate="2025-10-06T12:00:00")])
def test_an_annotation_that_cannot_be_read_is_told(entry: Any) -> None:
    read = radar.outages_of(radar_says(annotations=[entry, annotated()]), TELKO)
    assert (len(read.items), len(read.refused)) == (1, 1)


def test_the_token_is_sent_and_never_told(served: Service) -> None:
    served.answers["/annotations/outages"] = served.answers["/traffic_anomalies"] = {"success": True, "result": {}}
    source = opened("radar", served)
    assert TOKEN not in repr(source)
    rounds(source, 1)
    assert {one.headers["authorization"] for one in served.asked} == {f"Bearer {TOKEN}"}
    served.troubles.append((403, {}, TOKEN.encode()))
    with pytest.raises(RefusedInput, match="token") as told:
        rounds(opened("radar", served), 1)
    assert TOKEN not in str(told.value)
    served.answers["/annotations/outages"] = {"success": False, "errors": [{"code": 10000}], "result": None}
    with pytest.raises(OutsideFailed, match="10000"):
        rounds(opened("radar", served), 1)


def pings(at_s: int, lost: int, of: int) -> list[dict[str, Any]]:
    return [
        {"prb_id": number, "timestamp": at_s, "type": "ping", "sent": 3, "rcvd": 0 if number < lost else 3}
        for number in range(of)
    ]


def probes(params: Params) -> dict[str, Any]:
    numbers = [int(one) for one in params["id__in"].split(",")]
    return {"results": [{"id": one, "asn_v4": 64500 if one < 8 else 64501, "country_code": "ID"} for one in numbers]}


def test_atlas_probes_of_a_network_are_judged_together_in_windows_of_five_minutes(served: Service) -> None:
    served.answers["/measurements/7/results/"] = [*pings(NOON_S + 10, 6, 12), *pings(NOON_S + 310, 0, 12)]
    served.answers["/probes/"] = probes
    found = before(opened("atlas", served, watch=(TELKO, COUNTRY)), NOON_S, NOON_S + 900)
    assert [one.text for one in found] == [
        "failed: atlas/7 AS64500: 6 of 8 measurements failed", "failed: atlas/7 ID: 6 of 12 measurements failed",
        "ok: atlas/7 AS64500: 0 of 8 measurements failed", "ok: atlas/7 ID: 0 of 12 measurements failed",
    ]  # fmt: skip
    assert sum(one.path.endswith("/probes/") for one in served.asked) == 1


@pytest.mark.parametrize(("result", "got"), [
    ({"type": "ping", "rcvd": 0}, False), ({"type": "ping"}, False),
    ({"type": "dns", "result": {"rt": 3}}, True), ({"type": "dns", "error": {"timeout": 5000}}, False),
    ({"type": "dns", "resultset": [{"error": {}}, {"result": {"rt": 1}}]}, True),
    ({"type": "http", "result": [{"res": 503}]}, True), ({"type": "http", "result": [{"err": "timeout"}]}, False),
    ({"type": "ntp", "result": [{"x": "*"}, {"rtt": 0.1}]}, True),
    ({"type": "sslcert", "cert": ["-----BEGIN"]}, True), ({"type": "sslcert", "err": "timeout"}, False),
    ({"type": "traceroute", "dst_addr": "192.0.2.1", "result": [{"result": [{"from": "192.0.2.1"}]}]}, True),
    ({"type": "traceroute", "dst_addr": "192.0.2.1", "result": [{"result": [{"x": "*"}]}]}, False),
    ({"type": "traceroute", "result": "odd"}, False), ({"type": "wifi"}, None),
])  # fmt: skip
def test_each_kind_of_atlas_measurement_tells_whether_it_reached(result: dict[str, Any], got: bool | None) -> None:
    found, refused = atlas.results_of(json.dumps([{"prb_id": 1, "timestamp": 60, **result}]).encode())
    assert (atlas.reached(found[0]), refused) == (got, ())


def measured(at_s: int, failing: int, of: int, test: str = "whatsapp") -> list[dict[str, Any]]:
    moment = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime(at_s))
    told = {"test_name": test, "measurement_start_time": moment, "probe_asn": "AS64500"}
    return [{**told, "anomaly": number < failing, "failure": False, "confirmed": False} for number in range(of)]


def test_ooni_measurements_of_an_hour_are_judged_without_websites_which_may_be_blocked(served: Service) -> None:
    sites = measured(NOON_S + 60, 100, 100, "web_connectivity")
    served.answers["/measurements"] = {"metadata": {}, "results": [*measured(NOON_S + 60, 9, 12), *sites]}
    incident = {
        "title": "Blocking",
        "start_time": "2025-10-06T12:30:00Z",
        "end_time": None,
        "ASNs": [64500],
        "CCs": ["ID"],
    }
    served.answers["/incidents/search"] = {"incidents": [incident, {"title": "no time"}]}
    found = before(opened("ooni", served), NOON_S, NOON_S + 7_200)
    assert [one.text for one in found] == [
        "failed: ooni/incident AS64500: Blocking", "failed: ooni/tests AS64500: 9 of 12 measurements failed",
    ]  # fmt: skip
    assert {one.symptom for one in found} == {"destination_unreachable"}


def test_few_measurements_say_nothing(served: Service) -> None:
    served.answers["/measurements"] = {"results": measured(NOON_S + 60, 9, 9)}
    served.answers["/incidents/search"] = {"incidents": []}
    assert before(opened("ooni", served), NOON_S, NOON_S + 3_700) == []


def test_an_unchanged_answer_is_asked_for_with_its_tag_and_is_a_sign_of_life(served: Service) -> None:
    served.answers["/outages/alerts"] = enveloped([[alert(int(time.time()) - 60)]])
    found = rounds(opened("ioda", served, events=False), 3)
    assert [len(one.items) for one in found] == [1, 0, 0]
    assert {one.filters for one in found} == {("AS64500",)}
    assert [one.status for one in served.asked[:3]] == [200, 304, 304]


def test_what_was_not_kept_is_asked_for_again_in_full(served: Service) -> None:
    served.answers["/outages/alerts"] = enveloped([[alert(int(time.time()) - 60)]])
    first = rounds(opened("ioda", served, events=False), 1)
    again = rounds(opened("ioda", served, events=False), 1, first[0].cursor)
    assert first[0].items == again[0].items


def test_who_asks_to_wait_is_waited_for(served: Service) -> None:
    served.troubles.append((429, {"Retry-After": "77"}, b""))
    with pytest.raises(Later) as told:
        rounds(opened("ioda", served), 1)
    assert told.value.retry_s == 77.0


def test_a_desk_that_was_away_for_longer_than_a_week_says_so(served: Service) -> None:
    served.answers["/outages/alerts"] = enveloped([])
    long_ago = str(int(time.time()) - 30 * 86_400)
    assert "30 days" in rounds(opened("ioda", served, events=False), 1, long_ago)[0].gap
    assert int(served.asked[0].params["from"]) > time.time() - 8 * 86_400


def test_an_answer_without_end_is_not_read_to_its_end(served: Service) -> None:
    served.answers["/outages/alerts"] = b" " * ((16 << 20) + 1)
    with pytest.raises(OutsideFailed, match="has more than"):
        rounds(opened("ioda", served, events=False), 1)


@pytest.mark.parametrize("kind", ["ioda", "radar", "atlas", "ooni"])
def test_no_measurement_is_asked_for_at_a_private_address_unless_allowed(kind: str, served: Service) -> None:
    means = tried_means(kind, secrets={"token": TOKEN}, allow_networks=())
    # Atlas asks when a window is over: one was, a while ago.
    cursor = str(int(time.time()) - 3_600)
    for address in (served.address, "http://10.0.0.1:9/v", "http://169.254.169.254/latest", "http://[::1]:9/v"):
        source = kind_of(kind).open(settings(kind, served, address=address), means)
        with pytest.raises(RefusedInput, match="not public"):
            rounds(source, 1, cursor)
    assert served.asked == []


def test_nobody_is_sent_elsewhere_by_an_answer(served: Service) -> None:
    served.troubles.append((302, {"Location": "http://127.0.0.1:1/inside"}, b""))
    with pytest.raises(RefusedInput, match="302"):
        rounds(opened("ioda", served), 1)
    assert len(served.asked) == 1


@pytest.mark.parametrize(("kind", "watch", "said"), [
    ("ioda", (), "names nothing"), ("ioda", (Watch(asn=64500),), "no operator"),
    ("ioda", (Watch(asn=64500, country="ID", operator="a"),), "names 2"), ("ioda", (Watch(operator="a"),), "names 0"),
    ("ioda", (Watch(region="4416"),), "a place"), ("radar", (JAVA,), "no regions"), ("atlas", (JAVA,), "no regions"),
])  # fmt: skip
def test_what_is_watched_must_be_told_plainly(kind: str, watch: tuple[Watch, ...], said: str, served: Service) -> None:
    with pytest.raises(RefusedInput, match=said):
        opened(kind, served, watch=watch)


@pytest.mark.parametrize(("kind", "table"), [
    ("ioda", {"watch": [{"country": "ID"}], "every_s": 1}), ("ioda", {"watch": [{"country": "Indonesia"}]}),
    ("radar", {"watch": [{"country": "ID"}]}), ("atlas", {"watch": [{"country": "ID"}], "measurements": []}),
    ("ooni", {"watch": [{"country": "ID"}], "test": ["ndt"]}),
])  # fmt: skip
def test_settings_that_cannot_be_meant_are_refused(kind: str, table: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(table, kind_of(kind).settings)


@pytest.mark.parametrize(
    "address", ["ftp://x/y", "https://", "nowhere", "https://me:secret@x/y", "https://x/y?token=1"]
)
def test_an_address_that_cannot_be_used_is_refused_without_being_repeated(address: str, served: Service) -> None:
    with pytest.raises(PulihError) as told:
        opened("ioda", served, address=address)
    assert "secret" not in str(told.value)
