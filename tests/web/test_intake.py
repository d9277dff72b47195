"""The intake over HTTP: what it takes, what it answers, and what it does not let in (requirements L1, L2, P3)."""

from __future__ import annotations

import contextlib
import gzip
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from intake_client import RunningDesk, kept, running
from intake_desk import HOOK_TOKEN

from pulih.model.clock import iso
from pulih.service.accepting import SETTLE_S

NDJSON = "application/x-ndjson"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """Give a desk that runs as long as the tests of this module."""
    with running(tmp_path_factory.mktemp("desk")) as started:
        yield started


def report(name: str, **fields: object) -> bytes:
    return msgspec.json.encode({"id": name, "source": "form", **fields})


def moment(ahead_s: float) -> str:
    return iso(int((time.time() + ahead_s) * 1_000_000))


def test_a_report_is_accepted_once(desk: RunningDesk) -> None:
    first = desk.post(report("once", text="mati total", at=moment(-60)))
    assert (first.status, first.body) == (202, {"accepted": 1, "repeated": 0, "late": 0, "refused": []})
    assert desk.post(report("once")).body == {"accepted": 0, "repeated": 1, "late": 0, "refused": []}


def test_a_batch_tells_what_became_of_each_line(desk: RunningDesk) -> None:
    lines = [report("b1"), report("b1"), b"", report("b2", at=moment(-90_000)), b'{"id": "b3"}', b"mati"]
    answer = desk.post(b"\n".join(lines), content_type=NDJSON)
    assert answer.status == 202
    assert (answer.body["accepted"], answer.body["repeated"], answer.body["late"]) == (1, 1, 1)
    assert [refused["line"] for refused in answer.body["refused"]] == [5, 6]
    assert answer.body["refused"][0]["error"].startswith("source: missing; right would be a name of the source")


def test_a_packed_batch_is_read_like_any_other(desk: RunningDesk) -> None:
    body = b"\n".join(report(f"gzip {number}") for number in range(20_000))
    answer = desk.post(gzip.compress(body), content_type=NDJSON, content_encoding="gzip")
    assert (answer.status, answer.body["accepted"]) == (202, 20_000)
    one = desk.post(gzip.compress(report("packed")), content_encoding="GZIP")
    assert (one.status, one.body["accepted"]) == (202, 1)


def test_what_was_acknowledged_is_in_the_journal_when_the_desk_is_gone(tmp_path: Path) -> None:
    with running(tmp_path) as desk:
        for name in ("1", "2", "1"):
            assert desk.post(report(name)).status == 202
        assert "ahead of the desk's clock" in desk.post(report("3", at=moment(400))).body["refused"][0]["error"]
        desk.post(b"{}\n{}", content_type=NDJSON)
        time.sleep(4 * SETTLE_S)
        desk.kill()
    counted, counts = kept(tmp_path)
    assert counted == {"1": 1, "2": 1}
    assert {one.source: (one.heard, one.counted, one.repeated, one.refused) for one in counts} == {
        "": (2, 0, 0, 2), "form": (4, 2, 1, 1),
    }  # fmt: skip


def test_a_refused_report_is_answered_in_parts(desk: RunningDesk) -> None:
    answer = desk.post(report("r", service="wifi"))
    assert answer.status == 400
    assert answer.body["error"] == "service: invalid enum value 'wifi'"
    assert answer.body["right"].startswith("one of mobile_data, ")
    assert desk.post(b"").body == {
        "error": "The body is empty", "where": "body", "right": "a report as a JSON object.",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "status", "where"),
    [
        ({"authorization": ""}, 401, "header Authorization"),
        ({"authorization": "Basic c291cmNlLXRva2Vu"}, 401, "header Authorization"),
        ({"authorization": "Bearer"}, 401, "header Authorization"),
        ({"authorization": "Bearer invented"}, 401, "header Authorization"),
        ({"authorization": "Bearer viewer-token"}, 403, "header Authorization"),
        ({"content_type": "text/csv"}, 415, "header Content-Type"),
        ({"content_encoding": "br"}, 415, "header Content-Encoding"),
        ({"content_encoding": "gzip"}, 400, "body"),
        ({"method": "GET"}, 405, "method"),
        ({"path": "/v1/hooks/nobody"}, 404, "path"),
        ({"path": "/v1/hooks/noc", "authorization": "Bearer somebody else"}, 401, "headers"),
    ],
)
def test_what_does_not_belong_is_refused_and_says_where(
    desk: RunningDesk, headers: dict[str, str], status: int, where: str
) -> None:
    answer = desk.post(report("x"), headers.pop("path", "/v1/reports"), **headers)
    assert (answer.status, answer.body["where"]) == (status, where)
    assert answer.body["error"] and answer.body["right"]


def test_a_token_taken_for_known_is_asked_about_again_every_time(desk: RunningDesk) -> None:
    for _ in range(2):
        assert desk.post(report("x"), authorization="Bearer viewer-token").status == 403
        assert desk.post(report("x"), authorization="Bearer duty-token").status == 202
        assert desk.post(report("x"), authorization="bearer  duty-token").status == 202


def test_a_token_of_one_source_speaks_for_no_other(desk: RunningDesk) -> None:
    body = report("mine") + b'\n{"id": "theirs", "source": "chat"}'
    answer = desk.post(body, content_type=NDJSON, authorization="Bearer form-token")
    assert answer.body["accepted"] == 1
    assert answer.body["refused"] == [{"line": 2, "error": 'source: not that of the token; right would be "form".'}]


def test_a_body_of_more_than_8_mebibytes_is_refused_however_it_comes(desk: RunningDesk) -> None:
    body = b" " * (8 << 20)
    assert desk.post(body + b" ", content_type=NDJSON).status == 413
    assert desk.post(gzip.compress(body + b" "), content_type=NDJSON, content_encoding="gzip").status == 413
    assert desk.post(gzip.compress(bytes(1 << 30), 9), content_type=NDJSON, content_encoding="gzip").status == 413
    chunks = b"POST /v1/reports HTTP/1.1\r\nHost: d\r\nAuthorization: Bearer source-token\r\n"
    chunks += b"Transfer-Encoding: chunked\r\n\r\n" + (b"100000\r\n" + bytes(1 << 20) + b"\r\n") * 9
    assert raw(desk, chunks).startswith(b"HTTP/1.1 413 ")
    assert raw(desk, b"POST /v1/reports HTTP/1.1\r\nHost: d\r\nAuthorization: Bearer source-token\r\n"
                     b"Content-Length: 99999999999\r\n\r\n").startswith(b"HTTP/1.1 413 ")  # fmt: skip
    assert desk.post(report("after"), content_type=NDJSON).status == 202


def test_a_broken_off_gzip_and_one_with_something_behind_it_are_refused(desk: RunningDesk) -> None:
    packed = gzip.compress(report("x"))
    for body in (packed[:-3], packed + b"x", packed + packed[:-3], gzip.compress(b"") * 65):
        answer = desk.post(body, content_encoding="gzip")
        assert (answer.status, answer.body["right"]) == (400, "gzip from its beginning to its end")


def test_gzip_streams_behind_each_other_are_one_body(desk: RunningDesk) -> None:
    packed = b"".join(gzip.compress(report(f"stream {number}") + b"\n") for number in range(3))
    answer = desk.post(packed, content_type=NDJSON, content_encoding="gzip")
    assert (answer.status, answer.body["accepted"], answer.body["refused"]) == (202, 3, [])


def test_a_sender_that_hangs_up_leaves_nothing_behind(desk: RunningDesk) -> None:
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", desk.port)) as connection:
            connection.sendall(
                b"POST /v1/reports HTTP/1.1\r\nHost: d\r\nAuthorization: Bearer source-token\r\n"
                b"Content-Length: 8000000\r\n\r\n{"
            )
    # Nine bodies of that size fill all that may be read at once, and none of them is left.
    assert desk.post(report("hung up " * 9_000, x="a" * 90_000)).status == 400
    assert desk.post(report("hung up", x="a" * 90_000)).status == 202


def test_many_senders_at_once_are_each_told_of_their_own(desk: RunningDesk) -> None:
    def send(number: int) -> tuple[int, int]:
        first = desk.post(report(f"many {number}")).body["accepted"]
        return first, desk.post(report(f"many {number}")).body["repeated"]

    with ThreadPoolExecutor(16) as senders:
        assert set(senders.map(send, range(200))) == {(1, 1)}


def test_a_hook_is_proven_by_its_secret_and_its_reports_count_once(desk: RunningDesk) -> None:
    alert = {"status": "firing", "labels": {"alertname": "CoreDown"}, "startsAt": moment(-60), "fingerprint": "f1"}
    body = msgspec.json.encode({"version": "4", "alerts": [alert]})
    proof = f"Bearer {HOOK_TOKEN}"
    answer = desk.post(body, "/v1/hooks/noc", authorization=proof)
    assert (answer.status, answer.body["accepted"]) == (202, 1)
    assert desk.post(body, "/v1/hooks/noc", authorization=proof).body["repeated"] == 1
    empty = desk.post(b'{"version": "4", "alerts": []}', "/v1/hooks/noc", authorization=proof)
    assert (empty.status, empty.body["accepted"]) == (202, 0)
    assert desk.post(bytes(2 << 20), "/v1/hooks/noc", authorization=proof).status == 413
    assert desk.post(b"", "/v1/hooks/noc?hub.mode=subscribe", method="GET").status == 404
    assert desk.post(b"", "/v1/hooks/noc", method="PUT").headers["allow"] == "POST, GET"


def test_no_answer_is_taken_for_something_else_or_kept_on_the_way(desk: RunningDesk) -> None:
    for answer in (desk.post(report("x")), desk.post(report("x")), desk.post(b"{"), desk.post(b"", authorization="")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


def test_answers_of_refusal_name_what_the_client_needs_next(desk: RunningDesk) -> None:
    assert desk.post(b"", authorization="").headers["www-authenticate"] == "Bearer"
    assert desk.post(b"", method="GET").headers["allow"] == "POST"
    for path, allow in (("/v1/reports", "POST, OPTIONS"), ("/v1/hooks/noc", "POST, GET, OPTIONS")):
        answer = desk.post(b"", path, method="OPTIONS", authorization="")
        assert (answer.status, answer.headers["allow"]) == (204, allow)


def raw(desk: RunningDesk, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", desk.port), timeout=30) as connection:
        # It may have answered and hung up before it was all sent.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(request)
        return re.sub(rb"\r\n.*", b"\r\n", connection.recv(4_096), flags=re.DOTALL)
