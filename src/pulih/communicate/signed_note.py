"""Signed notes: a short text with signatures below it, which anybody checks with a key of one line.

Keys are written as Go's checksum database writes them, so that its tools, and those of witnesses, read ours. A witness
adds its cosignature below: it saw this head at that time, and it continues the one it saw before.
Source: C2SP signed-note and tlog-cosignature (Ed25519, types 0x01 and 0x04), golang.org/x/mod/sumdb/note.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pulih.model.errors import RefusedInput

# What a signature is of: the text alone, or a time and the text.
PLAIN: Final = 1
COSIGNED: Final = 4
_KEY_BYTES: Final = 32
_ID_BYTES: Final = 4
_TIME_BYTES: Final = 8
# A name has neither spaces nor plus, since it stands between them.
_NAME: Final = re.compile(r"[^\s+\x00-\x1f]+")
_LINE: Final = re.compile(r"— ([^\s+\x00-\x1f]+) ([A-Za-z0-9+/]+=*)")
_SIGNER: Final = "PRIVATE+KEY+"
# Bounds, so that a hostile note costs nothing: more than any honest one has.
_NOTE_CHARS_MAX: Final = 64_000
_SIGNATURES_MAX: Final = 64


class VerifierKey(msgspec.Struct, frozen=True):
    """A key that anybody may have: whose, of which kind (`PLAIN` or `COSIGNED`), and 32 bytes of Ed25519."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Return the four bytes by which signatures name it."""
        return hashlib.sha256(f"{self.name}\n".encode() + bytes([self.kind]) + self.public).digest()[:_ID_BYTES]

    def text(self) -> str:
        """Return it as one line.

        >>> VerifierKey("desk.example/tlog", PLAIN, bytes(32)).text()[:26]
        'desk.example/tlog+3d23bb5f'
        """
        return f"{self.name}+{self.id.hex()}+{_base64(bytes([self.kind]) + self.public)}"


class SignerKey(msgspec.Struct, frozen=True):
    """A key that signs: whose, of which kind, and the 32 bytes of its seed, which nobody else may know."""

    name: str
    kind: int
    seed: bytes

    def verifier(self) -> VerifierKey:
        """Return the key with which others check."""
        return VerifierKey(self.name, self.kind, self._private().public_key().public_bytes_raw())

    def text(self) -> str:
        """Return it as one line, to be kept secret."""
        return f"{_SIGNER}{self.name}+{self.verifier().id.hex()}+{_base64(bytes([self.kind]) + self.seed)}"

    def line(self, text: str, *, at_s: int = 0) -> str:
        """Return the signature line for a text; `at_s` is when it was cosigned, seconds since 1970 UTC."""
        timed = at_s.to_bytes(_TIME_BYTES, "big") if self.kind == COSIGNED else b""
        signature = self._private().sign(_message(text, self.kind, at_s))
        return f"— {self.name} {_base64(self.verifier().id + timed + signature)}\n"

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


class Signature(msgspec.Struct, frozen=True):
    """One line below a note: whose, the id of the key, the bytes behind it, and the line itself."""

    name: str
    key_id: bytes
    octets: bytes
    line: str


class Note(msgspec.Struct, frozen=True):
    """A text that ends with a line end, and what is signed below it; nothing is checked yet."""

    text: str
    signatures: tuple[Signature, ...]

    def signed_by(self, key: VerifierKey) -> bool:
        """Tell whether a key signed the text; a signature of it that is false makes the whole note false."""
        own = [one for one in self.signatures if one.name == key.name and one.key_id == key.id]
        return bool(own) and all(_holds(self.text, one.octets, key) for one in own)

    def cosigned_s(self, key: VerifierKey) -> int | None:
        """Return when a witness cosigned, seconds since 1970 UTC; None when it did not, or falsely."""
        own = [one for one in self.signatures if one.name == key.name and one.key_id == key.id]
        return _time_of(own[0].octets) if key.kind == COSIGNED and self.signed_by(key) else None


def read_note(note: str) -> Note:
    """Return a note taken apart.

    Raises: RefusedInput when it is none.

    >>> read_note("text\\n\\n— desk AAAAAAAA\\n").signatures[0].name
    'desk'
    """
    text, blank, below = note.rpartition("\n\n")
    if len(note) > _NOTE_CHARS_MAX or not blank or not below.endswith("\n") or _controls(note):
        raise RefusedInput(
            "This is no signed note: a text, an empty line, and a line of each signature, each with a line end."
        )
    return Note(f"{text}\n", read_signatures(below))


def read_signatures(below: str) -> tuple[Signature, ...]:
    """Return the signatures of some lines, each with a line end.

    Raises: RefusedInput for a line that is none, and for too many.
    """
    lines = below.splitlines()
    if not 0 < len(lines) <= _SIGNATURES_MAX:
        raise RefusedInput(f"A note has 1 to {_SIGNATURES_MAX} signatures, and not {len(lines)}.")
    return tuple(_signature(line) for line in lines)


def verifier_key(line: str) -> VerifierKey:
    """Return the key that a line holds.

    Raises: RefusedInput when it holds none of a kind known here, or its hash is not its own.

    >>> verifier_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").name
    'PeterNeumann'
    """
    name, given, kind, octets = _key_parts(line.strip())
    key = VerifierKey(name, kind, octets)
    if key.id.hex() != given:
        raise RefusedInput(
            f"The key of {name} has the hash {key.id.hex()}, and not {given}; copy the whole line again."
        )
    return key


def signer_key(line: str) -> SignerKey:
    """Return the signing key that a line holds.

    Raises: RefusedInput when it holds none, or its hash is not its own; the line is not shown.
    """
    secret = line.strip()
    if not secret.startswith(_SIGNER):
        raise RefusedInput(f"A signing key begins with {_SIGNER}NAME; bring back the file from a backup.")
    name, given, kind, octets = _key_parts(secret.removeprefix(_SIGNER))
    key = SignerKey(name, kind, octets)
    if key.verifier().id.hex() != given:
        raise RefusedInput(
            f"The signing key of {name} is damaged: its hash is not {given}. Bring it back from a backup."
        )
    return key


def check_name(name: str) -> str:
    """Return the name of a key or timeline. Raises: RefusedInput when it cannot be one."""
    if not _NAME.fullmatch(name):
        raise RefusedInput(
            f"{name!r} cannot name a key: a name has neither spaces nor plus, such as desk.example.id/tlog."
        )
    return name


def _key_parts(line: str) -> tuple[str, str, int, bytes]:
    # The key itself may hold a plus, a name and a hash may not.
    name, _, rest = line.partition("+")
    given, _, coded = rest.partition("+")
    octets = _decoded(coded)
    if not _NAME.fullmatch(name) or len(octets) != 1 + _KEY_BYTES or octets[0] not in {PLAIN, COSIGNED}:
        raise RefusedInput("This is no key: NAME+HASH+BASE64 of one byte for the kind (1 or 4) and 32 of Ed25519.")
    return name, given, octets[0], octets[1:]


def _signature(line: str) -> Signature:
    found = _LINE.fullmatch(line)
    octets = _decoded(found[2]) if found else b""
    if not found or len(octets) <= _ID_BYTES:
        raise RefusedInput(f"{line[:80]!r} is no signature: an em dash, a name, and base64 of key id and signature.")
    return Signature(found[1], octets[:_ID_BYTES], octets[_ID_BYTES:], f"{line}\n")


def _holds(text: str, octets: bytes, key: VerifierKey) -> bool:
    at_s = _time_of(octets) if key.kind == COSIGNED else 0
    signature = octets[_TIME_BYTES:] if key.kind == COSIGNED else octets
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, _message(text, key.kind, at_s))
    except InvalidSignature:
        return False
    return True


def _message(text: str, kind: int, at_s: int) -> bytes:
    return f"cosignature/v1\ntime {at_s}\n{text}".encode() if kind == COSIGNED else text.encode()


def _time_of(octets: bytes) -> int:
    return int.from_bytes(octets[:_TIME_BYTES], "big")


def _controls(note: str) -> bool:
    return any(sign < " " and sign != "\n" for sign in note)


def _decoded(coded: str) -> bytes:
    try:
        return base64.b64decode(coded, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def with_lines(text: str, lines: Sequence[str]) -> str:
    """Return the note of a text and its signature lines.

    >>> with_lines("text\\n", ["— desk AAAAAAAA\\n"])
    'text\\n\\n— desk AAAAAAAA\\n'
    """
    return f"{text}\n{''.join(lines)}"
