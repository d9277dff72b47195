"""The outbox keeps its promises in SQLite and in PostgreSQL: once for each reader, those hit first, nothing lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from outbox_database import emptied
from postgres_server import address
from sqlalchemy import Engine
from subscriptions import MINUTE_US, NOW_US, about, queued, subscription, touches

from pulih.adapters.sql.engine import open_engine, sqlite_url
from pulih.adapters.sql.outbox_store import SqlOutbox
from pulih.adapters.sql.subscription_store import SqlSubscriptionStore
from pulih.adapters.sql.upgrading import upgrade
from pulih.model.subscription import Delivery, Parcel, Subscription
from pulih.ports.outbox import Became, Due, Settled

CHOICES = [
    about(),
    about("31"),
    about("31.74"),
    about("32"),
    about("3"),
    about(operators=("smartfren",)),
    about(operators=("xl",)),
    about(services=("mobile_data", "tv")),
    about(services=("tv",)),
    about("31.71", "73", operators=("smartfren", "xl"), services=("mobile_data",)),
    about("31", services=("sms",)),
]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if request.param == "sqlite":
        url = sqlite_url(tmp_path_factory.mktemp("outbox") / "desk.db")
    else:
        url = address(request.getfixturevalue("postgres_socket"), "postgres")
    engine = open_engine(url, "desk")
    upgrade(engine, "desk")
    yield engine
    engine.dispose()


@pytest.fixture
def engine(database: Engine) -> Engine:
    return emptied(database)


@pytest.fixture
def outbox(engine: Engine) -> SqlOutbox:
    return SqlOutbox(engine)


@pytest.fixture
def store(engine: Engine) -> SqlSubscriptionStore:
    return SqlSubscriptionStore(engine)


def added(store: SqlSubscriptionStore, *several: Subscription) -> None:
    assert all(store.add(one) for one in several)


def to_whom(parcels: object) -> list[int]:
    assert isinstance(parcels, list)
    return [int(one.subscription.id, 16) for one in parcels]


def settled(parcel: Parcel, state: str, **more: object) -> list[Settled]:
    return [Settled(delivery=one, state=state, **more) for one in parcel.deliveries]  # type: ignore[arg-type]


def test_a_subscription_comes_back_as_it_went_in(store: SqlSubscriptionStore) -> None:
    one = subscription(topics=about("31", "32.73", operators=("xl",), services=("sms",)), quiet=True, pace="daily")
    added(store, one)
    assert store.subscription(one.id) == one
    assert store.of_address("email", one.address_key) == one
    assert store.of_address("telegram", one.address_key) is None
    assert store.subscription("0" * 16) is None


def test_an_address_has_one_subscription_on_a_channel(store: SqlSubscriptionStore) -> None:
    added(store, subscription(1), subscription(2, address_key="key1", channel="telegram"))
    assert not store.add(subscription(3, address_key="key1"))


def test_a_subscription_is_confirmed_once_and_changed_until_it_ends(store: SqlSubscriptionStore) -> None:
    added(store, subscription(state="pending", confirmed_us=None))
    assert store.confirm(subscription().id, NOW_US)
    assert not store.confirm(subscription().id, NOW_US + 1)
    assert store.change(subscription().id, about("73"), language="en", pace="hourly", quiet=True)
    found = store.subscription(subscription().id)
    assert found is not None and (found.topics, found.language, found.confirmed_us) == (about("73"), "en", NOW_US)
    assert store.end(subscription().id, NOW_US)
    assert not store.change(subscription().id, about("31"), language="id", pace="each", quiet=False)
    assert not store.end(subscription().id, NOW_US)


def test_a_subscription_that_ended_keeps_no_address_and_waits_for_nothing(
    store: SqlSubscriptionStore, outbox: SqlOutbox
) -> None:
    added(store, subscription(1))
    outbox.queue(queued(), [], NOW_US)
    store.end(subscription(1).id, NOW_US)
    found = store.subscription(subscription(1).id)
    assert found is not None and (found.state, found.address, found.topics) == ("ended", "", about())
    assert outbox.claim("email", NOW_US, 10) == []
    assert store.add(subscription(2, address_key="key1")), "the same address may subscribe again"


def test_what_was_never_confirmed_and_what_ended_long_ago_is_removed(store: SqlSubscriptionStore) -> None:
    added(store, subscription(1, state="pending", made_us=1), subscription(2, state="pending", made_us=9))
    added(store, subscription(3), subscription(4))
    store.end(subscription(3).id, 5)
    assert store.forget(pending_before_us=5, ended_before_us=6) == 2
    assert [store.subscription(subscription(n).id) is not None for n in (1, 2, 3, 4)] == [False, True, False, True]
    assert store.counts() == {"email": 1}


@pytest.mark.parametrize("regions", [("31",), ("31.74",), ("32.73", "73"), ()])
def test_a_word_is_queued_for_exactly_those_whom_it_concerns(
    store: SqlSubscriptionStore, outbox: SqlOutbox, regions: tuple[str, ...]
) -> None:
    word = queued(regions=regions)
    added(store, *(subscription(number, topics=one) for number, one in enumerate(CHOICES)))
    expected = {number for number, one in enumerate(CHOICES) if touches(one, word)}
    assert outbox.queue(word, [], NOW_US) == len(expected)
    parcels = outbox.claim("email", NOW_US, 100)
    assert set(to_whom(parcels)) == expected
    assert all(one.words == (word,) for one in parcels)


def test_those_of_the_places_that_are_hit_come_first(store: SqlSubscriptionStore, outbox: SqlOutbox) -> None:
    chosen = [about(), about("31"), about(), about("31.74"), about()]
    added(store, *(subscription(number, topics=one) for number, one in enumerate(chosen)))
    outbox.queue(queued(), [], NOW_US)
    assert set(to_whom(outbox.claim("email", NOW_US, 2))) == {1, 3}
    assert set(to_whom(outbox.claim("email", NOW_US, 9))) == {0, 2, 4}


def test_a_word_is_queued_once_whoever_tries_and_however_often(store: SqlSubscriptionStore, outbox: SqlOutbox) -> None:
    added(store, *(subscription(number) for number in range(20)))
    counts: list[int | None] = []
    threads = [threading.Thread(target=lambda: counts.append(outbox.queue(queued(), [], NOW_US))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts, key=str) == [20, None, None, None]
    assert len(outbox.claim("email", NOW_US, 100)) == 20


def test_only_who_had_confirmed_before_a_word_was_published_gets_it(
    store: SqlSubscriptionStore, outbox: SqlOutbox
) -> None:
    pending = subscription(1, state="pending", confirmed_us=None)
    added(store, pending, subscription(2, confirmed_us=NOW_US), subscription(3))
    assert outbox.queue(queued(), [], NOW_US) == 1


def test_a_newer_word_takes_the_place_of_one_that_still_waits(store: SqlSubscriptionStore, outbox: SqlOutbox) -> None:
    added(store, subscription(1), subscription(2))
    outbox.queue(queued("n1"), [], NOW_US)
    first = outbox.claim("email", NOW_US, 1)
    outbox.queue(queued("n2"), [], NOW_US + 1)
    later = outbox.claim("email", NOW_US + 1, 9)
    assert [one.words[0].word.id for one in later] == ["n2", "n2"], "what is under way already goes on"
    outbox.settle(settled(first[0], "sent"), NOW_US)
    counts = {one.word: dict(one.counts) for one in outbox.progress(9)}
    assert counts == {"20251003-a1b2/n2": {"leased": 2}, "20251003-a1b2/n1": {"sent": 1, "dropped": 1}}


def test_what_is_gathered_goes_as_one_parcel_when_it_is_due(store: SqlSubscriptionStore, outbox: SqlOutbox) -> None:
    added(store, subscription(1, pace="hourly"), subscription(2))
    dues = [Due("hourly", False, NOW_US + 5)]
    outbox.queue(queued("n1"), dues, NOW_US)
    outbox.queue(queued("n1", incident="20251003-ffff", published_us=NOW_US - 2), dues, NOW_US)
    assert {one.subscription.id for one in outbox.claim("email", NOW_US, 9)} == {subscription(2).id}
    together = outbox.claim("email", NOW_US + 5, 1)
    assert [len(one.deliveries) for one in together] == [2]
    assert [one.incident.id for one in together[0].words] == ["20251003-a1b2", "20251003-ffff"]


def test_what_is_to_be_tried_again_waits_until_then_and_counts_its_tries(
    store: SqlSubscriptionStore, outbox: SqlOutbox
) -> None:
    added(store, subscription(1))
    outbox.queue(queued(), [], NOW_US)
    one = outbox.claim("email", NOW_US, 1)[0]
    outbox.settle(settled(one, "handing") + settled(one, "waiting", due_us=NOW_US + 9, why="x" * 500), NOW_US)
    assert outbox.claim("email", NOW_US + 8, 1) == []
    again = outbox.claim("email", NOW_US + 9, 1)[0]
    assert (again.tries, again.deliveries) == (1, one.deliveries)


def test_what_is_known_not_to_have_begun_waits_again_though_it_was_being_handed_over(
    store: SqlSubscriptionStore, outbox: SqlOutbox
) -> None:
    added(store, subscription(1), subscription(2))
    outbox.queue(queued(), [], NOW_US)
    begun, not_begun = outbox.claim("email", NOW_US, 9)
    outbox.settle(settled(begun, "handing") + settled(not_begun, "handing"), NOW_US)
    assert outbox.recover(NOW_US, begun=frozenset(begun.deliveries)) == 1
    assert [one.deliveries for one in outbox.claim("email", NOW_US, 9)] == [not_begun.deliveries]


@pytest.mark.parametrize("nobody_knows", [True, False])
def test_after_a_start_what_was_leased_waits_and_what_was_being_handed_over_is_uncertain(
    store: SqlSubscriptionStore, outbox: SqlOutbox, nobody_knows: bool
) -> None:
    added(store, subscription(1), subscription(2), subscription(3))
    outbox.queue(queued(), [], NOW_US)
    leased, handing, sent = outbox.claim("email", NOW_US, 9)
    outbox.settle(settled(handing, "handing") + settled(sent, "sent"), NOW_US)
    assert outbox.recover(NOW_US, begun=None if nobody_knows else frozenset(handing.deliveries)) == 1
    again = outbox.claim("email", NOW_US, 9)
    assert [one.deliveries for one in again] == [leased.deliveries]
    assert dict(outbox.progress(1)[0].counts) == {"leased": 1, "sent": 1, "uncertain": 1}
    assert outbox.waiting() == {"email": 1}


def test_a_word_that_is_taken_back_is_sent_to_nobody_else(store: SqlSubscriptionStore, outbox: SqlOutbox) -> None:
    added(store, subscription(1), subscription(2))
    outbox.queue(queued(), [], NOW_US)
    outbox.claim("email", NOW_US, 1)
    assert outbox.withdraw(queued().key, NOW_US) == 1
    assert outbox.claim("email", NOW_US, 9) == []


def test_letters_go_before_words_and_to_who_has_not_confirmed_too(
    store: SqlSubscriptionStore, outbox: SqlOutbox
) -> None:
    pending = subscription(2, state="pending", confirmed_us=None)
    added(store, subscription(1), pending)
    outbox.queue(queued(), [], NOW_US)
    outbox.queue_letter("confirm", pending, NOW_US)
    outbox.queue_letter("confirm", pending, NOW_US)
    first = outbox.claim("email", NOW_US, 1)
    assert [(one.subscription, one.letter, one.words) for one in first] == [(pending, "confirm", ())]
    assert len(outbox.claim("email", NOW_US, 9)) == 1


def test_a_report_goes_to_its_recipient_once_and_what_became_of_it_is_known(
    store: SqlSubscriptionStore, outbox: SqlOutbox
) -> None:
    added(store, subscription(1, state="on_call"), subscription(2, state="on_call"))
    assert outbox.became("a/p3") == []
    assert outbox.queue_report("a/p3", subscription(1), NOW_US)
    assert not outbox.queue_report("a/p3", subscription(2), NOW_US)
    [parcel] = outbox.claim("email", NOW_US, 9)
    assert (parcel.letter, parcel.words) == ("report", ())
    outbox.settle(settled(parcel, "refused", why="550 No such user"), NOW_US + 7)
    assert outbox.became("a/p3") == [Became(state="refused", many=1, changed_us=NOW_US + 7, why="550 No such user")]


def test_a_question_goes_once_to_people_who_got_a_word_and_still_want_words_and_waits_for_the_morning(
    store: SqlSubscriptionStore, outbox: SqlOutbox
) -> None:
    people = [subscription(number, topics=about(), pace="daily" if number == 6 else "each") for number in range(1, 7)]
    added(store, *(replace(one, quiet=one.id.endswith("2")) for one in people))
    added(store, subscription(7, topics=about(), channel="webhook"), subscription(8, topics=about(), state="pending"))
    outbox.queue(queued(), [], NOW_US)
    for kind in ("email", "webhook"):
        for parcel in outbox.claim(kind, NOW_US, 99):  # type: ignore[arg-type]
            state = "refused" if parcel.subscription.id.endswith("3") else "sent"
            outbox.settle(settled(parcel, state), NOW_US)
    store.end(subscription(4).id, NOW_US)
    added(store, subscription(9, topics=about()))
    incident = queued().incident.id
    assert (outbox.readers_of(incident), outbox.readers_of("other")) == (4, 0)
    dues = [Due("each", True, NOW_US + MINUTE_US), Due("each", False, NOW_US), Due("daily", False, NOW_US + 99)]
    assert outbox.queue_survey(f"{incident}/p9", incident, dues, NOW_US)
    assert not outbox.queue_survey(f"{incident}/p9", incident, dues, NOW_US)
    first = outbox.claim("email", NOW_US, 99)
    assert {parcel.letter for parcel in first} == {"survey"}
    assert sorted(to_whom(first)) == [1, 5, 6]
    assert to_whom(outbox.claim("email", NOW_US + MINUTE_US, 99)) == [2]
    assert sum(one.many for one in outbox.became(f"{incident}/p9")) == 4


def test_what_is_old_is_forgotten_with_its_deliveries(store: SqlSubscriptionStore, outbox: SqlOutbox) -> None:
    added(store, subscription(1))
    outbox.queue(queued(incident="20250101-aaaa"), [], NOW_US)
    outbox.queue(queued(), [], NOW_US + MINUTE_US)
    outbox.queue_letter("known", subscription(1), NOW_US)
    assert outbox.forget(NOW_US + 1) == 2
    assert [one.deliveries for one in outbox.claim("email", NOW_US + MINUTE_US, 9)] == [
        (Delivery(queued().key, subscription(1).id),)
    ]


def test_a_subscription_that_ended_while_its_parcel_was_under_way_is_tried_no_more(
    store: SqlSubscriptionStore, outbox: SqlOutbox
) -> None:
    added(store, replace(subscription(1), pace="hourly"))
    outbox.queue(queued(), [], NOW_US)
    one = outbox.claim("email", NOW_US, 1)[0]
    store.end(subscription(1).id, NOW_US)
    outbox.settle(settled(one, "waiting", due_us=NOW_US), NOW_US)
    assert outbox.claim("email", NOW_US, 9) == []
    assert dict(outbox.progress(1)[0].counts) == {"dropped": 1}


def test_whoever_is_gone_is_told_no_more_and_their_address_is_forgotten(
    outbox: SqlOutbox, store: SqlSubscriptionStore
) -> None:
    store.add(subscription(1))
    store.add(subscription(2))
    outbox.queue(queued("n1"), (), NOW_US)
    outbox.queue(queued("n1", incident="20251003-ffff"), (), NOW_US)
    first = next(one for one in outbox.claim("email", NOW_US, 1) if one.subscription.id == subscription(1).id)
    outbox.settle([Settled(delivery=first.deliveries[0], state="refused", gone=True)], NOW_US)
    ended = store.subscription(subscription(1).id)
    assert ended is not None and (ended.state, ended.address) == ("ended", "")
    assert {one.subscription.id for one in outbox.claim("email", NOW_US, 9)} == {subscription(2).id}
