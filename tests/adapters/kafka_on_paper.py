"""Kafka on paper: a log with partitions in memory, and a consumer of it with the methods that the source calls.

A broker forgets by the clock, and grows when it is told; on paper a test says when. So what is held here is the
source's own part: offsets, gaps, what is heard once. test_source_kafka_broker.py has a broker.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, NamedTuple

from aiokafka.errors import KafkaConnectionError
from network_peers import as_report

from pulih.adapters.sources.network.kafka import Kafka


class Part(NamedTuple):
    """A partition."""

    topic: str
    partition: int


class Record(NamedTuple):
    """What a partition holds."""

    offset: int
    timestamp: int
    value: bytes | None


class PaperLog:
    """Two partitions of one topic, which a test may cut and shorten."""

    def __init__(self) -> None:
        self.parts = {Part("alarms", 0): list[Record](), Part("alarms", 1): list[Record]()}
        self.first = dict.fromkeys(self.parts, 0)
        self.away = False
        self._news = asyncio.Event()

    def publish(self, value: bytes | None, partition: int = 0, *, at_ms: int = 1_764_150_000_000) -> None:
        part = Part("alarms", partition)
        self.parts[part].append(Record(self.end(part), at_ms, value))
        self._news.set()

    def end(self, part: Part) -> int:
        return self.first[part] + len(self.parts[part])

    def forget(self, partition: int, count: int) -> None:
        """Forget the oldest records, as a broker does when their time is over."""
        part = Part("alarms", partition)
        del self.parts[part][:count]
        self.first[part] += count

    async def news(self, wait_s: float) -> None:
        self._news.clear()
        try:
            await asyncio.wait_for(self._news.wait(), wait_s)
        except TimeoutError:
            return


class PaperConsumer:
    """What the source uses of a consumer of aiokafka."""

    def __init__(self, log: PaperLog) -> None:
        self._log = log
        self._at: dict[Part, int] = {}

    async def start(self) -> None:
        self._answers()

    async def stop(self) -> None:
        """Nothing is held."""

    def assignment(self) -> set[Part]:
        return set(self._log.parts)

    async def beginning_offsets(self, parts: Iterable[Part]) -> dict[Part, int]:
        self._answers()
        return {one: self._log.first[one] for one in parts}

    async def end_offsets(self, parts: Iterable[Part]) -> dict[Part, int]:
        self._answers()
        return {one: self._log.end(one) for one in parts}

    async def offsets_for_times(self, times_ms: dict[Part, int]) -> dict[Part, Record | None]:
        self._answers()
        return {
            part: next((one for one in self._log.parts[part] if one.timestamp >= time_ms), None)
            for part, time_ms in times_ms.items()
        }

    def seek(self, part: Part, offset: int) -> None:
        self._at[part] = offset

    async def getmany(self, *of: Part, timeout_ms: int, max_records: int) -> dict[Part, list[Record]]:
        told = self._there(of, max_records)
        if not told:
            await self._log.news(min(timeout_ms / 1_000, 0.05))
            told = self._there(of, max_records)
        return told

    def _there(self, of: tuple[Part, ...], max_records: int) -> dict[Part, list[Record]]:
        if self._log.away:
            return {}
        found = {}
        for part, at in self._at.items():
            some = [one for one in self._log.parts[part] if one.offset >= at][:max_records]
            if some and (not of or part in of):
                found[part] = some
                self._at[part] = some[-1].offset + 1
        return found

    def _answers(self) -> None:
        if self._log.away:
            raise KafkaConnectionError("away")


class PaperKafka(Kafka):
    """The source, with a consumer on paper."""

    log: PaperLog

    async def _consumer(self) -> Any:
        return PaperConsumer(self.log)


class PaperPeer:
    """Publishes, and goes away."""

    def __init__(self, log: PaperLog) -> None:
        self._log = log

    async def say(self, text: str) -> None:
        self._log.publish(as_report(text), len(text) % 2)

    async def repeat(self, text: str) -> None:
        self._log.publish(as_report(text), 1)

    async def garble(self) -> None:
        self._log.publish(b"\xff{")
        self._log.publish(None)

    async def restart(self) -> None:
        self._log.away = True
        await asyncio.sleep(0.1)
        self._log.away = False

    async def cut(self) -> None:
        self._log.away = True

    async def heal(self) -> None:
        self._log.away = False

    async def delete(self, text: str) -> None:
        raise NotImplementedError
