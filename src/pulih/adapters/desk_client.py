"""Posts batches of reports to a running desk, and tries again within bounds when it cannot be reached.

The token goes to the address that was given and nowhere else: redirects are told and not followed, and an address
without encryption is refused unless it is this machine, or plainly asked for.
"""

from __future__ import annotations

import email.utils
import gzip
import http.client
import ipaddress
import ssl
import time
from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Final

import msgspec

from pulih.adapters.config.targets import WebTarget, http_target
from pulih.model.clock import to_micros
from pulih.model.errors import OutsideFailed, RefusedInput

_TIMEOUT_S: Final = 30.0
_CLOCK_TIMEOUT_S: Final = 5.0
_WAIT_S_FIRST: Final = 0.5
_WAIT_S_MAX: Final = 60.0
_ANSWER_BYTES_MAX: Final = 8 << 20
_PATH: Final = "/v1/reports"
# The desk is there and says "not now".
_LATER: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_SHOWN_CHARS: Final = 300


class RefusedLine(msgspec.Struct, frozen=True):
    """A line the desk did not take: its number in the batch from 1 on, and why."""

    line: int
    error: str


class Taken(msgspec.Struct, frozen=True):
    """What the desk said of a batch."""

    accepted: int = 0
    repeated: int = 0
    late: int = 0
    refused: tuple[RefusedLine, ...] = ()


class _Later(Exception):
    """The desk cannot take it now: why, and after how many seconds it asks to be asked again."""

    def __init__(self, why: str, wait_s: float = 0.0) -> None:
        super().__init__(why)
        self.wait_s = wait_s


class DeskClient:
    """Posts to one desk.

    Args:
        address: of the desk, such as https://desk.example.id.
        token: of role source.
        patience_s: how long one batch is tried for.
        plain: allow an address without encryption that is not this machine.
        sleep: waits for so many seconds; may raise to give up.
        trust: certificates to trust; those of the system when None.
    """

    def __init__(
        self,
        address: str,
        token: str,
        *,
        patience_s: float,
        plain: bool = False,
        sleep: Callable[[float], None] = time.sleep,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """Know a desk by its address. Raises RefusedInput when that is none, or is not safe."""
        self._target = _desk_at(address, plain=plain)
        self.bear(token)
        self._patience_s = patience_s
        self._sleep = sleep
        self._trust = trust

    def bear(self, token: str) -> None:
        """Show another token from now on. Raises RefusedInput when it is none."""
        if not token.isascii() or not token.isprintable() or not token:
            raise RefusedInput(
                "the token is none; make one with `pulih token create --role source` and put it into a file"
            )
        self._token = token

    def send(self, lines: Sequence[bytes]) -> Taken:
        """Post lines, one JSON object each, and return what the desk said once it is durable there.

        Raises:
            RefusedInput: the desk will not take it, whenever it is asked.
            OutsideFailed: it could not be reached for `patience_s`.
        """
        body = gzip.compress(b"\n".join(lines), compresslevel=1)
        until_s = time.monotonic() + self._patience_s
        wait_s = _WAIT_S_FIRST
        while True:
            try:
                return self._post(body)
            except _Later as later:
                pause_s = max(wait_s, min(later.wait_s, _WAIT_S_MAX))
                if time.monotonic() + pause_s > until_s:
                    raise OutsideFailed(
                        f"the desk at {self._shown()} could not take the reports for {self._patience_s:g} s "
                        f"({later}); what it acknowledged is kept there, and the same call goes on behind it"
                    ) from None
                self._sleep(pause_s)
                wait_s = min(wait_s * 2, _WAIT_S_MAX)

    def clock_us(self) -> int | None:
        """Return the desk's clock, to the second, as it dates an answer; None where it is not reached, or does not."""
        connection = self._connection(_CLOCK_TIMEOUT_S)
        try:
            connection.request("HEAD", self._target.path, headers={"User-Agent": "pulih-send"})
            dated = email.utils.parsedate_to_datetime(connection.getresponse().headers.get("Date", ""))
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()
        return to_micros(dated if dated.tzinfo else dated.replace(tzinfo=UTC))

    def _connection(self, timeout_s: float = _TIMEOUT_S) -> http.client.HTTPConnection:
        at = self._target.at
        if not self._target.tls:
            return http.client.HTTPConnection(at.host, at.port, timeout=timeout_s)
        trust = self._trust or ssl.create_default_context()
        return http.client.HTTPSConnection(at.host, at.port, timeout=timeout_s, context=trust)

    def _post(self, body: bytes) -> Taken:
        connection = self._connection()
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/x-ndjson",
            "Content-Encoding": "gzip",
            "User-Agent": "pulih-send",
        }
        try:
            connection.request("POST", self._target.path, body, headers)
            answer = connection.getresponse()
            said = answer.read(_ANSWER_BYTES_MAX)
        except ssl.SSLCertVerificationError as error:
            raise RefusedInput(
                f"{self._shown()}: its certificate is not valid ({error.verify_message}); the token was not sent"
            ) from None
        except (OSError, http.client.HTTPException) as error:
            raise _Later(str(error) or type(error).__name__) from None
        finally:
            connection.close()
        return self._understood(answer, said)

    def _understood(self, answer: http.client.HTTPResponse, said: bytes) -> Taken:
        status = answer.status
        if status in _LATER:
            asked = answer.headers.get("Retry-After", "")
            raise _Later(f"status {status}: {words_of(said)}", float(asked) if asked.isdecimal() else 0.0)
        if status == http.client.ACCEPTED:
            try:
                return msgspec.json.decode(said, type=Taken)
            except msgspec.MsgspecError:
                pass
        if 300 <= status < 400:
            where = answer.headers.get("Location", "elsewhere")
            raise RefusedInput(f"{self._shown()} sends on to {where}; give the address of the desk itself")
        if status in {401, 403}:
            raise RefusedInput(
                f"the desk at {self._shown()} does not accept this token ({words_of(said)}); make one with "
                "`pulih token create --role source`, or renew that of a probe with `pulih token renew`"
            )
        raise RefusedInput(f"{self._shown()} answers as no desk does: status {status}, {words_of(said)}")

    def _shown(self) -> str:
        return f"{'https' if self._target.tls else 'http'}://{self._target.at.host}:{self._target.at.port}"


def desk_address(address: str, *, plain: bool) -> str:
    """Return the address of a desk without a slash at the end, for calls other than reports.

    Raises: RefusedInput when it is none, or a token would travel readable for everybody.

    >>> desk_address("https://desk.example.id", plain=False)
    'https://desk.example.id:443'
    """
    target = _desk_at(address, plain=plain)
    host = f"[{target.at.host}]" if ":" in target.at.host else target.at.host
    return f"{'https' if target.tls else 'http'}://{host}:{target.at.port}"


def _desk_at(address: str, *, plain: bool) -> WebTarget:
    target = http_target(address)
    if target.path.rstrip("/") not in {"", _PATH}:
        raise RefusedInput(f"{address}: right would be the address of the desk alone, such as https://desk.example.id")
    if not target.tls and not plain and not _is_here(target.at.host):
        raise RefusedInput(
            f"{address}: the token would travel readable for everybody on the way; "
            "give an https:// address, or say --plain-http where the way is your own"
        )
    return WebTarget(target.tls, target.at, _PATH)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def words_of(said: bytes) -> str:
    """Return what the desk said in words, from an error body or as it is."""
    try:
        body = msgspec.json.decode(said)
    except msgspec.MsgspecError:
        body = None
    told = str(body.get("error", body)) if isinstance(body, dict) else said.decode(errors="replace")
    return " ".join(told.split())[:_SHOWN_CHARS] or "no word"
