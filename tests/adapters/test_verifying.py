"""Who looks from outside finds out what was changed, taken away, hidden or forged; a sound timeline is proved to all.

Sigstore's verifier, which knows nothing of Pulih, reads the same files (tests/node/verify_timeline.cjs).
"""

from __future__ import annotations

import io
import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
from intake_in_memory import SetClock
from msgspec.structs import replace
from sample_bulletin import NOW_US, bulletin, many_past, outage, word, works
from timeline_in_memory import TimelineInMemory

from pulih.adapters.verifying import NOT_PROVED, Asked, verify
from pulih.communicate.signed_note import COSIGNED, PLAIN, SignerKey
from pulih.communicate.tiles import bundle, unbundled
from pulih.model.bulletin import Bulletin
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.service.proof_pages import ProofPages
from pulih.service.proving import Proving

SIGNER = SignerKey("desk.example.id/tlog", PLAIN, bytes(range(32)))
WITNESS = SignerKey("witness.example.org", COSIGNED, bytes(range(1, 33)))
NODE = Path(__file__).parents[1] / "node"
FIRST = outage().words[0]
STORY = bulletin(current=(outage(words=(FIRST,)),))
UNTRUE = replace(FIRST, text_en="All is well.")


class Site:
    """A published site in a folder, with the desk behind it."""

    def __init__(self, folder: Path, signer: SignerKey = SIGNER) -> None:
        self.folder = folder
        self.desk = Proving(TimelineInMemory(), signer, SetClock(NOW_US), witnesses=(WITNESS.verifier(),))
        self._before: Bulletin | None = None

    def publish(self, told: Bulletin) -> Bulletin:
        """Publish a bulletin as the desk does; return it with its proof."""
        made = self.desk.proved(told)
        pages = {**ProofPages(self.desk).pages(made, self._before), "bulletin.json": msgspec.json.encode(made)}
        for path, content in pages.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_bytes(content)
        self._before = made
        return made

    def look(self, state: Path, **more: Any) -> tuple[int, str]:
        """Verify it; return the exit code and what was said."""
        out = io.StringIO()
        return verify(Asked(site=str(self.folder), state=state, **more), out, wait_s=0), out.getvalue()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path / "site")
    made.publish(STORY)
    return made


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "seen.json"


def test_a_sound_timeline_is_proved_and_remembered(site: Site, state: Path) -> None:
    code, said = site.look(state)
    assert (code, "FAILS" in said) == (0, False)
    assert "was taken from the site itself" in said
    site.publish(bulletin())
    code, said = site.look(state)
    assert (code, "FAILS" in said) == (0, False)
    assert "entries seen before stand unchanged; 1 were added since" in said
    assert "All that the pages show of 3 incidents is in the timeline" in said


def test_planned_work_is_told_as_the_timeline_holds_it_and_not_left_out_before_its_end(site: Site, state: Path) -> None:
    ahead, done = works()
    longer = replace(ahead, end_us=ahead.end_us + 3_600_000_000)
    site.publish(replace(STORY, works=(longer, done)))
    code, said = site.look(state)
    assert (code, "All that the pages show of 2 planned works is in the timeline" in said) == (0, True)
    # What is over leaves the page; what a calendar dropped leaves an entry, and then the page.
    site.publish(replace(STORY, works=()))
    assert site.look(state)[0] == 0
    made = site.publish(STORY)
    for shown, fault in (
        ((longer, done), "tell of planned work what the timeline does not hold: work w2."),
        ((done,), "leave out planned work that is not over: work w2."),
    ):
        (site.folder / "bulletin.json").write_bytes(msgspec.json.encode(replace(made, works=shown)))
        code, said = site.look(state)
        assert (code, fault in said) == (3, True)


def test_an_incident_is_proved_by_its_own_file(site: Site, state: Path) -> None:
    site.publish(bulletin())
    code, said = site.look(state, incident=outage().id)
    assert (code, f"The 3 entries of {outage().id} are in the timeline" in said) == (0, True)


def _shrunk(site: Site) -> None:
    fresh = Site(site.folder)
    fresh.publish(bulletin(current=(), past=()))


def _rewritten(site: Site) -> None:
    Site(site.folder).publish(bulletin(current=(outage(words=(UNTRUE, word(2))),)))


def _page_alone(site: Site) -> None:
    page = site.folder / "bulletin.json"
    page.write_bytes(page.read_bytes().replace(b"is disrupted in", b"is fine in"))


def _word_hidden(site: Site) -> None:
    made = site.publish(STORY)
    hidden = replace(made, current=(replace(made.current[0], words=()),))
    (site.folder / "bulletin.json").write_bytes(msgspec.json.encode(hidden))


def _word_replaced(site: Site) -> None:
    site.publish(bulletin(current=(outage(words=(UNTRUE,)),)))


def _facts_alone(site: Site) -> None:
    made = site.publish(STORY)
    moved = replace(made, current=(replace(made.current[0], onset_us=NOW_US),))
    (site.folder / "bulletin.json").write_bytes(msgspec.json.encode(moved))


def _entry_alone(site: Site) -> None:
    path = next((site.folder / "tlog/tile/entries").rglob("*.p/*"))
    entries = unbundled(path.read_bytes())
    path.write_bytes(bundle([entries[0].replace(b"2025", b"2024"), *entries[1:]]))


def _other_key(site: Site) -> None:
    Site(site.folder, SignerKey(SIGNER.name, PLAIN, bytes(32))).publish(STORY)


def _forged_head(site: Site) -> None:
    path = site.folder / "tlog/checkpoint"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([lines[0], lines[1].replace("\n", "0\n"), *lines[2:]]))


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (_shrunk, "The timeline shrank"),
        (_rewritten, "they were rewritten"),
        (_page_alone, "The pages show what the timeline does not hold: word n1"),
        (_word_hidden, "The pages leave out what was published: word n1"),
        (_word_replaced, "Words were changed after they had been published: word n1"),
        (_facts_alone, "does not hold: the facts of 20251003-k7qm"),
        (_entry_alone, "are not the"),
        (_other_key, "somebody began it anew"),
        (_forged_head, "is not signed with the key"),
    ],
)
def test_every_quiet_change_is_found_out(site: Site, state: Path, harm: Callable[[Site], None], told: str) -> None:
    assert site.look(state)[0] == 0
    seen = state.read_bytes()
    harm(site)
    code, said = site.look(state)
    assert (code, told in said) == (NOT_PROVED, True), said
    assert state.read_bytes() == seen


def test_a_site_that_is_being_published_is_looked_at_again(site: Site, state: Path) -> None:
    """The head is there before the page; a look in between must not call it rewritten."""
    site.look(state)
    later = Site(site.folder.with_name("later"))
    later.publish(STORY)
    page = later.publish(bulletin()) and (later.folder / "bulletin.json").read_bytes()
    (site.folder / "bulletin.json").write_bytes(page)
    seen: list[str] = []

    def reading(path: str) -> bytes | None:
        seen.append(path)
        if seen.count("tlog/checkpoint") > 2:
            site.publish(bulletin())
        file = site.folder / path
        return file.read_bytes() if file.is_file() else None

    out = io.StringIO()
    assert verify(Asked(site=str(site.folder), state=state), out, wait_s=0, read=reading) == 0, out.getvalue()
    assert seen.count("bulletin.json") > 3


def test_an_incident_that_the_pages_leave_out_is_named(site: Site, state: Path) -> None:
    """It may have become part of another one, so it is no forgery by itself; but nobody takes it away unseen."""
    site.publish(bulletin())
    site.publish(bulletin(current=()))
    code, said = site.look(state)
    assert (code, f"Not shown, though older ones are: {outage().id}." in said) == (0, True), said


def test_what_a_desk_knows_better_about_an_old_word_is_no_change_of_it(site: Site, state: Path) -> None:
    site.look(state)
    site.publish(bulletin(current=(outage(words=(replace(FIRST, office="Kepala Layanan", stage="identified"),)),)))
    code, said = site.look(state)
    assert (code, "FAILS" in said) == (0, False), said


def test_a_changed_entry_is_found_out_in_the_file_of_its_incident(site: Site, state: Path) -> None:
    path = site.folder / f"tlog/entries/{outage().id}.json"
    path.write_bytes(path.read_bytes().replace(b"is disrupted in", b"is fine in"))
    code, said = site.look(state, incident=outage().id)
    assert (code, "are not proved" in said) == (NOT_PROVED, True), said


def test_a_witness_who_is_asked_for_must_have_cosigned(site: Site, state: Path) -> None:
    key = WITNESS.verifier().text()
    assert site.look(state, witnesses=(key,))[0] == NOT_PROVED
    view = site.desk.view()
    assert view is not None
    site.desk.cosign(WITNESS.line(view.note.partition("\n\n")[0] + "\n", at_s=NOW_US // 1_000_000))
    site.publish(STORY)
    code, said = site.look(state, witnesses=(key,))
    assert (code, f"{WITNESS.name} cosigned this head" in said) == (0, True)


def test_what_is_served_in_place_of_a_timeline_is_no_proof_and_no_crash(site: Site, state: Path) -> None:
    (site.folder / "tlog/checkpoint").write_bytes(b"<html>\xff")
    code, said = site.look(state)
    assert (code, "cannot be read" in said) == (NOT_PROVED, True)
    (site.folder / "tlog/checkpoint").unlink()
    assert "There is no tlog/checkpoint" in site.look(state)[1]


def test_a_hostile_site_commands_no_terminal_and_writes_no_verdict_of_its_own(site: Site, state: Path) -> None:
    site.publish(bulletin(current=(outage(id="20251003-x\x1b[2J\nholds: all is well\u202e", words=(FIRST,)),)))
    shown = msgspec.json.decode((site.folder / "bulletin.json").read_bytes(), type=Bulletin)
    hidden = replace(shown, current=(replace(shown.current[0], words=()),))
    (site.folder / "bulletin.json").write_bytes(msgspec.json.encode(hidden))
    code, said = site.look(state)
    assert code == NOT_PROVED
    assert "word n1 of 20251003-x?[2J?holds: all is well?" in said
    assert all(line.startswith(("holds: ", "FAILS: ", str(site.folder))) for line in said.splitlines())


def test_what_is_asked_wrongly_is_refused(site: Site, state: Path) -> None:
    with pytest.raises(RefusedInput, match=r"neither a web address nor a folder"):
        verify(Asked(site="example", state=state), io.StringIO())
    with pytest.raises(RefusedInput, match=r"no key"):
        site.look(state, key="abc")
    state.write_text("[]")
    with pytest.raises(RefusedInput, match=r"no file of `pulih verify`"):
        site.look(state)


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """Serve the site over HTTP."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site.folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_site_is_verified_over_http_and_one_that_does_not_answer_is_no_forgery(
    site: Site, address: str, state: Path
) -> None:
    out = io.StringIO()
    assert verify(Asked(site=f"{address}/", state=state), out) == 0, out.getvalue()
    with pytest.raises(OutsideFailed, match=r"could not be read"):
        verify(Asked(site="http://127.0.0.1:1", state=state), io.StringIO())


def test_sigstores_own_verifier_proves_every_entry_of_a_long_timeline(tmp_path: Path) -> None:
    site = Site(tmp_path / "site")
    for count in (3, 80):
        made = site.publish(bulletin(past=many_past(count)))
    peer = NODE / "node_modules" / "@sigstore" / "verify"
    assert peer.is_dir(), "Sigstore's verifier is not installed; run: make peers"
    script = ["node", str(NODE / "verify_timeline.cjs"), str(site.folder)]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert made.proof is not None
    assert told == {"origin": SIGNER.name, "entries": made.proof.size, "proofs": made.proof.size - len(made.works)}
    assert made.proof.size > 256
