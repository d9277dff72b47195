"""Whom the settings name hears of every word as long as they name it, and of none afterwards (T4)."""

from __future__ import annotations

from pathlib import Path

import pytest
from outbox_database import made_database
from subscriptions import MINUTE_US, NOW_US, queued, subscription

from pulih.adapters.sql.outbox_store import SqlOutbox
from pulih.adapters.sql.subscription_store import SqlSubscriptionStore
from pulih.service.standing import Standing, keep_standing

KEY = b"k" * 32
NOC, CRM = Standing("staff", "noc", "id"), Standing("webhook", "crm", "en")


@pytest.fixture
def store(tmp_path: Path) -> SqlSubscriptionStore:
    return SqlSubscriptionStore(made_database(tmp_path))


def _known(store: SqlSubscriptionStore) -> dict[tuple[str, str], str]:
    return {(kind, one.address): one.language for kind in ("staff", "webhook") for one in store.active(kind)}  # type: ignore[arg-type]


def test_whom_the_settings_name_is_subscribed_once_however_often_the_desk_starts(store: SqlSubscriptionStore) -> None:
    for _ in range(3):
        keep_standing(store, [NOC, CRM], KEY, NOW_US)
    assert _known(store) == {("staff", "noc"): "id", ("webhook", "crm"): "en"}


def test_who_is_named_no_more_is_ended_and_another_language_is_taken_over(store: SqlSubscriptionStore) -> None:
    keep_standing(store, [NOC, CRM], KEY, NOW_US)
    keep_standing(store, [Standing("staff", "noc", "en")], KEY, NOW_US + MINUTE_US)
    assert _known(store) == {("staff", "noc"): "en"}
    keep_standing(store, [NOC, CRM], KEY, NOW_US + 2 * MINUTE_US)
    assert _known(store) == {("staff", "noc"): "id", ("webhook", "crm"): "en"}


def test_readers_who_subscribed_by_themselves_are_let_be(store: SqlSubscriptionStore) -> None:
    store.add(subscription(1))
    keep_standing(store, [], KEY, NOW_US)
    assert store.counts() == {"email": 1}


def test_they_hear_of_words_that_are_published_from_then_on(tmp_path: Path) -> None:
    engine = made_database(tmp_path)
    keep_standing(SqlSubscriptionStore(engine), [NOC, CRM], KEY, NOW_US - 2 * MINUTE_US)
    assert SqlOutbox(engine).queue(queued(), [], NOW_US) == 2
    keep_standing(SqlSubscriptionStore(engine), [NOC, CRM, Standing("staff", "late", "id")], KEY, NOW_US)
    assert SqlOutbox(engine).queue(queued("n2"), [], NOW_US) == 2
