"""What `pulih verify` does and says: reads a site's timeline, compares it with the last time, and gives a verdict.

What was seen is remembered in a file, since only who remembers can tell that something was taken away.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TextIO

import msgspec

from pulih.adapters.data_folder import write_private
from pulih.adapters.disk_errors import disk_refused
from pulih.adapters.timeline_reading import (
    Reading,
    needed,
    read_bulletin,
    read_entries,
    read_leaf_hashes,
    site_reading,
)
from pulih.communicate.checkpoint import read_checkpoint
from pulih.communicate.proof_audit import (
    Check,
    entries_check,
    growth_check,
    head_check,
    leaves_of,
    page_checks,
    refused,
    said_once_check,
    witness_checks,
)
from pulih.communicate.proved_incident import ProvedIncident, incident_checks
from pulih.communicate.signed_note import VerifierKey, verifier_key
from pulih.model.errors import RefusedInput

# A site was rewritten, or its proof does not hold; 1 stays for a site that cannot be reached.
NOT_PROVED: Final = 3
_WAIT_S: Final = 2.0
_LOOKS_MAX: Final = 4


class Seen(msgspec.Struct, frozen=True):
    """What was seen of a timeline last: its key and its head."""

    key: str
    note: str


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What to verify.

    Attributes:
        site: address of the site, or the folder that it is published in.
        state: file in which is kept what was seen.
        key: verifier key to check with; that of the last time, or the site's own, when "".
        witnesses: verifier keys of witnesses who must have cosigned.
        incident: verify the entries of this incident only; "" = everything.
    """

    site: str
    state: Path
    key: str = ""
    witnesses: tuple[str, ...] = ()
    incident: str = ""


def verify(asked: Asked, out: TextIO, *, wait_s: float = _WAIT_S, read: Reading | None = None) -> int:
    """Verify a site and tell what holds; return 0 when all does, `NOT_PROVED` when something does not.

    A site that is being published just then does not fit together for a moment; it is looked at again as long as it
    changes.

    Args:
        asked: what to verify.
        out: where to tell it.
        wait_s: how long to wait before looking again.
        read: what reads the site; over HTTP or from its folder when None.

    Raises: RefusedInput when a key or the address is none; OutsideFailed when the site or the state cannot be read.
    """
    read, remembered = read or site_reading(asked.site), _remembered(asked.state)
    seen = remembered.get(asked.site)
    given = verifier_key(asked.key) if asked.key else None
    witnesses = [verifier_key(one) for one in asked.witnesses]
    for _ in range(_LOOKS_MAX):
        before = _moving(read)
        try:
            checks, now = _looked(asked, read, seen, given=given, witnesses=witnesses)
        except RefusedInput as problem:
            checks, now = [refused(problem)], None
        if all(check.holds for check in checks):
            break
        time.sleep(wait_s)
        if _moving(read) == before:
            break
    out.writelines(f"{'holds' if check.holds else 'FAILS'}: {check.says}\n" for check in checks)
    if now is None or not all(check.holds for check in checks):
        out.write(f"{asked.site}: the timeline is NOT proved. What was seen before is kept for the next time.\n")
        return NOT_PROVED
    _remember(asked.state, {**remembered, asked.site: now})
    out.write(f"{asked.site}: the timeline is proved; {asked.state} remembers it for the next time.\n")
    return 0


def _moving(read: Reading) -> tuple[bytes | None, ...]:
    """Return what is different while a site is being published."""
    return read("tlog/checkpoint"), read("bulletin.json")


def _looked(
    asked: Asked, read: Reading, seen: Seen | None, *, given: VerifierKey | None, witnesses: Sequence[VerifierKey]
) -> tuple[list[Check], Seen]:
    """Return what was found, and what to remember of it."""
    # First the pages, then the head: what a page shows is in the timeline before it is on the page.
    bulletin = None if asked.incident else read_bulletin(read)
    note = needed(read, "tlog/checkpoint").decode(errors="replace")
    served = needed(read, "tlog/key").decode(errors="replace").strip()
    key = given or verifier_key(seen.key if seen else served)
    checks = [_key_check(key, served, first=seen is None and given is None), head_check(note, key)]
    checks += witness_checks(note, witnesses)
    if not checks[1].holds:
        return checks, Seen(key.text(), note)
    size = read_checkpoint(note).size
    if asked.incident:
        octets = needed(read, f"tlog/entries/{_plain(asked.incident)}.json")
        hashes = read_leaf_hashes(read, size)
        checks += incident_checks(_decoded(octets), note, hashes, key=key)
        return checks, seen or Seen(key.text(), note)
    entries = read_entries(read, size)
    checks.append(entries_check(note, entries))
    if seen is not None:
        checks.append(growth_check(seen.note, note, entries))
    leaves = leaves_of(entries)
    checks.append(said_once_check(leaves))
    if bulletin is not None:
        checks += page_checks(bulletin, leaves)
    else:
        checks.append(Check(True, "The site shows no bulletin.json, so its pages were not compared with the timeline."))
    return checks, Seen(key.text(), note)


def _key_check(key: VerifierKey, served: str, *, first: bool) -> Check:
    if key.text() != served:
        return Check(
            False, f"The site shows the key {served[:120]!r}, and {key.text()} is expected: somebody began it anew."
        )
    if first:
        return Check(True, f"The key {key.text()} was taken from the site itself; compare it with one from elsewhere.")
    return Check(True, f"The site shows the expected key {key.text()}.")


def _plain(incident: str) -> str:
    if not incident.replace("-", "").isalnum() or not incident.isascii():
        raise RefusedInput(f"--incident {incident!r} is no id of an incident; one looks like 20251003-k7qm.")
    return incident


def _decoded(octets: bytes) -> ProvedIncident:
    try:
        return msgspec.json.decode(octets, type=ProvedIncident)
    except msgspec.MsgspecError as problem:
        raise RefusedInput(f"The entries of the incident cannot be read ({problem}).") from None


def _remembered(path: Path) -> dict[str, Seen]:
    try:
        octets = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as problem:
        raise disk_refused(problem, path, doing="reading what was seen before") from None
    try:
        return msgspec.json.decode(octets, type=dict[str, Seen])
    except msgspec.MsgspecError as problem:
        raise RefusedInput(
            f"--state {path}: this is no file of `pulih verify` ({problem}); give another name, or the right file."
        ) from None


def _remember(path: Path, seen: dict[str, Seen]) -> None:
    write_private(path, msgspec.json.format(msgspec.json.encode(seen, order="sorted"), indent=1) + b"\n")
