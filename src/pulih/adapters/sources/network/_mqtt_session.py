"""A session of MQTT over aiomqtt that acknowledges when it is told to, and holds what it reads in bounds."""

from __future__ import annotations

from typing import Any, Final

# A larger payload is told, and not held.
PAYLOAD_BYTES_MAX: Final = 256 << 10
# A larger packet is left out by a broker of MQTT 5, which is told so and tells nobody; that of an older one ends the
# connection.
PACKET_BYTES_MAX: Final = 8 << 20
# Messages of QoS 0 are answered by nobody, and come as fast as they are published.
WAITING_MAX: Final = 5_000
WAITING_BYTES_MAX: Final = 16 << 20


def session_class() -> Any:
    """Return the class of sessions, which needs an optional package."""
    import aiomqtt  # noqa: PLC0415 -- an optional package

    class Session(aiomqtt.Client):
        was_known = False
        too_many = too_large = waiting_bytes = 0

        def _on_message(self, client: Any, userdata: Any, message: Any) -> None:
            full = self._queue.qsize() >= WAITING_MAX or self.waiting_bytes > WAITING_BYTES_MAX
            if message.qos == 0 and full:
                self.too_many += 1
                return
            message.payload = _bounded(message.payload)
            self.waiting_bytes += _held(message.payload)
            super()._on_message(client, userdata, message)

        def more(self, most: int) -> list[Any]:
            """Return what came in besides; aiomqtt would make two tasks for each of them."""
            return [self._queue.get_nowait() for _ in range(min(most, self._queue.qsize()))]

        def take(self, messages: list[Any]) -> None:
            self.waiting_bytes -= sum([_held(one.payload) for one in messages])

        def hold(self) -> None:
            """Acknowledge when told to and not before, and read no packet that is too large."""
            paho: Any = self._client
            # aiomqtt has no argument for it; a test tries that nothing is acknowledged before it is kept.
            paho.manual_ack_set(True)
            receive = paho._sock_recv

            def received(size: int) -> Any:
                # paho asks for the whole of a packet when it knows how long it is.
                if size > PACKET_BYTES_MAX:
                    self.too_large = size
                    raise ConnectionAbortedError
                return receive(size)

            paho._sock_recv = received

        def lost(self) -> str:
            lost, self.too_many = self.too_many, 0
            return f"{lost:,} messages of QoS 0 came faster than they could be kept." if lost else ""

        def _on_connect(self, client: Any, userdata: Any, flags: Any, *more: Any) -> None:
            self.was_known = bool(flags.session_present)
            super()._on_connect(client, userdata, flags, *more)

        def _on_disconnect(self, client: Any, *more: Any) -> None:
            if not self._connected.done():
                # aiomqtt would wait out its time for a broker that hung up before it answered.
                self._connected.set_exception(aiomqtt.MqttError("hung up"))
            super()._on_disconnect(client, *more)

        def acknowledge(self, messages: list[Any]) -> None:
            for one in messages:
                self._client.ack(one.mid, one.qos)

    return Session


def _bounded(payload: bytes) -> bytes | int:
    """Return a payload; of one that is too large its size, since none that was received is a number otherwise."""
    return len(payload) if len(payload) > PAYLOAD_BYTES_MAX else payload


def _held(payload: Any) -> int:
    """Return how many bytes of a payload are held."""
    return 0 if isinstance(payload, int) else len(payload)
