"""Asks a witness over HTTP to cosign the head of the timeline.

Source: C2SP tlog-witness (add-checkpoint).
"""

from __future__ import annotations

from typing import Final

import httpx

from pulih.communicate.signed_note import VerifierKey
from pulih.model.errors import OutsideFailed
from pulih.ports.timeline import WitnessAnswer

_TIMEOUT_S: Final = 10.0
_ANSWER_CHARS_MAX: Final = 16_000
_OTHER_SIZE: Final = 409
_WHY: Final[dict[int, str]] = {
    403: "it does not know the key of this timeline; give it what /tlog/key shows",
    404: "it does not know this timeline; ask who runs it to add its name and key",
    409: "it saw another timeline of this length under the same name",
    422: "it does not find that this timeline continues what it saw before",
}


class HttpWitness:
    """A witness at a web address.

    Args:
        key: with which its cosignatures are checked.
        address: prefix of its interface, such as https://witness.example.org.
    """

    def __init__(self, key: VerifierKey, address: str) -> None:
        self.key = key
        self._address = f"{address.rstrip('/')}/add-checkpoint"

    def add_checkpoint(self, request: str) -> WitnessAnswer:
        """Show it a head.

        Args:
            request: the size that it saw last, the proof from there, and the signed head.

        Raises: OutsideFailed when it cannot be reached or refuses.
        """
        try:
            answer = httpx.post(self._address, content=request.encode(), timeout=_TIMEOUT_S)
        except httpx.HTTPError as problem:
            raise OutsideFailed(f"The witness {self.key.name} could not be reached ({problem}).") from None
        told = answer.text[:_ANSWER_CHARS_MAX]
        if answer.status_code == httpx.codes.OK:
            return WitnessAnswer(lines=told)
        size = told.strip()
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if answer.status_code == _OTHER_SIZE and kind == "text/x.tlog.size" and size.isascii() and size.isdigit():
            return WitnessAnswer(size=int(size))
        why = _WHY.get(answer.status_code, f"it answered {answer.status_code}")
        raise OutsideFailed(f"The witness {self.key.name} did not cosign: {why}.")
