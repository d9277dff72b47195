"""What may be set of partners who speak TM Forum."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class TmfTable(msgspec.Struct, frozen=True, kw_only=True):
    """Partners who send alarms, tickets and problems, or listen to them."""

    operator: Annotated[str, Meta(description="whose network and customers they are of, where they do not say")] = ""
    allow_networks: Annotated[
        tuple[str, ...], Meta(description='networks that are not public and hold listeners, such as ["10.20.0.0/16"]')
    ] = ()
