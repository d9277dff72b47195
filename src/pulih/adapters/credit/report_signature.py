"""Signs the files of a control report, and looks whether they are those that were signed.

The signed text is the list of checksums under a line that says what it is, as a C2SP signed note (Ed25519): the form of
the public timeline's heads, under a key of its own, so that no report can pass for a head.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final

import msgspec

from pulih.adapters.credit.disk import reading
from pulih.adapters.credit.whole_folder import SIGNED, digest_of
from pulih.adapters.timeline_key import kept_key
from pulih.communicate.signed_note import SignerKey, read_note, verifier_key, with_lines

SIGNER: Final = "signer.pub"
_HEAD: Final = "pulih control report 1\n"


class Looked(msgspec.Struct, frozen=True):
    """What looking at a signed folder found: what is wrong (nothing when all holds), and by which key."""

    faults: tuple[str, ...]
    key: str


def report_key(path: Path) -> SignerKey:
    """The key that signs reports; it is made at first use.

    Raises: OutsideFailed when the disk refuses, or others may read it; RefusedInput when the file holds no key.
    """
    return kept_key(path, f"pulih-{secrets.token_hex(4)}/credits", what="the key of control reports")


def signed(checksums: str, key: SignerKey) -> str:
    """A list of checksums, signed."""
    text = _HEAD + checksums
    return with_lines(text, [key.line(text)])


def look_at(folder: Path, key: str | None) -> Looked:
    """Whether a folder's files are those that were signed.

    Args:
        folder: of a control report.
        key: whose signature it must bear, one line; None: that of the folder itself, which proves only that nothing
            was changed by somebody without the key.

    Raises: RefusedInput when the folder is none of a report, or the key is none.
    """
    with reading(str(folder / SIGNED)):
        note = read_note((folder / SIGNED).read_text(encoding="utf-8"))
    if key is None:
        with reading(str(folder / SIGNER)):
            key = (folder / SIGNER).read_text(encoding="utf-8")
    verifier = verifier_key(key)
    if not note.signed_by(verifier) or not note.text.startswith(_HEAD):
        return Looked((f"{SIGNED} is not signed by {verifier.name}",), verifier.text())
    faults = []
    for line in note.text.removeprefix(_HEAD).splitlines():
        digest, _, name = line.partition("  ")
        path = folder / Path(name).name
        if not path.is_file():
            faults.append(f"{name} is missing")
        elif digest_of(path) != digest:
            faults.append(f"{name} was changed")
    return Looked(tuple(faults), verifier.text())
