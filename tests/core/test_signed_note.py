"""Signed notes are those of Go's tools and of C2SP: the same keys, the same signatures, and no forged one passes."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from pulih.communicate.checkpoint import Checkpoint, read_checkpoint, signed
from pulih.communicate.signed_note import (
    COSIGNED,
    PLAIN,
    SignerKey,
    check_name,
    read_note,
    read_signatures,
    signer_key,
    verifier_key,
    with_lines,
)
from pulih.model.errors import RefusedInput

# The example of the documentation of golang.org/x/mod/sumdb/note; Ed25519 signs the same text always the same.
GO_SIGNER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
DESK = SignerKey("desk.example.id/tlog", PLAIN, bytes(range(32)))
WITNESS = SignerKey("witness.example.org", COSIGNED, bytes(range(1, 33)))
HEAD = Checkpoint(DESK.name, 7, bytes(range(32)))


def test_keys_and_signatures_are_those_of_gos_own_example() -> None:
    key = signer_key(GO_SIGNER)
    assert key.text() == GO_SIGNER
    assert key.verifier().text() == GO_VERIFIER
    assert key.line(GO_TEXT) == GO_LINE
    assert read_note(with_lines(GO_TEXT, [GO_LINE])).signed_by(verifier_key(GO_VERIFIER))


def test_a_note_whose_text_or_signature_was_changed_is_not_signed() -> None:
    note = signed(HEAD, DESK)
    key = DESK.verifier()
    assert read_note(note).signed_by(key)
    assert not read_note(note.replace("\n7\n", "\n8\n")).signed_by(key)
    assert not read_note(note).signed_by(verifier_key(GO_VERIFIER))
    forged = SignerKey(DESK.name, PLAIN, bytes(32)).line(HEAD.text())
    assert not read_note(with_lines(HEAD.text(), [forged])).signed_by(key)


def test_one_false_signature_of_a_known_key_makes_the_note_false() -> None:
    good = read_signatures(DESK.line(HEAD.text()))[0]
    other = DESK.line("other text\n")
    assert not read_note(with_lines(HEAD.text(), [good.line, other])).signed_by(DESK.verifier())


def test_signatures_of_keys_that_nobody_knows_do_no_harm() -> None:
    note = signed(HEAD, DESK, GO_LINE)
    assert read_note(note).signed_by(DESK.verifier())
    assert read_checkpoint(note) == HEAD


def test_a_witness_cosigns_with_the_moment_and_nobody_can_move_it() -> None:
    line = WITNESS.line(HEAD.text(), at_s=1_759_461_120)
    note = read_note(signed(HEAD, DESK, line))
    assert note.cosigned_s(WITNESS.verifier()) == 1_759_461_120
    assert note.cosigned_s(DESK.verifier()) is None
    at = note.signatures[1]
    earlier = (1_759_461_119).to_bytes(8, "big") + at.octets[8:]
    moved = f"— {at.name} {base64.b64encode(at.key_id + earlier).decode()}\n"
    assert read_note(signed(HEAD, DESK, moved)).cosigned_s(WITNESS.verifier()) is None


def test_a_cosignature_is_over_the_header_that_c2sp_names() -> None:
    octets = read_signatures(WITNESS.line(HEAD.text(), at_s=5))[0].octets
    message = b"cosignature/v1\ntime 5\n" + HEAD.text().encode()
    Ed25519PublicKey.from_public_bytes(WITNESS.verifier().public).verify(octets[8:], message)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+Axpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhM",
        "PeterNeumann+c74f20a3+äöü",
    ],
)
def test_a_line_that_is_no_key_is_refused(line: str) -> None:
    with pytest.raises(RefusedInput, match=r"key"):
        verifier_key(line)


def test_a_refused_signing_key_is_never_shown() -> None:
    for line in (GO_SIGNER.replace("c74f20a3", "c74f20a4"), GO_SIGNER.replace("PRIVATE", "PUBLIC"), GO_SIGNER[:-4]):
        with pytest.raises(RefusedInput) as told:
            signer_key(line)
        assert "AYEKFALV" not in str(told.value)


@given(st.text("desk+ —\n=A07\t", max_size=80))
def test_no_text_makes_reading_a_note_fail_otherwise_than_by_refusing(text: str) -> None:
    for read in (read_note, read_checkpoint, verifier_key):
        try:
            read(text)
        except RefusedInput:
            continue


@pytest.mark.parametrize(
    "note",
    [
        "desk\n7\n" + "A" * 43 + "=\n",
        "desk\n07\n" + "A" * 43 + "=\n\n— desk AAAAAAAA\n",
        "desk\n-7\n" + "A" * 43 + "=\n\n— desk AAAAAAAA\n",
        "desk\n7\nAAAA\n\n— desk AAAAAAAA\n",
        "desk\n7\n" + "A" * 43 + "=\n\n— de sk AAAAAAAA\n",
        "desk\t\n7\n" + "A" * 43 + "=\n\n— desk AAAAAAAA\n",
        "desk\n7\n" + "A" * 43 + "=\n\n" + "— desk AAAAAAAA\n" * 65,
        "x" * 70_000 + "\n\n— desk AAAAAAAA\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(note: str) -> None:
    with pytest.raises(RefusedInput):
        read_checkpoint(note)


def test_a_name_with_spaces_or_plus_cannot_name_a_key() -> None:
    for name in ("", "desk of xl", "desk+xl", "desk\n"):
        with pytest.raises(RefusedInput, match=r"cannot name a key"):
            check_name(name)
