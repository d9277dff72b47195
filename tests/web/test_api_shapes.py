"""What the interface says of the nouns is all that the model knows of them, and facts come back as they were sent."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulih.model import entry as model
from pulih.model.credit_batch import CreditBatch
from pulih.model.finding import Finding, Voice
from pulih.model.incident import Incident, Task
from pulih.model.notice import Notice
from pulih.model.recovery import Estimate, ScopeRecovery
from pulih.model.scope import Scope
from pulih.service.view import FilterNow, Series, SourceNow
from pulih.web.api import shapes
from pulih.web.api.facts import EntryShape, Sent, Told, fact_of, told_entry, told_fact

NOUNS: list[tuple[type[msgspec.Struct], type[msgspec.Struct], set[str]]] = [
    # Voices stand beside a finding, masked anew from the journal.
    (Finding, shapes.FindingShape, {"voices"}),
    (Voice, shapes.VoiceShape, set()),
    (Incident, shapes.IncidentShape, set()),
    (Task, shapes.TaskShape, set()),
    (Notice, shapes.NoticeShape, set()),
    (CreditBatch, shapes.CreditBatchShape, set()),
    (ScopeRecovery, shapes.ScopeRecoveryShape, set()),
    (Estimate, shapes.EstimateShape, set()),
    (model.Entry, EntryShape, set()),
    (SourceNow, shapes.SourceShape, set()),
    (FilterNow, shapes.FilterShape, set()),
    (Series, shapes.SeriesAnswer, set()),
]
FACTS: tuple[type[msgspec.Struct], ...] = get_args(model.Fact)
WRITTEN_BY_THE_DESK = {
    model.Opened,
    model.FindingJoined,
    model.FindingCleared,
    model.RecoveryJudged,
    model.TookOver,
    model.Called,
    # Batches are decided on the page of credits, which looks at their files first.
    model.CreditsAsked,
    model.CreditsApproved,
    model.CreditsReversed,
    model.CreditsHandedOver,
    # The desk sends what these say; people press for it on pages that show it first.
    model.ReportSent,
    model.CustomersAsked,
}
MOMENTS = st.integers(min_value=0, max_value=4_000_000_000_000_000)


def tag(kind: type[msgspec.Struct]) -> str:
    return str(kind.__struct_config__.tag)


def a_fact(kind: type[msgspec.Struct], at_us: int) -> Any:
    """Return a fact of a kind with every field that must be there."""
    scopes = (Scope(operator="xl", service="mobile_data"),)
    if kind is model.RecoveryJudged:
        judged = ScopeRecovery(scope=scopes[0], verdict="restored", since_us=at_us)
        return kind(scopes=(judged,), estimate=Estimate(low_us=at_us, middle_us=at_us, high_us=at_us))
    known = {
        "subscribers": 1,
        "rows": 1,
        "step": 1,
        "net_minor": {"IDR": 1},
        "scopes": scopes,
        "severity": "major",
        "kind": "update",
        "emergency_calls": "unknown",
        "question": "csat",
        "readers": 2,
    }
    fields = {field.name: known.get(field.name, "x") for field in msgspec.structs.fields(kind) if field.required}
    moments = {name: at_us for name in kind.__struct_fields__ if name.endswith("_us")}
    return kind(**{**fields, **moments})


@pytest.mark.parametrize(("noun", "shape", "apart"), NOUNS, ids=lambda value: getattr(value, "__name__", ""))
def test_every_field_of_the_model_stands_in_its_shape(
    noun: type[msgspec.Struct], shape: type[msgspec.Struct], apart: set[str]
) -> None:
    fields = {name.removesuffix("_us") for name in noun.__struct_fields__} - apart
    assert set(shape.__struct_fields__) == fields


@pytest.mark.parametrize("kind", FACTS, ids=tag)
@given(at_us=MOMENTS)
def test_a_fact_comes_back_as_it_was_sent(kind: type[msgspec.Struct], at_us: int) -> None:
    fact = a_fact(kind, at_us)
    written = msgspec.json.encode(told_entry(model.Entry(incident="i", number=1, at_us=at_us, actor="a", fact=fact)))
    read = msgspec.json.decode(written, type=EntryShape)
    if kind not in WRITTEN_BY_THE_DESK:
        assert fact_of(msgspec.json.decode(msgspec.json.encode(read.fact), type=Sent)) == fact  # type: ignore[arg-type]
    assert read.fact == told_fact(fact)


def test_what_the_desk_writes_itself_can_be_read_and_not_sent() -> None:
    sent, told = ({tag(kind) for kind in get_args(union)} for union in (Sent, Told))
    assert told == {tag(kind) for kind in FACTS}
    assert told - sent == {tag(kind) for kind in WRITTEN_BY_THE_DESK}
