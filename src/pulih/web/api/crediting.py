"""Crediting: the calls that hand over an incident as credits see it, its books, and links to one subscriber's account.

Nothing here names who is owed what but the page behind a link, which only its holder can open.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from pulih.communicate.addresses import credit_address
from pulih.model.clock import MICROS, from_micros
from pulih.model.credit_batch import committed
from pulih.model.errors import ForbiddenMove, OutsideFailed
from pulih.model.scope import Scope
from pulih.ports.credit_desk import Account
from pulih.service.credit_books import balances
from pulih.service.credit_desk import CreditDesk
from pulih.service.credit_incident import Why
from pulih.service.credit_links import DAYS_MAX, CreditLink, good_until_s
from pulih.web.api.operation import Behind, Call, Operation
from pulih.web.api.reading import incident_named
from pulih.web.api.shapes import Moment


class WindowShape(msgspec.Struct, frozen=True, kw_only=True):
    """A service was down in a region, from start to before end; `*` is the whole country."""

    region: str
    service: str
    start: Moment
    end: Moment


class CreditIncidentShape(msgspec.Struct, frozen=True, kw_only=True):
    """An incident as `pulih credit --incident` reads it."""

    id: str
    operator: str
    zone: str
    excluded: bool
    cause: str | None
    attributes: dict[str, int]
    windows: tuple[WindowShape, ...]
    supersedes: tuple[str, ...]


class LeftOutShape(msgspec.Struct, frozen=True, kw_only=True):
    """A scope that gives no window: it names no service, no region, is another operator's, or nobody confirmed it."""

    scope: Scope
    why: Why


class CreditIncidentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An incident as credits see it; while `going_on`, open windows end now."""

    incident: CreditIncidentShape
    left_out: tuple[LeftOutShape, ...]
    going_on: bool


class JournalLineShape(msgspec.Struct, frozen=True, kw_only=True):
    """One leg of an entry of the books; positive amounts are debits, and the legs of an entry sum to nothing."""

    id: str
    entry: str
    batch: str
    at: Moment
    actor: str
    account: Account
    amount_minor: int
    currency: str
    rows: int
    digest: str


class BalanceShape(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on an account in a currency."""

    account: Account
    currency: str
    amount_minor: int


class CreditJournalAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The books of an incident's credits, in order, and what they come to."""

    lines: tuple[JournalLineShape, ...]
    balances: tuple[BalanceShape, ...]


class CreditLinkSent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose account of which batch; without one, the last in the books."""

    subscriber: Annotated[
        # In JSON 7.0 is an integer too, and some languages write one so.
        float,
        Meta(
            ge=0,
            le=2**53,
            multiple_of=1,
            description="subscriber_id of the operator's tables",
            extra_json_schema={"type": "integer"},
        ),
    ]
    batch: Annotated[str, Meta(max_length=64, description="id of a batch; empty = the last that is approved")] = ""
    days: Annotated[
        float,
        Meta(
            ge=1,
            le=DAYS_MAX,
            multiple_of=1,
            description="for how many days the link is good",
            extra_json_schema={"type": "integer"},
        ),
    ] = 30


class CreditLinkAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Where one subscriber reads what they get and why, in both languages, and until when."""

    link_id: str
    link_en: str
    expires: Moment


def _desk(behind: Behind) -> CreditDesk:
    if behind.credits is None:
        raise OutsideFailed("This desk runs without credits; start it with pulih serve.")
    return behind.credits


def _incident(behind: Behind, call: Call) -> CreditIncidentAnswer:
    name = incident_named(behind, call.name).id
    view = _desk(behind).view(name)
    seen = view.incident
    windows = tuple(
        WindowShape(
            region=one.region, service=one.service, start=from_micros(one.start_us), end=from_micros(one.end_us)
        )
        for one in seen.windows
    )
    return CreditIncidentAnswer(
        incident=CreditIncidentShape(
            id=seen.id,
            operator=seen.operator,
            zone=seen.zone,
            excluded=seen.excluded,
            cause=seen.cause,
            attributes=dict(seen.attributes),
            windows=windows,
            supersedes=seen.supersedes,
        ),
        left_out=tuple(LeftOutShape(scope=one.scope, why=one.why) for one in view.left_out),
        going_on=view.going_on,
    )


def _journal(behind: Behind, call: Call) -> CreditJournalAnswer:
    lines = _desk(behind).journal(incident_named(behind, call.name).id)
    return CreditJournalAnswer(
        lines=tuple(
            JournalLineShape(
                id=one.id,
                entry=one.entry,
                batch=one.batch,
                at=from_micros(one.at_us),
                actor=one.actor,
                account=one.account,
                amount_minor=one.amount_minor,
                currency=one.currency,
                rows=one.rows,
                digest=one.digest,
            )
            for one in lines
        ),
        balances=tuple(
            BalanceShape(account=account, currency=currency, amount_minor=amount)
            for (account, currency), amount in balances(lines).items()
        ),
    )


def _link(behind: Behind, call: Call) -> CreditLinkAnswer:
    sent: CreditLinkSent = call.body
    incident = incident_named(behind, call.name)
    desk, subscriber = _desk(behind), int(sent.subscriber)
    standing = [one.id for one in incident.credits if committed(one)]
    batch = sent.batch or (standing[-1] if standing else "")
    if batch not in standing or behind.credit_links is None:
        raise ForbiddenMove(
            f"{incident.id} has no approved credits{f' {batch}' if batch else ''}; "
            f"there are {', '.join(standing) or 'none'}"
        )
    if not desk.account(incident.id, batch, subscriber):
        raise ForbiddenMove(f"The tables of {batch} have no subscriber {subscriber}; take an id of theirs")
    until_s = good_until_s(behind.clock.now_us(), int(sent.days))
    token = behind.credit_links.token(CreditLink(incident.id, batch, subscriber, until_s))
    pages = {language: f"{behind.desk}/{credit_address(language, token)}" for language in _LANGUAGES}
    return CreditLinkAnswer(link_id=pages["id"], link_en=pages["en"], expires=from_micros(until_s * MICROS))


_LANGUAGES: Final[tuple[Literal["id", "en"], ...]] = ("id", "en")
_SEEN: Final[dict[str, Any]] = {
    "incident": {
        "id": "20251003-k7qd",
        "operator": "smartfren",
        "zone": "Asia/Jakarta",
        "excluded": False,
        "cause": None,
        "attributes": {},
        "windows": [
            {"region": "31", "service": "data", "start": "2025-10-03T01:48:00Z", "end": "2025-10-03T05:30:00Z"}
        ],
        "supersedes": [],
    },
    "left_out": [],
    "going_on": False,
}
_BOOKS: Final[dict[str, Any]] = {
    "lines": [
        {
            "id": "k1f0c2a94d7e0/approved/IDR/compensation",
            "entry": "k1f0c2a94d7e0/approved",
            "batch": "k1f0c2a94d7e0",
            "at": "2025-10-04T02:00:00Z",
            "actor": "citra",
            "account": "compensation",
            "amount_minor": 2_083_300,
            "currency": "IDR",
            "rows": 100,
            "digest": "ab" * 32,
        }
    ],
    "balances": [{"account": "compensation", "currency": "IDR", "amount_minor": 2_083_300}],
}
_LINKED: Final[dict[str, Any]] = {
    "link_id": "https://desk.example.id/kompensasi/eyJ.abc",
    "link_en": "https://desk.example.id/en/credit/eyJ.abc",
    "expires": "2025-11-03T02:00:00Z",
}

CREDITING = (
    Operation(
        id="getCreditIncident",
        method="GET",
        path="/v1/incidents/{incident}/credit-incident",
        role="approver",
        summary="An incident as credits see it",
        description=(
            "Windows from confirmed time alone, with what was left out and why; its field `incident` is the file that "
            "`pulih credit --incident` reads. A scope without a service counts once a person has said which it means."
        ),
        answer=CreditIncidentAnswer,
        do=_incident,
        refusals=(404,),
        examples={"answer": _SEEN},
    ),
    Operation(
        id="getCreditJournal",
        method="GET",
        path="/v1/incidents/{incident}/credit-journal",
        role="approver",
        summary="The books of an incident's credits",
        description="An append-only double-entry journal, one entry for each approval, reversal and hand-over.",
        answer=CreditJournalAnswer,
        do=_journal,
        refusals=(404,),
        examples={"answer": _BOOKS},
    ),
    Operation(
        id="makeCreditLink",
        method="POST",
        path="/v1/incidents/{incident}/credit-links",
        role="approver",
        summary="A link to one subscriber's account",
        description=(
            "For a message to that subscriber: a page that says what they get and why, without signing in, until the "
            "link ends. 409 when nothing is approved, or the tables have no such subscriber."
        ),
        body=CreditLinkSent,
        answer=CreditLinkAnswer,
        do=_link,
        refusals=(404, 409),
        examples={"answer": _LINKED, "body": {"subscriber": 81234567, "days": 30}},
    ),
)
