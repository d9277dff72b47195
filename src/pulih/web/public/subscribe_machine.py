"""Subscribing a machine: its address and choices in a form, its secret shown once, and a challenge that it answers.

Nothing is posted but one challenge until the machine has answered it by posting to the address in it: who cannot read
what arrives at an address cannot have the desk post there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.types import ControllerRouterHandler

from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.service.subscribing import Subscribing
from pulih.web.frame.errors import said, waiting
from pulih.web.frame.rendering import page
from pulih.web.frame.rooms import rooms_of
from pulih.web.frame.threads import in_thread
from pulih.web.frame.visitor import visitor_of
from pulih.web.public.topics_form import STATUS, fields_of, form_of, wish_in

AnyRequest = Request[Any, Any, Any]
HERE = "/subscribe/webhook"


@get(HERE, include_in_schema=False)
@in_thread
def machine_page(request: AnyRequest) -> Response[bytes]:
    """Show the form."""
    _desk(request)
    rooms, asked = rooms_of(request), request.query_params
    fields = {name: asked.getall(name, []) for name in ("place", "operator", "service")}
    form = form_of(rooms, wish_in(rooms, fields, visitor_of(request).language), asked.get("province", ""))
    return page(request, "public/subscribe_machine.html", form=form, address="", wrong="")


@post(HERE, include_in_schema=False)
async def send_machine(request: AnyRequest) -> Response[bytes]:
    """Take a machine, and show its secret once."""
    fields = fields_of(await request.form())
    return await in_thread(_subscribe)(request, fields)


MACHINES: tuple[ControllerRouterHandler, ...] = (machine_page, send_machine)


def _subscribe(request: AnyRequest, fields: Mapping[str, Sequence[str]]) -> Response[bytes]:
    rooms, visitor, desk = rooms_of(request), visitor_of(request), _desk(request)
    address, wish = next(iter(fields.get("address", ())), ""), wish_in(rooms, fields, visitor.language)
    try:
        made = desk.ask_machine(address, wish, network=visitor.network)
    except (RefusedInput, OutsideFailed) as error:
        values: dict[str, Any] = {"form": form_of(rooms, wish), "address": address, "wrong": said(request, error)}
        status = STATUS.get(error.key, 400)
        return page(request, "public/subscribe_machine.html", status=status, headers=waiting(error), **values)
    headers = {"referrer-policy": "no-referrer", "x-robots-tag": "noindex"}
    manage = f"/subscription/{desk.manage_token(made.id)}"
    return page(
        request, "public/machine_secret.html", headers=headers, address=made.address, secret=desk.secret(made.id),
        manage=f"{rooms.settings.address}{manage}",
    )  # fmt: skip


def _desk(request: AnyRequest) -> Subscribing:
    found = rooms_of(request).subscribing
    if found is None or "webhook" not in found.offers:
        raise NotFoundException("This desk tells no machines of other people.")
    return found
