"""What people do on the page of credits: say what they go by, preview, ask, approve, reverse, hand over, link."""

from __future__ import annotations

from typing import Final, cast, get_args

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pulih.communicate.addresses import credit_address
from pulih.communicate.speech import Pair
from pulih.model.credit_batch import CreditService, committed
from pulih.model.entry import CreditBasisSet
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.incident import Incident
from pulih.ports.credit_desk import Scenario, Twist
from pulih.service.credit_desk import SCENARIOS_MAX, Decision
from pulih.service.credit_links import DAYS_MAX, CreditLink, good_until_s
from pulih.web.console.asking import AnyRequest, Asking, asking
from pulih.web.console.credits_page import SERVICES, TWISTS, credit_desk, credits_values
from pulih.web.console.fault import Fault, said
from pulih.web.console.forms import Form, Misfilled, fields_of
from pulih.web.frame.guards import require
from pulih.web.frame.redirects import led
from pulih.web.frame.rendering import page
from pulih.web.frame.threads import in_thread

HERE: Final = "/console/incidents/{incident_id:str}/credits"
_TEMPLATE: Final = "console/credits.html"
# Where on the page an act is to be seen afterwards.
_PLACES: Final = {"basis": "basis", "preview": "preview", "cancel": "preview", "link": "link"}
ACTS: Final = ("basis", "preview", "cancel", "ask", "approve", "reverse", "hand_over", "papers", "forget", "link")


@get(HERE, guards=[require("viewer")], include_in_schema=False)
@in_thread
def credits_page(request: AnyRequest, incident_id: FromPath[str]) -> Response[bytes]:
    """Show what an incident gives."""
    who = asking(request)
    done = request.query_params.get("done", "")
    return page(request, _TEMPLATE, **credits_values(who, who.incident(incident_id), done=done))


@post(f"{HERE}/{{act:str}}", guards=[require("duty")], include_in_schema=False)
async def act_on_credits(request: AnyRequest, incident_id: FromPath[str], act: FromPath[str]) -> Response[bytes]:
    """Do what a form says, and show the page."""
    who = asking(request)
    form = Form(fields_of(await request.form()), who.zone, who.tongue.when.now_us)
    return await in_thread(_act)(request, who, form, (incident_id, act))


CREDITS: tuple[ControllerRouterHandler, ...] = (credits_page, act_on_credits)


def _act(request: AnyRequest, who: Asking, form: Form, what: tuple[str, str]) -> Response[bytes]:
    incident_id, act = what
    if act not in ACTS:
        raise NotFoundException(f"There is nothing called {act[:20]} to do with credits.")
    incident = who.incident(incident_id)
    try:
        links = _done(who, form, incident, act)
    except (ForbiddenMove, RefusedInput) as error:
        status = 409 if isinstance(error, ForbiddenMove) else 400
        title = who.tongue.say("console.fault.forbidden" if status == 409 else "console.fault.refused")
        fault = Fault(status=status, title=title, said=said(who.tongue, error), act=act, fields=form.filled())
        return page(request, _TEMPLATE, status=status, **credits_values(who, who.incident(incident_id), fault=fault))
    if links is not None:
        # The links stand on no address and in no log of ours.
        return page(request, _TEMPLATE, **credits_values(who, incident, done=act, links=links))
    return led(f"/console/incidents/{incident_id}/credits?done={act}#{_PLACES.get(act, 'batches')}")


def _done(who: Asking, form: Form, incident: Incident, act: str) -> Pair | None:
    """Do an act; return the links that it made, if it made any."""
    desk = credit_desk(who)
    match act:
        case "basis":
            who.rooms.incidents.act(
                incident.id, _basis(form), actor=who.actor, version=form.number("version"), reason=form.text("reason")
            )
        case "preview":
            desk.begin(incident.id, _scenarios(form), actor=who.actor)
        case "cancel":
            desk.cancel(incident.id)
        case "ask":
            desk.ask(
                incident.id,
                form.text("policy", needed=True),
                actor=who.actor,
                version=form.number("version"),
                reason=form.text("reason"),
            )
        case "papers":
            desk.write_papers(incident)
        case "forget":
            desk.forget(
                incident.id,
                form.text("batch", needed=True),
                actor=who.actor,
                version=form.number("version"),
                reason=form.text("reason", needed=True),
            )
        case "link":
            return _links(who, form, incident)
        case _:
            desk.decide(
                incident.id,
                cast(Decision, act),
                form.text("batch", needed=True),
                actor=who.actor,
                version=form.number("version"),
                reason=form.text("reason"),
                by_us=form.ahead("by"),
            )
    return None


def _basis(form: Form) -> CreditBasisSet:
    services = tuple(form.fields.get("service", ()))
    if strange := [one for one in services if one not in get_args(CreditService)]:
        raise Misfilled("choice", field="service", given=strange[0][:40], allowed=", ".join(SERVICES))
    return CreditBasisSet(
        services=cast(tuple[CreditService, ...], services),
        nationwide=form.ticked("nationwide"),
        excluded=form.ticked("excluded"),
        cause=form.text("cause"),
        attributes=_attributes(form),
    )


def _attributes(form: Form) -> dict[str, int]:
    """Read lines of the form `towers = 12`."""
    attributes: dict[str, int] = {}
    for line in form.lines("attributes"):
        name, _, value = (part.strip() for part in line.partition("="))
        try:
            attributes[name] = int(value)
        except ValueError:
            raise Misfilled("attribute", field="attributes", given=line[:40]) from None
    return attributes


def _scenarios(form: Form) -> tuple[Scenario, ...]:
    chosen = []
    for row in range(1, SCENARIOS_MAX + 1):
        policy = form.text(f"policy{row}")
        if policy:
            chosen.append(Scenario(policy, cast(Twist, form.choice(f"twist{row}", TWISTS))))
    if not chosen:
        raise Misfilled("empty", field="policy")
    return tuple(chosen)


def _links(who: Asking, form: Form, incident: Incident) -> Pair:
    subscriber, days = form.number("subscriber"), form.number("days")
    if not 1 <= days <= DAYS_MAX:
        raise Misfilled("number", field="days", given=str(days))
    standing = [one.id for one in incident.credits if committed(one)]
    if not standing or who.rooms.credit_links is None:
        raise ForbiddenMove(f"{incident.id} has no approved credits.", key="credit.none_approved")
    batch = standing[-1]
    if not credit_desk(who).account(incident.id, batch, subscriber):
        raise ForbiddenMove(
            f"The tables of {batch} have no subscriber {subscriber}.", key="credit.stranger", subscriber=subscriber
        )
    until_s = good_until_s(who.tongue.when.now_us, days)
    token = who.rooms.credit_links.token(CreditLink(incident.id, batch, subscriber, until_s))
    address = who.rooms.settings.address
    return f"{address}/{credit_address('id', token)}", f"{address}/{credit_address('en', token)}"
