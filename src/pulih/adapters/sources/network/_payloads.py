"""Payloads: what messages of a broker hold, read by one of five forms that the settings name.

A broker carries what its owners agreed on, so the form is told and never guessed: a report of our own interface, a
notification of Alertmanager, an alarm of TMF642, a document whose fields are named by path, or plain text with rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal, get_args

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from pulih.adapters.sources.network._alarms import Origin, alarm, origin_of, said_at
from pulih.adapters.sources.network._inbox import Message
from pulih.adapters.sources.network._phrases import Match, Rule, first_match
from pulih.listen.hooks import alertmanager, tmf642
from pulih.listen.hooks.hooked import Delivery, Hooked, moment
from pulih.model.clock import to_micros
from pulih.model.errors import RefusedInput
from pulih.model.reading import Service, Symptom
from pulih.model.signal import Kind
from pulih.ports.sources import Item

PAYLOAD_BYTES_MAX: Final = 1 << 20
_ITEMS_MAX: Final = 1_000
_SERVICES: Final = frozenset(get_args(Service))
_SYMPTOMS: Final = frozenset(get_args(Symptom))
# How the text of an alarm may begin, so that the desk knows its state (service/live/heard.py).
_STATES: Final = ("firing", "resolved", "cleared", "ok")
_FIELDS: Final = ("id", "name", "about", "detail", "state", "at", "operator", "service", "symptom", "place")

Field = Literal["id", "name", "about", "detail", "state", "at", "operator", "service", "symptom", "place"]


class Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys that all sources of brokers share; docs/sources/network.md describes each.

    Attributes:
        form: how payloads read.
        fields: of form "fields": where each thing stands, as a path such as "alarm.object.0.name".
        cleared: of form "fields": values of the state that say that it is over, in any case of letters.
        rule: of form "text": which texts count.
        topic: whose what is said on a topic is.
        report_kind: of form "report": the kind of a report that names none.
        operator, place: whose all else is.
    """

    form: Annotated[
        Literal["report", "alertmanager", "tmf642", "fields", "text"],
        Meta(description='"report", "alertmanager", "tmf642", "fields" or "text"'),
    ] = "report"
    fields: Annotated[dict[Field, str], Meta(description=f"a path for any of {', '.join(_FIELDS)}")] = {}
    cleared: tuple[str, ...] = ("cleared", "clear", "resolved", "ok", "up", "normal")
    rule: Annotated[tuple[Rule, ...], Meta(max_length=200, description="tables [[source.rule]]")] = ()
    topic: Annotated[tuple[Origin, ...], Meta(max_length=10_000, description="tables [[source.topic]]")] = ()
    report_kind: Annotated[Literal["alarm", "probe"], Meta(description='"alarm" or "probe"')] = "alarm"
    operator: str = ""
    place: str = ""


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """A report as `POST /v1/reports` takes it; its source is ours."""

    id: str | int | None = None
    at: str | None = None
    text: str | None = None
    author: str | None = None
    operator: str | None = None
    service: Service | None = None
    symptom: Symptom | None = None
    place: str | None = None
    kind: Kind | None = None


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a payload beside itself.

    Attributes:
        topic: or subject, on which it was said.
        id: the broker's own of it, or a digest.
        now_us: the desk's clock.
        at_us: when the broker took it, None when it does not say.
    """

    topic: str
    id: str
    now_us: int
    at_us: int | None = None


def checked(name: str, form: Form) -> Form:
    """Return a form that can be meant.

    Raises: RefusedInput.
    """
    if form.form == "fields" and not ({"name", "about"} & form.fields.keys()):
        raise RefusedInput(
            f"{name}: fields: neither name nor about is told; right would be such as "
            'fields = { about = "object.name" }.'
        )
    if form.form == "text" and not form.rule:
        raise RefusedInput(f"{name}: rule: none counts any text; right would be one table [[source.rule]] at least.")
    return form


def message_of(payload: bytes, form: Form, envelope: Envelope) -> Message:
    """Return what a payload says; what cannot be read is a refusal in it.

    >>> told = b'{"id": "a1", "text": "OLT 7 is down", "operator": "xl", "at": "1970-01-01T00:00:01Z"}'
    >>> [item] = message_of(told, Form(), Envelope(topic="alarms", id="m1", now_us=9)).items
    >>> item.id, item.kind, item.text, item.at_us
    ('a1', 'alarm', 'firing: OLT 7 is down', 1000000)
    """
    readers = {
        "report": _reports,
        "alertmanager": _alertmanager,
        "tmf642": _tmf642,
        "fields": _documents,
        "text": _texts,
    }
    try:
        if len(payload) > PAYLOAD_BYTES_MAX:
            raise RefusedInput(f"{len(payload):,} bytes; right would be {PAYLOAD_BYTES_MAX:,} at most.")
        message = readers[form.form](payload, form, envelope)
        if envelope.at_us is None:
            return message
        at_us = said_at(envelope.at_us, envelope.now_us)
        dated = (item if item.at_us is not None else replace(item, at_us=at_us) for item in message.items)
        return replace(message, items=tuple(dated))
    except (RefusedInput, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        said = "it is nested too deeply." if isinstance(problem, RecursionError) else str(problem)
        return Message(refused=f"{envelope.topic}: a message that cannot be read as {form.form}: {said[:300]}")


def _reports(payload: bytes, form: Form, envelope: Envelope) -> Message:
    told = msgspec.json.decode(payload, type=_Told | list[_Told])
    given = [told] if isinstance(told, _Told) else _bounded(told)
    ids = [str(one.id) if one.id not in {None, ""} else _numbered(envelope.id, at) for at, one in enumerate(given)]
    return _message([_report(one, id, form, envelope) for id, one in zip(ids, given, strict=True)])


def _report(told: _Told, id: str, form: Form, envelope: Envelope) -> Item:
    origin = _origin(form, envelope)
    kind: Kind = told.kind or form.report_kind
    text = told.text or ""
    if kind == "alarm" and not text.lower().startswith(_STATES):
        text = f"firing: {text or envelope.topic}"
    return Item(
        id=id,
        at_us=_micros(told.at or "", envelope.now_us),
        text=text,
        author=told.author or "",
        operator=told.operator or origin.operator,
        service=told.service or origin.service,
        symptom=told.symptom,
        place=told.place or origin.place,
        kind=kind,
    )


def _alertmanager(payload: bytes, form: Form, envelope: Envelope) -> Message:
    return _message([_hooked(one, form, envelope) for one in alertmanager.reports(payload, Delivery(source="alarm"))])


def _tmf642(payload: bytes, form: Form, envelope: Envelope) -> Message:
    document = msgspec.json.decode(payload, type=dict[str, Any])
    # An event holds its alarm; a document is one.
    told = _at(document, "event.alarm") or document
    if not isinstance(told, dict) or not {"state", "perceivedSeverity"} & told.keys():
        raise RefusedInput("neither state nor perceivedSeverity is told; right would be an alarm of TMF642.")
    try:
        report = tmf642.report_of(told, source="alarm")
    except (AttributeError, TypeError):
        raise RefusedInput("a field has another shape than in TMF642.") from None
    return _message([_hooked(report, form, envelope)])


def _hooked(report: Hooked, form: Form, envelope: Envelope) -> Item:
    origin = _origin(form, envelope)
    return Item(
        id=report.id,
        at_us=_micros(report.at, envelope.now_us),
        text=report.text,
        operator=report.operator or origin.operator,
        service=_word(report.service, _SERVICES) or origin.service,
        symptom=_word(report.symptom, _SYMPTOMS),
        place=report.place or origin.place,
        kind="alarm",
    )


def _documents(payload: bytes, form: Form, envelope: Envelope) -> Message:
    told = msgspec.json.decode(payload)
    documents = _bounded(told) if isinstance(told, list) else [told]
    if not all(isinstance(one, dict) for one in documents):
        raise RefusedInput("right would be a JSON object, or an array of them.")
    items = [_document(one, form, replace(envelope, id=_numbered(envelope.id, at))) for at, one in enumerate(documents)]
    return _message(items)


def _document(told: dict[str, Any], form: Form, envelope: Envelope) -> Item:
    said = {name: _written(_at(told, path)) for name, path in form.fields.items()}
    if not (said.get("name") or said.get("about")):
        paths = " and ".join(repr(form.fields[one]) for one in ("name", "about") if one in form.fields)
        raise RefusedInput(f"nothing stands at {paths}, where fields looks for what the alarm is called or about.")
    over = said.get("state", "").lower() in {one.lower() for one in form.cleared}
    at_us = _micros(said.get("at", ""), envelope.now_us)
    state = "cleared" if over else "firing"
    # An alarm has one id through its life, which may be long; what tells its turns apart is when they were.
    id = f"{said['id']}:{state}:{at_us}" if said.get("id") and at_us is not None else envelope.id
    rule = Rule(
        name=said.get("name") or "alarm",
        operator=said.get("operator", ""),
        service=_word(said.get("service", ""), _SERVICES),
        symptom=_word(said.get("symptom", ""), _SYMPTOMS),
        place=said.get("place", ""),
    )
    return alarm(
        Match(rule, over=over),
        _origin(form, envelope),
        id=id,
        sender=said.get("about", ""),
        detail=said.get("detail", ""),
        at_us=at_us,
    )


def _texts(payload: bytes, form: Form, envelope: Envelope) -> Message:
    text = payload.decode()
    match = first_match(form.rule, text)
    if match is None:
        return Message()
    item = alarm(match, _origin(form, envelope), id=envelope.id, sender=envelope.topic, detail=text)
    return Message(items=(item,), filters=(match.rule.name,))


def _message(items: list[Item]) -> Message:
    return Message(items=tuple(items))


def _origin(form: Form, envelope: Envelope) -> Origin:
    found = origin_of(form.topic, envelope.topic)
    return found or Origin(name="*", operator=form.operator, place=form.place)


def _bounded(told: list[Any]) -> list[Any]:
    if len(told) > _ITEMS_MAX:
        raise RefusedInput(f"{len(told):,} in one message; right would be {_ITEMS_MAX:,} at most.")
    return told


def _numbered(id: str, at: int) -> str:
    return f"{id}.{at}" if at else id


def _at(told: Any, path: str) -> Any:
    """Return what stands at a path such as "alarm.object.0.name", None where nothing does.

    >>> _at({"a": [{"b": 1}]}, "a.0.b"), _at({"a": []}, "a.0.b")
    (1, None)
    """
    for step in path.split("."):
        if isinstance(told, Mapping):
            told = told.get(step)
        elif isinstance(told, list) and step.isdecimal() and int(step) < len(told):
            told = told[int(step)]
        else:
            return None
    return told


def _written(value: Any) -> str:
    if isinstance(value, bool) or value is None or isinstance(value, dict | list):
        return "" if value is None else msgspec.json.encode(value).decode()
    return str(value)


def _micros(written: str, now_us: int) -> int | None:
    """Return a moment as ISO 8601 with a zone, or as seconds or milliseconds since 1970."""
    seconds = written[:-3] if written.isdecimal() and len(written) == 13 else written
    said = moment(seconds)
    if not said:
        return None
    at_us = to_micros(datetime.fromisoformat(said)) + (int(written[-3:]) * 1_000 if seconds != written else 0)
    return said_at(at_us, now_us)


def _word(value: str, known: frozenset[str]) -> Any:
    return value if value in known else None
