"""Only who shares a secret with the desk can post to a hook (requirement P3); a recording proves nothing later."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hook_signing import BODY, NOW_S, SECRET, signed
from hypothesis import given
from hypothesis import strategies as st

from pulih.listen.hooks.signature import key_of
from pulih.model.errors import RefusedInput
from pulih.web.hooks.door import Hook, Hooks, UnknownHook
from pulih.web.hooks.proofs import PROOFS, TOLERANCE_S, Unproven, standard, zendesk

OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


SIGNING = sorted(set(PROOFS) - {"alertmanager"})
DATED = ("standard", "zendesk", "chatwoot")


def test_the_example_of_standard_webhooks_is_proven() -> None:
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    standard(headers, b'{"test": 2432232314}', [SECRET], 1_614_265_331)


@pytest.mark.parametrize("kind", sorted(PROOFS))
def test_a_delivery_with_the_secret_is_proven(kind: str) -> None:
    PROOFS[kind](signed(kind, SECRET), BODY, [SECRET], NOW_S)


@pytest.mark.parametrize("kind", sorted(PROOFS))
def test_while_a_secret_is_exchanged_both_hold(kind: str) -> None:
    for secret in (SECRET, OTHER):
        PROOFS[kind](signed(kind, secret), BODY, [SECRET, OTHER], NOW_S)


@pytest.mark.parametrize("kind", sorted(PROOFS))
def test_a_delivery_with_another_secret_is_refused(kind: str) -> None:
    with pytest.raises(Unproven, match="belongs to this body and a secret"):
        PROOFS[kind](signed(kind, OTHER), BODY, [SECRET], NOW_S)


@pytest.mark.parametrize("kind", SIGNING)
@given(body=st.binary(max_size=40))
def test_another_body_is_refused(kind: str, body: bytes) -> None:
    if body != BODY:
        with pytest.raises(Unproven):
            PROOFS[kind](signed(kind, SECRET), body, [SECRET], NOW_S)


@pytest.mark.parametrize("kind", sorted(PROOFS))
def test_without_its_headers_a_delivery_is_refused_and_told_which(kind: str) -> None:
    for name in signed(kind, SECRET):
        fewer = {other: value for other, value in signed(kind, SECRET).items() if other != name}
        with pytest.raises(Unproven, match="is missing"):
            PROOFS[kind](fewer, BODY, [SECRET], NOW_S)


@pytest.mark.parametrize("kind", DATED)
@pytest.mark.parametrize(("apart_s", "side"), [(TOLERANCE_S + 1, "old"), (-TOLERANCE_S - 1, "early")])
def test_a_moment_too_far_from_now_is_refused(kind: str, apart_s: int, side: str) -> None:
    with pytest.raises(Unproven, match=f"too {side}"):
        PROOFS[kind](signed(kind, SECRET), BODY, [SECRET], NOW_S + apart_s)
    PROOFS[kind](signed(kind, SECRET), BODY, [SECRET], NOW_S + apart_s - (1 if apart_s > 0 else -1))


@pytest.mark.parametrize("kind", DATED)
def test_a_later_moment_in_an_old_delivery_is_refused(kind: str) -> None:
    kept, later = signed(kind, SECRET), str(int(NOW_S) + 3_600)
    moved = {name: later if name.endswith("timestamp") else value for name, value in kept.items()}
    with pytest.raises(Unproven, match="belongs to this body"):
        PROOFS[kind](moved, BODY, [SECRET], NOW_S + 3_600)


@pytest.mark.parametrize("kind", sorted(PROOFS))
@given(value=st.text(max_size=30), data=st.data())
def test_any_header_is_taken_or_refused(kind: str, value: str, data: st.DataObject) -> None:
    headers = dict(signed(kind, SECRET))
    headers[data.draw(st.sampled_from(sorted(headers)))] = value
    if headers != signed(kind, SECRET):
        with pytest.raises(Unproven):
            PROOFS[kind](headers, BODY, [SECRET], NOW_S)


def test_one_good_signature_among_several_is_enough() -> None:
    headers = dict(signed("standard", SECRET))
    headers["webhook-signature"] = f"v1a,AAAA v1,BBBB {headers['webhook-signature']}"
    standard(headers, BODY, [SECRET], NOW_S)


def test_zendesk_writes_its_moment_as_iso_8601_too() -> None:
    sent = "2025-10-03T01:48:00Z"
    line = base64.b64encode(hmac.new(SECRET.encode(), sent.encode() + BODY, hashlib.sha256).digest()).decode()
    headers = {"x-zendesk-webhook-signature": line, "x-zendesk-webhook-signature-timestamp": sent}
    zendesk(headers, BODY, [SECRET], NOW_S)


@pytest.mark.parametrize("kind", ["alertmanager", "zammad", "chatwoot"])
def test_a_password_of_basic_proves_who_posts_where_nothing_is_signed(kind: str) -> None:
    basic = {"authorization": "Basic " + base64.b64encode(f"pulih:{SECRET}".encode()).decode()}
    PROOFS[kind](basic, BODY, [SECRET], NOW_S)
    for wrong in ("Basic !", "Basic " + base64.b64encode(b"pulih").decode(), "Digest x", " "):
        with pytest.raises(Unproven):
            PROOFS[kind]({"authorization": wrong}, BODY, [SECRET], NOW_S)


@pytest.mark.parametrize("kind", ["standard", "zendesk", "whatsapp"])
def test_a_token_proves_nothing_where_deliveries_are_signed(kind: str) -> None:
    with pytest.raises(Unproven, match="is missing"):
        PROOFS[kind]({"authorization": f"Bearer {SECRET}"}, BODY, [SECRET], NOW_S)


def test_a_refusal_does_not_hold_the_secret_or_what_was_given() -> None:
    with pytest.raises(Unproven) as refusal:
        PROOFS["alertmanager"]({"authorization": "Bearer guessed-secret"}, BODY, [SECRET], NOW_S)
    assert "guessed" not in str(refusal.value)
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize(
    "secret", ["short", "whsec_short", "whsec_!!!!", "whsec_" + base64.b64encode(b"x" * 23).decode()]
)
def test_a_secret_that_can_be_tried_out_is_refused(secret: str) -> None:
    with pytest.raises(RefusedInput, match="secret"):
        key_of(secret)
    with pytest.raises(RefusedInput):
        Hooks([Hook(source="app", adapter="standard", secrets=(secret,))])


def test_a_hook_that_could_never_work_is_refused_at_the_start() -> None:
    for hook, why in (
        (Hook(source="a", adapter="fax", secrets=(SECRET,)), 'the adapter "fax"; right would be one of alertmanager'),
        (Hook(source="a", adapter="zammad", secrets=()), "has no secret"),
        (Hook(source="a", adapter="zammad", secrets=("short",)), "has 5 letters"),
    ):
        with pytest.raises(RefusedInput, match=why):
            Hooks([hook])
    one = Hook(source="a", adapter="zammad", secrets=(SECRET,))
    with pytest.raises(RefusedInput, match="same source"):
        Hooks([one, one])


def test_what_a_report_does_not_name_is_what_its_hook_means() -> None:
    meant = Hook(source="app", adapter="standard", secrets=(SECRET,), operator="xl", service="any", place="Depok")
    [one] = Hooks([meant]).heard("app", signed("standard", SECRET), BODY, NOW_S)
    assert (one.operator, one.service, one.place, one.id, one.source) == ("xl", "", "Depok", "7", "app")
    named = b'{"id": 8, "text": "mati", "operator": "smartfren"}'
    [other] = Hooks([meant]).heard("app", signed("standard", SECRET, named), named, NOW_S)
    assert other.operator == "smartfren"


def test_an_unknown_hook_is_missing_whatever_it_was_sent() -> None:
    with pytest.raises(UnknownHook):
        Hooks([]).heard("app", signed("standard", SECRET), BODY, NOW_S)


def test_meta_hears_its_challenge_when_it_knows_the_verify_token() -> None:
    hooks = Hooks(
        [
            Hook(source="wa", adapter="whatsapp", secrets=(SECRET,), verify_token="jangan-ditebak"),
            Hook(source="care", adapter="zammad", secrets=(SECRET,)),
        ]
    )
    asked = {"hub.mode": "subscribe", "hub.verify_token": "jangan-ditebak", "hub.challenge": "1158201444"}
    assert hooks.challenge("wa", asked) == "1158201444"
    for wrong in ({**asked, "hub.verify_token": "x"}, {**asked, "hub.mode": "x"}, {}):
        with pytest.raises(Unproven):
            hooks.challenge("wa", wrong)
    with pytest.raises(UnknownHook, match="POST only"):
        hooks.challenge("care", asked)
