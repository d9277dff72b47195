"""RIPE Atlas results: what one result of a probe says, as the interface and the stream give it, and whose a probe is.

Source: https://atlas.ripe.net/docs/apis/result-format/ and https://atlas.ripe.net/docs/apis/rest-api-reference/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec

from pulih.model.errors import OutsideFailed


class Result(msgspec.Struct):
    """One result, as far as it tells whether a probe reached anything."""

    prb_id: int
    timestamp: int
    type: str
    rcvd: int | None = None
    result: Any = None
    resultset: Any = None
    dst_addr: str | None = None
    cert: Any = None
    msm_id: int | None = None


class _Probe(msgspec.Struct):
    id: int
    asn_v4: int | None = None
    asn_v6: int | None = None
    country_code: str | None = None


class _Probes(msgspec.Struct):
    results: list[_Probe]


def results_of(body: bytes) -> tuple[list[Result], tuple[str, ...]]:
    """Return the results of an answer, and a sentence for each that cannot be read.

    Raises: OutsideFailed when it is no list of results.

    >>> found, refused = results_of(b'[{"prb_id": 1, "timestamp": 60, "type": "ping", "rcvd": 3}, {"prb_id": 2}]')
    >>> reached(found[0]), len(refused)
    (True, 1)
    """
    try:
        entries = msgspec.json.decode(body, type=list[Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise OutsideFailed(
            "RIPE Atlas answers with something that is no list of results.", key="source.unreadable", name="RIPE Atlas"
        ) from None
    found: list[Result] = []
    refused: list[str] = []
    for one in entries:
        try:
            found.append(msgspec.convert(one, Result))
        except msgspec.ValidationError as problem:
            refused.append(f"RIPE Atlas: a result cannot be read ({problem}).")
    return found, tuple(refused)


def reached(one: Result) -> bool | None:
    """Return whether a probe reached what it asked, None when the kind of measurement does not tell.

    >>> reached(Result(1, 0, "dns", result={"rt": 3.1})), reached(Result(1, 0, "http", result=[{"err": "timeout"}]))
    (True, False)
    """
    how = _REACHED.get(one.type)
    return None if how is None else how(one)


def by_probe(many: Iterable[Result]) -> dict[int, bool]:
    """Return for each probe whether it reached what it asked at least once: then it is not cut off.

    However often a result comes, and by whichever way, it says the same.

    >>> by_probe([Result(1, 60, "ping", rcvd=0), Result(1, 120, "ping", rcvd=3), Result(2, 60, "wifi")])
    {1: True}
    """
    found: dict[int, bool] = {}
    for one in many:
        if (got := reached(one)) is not None:
            found[one.prb_id] = found.get(one.prb_id, False) or got
    return found


def _answered(one: Result) -> bool:
    """Whether any name server answered; with several of them the answers stand in a set."""
    many = one.resultset if isinstance(one.resultset, list) else [{"result": one.result}]
    return any(isinstance(each, dict) and isinstance(each.get("result"), dict) for each in many)


def _any_with(one: Result, key: str) -> bool:
    many = one.result if isinstance(one.result, list) else []
    return any(isinstance(each, dict) and each.get(key) is not None for each in many)


def _hopped(one: Result) -> bool:
    """Whether the last hop of a traceroute is the one that was looked for."""
    hops = one.result if isinstance(one.result, list) else []
    last = hops[-1] if hops and isinstance(hops[-1], dict) else {}
    replies = last.get("result")
    return isinstance(replies, list) and any(
        isinstance(each, dict) and one.dst_addr is not None and each.get("from") == one.dst_addr for each in replies
    )


_REACHED: Final[Mapping[str, Callable[[Result], bool]]] = {
    "ping": lambda one: (one.rcvd or 0) > 0,
    "dns": _answered,
    "http": lambda one: _any_with(one, "res"),
    "ntp": lambda one: _any_with(one, "rtt"),
    "sslcert": lambda one: isinstance(one.cert, list) and bool(one.cert),
    "traceroute": _hopped,
}


def probes_of(body: bytes) -> list[tuple[int, tuple[frozenset[int], str]]]:
    """Return the networks and country of each probe in an answer, by its number.

    Raises: OutsideFailed when it is no answer of that kind.
    """
    try:
        found = msgspec.json.decode(body, type=_Probes).results
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise OutsideFailed(
            "RIPE Atlas answers with something that is no list of probes.", key="source.unreadable", name="RIPE Atlas"
        ) from None
    return [
        (one.id, (frozenset(asn for asn in (one.asn_v4, one.asn_v6) if asn), one.country_code or "")) for one in found
    ]
