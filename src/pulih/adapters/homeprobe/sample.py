"""A sample of how fast data comes: the first bytes of an address, for so long and no longer."""

from __future__ import annotations

import http.client
import ssl
import time
from typing import Final

from pulih.adapters.config.targets import http_target
from pulih.adapters.probes.asking import Answer

_STEP_BYTES: Final = 16 << 10
_SECONDS_MAX: Final = 10.0
# Less says more of how long the connection took than of how fast it is.
_SURE_BYTES: Final = 32 << 10


def take_sample(
    address: str, *, bytes_max: int, timeout_s: float, trust: ssl.SSLContext | None = None
) -> tuple[Answer, float | None]:
    """Return what came of asking for some bytes, and at how many kilobits a second they came.

    Args:
        address: something as large as the sample, or larger.
        bytes_max: so many bytes are read at most.
        timeout_s: seconds to connect, and to wait for the next bytes.
        trust: certificates to trust; those of the system when None.
    """
    began_s = time.monotonic()
    target = http_target(address)
    at = target.at
    connection: http.client.HTTPConnection
    if target.tls:
        context = trust or ssl.create_default_context()
        connection = http.client.HTTPSConnection(at.host, at.port, timeout=timeout_s, context=context)
    else:
        connection = http.client.HTTPConnection(at.host, at.port, timeout=timeout_s)
    try:
        connection.request("GET", target.path, headers={"User-Agent": "pulih-probe", "Connection": "close"})
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            return Answer(False, time.monotonic() - began_s, f"status {answer.status}"), None
        first_s, got = time.monotonic(), 0
        while got < bytes_max and time.monotonic() - first_s < _SECONDS_MAX:
            brought = answer.read1(min(_STEP_BYTES, bytes_max - got))
            if not brought:
                break
            got += len(brought)
        took_s = time.monotonic() - first_s
    except (OSError, http.client.HTTPException) as problem:
        what = getattr(problem, "strerror", None) or type(problem).__name__
        return Answer(False, time.monotonic() - began_s, " ".join(str(what).split())[:200]), None
    finally:
        connection.close()
    rate = got * 8 / 1_000 / max(took_s, 0.001) if got >= min(_SURE_BYTES, bytes_max) else None
    return Answer(True, time.monotonic() - began_s, f"{got:,} bytes"), rate
