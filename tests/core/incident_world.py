"""A small world of incidents: people, scopes, and every kind of fact, for properties over whole timelines."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st
from msgspec.structs import replace

from pulih.confirm.moves import check
from pulih.confirm.task_moves import is_waiting, waits_for
from pulih.confirm.timeline import added, follow
from pulih.model.actor import THE_DESK, Actor
from pulih.model.clock import MICROS
from pulih.model.entry import (
    Acknowledged,
    Called,
    CauseSet,
    ClaimedFixed,
    Confirmed,
    CreditBasisSet,
    CreditsApproved,
    CreditsAsked,
    CreditsHandedOver,
    CreditsReversed,
    CustomersAsked,
    Entry,
    Explained,
    Fact,
    FindingCleared,
    FindingJoined,
    HelpSet,
    MergedInto,
    Noted,
    NoticeDrafted,
    NoticePublished,
    NoticeScheduled,
    NoticeSigned,
    NoticeWithdrawn,
    OnsetSet,
    Opened,
    OwnerSet,
    RecoveryJudged,
    Rejected,
    Relapsed,
    ReportSent,
    Restored,
    RumourAdded,
    RumourAnswered,
    ScopesSet,
    SeveritySet,
    SplitOff,
    TaskAdded,
    TaskDone,
    TaskSet,
    TookOver,
)
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.incident import Incident
from pulih.model.recovery import RecoveryVerdict, ScopeRecovery
from pulih.model.scope import Scope

ID = "20251003-ab12"
START_US = 1_759_455_600 * MICROS
MINUTE_US = 60 * MICROS

SARI = Actor("sari", "duty")
BUDI = Actor("budi", "approver")
DEWI = Actor("dewi", "admin")
VIEWER = Actor("tamu", "viewer")
ACTORS = (SARI, BUDI, DEWI, VIEWER, THE_DESK)

JAKARTA = Scope(operator="sf", service="mobile_data", region="31", symptom="no_internet")
BANDUNG = Scope(operator="sf", service="mobile_data", region="32.73", symptom="no_internet")
CALLS = Scope(operator="sf", service="mobile_voice", symptom="call_failure")
SCOPES = (JAKARTA, BANDUNG, CALLS)


def batch_asked(batch: str) -> CreditsAsked:
    """Return a batch of credits that somebody asks to be approved."""
    return CreditsAsked(
        batch=batch, policy="idn-default", subscribers=1, rows=1, net_minor={"IDR": 5}, digest="d", rests_on="r"
    )


def judged_all(verdict: RecoveryVerdict) -> RecoveryJudged:
    """Return the same verdict on every scope there is."""
    return RecoveryJudged(scopes=tuple(ScopeRecovery(scope=one, verdict=verdict) for one in SCOPES))


_some_scopes = st.lists(st.sampled_from(SCOPES), unique=True, max_size=3).map(tuple)
_one_scope_or_more = st.lists(st.sampled_from(SCOPES), unique=True, min_size=1, max_size=3).map(tuple)
_small = st.integers(1, 3)
_notice = _small.map(lambda number: f"n{number}")
_finding = _small.map(lambda number: f"f{number}")
_kinds = st.sampled_from(("holding", "update", "fixed", "restored", "correction"))

facts: st.SearchStrategy[Fact] = st.one_of(
    st.builds(FindingJoined, finding=_finding, scopes=_some_scopes),
    st.builds(FindingCleared, finding=_finding),
    st.builds(Confirmed, scopes=_some_scopes),
    st.just(Rejected()),
    st.builds(ClaimedFixed, scopes=_some_scopes),
    st.builds(Restored, scopes=_some_scopes, overrides=st.booleans()),
    st.builds(judged_all, st.sampled_from(("not_yet", "restored", "contradicted", "unknown"))),
    st.builds(Relapsed, scopes=_some_scopes),
    st.builds(ScopesSet, scopes=_one_scope_or_more),
    st.builds(OnsetSet, onset_us=st.just(START_US - MINUTE_US)),
    st.builds(SeveritySet, severity=st.sampled_from(("minor", "major", "critical"))),
    st.builds(OwnerSet, owner=st.sampled_from(("", "sari"))),
    st.just(CauseSet(cause_id="listrik padam", cause_en="a power cut")),
    st.builds(HelpSet, emergency_calls=st.sampled_from(("unknown", "reachable", "not_reachable"))),
    st.builds(TaskAdded, task=_small.map(lambda number: f"t{number}"), what=st.just("telepon vendor")),
    st.builds(
        TaskSet,
        task=_small.map(lambda number: f"t{number}"),
        state=st.sampled_from(("open", "under_way", "held", "dropped")),
        after=st.lists(_small.map(lambda number: f"t{number}"), unique=True, max_size=2).map(tuple),
    ),
    st.builds(TaskDone, task=_small.map(lambda number: f"t{number}")),
    st.just(Acknowledged()),
    st.just(Called(about="suspected", step=1, who="sari")),
    st.builds(RumourAdded, rumour=_small.map(lambda number: f"r{number}"), claim=st.just("satelit jatuh")),
    st.builds(
        RumourAnswered,
        rumour=_small.map(lambda number: f"r{number}"),
        fact=st.just("tidak ada satelit"),
        answer_id=st.just("Tidak."),
        answer_en=st.just("No."),
    ),
    st.builds(
        NoticeDrafted, notice=_notice, kind=_kinds, text_id=st.just("a"), text_en=st.just("b"), as_worded=st.booleans()
    ),
    st.builds(NoticePublished, notice=_notice, before_second=st.booleans(), break_glass=st.booleans()),
    st.builds(
        NoticeScheduled,
        notice=_notice,
        at_us=st.sampled_from((None, START_US + 5 * MINUTE_US, START_US + 500 * MINUTE_US)),
    ),
    st.builds(NoticeSigned, notice=_notice),
    st.builds(NoticeWithdrawn, notice=_notice),
    st.just(MergedInto(incident="20251003-zz99")),
    st.builds(TookOver, incident=st.just("20251003-zz99"), scopes=_some_scopes),
    st.builds(SplitOff, incident=st.just("20251003-yy88"), scopes=_one_scope_or_more),
    st.builds(Explained, maintenance=st.sampled_from(("", "kerja-1"))),
    st.builds(CreditBasisSet, services=st.sampled_from(((), ("data",)))),
    st.builds(batch_asked, _small.map(lambda number: f"k{number}")),
    st.builds(CreditsApproved, batch=_small.map(lambda number: f"k{number}")),
    st.builds(CreditsReversed, batch=_small.map(lambda number: f"k{number}")),
    st.builds(CreditsHandedOver, batch=_small.map(lambda number: f"k{number}")),
    st.builds(
        ReportSent,
        rule=st.just("id.house.2026"),
        clock=st.just("ministry"),
        recipient=st.just("Komdigi"),
        text=st.sampled_from(("LAPORAN", "")),
    ),
    st.builds(CustomersAsked, question=st.sampled_from(("csat", "nps", "ces")), readers=_small),
    st.just(Noted()),
)
# Whether a reason is given matters; what it says does not.
attempts = st.tuples(facts, st.sampled_from(ACTORS), st.sampled_from(("", "sudah diperiksa")))
histories = st.lists(attempts, max_size=25)


def opening(*scopes: Scope, findings: tuple[str, ...] = ("f0",)) -> Entry:
    """Return the first entry of a timeline."""
    fact = Opened(operator="sf", onset_us=START_US - 5 * MINUTE_US, scopes=scopes or SCOPES[:2], findings=findings)
    return Entry(incident=ID, number=1, at_us=START_US, actor="desk", fact=fact)


def following(incident: Incident, fact: Fact, actor: Actor, reason: str = "sudah diperiksa") -> Entry:
    """Return the next entry of an incident, a minute later for each."""
    number = incident.version + 1
    at_us = START_US + incident.version * MINUTE_US
    return Entry(incident=incident.id, number=number, at_us=at_us, actor=actor.name, reason=reason, fact=fact)


def after(incident: Incident, fact: Fact, actor: Actor = SARI, reason: str = "sudah diperiksa") -> Incident:
    """Return the incident after a move that must be allowed."""
    entry = following(incident, fact, actor, reason)
    check(incident, entry, actor)
    return follow(incident, entry)


def begun(*scopes: Scope) -> Incident:
    """Return an incident that was just opened."""
    return added([opening(*scopes)])


def lived(attempted: Sequence[tuple[Fact, Actor, str]]) -> list[Entry]:
    """Return the timeline of what was allowed among attempts."""
    entries = [opening()]
    incident = added(entries)
    for fact, actor, reason in attempted:
        entry = following(incident, fact, actor, reason)
        try:
            check(incident, entry, actor)
        except (ForbiddenMove, RefusedInput):
            continue
        incident = follow(incident, entry)
        entries.append(entry)
    return entries


def sample_for(name: str, incident: Incident) -> Fact:
    """Return a sound fact of a kind that an incident allows, fitted to what it holds."""
    drafts = [one for one in incident.notices if one.state == "drafted"]
    unsigned = [one for one in incident.notices if one.state == "published" and not one.signed_by]
    standing = [one for one in incident.notices if one.state != "withdrawn"]
    waiting = [one for one in incident.tasks if is_waiting(one) and not waits_for(incident, one)]
    heard = [one for one in incident.findings if one not in incident.cleared]
    made: dict[str, Fact] = {
        "finding_joined": FindingJoined(finding="f9"),
        "finding_cleared": FindingCleared(finding=heard[0] if heard else ""),
        "confirmed": Confirmed(),
        "rejected": Rejected(),
        "claimed_fixed": ClaimedFixed(),
        "restored": Restored(overrides=True),
        "relapsed": Relapsed(),
        "recovery_judged": judged_all("restored"),
        "scopes_set": ScopesSet(scopes=SCOPES),
        "onset_set": OnsetSet(onset_us=START_US),
        "severity_set": SeveritySet(severity="critical"),
        "owner_set": OwnerSet(owner="sari"),
        "cause_set": CauseSet(cause_id="a", cause_en="b"),
        "help_set": HelpSet(emergency_calls="reachable"),
        "task_added": TaskAdded(task="t9", what="a"),
        "task_set": TaskSet(task=incident.tasks[0].id if incident.tasks else "", state="under_way"),
        "acknowledged": Acknowledged(),
        "called": Called(about="confirmed", step=1, who="sari"),
        "task_done": TaskDone(task=waiting[0].id if waiting else ""),
        "rumour_added": RumourAdded(rumour="r9", claim="a"),
        "rumour_answered": RumourAnswered(
            rumour=incident.rumours[0].id if incident.rumours else "", fact="a", answer_id="b", answer_en="c"
        ),
        "notice_drafted": NoticeDrafted(notice="n9", kind="update", text_id="a", text_en="b"),
        "notice_published": NoticePublished(notice=drafts[0].id if drafts else "", break_glass=True),
        "notice_scheduled": NoticeScheduled(notice=drafts[0].id if drafts else "", at_us=START_US + 500 * MINUTE_US),
        "notice_signed": NoticeSigned(notice=unsigned[0].id if unsigned else ""),
        "notice_withdrawn": NoticeWithdrawn(notice=standing[0].id if standing else ""),
        "merged_into": MergedInto(incident="20251003-xx77"),
        "took_over": TookOver(incident="20251003-xx77", scopes=(CALLS,)),
        "split_off": SplitOff(incident="20251003-xx77", scopes=(incident.scopes[0].scope,)),
        "explained": Explained(maintenance="kerja-1"),
        "credit_basis_set": CreditBasisSet(services=("data",)),
        "credits_asked": batch_asked("k9"),
        "credits_approved": CreditsApproved(batch=next((b.id for b in incident.credits if b.state == "asked"), "")),
        "credits_reversed": CreditsReversed(batch=next((b.id for b in incident.credits if b.state != "reversed"), "")),
        "credits_handed_over": CreditsHandedOver(
            batch=next((b.id for b in incident.credits if b.state == "approved"), "")
        ),
        "report_sent": ReportSent(rule="id.house.2026", clock="ministry", recipient="Komdigi", text="LAPORAN"),
        "customers_asked": CustomersAsked(question="csat", readers=2),
        "noted": Noted(),
    }
    return made[name]


def with_version(incident: Incident, version: int) -> Incident:
    """Return the same incident at another version, for comparing all else."""
    return replace(incident, version=version)
