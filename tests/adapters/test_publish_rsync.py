"""Pages on another machine: a real rsync over a real SSH server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from publisher_contract import PAGES, check
from ssh_server import SshServer, ssh_server

from pulih.adapters.publishers.rsync import RsyncPublisher, RsyncTarget
from pulih.model.errors import OutsideFailed


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    with ssh_server(tmp_path_factory.mktemp("ssh")) as serving:
        yield serving


def target(server: SshServer, folder: Path) -> RsyncTarget:
    return RsyncTarget(
        target=f"{server.user}@127.0.0.1:{folder}",
        key=server.key,
        known_hosts=server.known_hosts,
        port=server.port,
        timeout_s=20,
    )


def test_a_machine_over_ssh_keeps_the_contract_of_publishers(server: SshServer, tmp_path: Path) -> None:
    folder = tmp_path / "status"
    folder.mkdir()
    (folder / "robots.txt").write_text("ours, said somebody else")

    def read(path: str) -> bytes | None:
        file = folder / path
        return file.read_bytes() if file.is_file() else None

    check(RsyncPublisher(target(server, folder)), read)
    assert (folder / "robots.txt").read_text() == "ours, said somebody else"
    assert not (folder / "index.html.gz").exists(), "a page that is packed no more has no packed form left"
    assert (folder / "en" / "gangguan" / "20251003-k7qm" / "index.html.gz").is_file()


def test_a_machine_that_is_not_known_gets_nothing(server: SshServer, tmp_path: Path) -> None:
    strange = tmp_path / "known_hosts"
    strange.write_text("")
    publisher = RsyncPublisher(replace(target(server, tmp_path / "www"), known_hosts=strange))
    with pytest.raises(OutsideFailed, match=r"rsync .*127\.0\.0\.1.*: rsync ended with \d+: .*[Hh]ost key"):
        publisher.put(PAGES, ())
    assert not (tmp_path / "www").exists()


def test_a_machine_that_does_not_answer_is_told_in_a_sentence(server: SshServer, tmp_path: Path) -> None:
    publisher = RsyncPublisher(replace(target(server, tmp_path), port=1), "cermin (rsync)")
    with pytest.raises(OutsideFailed, match=r"cermin \(rsync\): rsync ended with \d+: .*refused"):
        publisher.put(PAGES, ())
