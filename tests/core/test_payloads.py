"""Credits become what TM Forum's specifications ask for, in whole cash units, each under an id of its own."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from tmf_schemas import ADJUSTMENT, RATE, faults

from pulih.compensate.cash import cash_unit_minor, in_cash_minor, major
from pulih.compensate.clauses import Benefit, Clause, FeeShare, Fixed, Policy
from pulih.compensate.credit_ids import id_form, later_id
from pulih.compensate.ledger import CreditKey, credit_id
from pulih.compensate.outages import CreditIncident, Window
from pulih.compensate.payloads import amount_text, applied_rate, balance_adjustment, grounds_of, line_form
from pulih.compensate.written import minor_digits

CURRENCIES = st.sampled_from(["IDR", "GBP", "JPY", "CHF", "DKK", "KWD", "USD", "IQD"])
CLAUSE = Clause(id="day", quantity=Fixed(1), value=FeeShare(86_400, "30"))
IN_KIND = Clause(id="quota", quantity=Fixed(1), value=Benefit("MB", 1024))
POLICY = Policy(id="p", clauses=(CLAUSE, IN_KIND))
INCIDENT = CreditIncident(
    id="INC-1",
    zone="Asia/Jakarta",
    windows=(
        Window("31", "data", 1_759_460_400_000_000, 1_759_464_000_000_000),
        Window("32", "data", 1_759_456_800_000_000, 1_759_460_400_000_001),
    ),
)
ENCODER = msgspec.json.Encoder(decimal_format="number")


def _shown(struct: msgspec.Struct) -> dict[str, object]:
    shown: dict[str, object] = json.loads(ENCODER.encode(struct), parse_float=str, parse_int=str)
    return shown


@given(minor=st.integers(0, 10**15), currency=CURRENCIES)
def test_cash_is_the_nearest_whole_unit_and_ties_go_to_the_even_one(minor: int, currency: str) -> None:
    unit, cash = cash_unit_minor(currency), in_cash_minor(minor, currency)
    assert cash == unit * round(Fraction(minor, unit))


@given(minor=st.integers(0, 10**15), currency=CURRENCIES)
def test_an_amount_in_its_own_unit_is_exact(minor: int, currency: str) -> None:
    assert Fraction(major(minor, currency)) == Fraction(minor, 10 ** minor_digits(currency))


@given(minor=st.integers(1, 10**15), currency=CURRENCIES, whose=st.integers(-(2**63), 2**63 - 1))
def test_a_credit_on_a_bill_is_what_tmf678_asks_for(minor: int, currency: str, whose: int) -> None:
    rate = applied_rate(
        "9f", str(whose), grounds_of(POLICY, INCIDENT, CLAUSE), quantity=major(minor, currency), currency=currency
    )
    assert faults(json.loads(ENCODER.encode(rate)), RATE) == []
    shown = _shown(rate)
    assert shown["billingAccount"] == {"id": str(whose)}
    assert shown["taxExcludedAmount"] == {"unit": currency, "value": str(major(minor, currency))}
    assert shown["periodCoverage"] == {
        "startDateTime": "2025-10-03T02:00:00Z",
        "endDateTime": "2025-10-03T04:00:00Z",
    }


@given(amount=st.integers(1, 10**15), unit=st.sampled_from(["IDR", "GBP", "MB", "SMS", "MIN", "DAY", "POINTS"]))
def test_an_adjustment_of_a_balance_is_what_tmf654_asks_for(amount: int, unit: str) -> None:
    money = unit in {"IDR", "GBP"}
    grounds = grounds_of(POLICY, INCIDENT, IN_KIND)
    adjustment = balance_adjustment("9f", "7", grounds, quantity=Decimal(amount), unit=unit, money=money)
    assert faults(json.loads(ENCODER.encode(adjustment)), ADJUSTMENT) == []
    usage = {"MB": "data", "SMS": "sms", "MIN": "voice", "DAY": "other", "POINTS": "other"}
    assert adjustment.usage_type == usage.get(unit, "monetary")


@given(minor=st.integers(1, 10**12), text=st.text(max_size=20), unit=st.sampled_from(["IDR", "GBP", "MB"]))
def test_a_line_filled_in_is_the_payload_encoded_whatever_the_texts_hold(minor: int, text: str, unit: str) -> None:
    text += "%(id)s \ue001 7777777777777777777777"
    incident, money = msgspec.structs.replace(INCIDENT, id=text), unit != "MB"
    grounds = grounds_of(POLICY, incident, CLAUSE)
    amount = amount_text(minor, unit, money=money)
    for on_bill in (False, True):
        line = line_form(grounds, unit=unit, money=money, on_bill=on_bill) % {"id": "9f", "whose": 7, "amount": amount}
        if on_bill:
            payload: msgspec.Struct = applied_rate("9f", "7", grounds, quantity=Decimal(amount), currency=unit)
        else:
            payload = balance_adjustment("9f", "7", grounds, quantity=Decimal(amount), unit=unit, money=money)
        assert line.encode() == ENCODER.encode(payload)


def test_a_payload_names_nobody_but_by_id_and_no_place() -> None:
    rate = applied_rate("9f", "4711", grounds_of(POLICY, INCIDENT, CLAUSE), quantity=Decimal(1), currency="IDR")
    text = ENCODER.encode(rate).decode()
    assert "31" not in text.replace("9f", "").replace("2025-10-03", "")
    assert "affected" not in text


@given(whose=st.integers(-(2**63), 2**63 - 1), keys=st.tuples(st.text(), st.text(), st.text()))
def test_a_credit_goes_out_under_the_id_that_it_has_in_the_ledger(whose: int, keys: tuple[str, str, str]) -> None:
    assert id_form(keys).id_of(whose) == credit_id(CreditKey(whose, *keys, "IDR"))


@given(st.sets(st.tuples(st.integers(0, 3), st.sampled_from("ab"), st.sampled_from(["IDR", "MB"]), st.integers(-2, 2))))
def test_what_is_given_later_for_the_same_has_a_key_of_its_own(asked: set[tuple[int, str, str, int]]) -> None:
    first = {id_form((incident, "p", "c")).id_of(whose) for whose, incident, _, _ in asked}
    later = {
        later_id(id_form((incident, "p", "c")).id_of(whose), unit, before) for whose, incident, unit, before in asked
    }
    assert len(later) == len(asked)
    assert not first & later
