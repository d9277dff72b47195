"""Public measurement services that say what a test lets them say, one thing after another, for trials of sources."""

from __future__ import annotations

import json
import time
from typing import Any

from measurement_services import Params, Service

# How much older than the last something may be that is told late, in seconds.
_LATE_S = 1_700


def alert(at_s: int, level: str = "critical", name: str = "Alpha") -> dict[str, Any]:
    entity = {"code": "64500", "name": name, "type": "asn", "attrs": {"fqid": "asn.64500"}}
    told = {"condition": "< 0.8", "value": 40.0, "historyValue": 100.0, "method": "median"}
    return {"datasource": "bgp", "entity": entity, "time": at_s, "level": level, **told}


def enveloped(data: Any, error: Any = None) -> dict[str, Any]:
    return {
        "type": "outages.alerts",
        "metadata": {},
        "requestParameters": {},
        "error": error,
        "perf": None,
        "data": data,
    }


def annotated(**given: Any) -> dict[str, Any]:
    one = {"id": "1", "startDate": "2025-10-06T12:00:00Z", "asns": [64500], "locations": ["ID"], "eventType": "OUTAGE"}
    return {**one, "outage": {"outageCause": "CABLE_CUT", "outageType": "REGIONAL"}, "description": "Cut", **given}


def radar_says(**result: Any) -> bytes:
    return json.dumps({"success": True, "errors": [], "result": result}).encode()


class IodaPeer:
    """Raises alerts, each a second after the last, of an entity that is named as a test says."""

    path = "/outages/alerts"

    def __init__(self, served: Service) -> None:
        self._served = served
        self._said: list[Any] = []
        self._at_s = int(time.time()) - 3_600
        self._up = True
        served.answers[self.path] = self._answer

    def _next(self) -> str:
        """Return the moment of the next thing to be said."""
        self._at_s += 1
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._at_s))

    def _answer(self, params: Params) -> bytes:
        return json.dumps(enveloped([self._said])).encode() if self._up else b"<html>not now</html>"

    async def say(self, text: str) -> None:
        self._at_s += 1
        self._said.append(alert(self._at_s, name=text))

    async def say_late(self, text: str) -> None:
        # These services tell of an hour after it, and of some of it later.
        self._at_s -= _LATE_S
        try:
            await self.say(text)
        finally:
            self._at_s += _LATE_S

    async def repeat(self, text: str) -> None:
        self._said.append(next(one for one in self._said if isinstance(one, dict) and one["entity"]["name"] == text))

    async def garble(self) -> None:
        self._said.append({"datasource": 7})

    async def cut(self) -> None:
        self._up = False

    async def heal(self) -> None:
        self._up = True

    async def restart(self) -> None:
        self._served.troubles.append((502, {}, b""))

    async def delete(self, text: str) -> None:
        raise NotImplementedError


class RadarPeer(IodaPeer):
    """Annotates outages of a network, each a second after the last, and gives as many at once as is asked for."""

    path = "/annotations/outages"

    async def repeat(self, text: str) -> None:
        self._said.append(next(one for one in self._said if isinstance(one, dict) and one.get("description") == text))

    async def expire(self) -> None:
        self._served.token = "another"

    async def renew(self) -> str:
        self._served.token = ""
        return ""

    def _answer(self, params: Params) -> bytes:
        first = int(params["offset"])
        page = self._said[first : first + int(params["limit"])]
        return radar_says(annotations=page) if self._up else b"<html>not now</html>"

    async def say(self, text: str) -> None:
        self._said.append(annotated(startDate=self._next(), description=text))


class OoniPeer(IodaPeer):
    """Describes incidents of a network, each a second after the last."""

    path = "/incidents/search"

    def _answer(self, params: Params) -> bytes:
        return json.dumps({"incidents": self._said}).encode() if self._up else b"<html>not now</html>"

    async def repeat(self, text: str) -> None:
        self._said.append(next(one for one in self._said if isinstance(one, dict) and one.get("title") == text))

    async def say(self, text: str) -> None:
        self._said.append({"title": text, "start_time": self._next(), "end_time": None, "ASNs": [64500], "CCs": []})
