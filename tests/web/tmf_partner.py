"""A partner who speaks TM Forum: what it sends, what the specifications say of it, and a listener of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread
from typing import Any

from api_desk import ApiDesk
from test_tmf_shapes import T621, T642, T656

ALARMS = "/tmf-api/alarm/v4"
TICKETS = "/tmf-api/troubleTicket/v4"
PROBLEMS = "/tmf-api/serviceProblemManagement/v4"
ALARM: dict[str, Any] = {
    "alarmType": "Equipment Alarm",
    "perceivedSeverity": "critical",
    "probableCause": "Power problem",
    "specificProblem": "Mains down",
    "alarmedObject": {"id": "93051825", "href": "https://ems.example/objects/93051825"},
    "sourceSystemId": "ems-5",
    "state": "raised",
    "alarmRaisedTime": "2025-10-03T08:41:00+07:00",
    "affectedService": [{"id": "smartfren:mobile_data"}],
    "place": [{"id": "31.74", "role": "site"}],
}
TICKET: dict[str, Any] = {
    "description": "Internet mati dari pagi di Tebet, hubungi 081234567890",
    "severity": "Urgent",
    "ticketType": "complaint",
    "name": "Internet mati",
    "relatedParty": [{"id": "c-7", "role": "customer", "@referredType": "Customer"}],
}
PROBLEM: dict[str, Any] = {
    "category": "supplier.originated",
    "priority": 1,
    "description": "Core of Jakarta does not answer",
    "reason": "unknown",
    "originatorParty": {"id": "noc-a", "name": "NOC A", "role": "originator", "@referredType": "Organization"},
    "affectedService": [{"id": "x", "name": "mobile_data"}],
    "affectedLocation": [{"id": "31", "role": "affected"}],
    "externalIdentifier": [{"id": "A-77", "owner": "noc-a"}],
}
WHOLE = {
    "alarm": (f"{ALARMS}/alarm", ALARM, (T642, "Alarm"), ("alarmType", "state", "sourceSystemId", "perceivedSeverity",
              "probableCause", "alarmRaisedTime")),
    "ticket": (f"{TICKETS}/troubleTicket", TICKET, (T621, "TroubleTicket"), ("severity", "ticketType", "status",
               "description")),
    "problem": (f"{PROBLEMS}/serviceProblem", PROBLEM, (T656, "ServiceProblem"), ("category", "priority", "status",
                "description", "reason")),
}  # fmt: skip


def sent(desk: ApiDesk, name: str, *, role: str = "duty", **more: Any) -> dict[str, Any]:
    path, document, _, _ = WHOLE[name]
    answer = desk.ask("POST", path, role=role, json={**document, **more})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def path_of(document: Mapping[str, Any]) -> str:
    return "/tmf-api" + str(document["href"]).partition("/tmf-api")[2]


class Listener:
    """A partner that listens: keeps what it is told, and answers as a test says."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.status, self.came = 201, Event()
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(listener.status)
                self.send_header("content-length", "0")
                self.end_headers()
                if listener.status < 300:
                    listener.told.append(body)
                listener.came.set()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/listener"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def has(self, count: int) -> list[dict[str, Any]]:
        """Wait until so many events came, and return them."""
        while len(self.told) < count:
            assert self.came.wait(20), self.told
            self.came.clear()
        return self.told
