"""Writes credits as billing and charging systems take them: TMF654 balance adjustments and TMF678 applied rates.

Money of a prepaid subscriber, and whatever is given in kind (MB, SMS, minutes, days of validity), adjusts a bucket;
money of a postpaid one is a credit on the bill. Only ids leave: no place, no minute, no name.
Source: TM Forum TMF654 Prepay Balance Management v4.0.0 (AdjustBalance_Create) and TMF678 Customer Bill v4.0.0
(AppliedCustomerBillingRate), requirement K3.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final

import msgspec

from pulih.compensate.cash import major
from pulih.compensate.clauses import Clause, Policy
from pulih.compensate.explaining import row_explanation
from pulih.compensate.outages import EPOCH, CreditIncident

# Kinds of bucket in TMF654; what is none of these is "other", days of validity among it.
_USAGE: Final = {
    **dict.fromkeys(("KB", "MB", "GB", "TB"), "data"),
    "SMS": "sms",
    **dict.fromkeys(("MIN", "SEC"), "voice"),
}
# Stand in for id, subscriber and amount while a line is encoded.
_MARKS: Final = ("\ue001", "\ue002", "7777777777777777777777")


class Quantity(msgspec.Struct, frozen=True):
    """TMF654 Quantity: how much, of what."""

    amount: Decimal
    units: str


class BucketRef(msgspec.Struct, frozen=True, rename={"referred_type": "@referredType"}):
    """TMF654 BucketRef; the id is the subscriber's, whose bucket of that usage and unit is meant."""

    id: str
    name: str
    referred_type: str = "Bucket"


class BalanceAdjustment(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={
        "external_id": "externalId",
        "adjust_type": "adjustType",
        "usage_type": "usageType",
        "base_type": "@baseType",
        "type": "@type",
    },
):
    """TMF654 AdjustBalance_Create, one field more: `externalId`, the key of idempotency, which the standard lacks."""

    external_id: str
    amount: Quantity
    usage_type: str
    bucket: BucketRef
    description: str
    reason: str = "outage_credit"
    adjust_type: str = "oneTime"
    base_type: str = "AdjustBalance"
    type: str = "AdjustBalanceOfCredit"


class Reference(msgspec.Struct, frozen=True):
    """TMF678 BillingAccountRef."""

    id: str


class Money(msgspec.Struct, frozen=True):
    """TMF678 Money: above zero; that it is a credit says the rate's type."""

    unit: str
    value: Decimal


class Period(msgspec.Struct, frozen=True, rename="camel"):
    """TMF678 TimePeriod, RFC 3339."""

    start_date_time: str
    end_date_time: str


class Characteristic(msgspec.Struct, frozen=True):
    """TMF678 AppliedBillingRateCharacteristic."""

    name: str
    value: str


class AppliedRate(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """TMF678 AppliedCustomerBillingRate, not billed yet."""

    id: str
    name: str
    description: str
    billing_account: Reference
    tax_excluded_amount: Money
    period_coverage: Period
    characteristic: tuple[Characteristic, ...]
    type: str = "appliedBillingCredit"
    is_billed: bool = False


class Grounds(msgspec.Struct, frozen=True, kw_only=True):
    """What the credits of one incident and clause have in common in a payload."""

    keys: tuple[str, str, str]
    name: str
    description: str
    period: Period
    characteristic: tuple[Characteristic, ...]


def grounds_of(policy: Policy, incident: CreditIncident, clause: Clause) -> Grounds:
    """What credits of an incident and clause say of themselves, the same for all.

    Args:
        policy, clause: the rules.
        incident: with at least one window, as every incident that gave a credit has.
    """
    keys = (incident.id, policy.id, clause.id)
    return Grounds(
        keys=keys,
        name=f"Kompensasi gangguan {incident.id} / Credit for outage {incident.id}",
        description=row_explanation(policy, incident, clause),
        period=Period(
            _moment(min(window.start_us for window in incident.windows)),
            _moment(max(window.end_us for window in incident.windows)),
        ),
        characteristic=tuple(
            Characteristic(name, value)
            for name, value in zip(("incidentId", "policyId", "clauseId"), keys, strict=True)
        ),
    )


def balance_adjustment(
    credit: str, subscriber: str, grounds: Grounds, *, quantity: Decimal, unit: str, money: bool
) -> BalanceAdjustment:
    """A credit as an adjustment of a balance.

    Args:
        credit: its id.
        subscriber: whose, the id.
        grounds: what it is for.
        quantity: how much, in the currency's own unit or in units in kind.
        unit: currency, `DAY`, or the unit of a benefit.
        money: which of these.

    >>> grounds = Grounds(keys=("I", "p", "c"), name="", description="", period=Period("", ""), characteristic=())
    >>> balance_adjustment("9f", "7", grounds, quantity=Decimal(1024), unit="MB", money=False).usage_type
    'data'
    """
    return BalanceAdjustment(
        external_id=credit,
        amount=Quantity(quantity, unit),
        usage_type="monetary" if money else _USAGE.get(unit, "other"),
        bucket=BucketRef(subscriber, unit),
        description=f"{grounds.name}, {grounds.keys[1]}/{grounds.keys[2]}",
    )


def applied_rate(credit: str, subscriber: str, grounds: Grounds, *, quantity: Decimal, currency: str) -> AppliedRate:
    """A credit of money as a rate on the bill to come; arguments as of `balance_adjustment`."""
    return AppliedRate(
        id=credit,
        name=grounds.name,
        description=grounds.description,
        billing_account=Reference(subscriber),
        tax_excluded_amount=Money(currency, quantity),
        period_coverage=grounds.period,
        characteristic=grounds.characteristic,
    )


def line_form(grounds: Grounds, *, unit: str, money: bool, on_bill: bool) -> str:
    """The line of every credit on the same grounds, encoded once, to be filled with `%`.

    Encoding a hundred million payloads that differ in three values would take longer than working them out.

    Args:
        grounds: what the credits are for.
        unit: of their amounts.
        money: whether that is a currency.
        on_bill: as applied rates; else as adjustments of a balance.

    Returns: JSON with the gaps id, whose (a text) and amount (a number), to be filled by name.

    >>> grounds = Grounds(keys=("I", "p", "c"), name="", description="", period=Period("", ""), characteristic=())
    >>> form = line_form(grounds, unit="MB", money=False, on_bill=False)
    >>> (form % {"id": "9f", "whose": "7", "amount": "1024"})[:61]
    '{"externalId":"9f","amount":{"amount":1024,"units":"MB"},"usa'
    """
    encoder = msgspec.json.Encoder(decimal_format="number")
    texts = encoder.encode(grounds).decode()
    credit, whose, amount = (_absent(mark, texts) for mark in _MARKS)
    payload: BalanceAdjustment | AppliedRate
    if on_bill:
        payload = applied_rate(credit, whose, grounds, quantity=Decimal(amount), currency=unit)
    else:
        payload = balance_adjustment(credit, whose, grounds, quantity=Decimal(amount), unit=unit, money=money)
    line = encoder.encode(payload).decode().replace("%", "%%")
    return line.replace(credit, "%(id)s").replace(whose, "%(whose)s").replace(amount, "%(amount)s")


def amount_text(minor: int, unit: str, *, money: bool) -> str:
    """An amount as a number of JSON: money in the currency's own unit.

    >>> amount_text(2_083_300, "IDR", money=True), amount_text(976, "GBP", money=True)
    ('20833', '9.76')
    """
    return str(major(minor, unit)) if money else str(minor)


def _absent(mark: str, texts: str) -> str:
    """A mark that the texts do not hold."""
    while mark in texts:
        mark += mark[-1]
    return mark


def _moment(at_us: int) -> str:
    return (EPOCH + timedelta(microseconds=at_us)).isoformat().replace("+00:00", "Z")
