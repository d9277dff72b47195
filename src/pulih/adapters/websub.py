"""Tells a WebSub hub that feeds changed, so that it fetches them once and hands them to all who subscribed there.

A hub that is told too early fetches the old feed and hands out nothing. So each feed is first fetched as the hub will
fetch it, and the hub is told when it is the new one. Nobody waits for this: readers of feeds fetch them anyway, later.

Source: W3C WebSub (2018), section 6 (publishing); how a hub is told is left open there, and these parameters are what
public hubs take (`hub.mode=publish`, `hub.url`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from urllib.parse import urlencode

import httpx

from pulih.communicate.feeds import FEEDS
from pulih.model.errors import OutsideFailed
from pulih.ports.publishing import Pages, Published

WAIT_S: Final = 10.0


class WebSubPing:
    """Publishes by telling a hub; implements `pulih.ports.publishing.Publisher`, to stand beside those that put pages.

    Args:
        hub: address of the hub.
        address: of the public site, without a slash at the end.

    No proxy is asked and no redirect followed: both addresses are settings, and what is said is public.
    """

    def __init__(self, hub: str, address: str) -> None:
        self._hub = hub
        self._address = address.rstrip("/")

    @property
    def name(self) -> str:
        """Return what the console calls it."""
        return f"WebSub {httpx.URL(self._hub).host}"

    def put(self, pages: Pages, gone: Collection[str]) -> Published:  # noqa: ARG002 - feeds are never taken away
        """Tell the hub which feeds among the pages changed; see `Publisher.put`.

        Raises: OutsideFailed when a feed is not published yet, or the hub does not take it.
        """
        changed = [path for path in FEEDS if path in pages]
        if changed:
            with httpx.Client(timeout=WAIT_S, trust_env=False) as client:
                for path in changed:
                    self._tell(client, path, pages[path])
        return Published(put=len(changed))

    def _tell(self, client: httpx.Client, path: str, content: bytes) -> None:
        topic = f"{self._address}/{path}"
        try:
            if client.get(topic).content != content:
                raise OutsideFailed(f"{topic} is not the new feed yet; {self.name} is told when it is")
            body = urlencode({"hub.mode": "publish", "hub.url": topic})
            headers = {"content-type": "application/x-www-form-urlencoded"}
            answer = client.post(self._hub, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise OutsideFailed(f"{self.name}: no answer ({type(error).__name__}); it is told again later") from None
        if not answer.is_success:
            raise OutsideFailed(f"{self.name} answered {answer.status_code}; right would be 2xx: is it a hub?")
