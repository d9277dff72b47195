"""Invented subscriptions and published words for the tests of subscribing and sending."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from pulih.model.bulletin import PublicIncident, PublicScope, Word
from pulih.model.subscription import QueuedWord, Subscription, Topics

MINUTE_US = 60_000_000
# 3 October 2025, 09.12 WIB.
NOW_US = 1_759_457_520_000_000


def subscription(number: int = 1, **more: Any) -> Subscription:
    """Return an active subscription by e-mail to everything."""
    usual = Subscription(
        id=f"{number:016x}",
        channel="email",
        address=f"orang{number}@example.id",
        address_key=f"key{number}",
        state="active",
        made_us=NOW_US - 90 * MINUTE_US,
        confirmed_us=NOW_US - 60 * MINUTE_US,
    )
    return replace(usual, **more)


def about(*regions: str, operators: tuple[str, ...] = (), services: tuple[Any, ...] = ()) -> Topics:
    """Return topics."""
    return Topics(operators=operators, services=services, regions=regions)


def queued(name: str = "n1", *, regions: tuple[str, ...] = ("31",), **more: Any) -> QueuedWord:
    """Return a word about mobile internet of Smartfren in some regions, said a minute ago."""
    scopes = tuple(
        PublicScope(stage="investigating", service="mobile_data", region=region, symptom="no_internet")
        for region in regions or (None,)
    )
    incident = PublicIncident(
        id=more.pop("incident", "20251003-a1b2"),
        operator="smartfren",
        title_id="Internet seluler Smartfren tidak dapat dipakai",
        title_en="Smartfren mobile internet cannot be used",
        stage="investigating",
        severity="major",
        scopes=scopes,
        onset_us=NOW_US - 24 * MINUTE_US,
        updated_us=NOW_US,
    )
    word = Word(
        id=name,
        number=5,
        kind="holding",
        stage="investigating",
        published_us=more.pop("published_us", NOW_US - MINUTE_US),
        text_id="Internet seluler Smartfren tidak dapat dipakai di DKI Jakarta. Kami mohon maaf.",
        text_en="Smartfren mobile internet cannot be used in DKI Jakarta. We apologise.",
        next_update_by_us=NOW_US + 54 * MINUTE_US,
    )
    return QueuedWord(incident=incident, word=word, **more)


def touches(one: Topics, word: QueuedWord) -> bool:
    """Tell as a textbook would whether a word concerns a subscription; the store is compared with it."""

    def near(chosen: str) -> bool:
        return any(
            chosen == code or chosen.startswith(f"{code}.") or code.startswith(f"{chosen}.") for code in word.regions
        )

    return (
        (not one.operators or word.incident.operator in one.operators)
        and (not one.services or not word.services or bool(set(one.services) & set(word.services)))
        and (not one.regions or not word.regions or any(near(code) for code in one.regions))
    )
