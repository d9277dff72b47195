"""A peer that says back the token it was shown puts it nowhere: into no error, no refusal, no cursor (issue H)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial

import msgspec
import pytest
from platform_peer import Answered, Asked, PlatformPeer, said

from pulih.adapters.sources.contract import tried_means
from pulih.adapters.sources.measurements import radar
from pulih.adapters.sources.people import x
from pulih.model.errors import OutsideFailed, PulihError, RefusedInput
from pulih.ports.sources import Backfilling, Batch, Item, Means, Source, SourceKind
from pulih.service.listening.hushed import INSTEAD, Hushed, Hushing, opened

TOKEN = "s3cr3t/of the+forum"
QUOTED = "s3cr3t%2Fof%20the%2Bforum"


def heard_of(kind: SourceKind, own: msgspec.Struct, answer: Answered, token: str) -> str:
    """Return what a source says of a peer that answers everything alike."""

    async def run() -> str:
        async def give(_: Asked) -> Answered:
            return answer

        peer = PlatformPeer(give)
        await peer.start()
        name = "api" if kind.name == "x" else "address"
        settings = msgspec.structs.replace(own, **{name: peer.address})
        hushing = Hushing(lambda _: token)
        means = msgspec.structs.replace(tried_means("tried", filters=("Biznet",)), secret=hushing.secret)
        source = opened(partial(kind.open, settings, means), hushing)
        try:
            async for batch in source.listen(""):
                return repr(batch)
        except PulihError as problem:
            return f"{problem} {problem.values}"
        finally:
            await source.close()
            await peer.stop()
        return ""

    return asyncio.run(asyncio.wait_for(run(), 30))


ASN = radar.Settings(watch=(radar.Watch(country="ID"),), token_file="t")
BEARER = "AAAAAAAAAAAAAAAAAAAAAbearer"
ECHOES = (
    said({"success": False, "errors": [{"message": f"{BEARER} is no token"}]}),
    *(said({"errors": [{"message": BEARER, "title": BEARER}], "detail": BEARER}, one) for one in (401, 403, 429, 500)),
    said({"data": [], "meta": {"summary": {"invalid": 1}}, "errors": [{"title": BEARER, "value": f"Bearer {BEARER}"}]}),
    Answered(
        status=429, headers={"Retry-After": BEARER, "Location": f"/{BEARER}", "ETag": BEARER}, body=BEARER.encode()
    ),
)


@pytest.mark.parametrize("answer", ECHOES)
@pytest.mark.parametrize(("kind", "own"), [(radar.KIND, ASN), (x.KIND, x.XSettings(token_file="t"))])
def test_a_vendor_that_says_the_token_back_is_told_without_it(
    answer: Answered, kind: SourceKind, own: msgspec.Struct
) -> None:
    told = heard_of(kind, own, answer, BEARER)
    assert told and BEARER not in told


class Parrot:
    """Says its secret wherever a source can say anything; raises `problem` in the end."""

    def __init__(self, means: Means, problem: Exception) -> None:
        self._means, self._problem = means, problem
        self.closed = False

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        secret = self._means.secret("t")
        item = Item(id=f"1{secret}", text=f"kata {secret}", author=secret)
        yield Batch(cursor=f"after={QUOTED}", items=(item, Item(id="2", text="mati")), refused=(secret,), gap=secret)
        yield Batch(cursor="7", items=(Item(id="3"),))
        raise self._problem

    async def close(self) -> None:
        self.closed = True


def problems() -> list[Exception]:
    return [
        OutsideFailed(f"{TOKEN} is away", key="source.trouble", name="a", why=TOKEN, tries=3),
        RefusedInput(f"{QUOTED} is refused"),
        ExceptionGroup("all", [ExceptionGroup("of them", [OutsideFailed(TOKEN)])]),
    ]


@pytest.mark.parametrize("problem", problems())
def test_a_source_that_says_its_secret_everywhere_is_heard_without_it(problem: Exception) -> None:
    hushing = Hushing(lambda _: TOKEN)
    means = msgspec.structs.replace(tried_means(), secret=hushing.secret)
    parrot = Parrot(means, problem)
    source = Hushed(parrot, hushing)
    heard = list[Batch]()

    async def listened() -> None:
        async for batch in source.listen(""):
            heard.append(batch)

    with pytest.raises(type(problem)) as raised:
        asyncio.run(listened())
    asyncio.run(source.close())
    told = repr(heard) + str(raised.value) + repr(raised.value) + str(getattr(raised.value, "values", ""))
    assert TOKEN not in told and QUOTED not in told
    assert heard[0].items[0] == Item(id=f"1{INSTEAD}", text=f"kata {INSTEAD}", author=INSTEAD)
    # Where it goes on cannot be mended, so it goes on where it went on before, and that is told.
    assert (heard[0].cursor, heard[0].items[1].text, heard[1].cursor) == ("", "mati", "7")
    assert "was not kept" in heard[0].refused[-1]
    assert parrot.closed


def test_what_a_key_in_pem_holds_is_a_secret_line_by_line_and_a_short_word_is_none() -> None:
    lines = (
        "-----BEGIN PRIVATE KEY-----",
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
        "BKcwggSjA",
        "-----END PRIVATE KEY-----",
    )
    pem = "\n".join(lines)
    hushing = Hushing({"key": pem, "community": "public"}.__getitem__)
    assert (hushing.secret("key"), hushing.secret("community")) == (pem, "public")
    assert hushing.without("MIIEvQIBADANBgkqhkiG9w0BAQEFAASC is odd; 10.0.0.1 is not public") == (
        f"{INSTEAD} is odd; 10.0.0.1 is not public"
    )


def test_a_long_key_pushes_no_other_secret_out_and_tokens_that_were_renewed_are_forgotten_at_last() -> None:
    lines = [f"{number:02}/aGVsbG8+d29ybGQ/" for number in range(60)]
    kept = {"key": "\n".join(lines), "token": TOKEN}
    hushing = Hushing(kept.__getitem__)
    for path in ("token", "key"):
        hushing.secret(path)
    assert hushing.without(f"{lines[0]} {TOKEN} {lines[-1]}") == " ".join([INSTEAD] * 3)
    for number in range(1_000):
        kept["token"] = f"renewed-{number}"
        hushing.secret("token")
    assert (hushing.without("renewed-999"), hushing.without("renewed-1")) == (INSTEAD, "renewed-1")


def test_only_what_tells_the_past_does_so_behind_it() -> None:
    class Past(Parrot):
        async def between(self, since_us: int, until_us: int) -> AsyncIterator[Batch]:
            yield Batch(gap=self._means.secret("t"))

    hushing = Hushing(lambda _: TOKEN)
    means = msgspec.structs.replace(tried_means(), secret=hushing.secret)

    def made(kind: type[Parrot]) -> Callable[[], Source]:
        return lambda: kind(means, OutsideFailed("away"))

    assert not isinstance(opened(made(Parrot), hushing), Backfilling)
    past = opened(made(Past), hushing)
    assert isinstance(past, Backfilling)

    async def told() -> list[Batch]:
        return [batch async for batch in past.between(0, 1)]

    assert asyncio.run(told()) == [Batch(gap=INSTEAD)]
