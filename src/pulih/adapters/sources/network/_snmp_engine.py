"""An engine of pysnmp that only hears notifications, and answers an inform when it is told that it was kept.

pysnmp's own receiver answers an inform before it hands it on; one that was lost then would not be sent again. So this
one is written against the dispatcher below it. pysnmp would also keep its count of starts in a folder that all users
of a machine share; here the count is the clock, which grows as well (RFC 3414, 2.2.2).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec
from pyasn1.type.univ import OctetString
from pysnmp.carrier.asyncio.dgram import udp, udp6
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.proto import error, rfc3411
from pysnmp.proto.api import v1, v2c
from pysnmp.proto.proxy import rfc2576

from pulih.adapters.sources.network._traps import Notification

_HEARD_KINDS: Final = (v1.TrapPDU.tagSet, v2c.SNMPv2TrapPDU.tagSet, v2c.InformRequestPDU.tagSet)
# 2020-01-01; the count has 31 bits.
_FIRST_START_S: Final = 1_577_836_800
# Enterprise number of pysnmp, then "octets that an administrator chose".
_ENGINE_PREFIX: Final = bytes.fromhex("80004fb805")
_ENGINE_BYTES_MAX: Final = 32
_VERSION_3: Final = b"\x02\x01\x03"
_FAILURES: Final = ("usmStatsUnknownUserNames", "usmStatsWrongDigests", "usmStatsDecryptionErrors")
AUTH: Final = {
    "": config.USM_AUTH_NONE,
    "md5": config.USM_AUTH_HMAC96_MD5,
    "sha": config.USM_AUTH_HMAC96_SHA,
    "sha224": config.USM_AUTH_HMAC128_SHA224,
    "sha256": config.USM_AUTH_HMAC192_SHA256,
    "sha384": config.USM_AUTH_HMAC256_SHA384,
    "sha512": config.USM_AUTH_HMAC384_SHA512,
}
PRIVACY: Final = {
    "": config.USM_PRIV_NONE,
    "des": config.USM_PRIV_CBC56_DES,
    "aes": config.USM_PRIV_CFB128_AES,
    "aes192": config.USM_PRIV_CFB192_AES,
    "aes256": config.USM_PRIV_CFB256_AES,
}
# Is told a notification, and how to answer it: nothing is to be called for a trap.
Heard = Callable[[Notification, Callable[[], None] | None], None]


class KnownUser(msgspec.Struct, frozen=True, kw_only=True):
    """A user of SNMPv3 with passwords in clear; `engine` is that of an agent that sends traps, in hexadecimal."""

    name: str
    auth: str
    auth_password: str
    privacy: str
    privacy_password: str
    engine: str


class Engine:
    """One engine.

    Args:
        name: of the source; the engine's id is made of it, so that it stays the same.
        heard: takes what was said.
        now_s: seconds since 1970, for the count of starts.
    """

    def __init__(self, name: str, heard: Heard, *, now_s: int) -> None:
        self._heard = heard
        self._took = False
        self._engine: Any = SnmpEngine()
        id_ = OctetString(_ENGINE_PREFIX + name.encode()[: _ENGINE_BYTES_MAX - len(_ENGINE_PREFIX)])
        own, starts = self._symbols("__SNMP-FRAMEWORK-MIB", "snmpEngineID", "snmpEngineBoots")
        own.syntax = own.syntax.clone(id_)
        self._engine.snmpEngineID = own.syntax
        starts.syntax = starts.syntax.clone(max(1, now_s - _FIRST_START_S))
        self._engine.message_dispatcher.register_context_engine_id(b"", _HEARD_KINDS, self._notified)

    def admit(self, community: str) -> None:
        """Hear what carries this community."""
        config.add_v1_system(self._engine, "pulih", community)

    def know(self, user: KnownUser) -> None:
        """Hear what this user signs. Raises ValueError when a password or an engine cannot be used."""
        try:
            config.add_v3_user(
                self._engine,
                user.name,
                AUTH[user.auth],
                user.auth_password or None,
                PRIVACY[user.privacy],
                user.privacy_password or None,
                securityEngineId=OctetString(hexValue=user.engine) if user.engine else None,
            )
        except error.PySnmpError:
            raise ValueError(user.name) from None

    async def open(
        self, bind: str, port: int, lets_in: Callable[[str], bool], refused: Callable[[str, str], None]
    ) -> None:
        """Listen.

        Args:
            bind: address of this machine.
            port: of UDP.
            lets_in: says whether a sender is heard, by its address.
            refused: is told of a datagram of which nothing came: who sent it, and why.

        Raises: OSError.
        """
        six = ":" in bind
        made = (udp6.Udp6Transport if six else udp.UdpTransport)()

        def take(datagram: bytes, sender: Any) -> None:
            if lets_in(sender[0]) and (
                why := self._take(datagram, lambda: made._callback_function(made, sender, datagram))
            ):
                refused(sender[0], why)

        # asyncio calls what the object has by that name; pysnmp's own would let an error fall into the loop.
        made.datagram_received = take
        config.add_transport(self._engine, udp6.DOMAIN_NAME if six else udp.DOMAIN_NAME, made)
        made.open_server_mode((bind, port))
        # pysnmp opens in a task of its own and tells nobody what came of it.
        await made._lport

    def _take(self, datagram: bytes, hand_over: Callable[[], None]) -> str:
        """Have pysnmp look at a datagram, and return why nothing came of it, "" when something did or may yet."""
        failed, self._took = self._failures(), False
        try:
            hand_over()
        except Exception as problem:
            # Whatever a stranger's bytes do to the decoder, the next one is heard.
            return f"cannot be read ({type(problem).__name__})"
        if self._took:
            return ""
        if self._failures() != failed:
            return "is signed by nobody who is known here"
        # Version 3 first asks for our id, which is no notification; the version stands in the first bytes.
        return "" if _VERSION_3 in datagram[:8] else "is none, or has another community"

    def close(self) -> None:
        """Listen no more."""
        if self._engine.transport_dispatcher is not None:
            self._engine.close_dispatcher()

    def _failures(self) -> int:
        return sum(int(one.syntax) for one in self._symbols("__SNMP-USER-BASED-SM-MIB", *_FAILURES))

    def _symbols(self, *names: str) -> Any:
        return self._engine.get_mib_builder().import_symbols(*names)

    def _notified(self, engine: Any, *told: Any) -> None:
        """Take what the dispatcher hands on; what is told stands in RFC 3412, 4.2.2."""
        model, pdu, state = told[0], told[7], told[9]
        original, pdu = (pdu, rfc2576.v1_to_v2(pdu)) if model == 0 else (None, pdu)
        _, address = engine.message_dispatcher.get_transport_info(state)
        answers = pdu.tagSet in rfc3411.CONFIRMED_CLASS_PDUS
        # An inform that is sent again has another number (net-snmp, version 2c); what it carries is the same.
        numbered = original is None and not answers
        said = Notification(
            sender=str(address[0]).removeprefix("::ffff:"),
            request=int(v2c.apiPDU.get_request_id(pdu)) if numbered else 0,
            values={str(oid): value.prettyPrint() for oid, value in v2c.apiPDU.get_varbinds(pdu)},
        )
        self._took = True
        self._heard(said, (lambda: self._answer(told, pdu)) if answers else None)

    def _answer(self, told: tuple[Any, ...], pdu: Any) -> None:
        answer = v2c.apiPDU.get_response(pdu)
        v2c.apiPDU.set_error_status(answer, 0)
        v2c.apiPDU.set_error_index(answer, 0)
        v2c.apiPDU.set_varbinds(answer, v2c.apiPDU.get_varbinds(pdu))
        try:
            self._engine.message_dispatcher.return_response_pdu(self._engine, *told[:7], answer, *told[8:], {})
        except (error.PySnmpError, error.StatusInformation, AttributeError):
            # Answered too late or closed: the agent asks again, and it is counted once.
            return
