"""What is accepted is masked and pseudonymised, and its key depends on its content alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pulih.listen.acceptance import CONTENT_ID, Acceptor, content_digest, pseudonymise
from pulih.model.raw_report import RawReport
from pulih.model.signal import Signal

ACCEPTOR = Acceptor({"bizneters": "operator"}, frozenset({"bizneters"}))


def _accept(text: str, *, author: str = "", native_id: str = "", at_us: int = 0) -> Signal:
    return ACCEPTOR.accept(RawReport(at_us=at_us, text=text, author=author, native_id=native_id))


def test_the_author_is_never_kept() -> None:
    signal = _accept("mati", author="@Budi77")
    assert "budi" not in str(signal).lower()
    assert pseudonymise(signal.author, b"k" * 32) != pseudonymise(signal.author, b"l" * 32)


def test_an_author_is_the_same_however_the_handle_is_written() -> None:
    assert _accept("a", author="@Budi77").author == _accept("b", author="budi77 ").author


def test_an_account_of_an_operator_is_recognised() -> None:
    assert _accept("halo kak", author="@Bizneters").role == "operator"


def test_whoever_a_source_takes_for_press_is_press() -> None:
    assert _accept("gangguan meluas", author="press:kabar.example").role == "press"
    assert _accept("gangguan meluas", author="@pressroom").role == "public"


def test_a_row_with_an_id_keeps_it_and_one_without_gets_the_digest_of_its_content() -> None:
    assert _accept("mati", native_id="77").native_id == "77"
    first, second = _accept("mati").native_id, _accept("mati").native_id
    assert first == second
    assert first.startswith(CONTENT_ID)
    assert _accept("mati", at_us=1).native_id != first


@given(st.lists(st.text(max_size=20), max_size=8), st.randoms())
def test_the_digest_does_not_depend_on_the_order_of_rows(texts: list[str], shuffler: object) -> None:
    signals = [_accept(text, at_us=number) for number, text in enumerate(texts)]
    shuffled = list(signals)
    shuffler.shuffle(shuffled)  # type: ignore[attr-defined]
    assert content_digest(signals, 0) == content_digest(shuffled, 0)


@given(st.text(max_size=200))
def test_any_text_is_accepted(text: str) -> None:
    assert _accept(text).at_us == 0


@given(st.integers(0, 10**16), st.one_of(st.none(), st.integers(-(10**15), 10**16)))
def test_of_an_account_no_more_is_kept_than_its_days_up_to_a_month(at_us: int, account_us: int | None) -> None:
    signal = ACCEPTOR.accept(RawReport(at_us, "mati", account_us=account_us))
    known = account_us is not None and account_us <= at_us
    assert signal.account_days == (min((at_us - (account_us or 0)) // 86_400_000_000, 30) if known else -1)
