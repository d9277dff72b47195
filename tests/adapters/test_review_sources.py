"""Reviews at Google Play and the App Store are heard once, with pages, gaps, nonsense and tokens that run out."""

from __future__ import annotations

import base64
import json
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from direct_sources import (
    NOW_US,
    Asked,
    SetClock,
    answering,
    gaps,
    hears,
    items,
    last_cursor,
    means,
    opened,
    refusals,
    texts,
    told_between,
)
from hypothesis import given
from hypothesis import strategies as st

from pulih.adapters.sources.people import app_reviews, play_reviews
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Later

NOW_S = NOW_US // 1_000_000
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def play_review(number: int, text: str, at_s: int, *, stars: int = 1, language: str = "in") -> dict[str, Any]:
    """A review, shaped as Google's reference shows it."""
    words = {
        "text": text,
        "lastModified": {"seconds": str(at_s), "nanos": 51000000},
        "starRating": stars,
        "reviewerLanguage": language,
        "device": "a52q",
        "androidOsVersion": 33,
        "appVersionCode": 712,
        "appVersionName": "7.1.2",
        "thumbsUpCount": 3,
        "thumbsDownCount": 0,
        "deviceMetadata": {"productName": "a52q (Galaxy A52)", "manufacturer": "Samsung", "ramMb": 5500},
    }
    answer = {"text": "Mohon maaf, Kak.", "lastModified": {"seconds": str(at_s + 60)}}
    return {
        "reviewId": f"gp:AOqpTO{number}",
        "authorName": "Sari",
        "comments": [{"userComment": words}, {"developerComment": answer}],
    }


class Google:
    """Google as a publisher sees it: tokens that run out, and reviews, the newest first."""

    def __init__(self) -> None:
        self.reviews: list[Any] = []
        self.tokens = 0
        self.refuses: list[str] = []
        self.account_is_good = True
        self.next: list[tuple[int, Any, dict[str, str]]] = []
        self.page = 100

    def __call__(self, asked: Asked) -> tuple[int, Any, dict[str, str]]:
        if asked.path == "/token":
            return self.token(asked)
        if self.next:
            return self.next.pop(0)
        if (
            asked.headers.get("authorization") != f"Bearer ya29.{self.tokens}"
            or asked.headers["authorization"] in self.refuses
        ):
            return 401, {"error": {"code": 401, "status": "UNAUTHENTICATED"}}, {}
        assert asked.path == "/androidpublisher/v3/applications/id.example.care/reviews"
        start = int(asked.query.get("token", "0"))
        told: dict[str, Any] = {"reviews": self.reviews[start : start + self.page], "pageInfo": {"totalResults": 9}}
        if start + self.page < len(self.reviews):
            told["tokenPagination"] = {"nextPageToken": str(start + self.page)}
        return 200, told, {}

    def token(self, asked: Asked) -> tuple[int, Any, dict[str, str]]:
        form = dict(one.split("=", 1) for one in asked.body.decode().split("&"))
        said, signature = form["assertion"].rsplit(".", 1)
        RSA_KEY.public_key().verify(unwritten(signature), said.encode(), padding.PKCS1v15(), hashes.SHA256())
        claims = json.loads(unwritten(said.split(".")[1]))
        assert claims["scope"].endswith("/auth/androidpublisher")
        assert claims["exp"] - claims["iat"] == 3600
        if not self.account_is_good:
            return 400, {"error": "invalid_grant"}, {}
        self.tokens += 1
        return 200, {"access_token": f"ya29.{self.tokens}", "expires_in": 3599, "token_type": "Bearer"}, {}


def unwritten(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.fixture
def google():
    """Google on this machine, the source that asks it, and the desk's clock."""
    peer = Google()
    clock = SetClock()
    with answering(peer) as server:
        account = {
            "client_email": "desk@example.iam",
            "private_key": pem(RSA_KEY),
            "token_uri": f"{server.address}/token",
        }
        with_means = means(clock, secrets={"account": json.dumps(account)})

        def source(**more: Any) -> Any:
            given = {
                "package": "id.example.care",
                "key_file": "account",
                "address": server.address,
                "every_s": 0.02,
            }
            return opened(play_reviews.KIND, with_means, **{**given, **more})

        yield peer, source, clock


def test_a_review_at_google_play_is_heard_with_its_words_and_nothing_of_the_telephone(google: Any) -> None:
    peer, source, _ = google
    peer.reviews = [play_review(1, "Login gagal\tinternet mati di Depok", NOW_S)]
    [one] = items(hears(source(operator="smartfren"), str(NOW_US - 60_000_000)))
    assert (one.text, one.at_us, one.operator) == ("Login gagal. internet mati di Depok", NOW_US, "smartfren")
    assert one.author == "gp:AOqpTO1"
    assert "a52q" not in repr(one)
    assert "Sari" not in repr(one)


def test_what_stands_at_google_play_before_the_desk_first_listens_is_old(google: Any) -> None:
    peer, source, clock = google
    peer.reviews = [play_review(1, "lama", NOW_S - 60)]

    def later(batches: list[Any]) -> None:
        clock.us = NOW_US + 5_000_000
        peer.reviews = [play_review(2, "baru", NOW_S + 5), *peer.reviews[-1:]]

    assert texts(hears(source(), between=later)) == ["baru"]


def test_a_review_is_told_once_and_again_when_its_writer_changes_it(google: Any) -> None:
    peer, source, clock = google
    peer.reviews = [play_review(1, "mati", NOW_S)]

    def change(batches: list[Any]) -> None:
        if len(batches) == 6:
            clock.us += 60_000_000
            peer.reviews = [play_review(1, "masih mati", NOW_S + 60)]

    heard = items(hears(source(), str(NOW_US), enough=lambda told: len(told) >= 12, between=change))
    assert [one.text for one in heard] == ["mati", "masih mati"]
    assert heard[0].id != heard[1].id
    assert heard[0].author == heard[1].author


def test_pages_of_google_play_are_followed_until_one_is_old(google: Any) -> None:
    peer, source, _ = google
    peer.page = 2
    peer.reviews = [play_review(number, f"mati {number}", NOW_S - number * 7_200) for number in range(40)]
    cursor = str(NOW_US - 3_600_000_000)
    heard = hears(source(), cursor, enough=lambda told: bool(told[-1].cursor))
    # A day and an hour back, since a review may be shown a day later than it is dated.
    assert texts(heard) == [f"mati {number}" for number in range(13)]
    assert last_cursor(heard) == str(NOW_US)


def test_a_restart_goes_on_from_the_cursor_and_the_same_ids_come_again(google: Any) -> None:
    peer, source, _ = google
    peer.reviews = [play_review(1, "mati", NOW_S)]
    first = hears(source(), str(NOW_US - 1_000_000), enough=lambda told: bool(told[-1].cursor))
    peer.reviews = [play_review(2, "lemot", NOW_S - 30), *peer.reviews]
    second = hears(source(), last_cursor(first), enough=2)
    assert {one.id for one in items(first)} < {one.id for one in items(second)}


def test_a_token_of_google_that_ran_out_is_exchanged_for_a_new_one(google: Any) -> None:
    peer, source, _ = google
    peer.reviews = [play_review(1, "mati", NOW_S)]

    def run_out(batches: list[Any]) -> None:
        if len(batches) == 2:
            peer.refuses.append("Bearer ya29.1")
            peer.reviews = [play_review(2, "putus", NOW_S)]

    assert texts(hears(source(), str(NOW_US), enough=2, between=run_out)) == ["mati", "putus"]
    assert peer.tokens == 2


def test_an_account_that_google_refuses_is_for_a_person_to_mend_and_shows_no_key(google: Any) -> None:
    peer, source, _ = google
    peer.account_is_good = False
    with pytest.raises(RefusedInput, match="Google refuses the service account") as refused:
        hears(source())
    assert "PRIVATE" not in str(refused.value)
    assert "127.0.0.1" not in str(refused.value)


def test_a_busy_a_broken_and_a_silent_google_are_waited_for(google: Any) -> None:
    peer, source, _ = google
    peer.next = [(429, {}, {"Retry-After": "31"})]
    with pytest.raises(Later) as later:
        hears(source())
    assert later.value.retry_s == 31
    for broken in ((500, {}, {}), (0, b"", {}), (200, b"<html>Kami segera kembali</html>", {})):
        peer.next = [broken]
        with pytest.raises(OutsideFailed, match="Google Play"):
            hears(source())


def test_a_review_that_cannot_be_read_is_told_and_the_others_are_heard(google: Any) -> None:
    peer, source, _ = google
    peer.reviews = [{"reviewId": 7}, play_review(1, "mati", NOW_S), play_review(2, "x", 10**18), "rusak"]
    heard = hears(source(), str(NOW_US))
    assert texts(heard) == ["mati"]
    assert len(refusals(heard)) == 3
    assert refusals(heard)[0].startswith("Review 1 of a page of Google Play: Expected `str`, got `int`")


def test_reviews_of_other_languages_and_with_many_stars_are_left_out_where_that_is_set(google: Any) -> None:
    peer, source, _ = google
    peer.reviews = [
        play_review(1, "mantap", NOW_S, stars=5),
        play_review(2, "no signal", NOW_S, language="en"),
        play_review(3, "mati", NOW_S, language="id_ID"),
        play_review(4, "padam", NOW_S),
    ]
    assert texts(hears(source(languages=("id",), stars_max=3), str(NOW_US))) == ["mati", "padam"]


def test_what_google_no_longer_tells_is_named_as_a_gap(google: Any) -> None:
    peer, source, _ = google
    ten_days_us = 10 * 86_400_000_000
    heard = hears(source(), str(NOW_US - ten_days_us), enough=lambda told: bool(told[-1].cursor))
    assert gaps(heard) == ["The peer no longer tells what was said from 2025-09-23T01:48:00Z to 2025-09-26T01:48:00Z."]
    peer.reviews = [play_review(1, "hari ini", NOW_S), play_review(2, "kemarin", NOW_S - 86_400)]
    asked = told_between(source(), NOW_US - 2 * 86_400_000_000, NOW_US)
    assert texts(asked) == ["kemarin"]


def test_a_google_at_a_private_address_is_not_asked() -> None:
    narrow = msgspec.structs.replace(means(secrets={"account": "{}"}), allow_networks=())
    given = {"package": "id.example", "key_file": "account", "address": "http://127.0.0.1:9"}
    with pytest.raises(RefusedInput):
        hears(opened(play_reviews.KIND, narrow, **given))


def apple_review(number: int, title: str, body: str, at: str, *, stars: int = 1) -> dict[str, Any]:
    """A review, shaped as Apple's reference shows it."""
    words = {
        "rating": stars,
        "title": title,
        "body": body,
        "reviewerNickname": "sari88",
        "createdDate": at,
        "territory": "IDN",
    }
    return {
        "type": "customerReviews",
        "id": f"00000028-b08c-0014-729e-{number:012x}",
        "attributes": words,
        "links": {"self": "https://api.appstoreconnect.apple.com/v1/customerReviews/x"},
    }


class Apple:
    """Apple as a publisher sees it."""

    def __init__(self) -> None:
        self.pages: list[list[Any]] = [[]]
        self.address = ""
        self.next_of = ""
        self.good = True

    def __call__(self, asked: Asked) -> tuple[int, Any, dict[str, str]]:
        said, signature = asked.headers["authorization"].removeprefix("Bearer ").rsplit(".", 1)
        raw = unwritten(signature)
        der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        EC_KEY.public_key().verify(der, said.encode(), ec.ECDSA(hashes.SHA256()))
        header, claims = (json.loads(unwritten(part)) for part in said.split("."))
        assert header == {"alg": "ES256", "typ": "JWT", "kid": "2X9R4HXF34"}
        assert claims["aud"] == "appstoreconnect-v1"
        assert claims["exp"] - claims["iat"] <= 1200
        if not self.good:
            return 401, {"errors": [{"status": "401", "code": "NOT_AUTHORIZED"}]}, {}
        assert asked.path == "/v1/apps/682658836/customerReviews"
        number = int(asked.query.get("cursor", "0"))
        links = {"self": "x"}
        if number + 1 < len(self.pages):
            links["next"] = f"{self.next_of or self.address}{asked.path}?cursor={number + 1}&limit=200"
        return 200, {"data": self.pages[number], "links": links, "meta": {"paging": {"total": 2}}}, {}


@pytest.fixture
def apple():
    """Apple on this machine, and the source that asks it."""
    peer = Apple()
    with answering(peer) as server:
        peer.address = server.address
        with_means = means(secrets={"key": pem(EC_KEY)})

        def source(**more: Any) -> Any:
            given = {
                "app": "682658836",
                "key_id": "2X9R4HXF34",
                "issuer": "57246542",
                "key_file": "key",
                "every_s": 0.02,
            }
            return opened(app_reviews.KIND, with_means, **{**given, "address": server.address, **more})

        yield peer, source, server


def test_a_review_at_the_app_store_is_heard_over_pages_and_asked_for_by_country(apple: Any) -> None:
    peer, source, server = apple
    peer.pages = [
        [apple_review(2, "Mati", "internet mati total", "2025-10-02T18:48:00-07:00")],
        [apple_review(1, "Lemot", "", "2025-10-03T08:40:00+07:00"), {"id": "rusak"}],
    ]
    heard = hears(source(territories=("IDN",)), str(NOW_US - 3_600_000_000), enough=lambda told: bool(told[-1].cursor))
    assert texts(heard) == ["Mati. internet mati total", "Lemot"]
    assert items(heard)[0].at_us == NOW_US
    assert items(heard)[0].author == "here:sari88"
    assert last_cursor(heard) == str(NOW_US)
    assert refusals(heard) == ["Review 2 of a page of the App Store: Object missing required field `attributes`."]
    assert server.asked[0].query == {"sort": "-createdDate", "limit": "200", "filter[territory]": "IDN"}


def test_a_next_page_of_another_server_is_never_shown_the_key(apple: Any) -> None:
    peer, source, server = apple
    peer.pages = [[apple_review(1, "Mati", "", "2025-10-03T08:48:00+07:00")], []]
    peer.next_of = "http://127.0.0.2:9"
    with pytest.raises(OutsideFailed, match="names a next page of another server"):
        hears(source(), str(NOW_US), enough=9)
    assert len(server.asked) == 1


def test_a_key_that_apple_refuses_and_one_that_is_none_are_for_a_person_to_mend(apple: Any) -> None:
    peer, source, server = apple
    peer.good = False
    with pytest.raises(RefusedInput, match="the App Store does not let the desk in"):
        hears(source())
    assert len(server.asked) == 2
    given = {"app": "1", "key_id": "K", "issuer": "I", "key_file": "key", "address": server.address}
    for wrong in ("bukan kunci", pem(ec.generate_private_key(ec.SECP384R1()))):
        with pytest.raises(RefusedInput, match="its key is"):
            hears(opened(app_reviews.KIND, means(secrets={"key": wrong}), **given))


@given(reviews=st.lists(JSON, max_size=3))
def test_any_json_among_reviews_is_read_or_told(reviews: list[Any]) -> None:
    raw = [msgspec.Raw(msgspec.json.encode(one)) for one in reviews]
    play = play_reviews.page_of(raw, play_reviews.Settings(package="a", key_file="x"))
    app = app_reviews.page_of(raw, app_reviews.Settings(app="1", key_id="k", issuer="i", key_file="x"), "here")
    assert len(play.items) + len(play.refused) <= len(reviews)
    assert len(app.items) + len(app.refused) <= len(reviews)
