"""RIPE Atlas' stream: what its frames say, and results held until the windows that they belong to are judged.

A message is a JSON array of a type and a payload. Who has subscribed is told so; from then on, all public results of a
measurement come as the platform gets them. What was measured before comes by no stream: the interface has it.
Source: https://atlas.ripe.net/docs/apis/streaming-api/.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

import msgspec

from pulih.adapters.sources.measurements._atlas_results import Result, by_probe
from pulih.model.errors import OutsideFailed

CALLED: Final = "RIPE Atlas' stream"
# So many probes in all windows together are held; what is beyond is asked for when its window is over.
HELD_MAX: Final = 200_000
# The clock of a probe and ours are no further apart.
APART_S: Final = 30
_WORDS_MAX: Final = 200

_FRAME: Final = msgspec.json.Decoder(tuple[str, msgspec.Raw])


class _Subscribed(msgspec.Struct):
    msm: int | None = None


class Told(msgspec.Struct):
    """What frames said: measurements that are subscribed to, results, and a sentence for what cannot be read."""

    subscribed: set[int] = msgspec.field(default_factory=set)
    results: list[Result] = msgspec.field(default_factory=list)
    refused: list[str] = msgspec.field(default_factory=list)


def subscription(measurement: int) -> str:
    """Return what is sent to get the results of a measurement.

    >>> subscription(1001)
    '["atlas_subscribe",{"streamType":"result","msm":1001}]'
    """
    return msgspec.json.encode(("atlas_subscribe", {"streamType": "result", "msm": measurement})).decode()


def told_by(frames: Iterable[bytes], name: str) -> Told:
    """Return what frames say.

    Args:
        frames: as they came. What is told of probes and of new measurements says nothing.
        name: of the source.

    Raises: OutsideFailed when the stream tells an error, such as a measurement that it does not know.

    >>> told_by([b'["atlas_subscribed",{"msm":7}]', b'["atlas_result",{"prb_id":1,"timestamp":9,"type":"ping"}]'], "a")
    Told(subscribed={7}, results=[Result(prb_id=1, timestamp=9, type='ping', rcvd=None, result=None, resultset=None, \
dst_addr=None, cert=None, msm_id=None)], refused=[])
    """
    told = Told()
    for frame in frames:
        try:
            what, payload = _FRAME.decode(frame)
            if what == "atlas_result":
                told.results.extend(_results(payload))
            elif what == "atlas_subscribed":
                told.subscribed |= {msgspec.json.decode(payload, type=_Subscribed).msm or 0}
            elif what == "atlas_error":
                why = bytes(payload).decode(errors="replace")[:_WORDS_MAX]
                raise OutsideFailed(f"{name}: {CALLED} tells an error: {why}", key="source.trouble", name=name, why=why)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
            told.refused.append(f"{CALLED}: a message cannot be read ({problem}).")
    return told


def _results(payload: msgspec.Raw) -> list[Result]:
    """Return the results of a message: one, or several of them together."""
    found: Any = msgspec.json.decode(payload)
    return [msgspec.convert(one, Result) for one in (found if isinstance(found, list) else [found])]


class Held:
    """Results by their windows and measurements: for each probe whether it reached anything.

    Args:
        width_s: of a window.
        most: probes in all windows together.
    """

    def __init__(self, width_s: int, most: int = HELD_MAX) -> None:
        self._width_s, self._most = width_s, most
        self._windows: dict[int, dict[int, dict[int, bool]]] = {}
        self._many = 0
        # What was measured from then on came by the stream; None while it is not known.
        self._whole_s: int | None = None

    def begin(self, now_s: int) -> None:
        """Tell that all measurements are subscribed to."""
        if self._whole_s is None:
            self._whole_s = now_s + APART_S

    def add(self, results: Iterable[Result], known: Collection[int], *, since_s: int, until_s: int) -> None:
        """Take results in; those outside [since_s, until_s) belong to no window that is still to be judged.

        Args:
            results: of measurements that are listened to.
            known: probes that are watched.
            since_s, until_s: seconds since 1970 UTC.
        """
        for one in results:
            if one.msm_id is None or one.prb_id not in known or not since_s <= one.timestamp < until_s:
                continue
            start_s = one.timestamp // self._width_s * self._width_s
            if self._many >= self._most:
                # Such a window is not whole any more, nor is any before it.
                self._whole_s = max(self._whole_s or 0, start_s + self._width_s)
                continue
            probes = self._windows.setdefault(start_s, {}).setdefault(one.msm_id, {})
            self._many -= len(probes)
            for probe, got in by_probe([one]).items():
                probes[probe] = probes.get(probe, False) or got
            self._many += len(probes)

    def of(self, start_s: int, measurement: int) -> Mapping[int, bool] | None:
        """Return what a window holds of a measurement, None when the stream may not have told all, or told nothing."""
        if self._whole_s is None or start_s < self._whole_s:
            return None
        return self._windows.get(start_s, {}).get(measurement) or None

    def drop(self, before_s: int) -> None:
        """Forget windows that began before a moment."""
        for start_s in [one for one in self._windows if one < before_s]:
            self._many -= sum(map(len, self._windows.pop(start_s).values()))
