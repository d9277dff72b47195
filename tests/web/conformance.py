"""What TM Forum's conformance kits ask of a desk, and what they look at in each answer.

Written after reading the kits CTK-TMF642-Alarm (v4.0.0), CTK-TMF656-ServiceProblem (R18.5) and
CTK-TMF621-TroubleTicket-R18-0 of tmforum-rand: the same requests in the same order, and each assertion as one look. The
kits compare an answer with what was created by `expect(a) == b`, which never fails; here it does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx
import msgspec

Ask = Callable[..., httpx.Response]
_TYPES: Mapping[str, tuple[type, ...]] = {"text": (str,), "number": (int, float), "object": (dict,)}


class Look(msgspec.Struct, frozen=True):
    """One assertion: after which request, what is looked at, and whether it is so."""

    after: str
    what: str
    holds: bool


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """What a kit holds of each instance of a resource.

    Attributes:
        needed: attributes that must be there.
        typed: attributes of a type.
        within: attributes whose value must stand in the answer.
        same: attributes that must be those of the one that was created.
    """

    needed: Sequence[str]
    typed: Mapping[str, str]
    within: Sequence[str] = ()
    same: Sequence[str] = ()


class Kit:
    """One run of a kit.

    Args:
        ask: sends a request to a desk.
        list_of: path of the list.
        kind: what each instance holds.
    """

    def __init__(self, ask: Ask, list_of: str, kind: Kind) -> None:
        self._ask, self._path, self._kind, self._step = ask, list_of, kind, ""
        self.looks: list[Look] = []
        self.created: dict[str, dict[str, Any]] = {}

    def failed(self) -> list[Look]:
        """Return what was not as it must be."""
        return [one for one in self.looks if not one.holds]

    def look(self, what: str, holds: bool) -> None:
        """Note an assertion."""
        self.looks.append(Look(self._step, what, holds))

    def send(self, method: str, more: str = "", body: Any = None, *, kind: str = "application/json") -> httpx.Response:
        """Send one request as the kits do: filters as they stand, no quotes, one type for what is sent and wanted."""
        self._step = f"{method} {more}"
        content = None if body is None else json.dumps(body)
        return self._ask(method, self._path + more, headers={"accept": kind, "content-type": kind}, content=content)

    def status(self, answer: httpx.Response, wanted: int) -> Any:
        """Look at the status, and return what was answered."""
        self.look(f"status {wanted}", answer.status_code == wanted)
        return answer.json()

    def instances(self, answer: httpx.Response, *, strange: Sequence[str] = ()) -> None:
        """Look at every instance of a list, or at the one that was answered; those that are `strange` are not in it."""
        whole = answer.json()
        # An empty list is looked at as if it were an instance, which it is not.
        if whole == []:
            self.instance({}, answer.text)
        for one in whole if isinstance(whole, list) else [whole]:
            self.instance(one, answer.text)
            known = self.created.get(str(one.get("id")))
            if known is not None and str(one.get("id")) in strange:
                self.look("not the other one", False)
            elif known is not None:
                for name in self._kind.same:
                    self.look(f"{name} is that of the one created", one.get(name) == known[name])

    def instance(self, one: Mapping[str, Any], text: str) -> None:
        """Look at one instance."""
        self.look("all mandatory attributes", set(self._kind.needed) <= set(one))
        for name, kind in self._kind.typed.items():
            value = one.get(name)
            self.look(f"{name} is a {kind}", isinstance(value, _TYPES[kind]) and not isinstance(value, bool))
        for name in self._kind.within:
            self.look(f"{name} stands in the body", name in one and _shown(one[name]) in text)

    def fields(self, answer: httpx.Response, wanted: Sequence[str]) -> None:
        """Look that each instance of a list has some attributes and no others."""
        for one in answer.json():
            self.look(f"has {wanted}", set(wanted) <= set(one))
            self.look(f"has nothing but {wanted}", set(one) <= set(wanted))

    def know(self, made: dict[str, Any]) -> str:
        """Remember what was created, and return its id."""
        name = str(made.get("id"))
        self.created[name] = {**dict.fromkeys(self._kind.needed), **made}
        return name


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


_ALARM = ["alarmRaisedTime", "href", "id", "probableCause", "sourceSystemId", "state"]
ALARM = Kind(
    needed=(*_ALARM, "alarmType", "alarmedObject", "perceivedSeverity"),
    typed=dict.fromkeys(_ALARM, "text"),
    within=_ALARM,
    same=_ALARM,
)
SENT_ALARM = {
    "alarmRaisedTime": "2019-07-03T03:32:17.235Z",
    "alarmType": "environmentalAlarm",
    "alarmedObject": {},
    "perceivedSeverity": "minor",
    "probableCause": "rectifierLowVoltage",
    "sourceSystemId": "ems-1",
    "state": "raised",
}


def alarms(ask: Ask, root: str) -> Kit:
    """Run what CTK-TMF642-Alarm v4.0.0 does."""
    kit = Kit(ask, f"{root}/alarm", ALARM)
    answer = kit.send("POST", "", SENT_ALARM)
    made = kit.status(answer, 201)
    kit.instance(made, answer.text)
    name = kit.know(made)
    for more in ("", f"/{name}"):
        _audited(kit, more)
    # Nothing is looked at in the answer to the first.
    kit.send("GET", "?fields=alarmRaisedTime")
    _audited(kit, f"?alarmRaisedTime={made.get('alarmRaisedTime')}")
    for attribute in ("id", "probableCause", "sourceSystemId", "state"):
        picked = kit.send("GET", f"?fields={attribute}")
        kit.status(picked, 200)
        kit.fields(picked, ["id", "href", attribute])
        _audited(kit, f"?{attribute}={made.get(attribute)}")
    changes = {
        "probableCause": "rectifierHighVoltage", "perceivedSeverity": "major", "alarmType": "physicalViolation",
        "state": "updated",
    }  # fmt: skip
    for attribute, value in changes.items():
        changed = kit.status(kit.send("PATCH", f"/{name}", {attribute: value}), 200)
        told = kit.send("GET", f"/{name}")
        kit.status(told, 200)
        kit.instance(told.json(), told.text)
        if attribute in {"probableCause", "state"}:
            kit.look(f"{attribute} is what it became", told.json().get(attribute) == changed.get(attribute) == value)
    elsewhere = Kit(ask, f"{root}/Alarm", ALARM)
    elsewhere.status(elsewhere.send("GET", "/3f1844df-a9a5-4da5-95cb-fcd94197d79b"), 404)
    kit.looks += elsewhere.looks
    return kit


def _audited(kit: Kit, more: str) -> None:
    answer = kit.send("GET", more)
    kit.status(answer, 200)
    kit.instances(answer)


_PROBLEM = {
    "id": "text", "href": "text", "description": "text", "affectedNumberOfServices": "number", "category": "text",
    "originatorParty": "object", "priority": "number", "reason": "text", "responsibleParty": "object",
    "status": "text", "statusChangeDate": "text", "timeChanged": "text", "timeRaised": "text",
}  # fmt: skip
PROBLEM = Kind(
    needed=[*_PROBLEM],
    typed=_PROBLEM,
    within=[name for name, kind in _PROBLEM.items() if kind != "object"],
    same=[*_PROBLEM],
)


def problems(ask: Ask, root: str, *, more: Mapping[str, Any] | None = None) -> Kit:
    """Run what CTK-TMF656-ServiceProblem R18.5 does; `more` is said of parties beside what it says."""
    kit = Kit(ask, f"{root}/serviceProblem", PROBLEM)
    for priority, party in ((1, "SP_00001"), (2, "SP_00003")):
        sent = {
            "category": "serviceProvider.declared",
            "priority": priority,
            "description": "Internet connection error",
            "reason": "unknown",
            "originatorParty": {
                "role": "Service Provider",
                "id": party,
                "href": f"http://api/partymanagement/{party}",
                **(more or {}),
            },
        }
        answer = kit.send("POST", "", sent)
        made = kit.status(answer, 201)
        kit.instance(made, answer.text)
        for attribute in _PROBLEM:
            kit.look(f"{attribute} is there to be kept", attribute in made)
        # The kit compares its first problem alone.
        name = kit.know(made) if priority == 1 else str(made.get("id"))
        for at in ("", f"/{name}"):
            _audited(kit, at)
    kit.look("an unknown one is an error", kit.send("GET", "/12345").status_code >= 400)
    wrong = {"category": "serviceProvider.declared", "priority": "1", "description": "x", "reason": "unknown"}
    kit.look("one that is not of the shape is an error", kit.send("POST", "", wrong).status_code >= 400)
    return kit


_TICKET = ["description", "severity", "ticketType", "id", "href"]
TICKET = Kind(needed=_TICKET, typed=dict.fromkeys(_TICKET, "text"), same=_TICKET)
_NOTES = [
    {"author": "writer n2_1", "text": "This is the first note in N2"},
    {"author": "writer n2_2", "text": "This is the second note in N2"},
]


def tickets(ask: Ask, root: str, *, status: str = "nanana") -> Kit:
    """Run what CTK-TMF621-TroubleTicket R18.0 does; its second ticket has a status of its own."""
    kit = Kit(ask, f"{root}/troubleTicket", TICKET)
    first = {"description": "<anytext>", "severity": "High", "ticketType": "device"}
    second = {
        "description": "nanana", "severity": "Low", "ticketType": "connectivity", "status": status,
        "externalId": "123", "note": _NOTES,
    }  # fmt: skip
    one = _ticket(kit, first)
    _listed(kit)
    two = _ticket(kit, second)
    _listed(kit)
    _listed(kit, f"/{two}", strange=[one])
    whole = _listed(kit)
    for name in (one, two):
        kit.look("both are listed", name in whole.text)
    _listed(kit, "?severity=High", strange=[two])
    _listed(kit, "?ticketType=connectivity", strange=[one])
    # The last of them stands for a search that is filtered, and asks the same.
    described = (one, ["description"], two)
    for name, wanted, other in (described, (two, ["severity", "status"], one), described):
        answer = kit.send("GET", f"/{name}?fields={','.join(wanted)}")
        told = _headed(kit, answer, 200)
        kit.look(f"has {wanted}", set(wanted) <= set(told))
        kit.look(f"has nothing but {wanted}", len(told) == len(wanted))
        if wanted == ["description"]:
            kit.look("description is a text", isinstance(told.get("description"), str))
        mine, theirs = kit.created[name].get(wanted[0]), kit.created[other].get(wanted[0])
        kit.look(f"{wanted[0]} is that of the one created", told.get(wanted[0]) == mine != theirs)
    kit.status(kit.send("GET", "/46846846846"), 404)
    with_letters = "application/json;charset=utf-8"
    less = {"description": "<anytext>", "severity": "High"}
    kit.status(kit.send("POST", "", less, kind=with_letters), 400)
    wrong = {**less, "ticketType": "problem", "note": {"author": "writer e3_1"}}
    kit.status(kit.send("POST", "/", wrong, kind=with_letters), 400)
    return kit


def _ticket(kit: Kit, sent: Mapping[str, Any]) -> str:
    answer = kit.send("POST", "", sent)
    made = _headed(kit, answer, 201, body=False)
    kit.instance(made, answer.text)
    return kit.know(made)


def _listed(kit: Kit, more: str = "", *, strange: Sequence[str] = ()) -> httpx.Response:
    answer = kit.send("GET", more)
    _headed(kit, answer, 200)
    kit.instances(answer, strange=strange)
    return answer


def _headed(kit: Kit, answer: httpx.Response, status: int, *, body: bool = True) -> Any:
    kind = answer.headers.get("content-type", "")
    kit.look("a type is said", bool(kind))
    kit.look("the type is JSON", kind.partition(";")[0] == "application/json")
    told = kit.status(answer, status)
    if body:
        kit.look("the body is JSON", isinstance(told, list | dict))
    return told
