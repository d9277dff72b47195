"""Asks a running desk for an incident as credits see it; the token goes to the address given and nowhere else."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

import httpx
import msgspec

from pulih.adapters.desk_client import desk_address, words_of
from pulih.model.errors import OutsideFailed, RefusedInput

_TIMEOUT_S: Final = 30.0


class _LeftOut(msgspec.Struct, frozen=True):
    """A scope that gives no window, and why."""

    why: str
    scope: dict[str, Any]


class _Answer(msgspec.Struct, frozen=True):
    """What the desk says."""

    incident: msgspec.Raw
    left_out: tuple[_LeftOut, ...] = ()
    going_on: bool = False


def incident_of_desk(address: str, incident: str, token: str, *, plain: bool) -> tuple[bytes, list[str]]:
    """Return the file of an incident, and what whoever asks should know of it.

    Args:
        address: of the desk, such as https://desk.example.id.
        incident: its id there.
        token: of role approver.
        plain: allow an address without encryption that is not this machine.

    Raises: RefusedInput when address or token will not do, or there is no such incident; OutsideFailed when the desk
        cannot be reached.
    """
    url = f"{desk_address(address, plain=plain)}/v1/incidents/{quote(incident, safe='')}/credit-incident"
    try:
        answer = httpx.get(
            url,
            headers={"authorization": f"Bearer {token}"},
            timeout=_TIMEOUT_S,
            follow_redirects=False,
            trust_env=False,
        )
    except httpx.HTTPError as error:
        raise OutsideFailed(f"--from-desk {address}: the desk cannot be reached ({error}).") from None
    if answer.status_code >= 500:
        raise OutsideFailed(f"--from-desk {address}: status {answer.status_code}: {words_of(answer.content)}")
    if answer.status_code != 200:
        raise RefusedInput(
            f"--from-desk {address}: status {answer.status_code}: {words_of(answer.content)}; "
            "name the desk itself, an incident of it, and a token of role approver"
        )
    try:
        said = msgspec.json.decode(answer.content, type=_Answer)
    except msgspec.MsgspecError:
        raise RefusedInput(f"--from-desk {address}: this answers as no desk does.") from None
    remarks = [f"Left out ({one.why}): {_named(one.scope)}" for one in said.left_out]
    if said.going_on:
        remarks.append(f"{incident} goes on; its open windows end now, and a later run gives the difference.")
    return bytes(said.incident), remarks


def _named(scope: dict[str, Any]) -> str:
    return " ".join(str(part) for part in scope.values() if part) or "everything"
