"""Moves of credits as sentences of a timeline, in both languages."""

from __future__ import annotations

from pulih.communicate.speech import Pair
from pulih.model.entry import CreditBasisSet, CreditsApproved, CreditsAsked, CreditsHandedOver, CreditsReversed

CreditFact = CreditBasisSet | CreditsAsked | CreditsApproved | CreditsReversed | CreditsHandedOver


def told_credits(fact: CreditFact) -> Pair:
    """Return what a move of credits did.

    >>> told_credits(CreditsApproved(batch="k1"))
    ('Kompensasi k1 disetujui', 'Credits k1 approved')
    """
    match fact:
        case CreditBasisSet(excluded=True):
            return "Insiden dikecualikan dari kompensasi", "Incident excluded from credits"
        case CreditBasisSet():
            services = ", ".join(fact.services) or "-"
            return f"Dasar kompensasi ditetapkan: {services}", f"What credits go by was set: {services}"
        case CreditsAsked():
            return (
                f"Persetujuan kompensasi {fact.batch} diminta: {fact.policy}, {fact.rows} baris",
                f"Approval of credits {fact.batch} asked for: {fact.policy}, {fact.rows} rows",
            )
        case CreditsApproved():
            return f"Kompensasi {fact.batch} disetujui", f"Credits {fact.batch} approved"
        case CreditsReversed():
            return f"Kompensasi {fact.batch} dibatalkan", f"Credits {fact.batch} reversed"
        case CreditsHandedOver():
            return f"Kompensasi {fact.batch} diserahkan untuk dibayarkan", f"Credits {fact.batch} handed over"
