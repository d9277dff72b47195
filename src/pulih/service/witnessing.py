"""Witnessing: shows each new head of the timeline to the witnesses, and keeps their cosignatures below it.

A witness that is away is asked again a minute later; pages never wait for one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pulih.model.errors import OutsideFailed, PulihError
from pulih.ports.timeline import Witness
from pulih.service.proving import Proving


class Witnessing:
    """Asks the witnesses of a desk; for one thread.

    Args:
        proving: the timeline.
        witnesses: whom to ask.
        cosigned: is called after somebody cosigned, so that the head is published with it.
    """

    def __init__(self, proving: Proving, witnesses: Sequence[Witness], cosigned: Callable[[], None]) -> None:
        self._proving, self._witnesses, self._cosigned = proving, tuple(witnesses), cosigned
        self._sizes = dict.fromkeys((one.key.name for one in self._witnesses), 0)

    def ask(self) -> list[str]:
        """Ask those who have not cosigned the present head; return a sentence for each who did not."""
        view = self._proving.view()
        if view is None or view.size == 0:
            return []
        missing = [one for one in self._witnesses if one.key.name not in view.witnesses]
        says = [said for said in (self._shown(one) for one in missing) if said]
        if len(says) < len(missing):
            self._cosigned()
        return says

    def _shown(self, witness: Witness) -> str:
        name = witness.key.name
        try:
            answer = witness.add_checkpoint(self._proving.request(self._sizes[name]))
            if answer.size is not None:
                self._sizes[name] = answer.size
                answer = witness.add_checkpoint(self._proving.request(answer.size))
            if answer.size is not None:
                raise OutsideFailed(f"The witness {name} wants a proof from ever another size; it did not cosign.")
            self._sizes[name] = self._proving.cosign(answer.lines)
        except PulihError as problem:
            return str(problem)
        return ""
