"""What every publisher must do, asked of each by its own test: put, replace, take away, and do it all twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pulih.ports.publishing import Publisher

LONG = b"<!doctype html><title>Pulih</title>" + b"<p>Internet seluler terganggu di DKI Jakarta.</p>" * 40
PAGES = {"index.html": LONG, "en/gangguan/20251003-k7qm/index.html": LONG + b"en", "bulletin.json": b'{"a": 1}'}
# Returns a page as a reader gets it (unpacked), None when there is none.
Read = Callable[[str], bytes | None]


def check(publisher: Publisher, read: Read) -> None:
    """Hold a publisher to the contract of ports/publishing.py."""

    def shown(pages: Mapping[str, bytes]) -> dict[str, bytes | None]:
        return {path: read(path) for path in pages}

    assert publisher.put(PAGES, ()).put == len(PAGES)
    assert shown(PAGES) == PAGES
    changed = {"index.html": LONG.replace(b"terganggu", b"sudah puli"), "tlog/checkpoint": b"pulih\n1\n"}
    publisher.put(changed, ["bulletin.json", "never/was/there.html"])
    assert shown(changed) == changed
    assert read("bulletin.json") is None
    assert read("en/gangguan/20251003-k7qm/index.html") == LONG + b"en"
    # Once more, as after a failure that came too late.
    publisher.put(changed, ["bulletin.json", "never/was/there.html"])
    assert shown(changed) == changed
    small = {"index.html": b"<p>kecil</p>"}
    publisher.put(small, ())
    assert shown(small) == small
    assert publisher.put({}, ()).put == 0
