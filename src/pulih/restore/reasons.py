"""Reasons of a verdict on recovery, one sentence for each kind of evidence, in Indonesian and English.

The public page, the timeline and the console say the same; each sentence can be checked against what it counts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from pulih.model.recovery import RecoveryVerdict
from pulih.restore.judging import Judged

Pair = tuple[str, str]
Leaning = Literal["for", "against", "unknown"]

NAMES: Final[Mapping[RecoveryVerdict, Pair]] = MappingProxyType(
    {
        "not_yet": ("belum pulih", "not back yet"),
        "restored": ("sudah pulih", "back"),
        "contradicted": ("dibantah laporan", "contradicted by reports"),
        "unknown": ("belum dapat dipastikan", "cannot be told"),
    }
)
# What of one scope makes the whole: the first that any of them has.
_GRAVEST: Final[tuple[RecoveryVerdict, ...]] = ("contradicted", "not_yet", "unknown", "restored")


class Said(msgspec.Struct, frozen=True):
    """One reason: whether it speaks for recovery, against it or for neither, in both languages."""

    side: Leaning
    text_id: str
    text_en: str


def whole(verdicts: Iterable[RecoveryVerdict]) -> RecoveryVerdict:
    """Return the verdict on several scopes together; of none nothing is known.

    >>> whole(["restored", "not_yet"]), whole([]), whole(["restored", "unknown"])
    ('not_yet', 'unknown', 'unknown')
    """
    told = set(verdicts)
    return next((one for one in _GRAVEST if one in told), "unknown")


def reasons_of(judged: Judged) -> tuple[Said, ...]:
    """Return why a verdict is what it is, the source of reports first."""
    return tuple(_reasons(judged))


def _reasons(judged: Judged) -> Iterator[Said]:
    if judged.silent:
        yield Said(
            "unknown",
            "Sumber laporan diam, atau jauh lebih sepi dari biasanya; diamnya tidak berarti pulih.",
            "The sources of reports are silent, or far quieter than usual; that does not mean that it is back.",
        )
    yield _reports(judged)
    yield from _answers(judged)
    if judged.told:
        yield Said(
            "for",
            f"Yang menulis sendiri bahwa sudah normal: {judged.told}.",
            f"Texts that say by themselves that it is back: {judged.told}.",
        )
    yield from _probes(judged)
    if judged.relapsed_us is not None:
        yield Said(
            "against",
            "Sempat pulih, lalu laporan naik lagi.",
            "It was back for a while; then reports rose again.",
        )
    yield from _waiting(judged)


def _reports(judged: Judged) -> Said:
    lately, usual = round(judged.lately), _rounded(judged.usual_lately)
    counts_id = f"{lately} laporan dalam setengah jam terakhir, biasanya {usual[0]}"
    counts_en = f"{lately} report{'' if lately == 1 else 's'} in the last half hour, usually {usual[1]}"
    if judged.verdict == "restored":
        return Said("for", f"Laporan sudah kembali seperti biasa: {counts_id}.", f"Reports are usual: {counts_en}.")
    if judged.verdict == "contradicted":
        return Said(
            "against",
            f"Perbaikan dinyatakan selesai, tetapi laporan terus masuk: {counts_id}.",
            f"A repair was claimed, yet reports go on: {counts_en}.",
        )
    if judged.lately > 2.0 * judged.usual_lately + 1.0:
        return Said(
            "against", f"Laporan masih di atas biasanya: {counts_id}.", f"Reports are above usual: {counts_en}."
        )
    return Said("unknown", f"Laporan sedang reda: {counts_id}.", f"Few reports come in: {counts_en}.")


def _answers(judged: Judged) -> Iterator[Said]:
    back, still = judged.answered
    if not back + still:
        return
    low, high = answer_range(back, still)
    side: Leaning = "for" if low > 0.5 else "against" if high < 0.5 else "unknown"
    yield Said(
        side,
        f'{back} dari {back + still} yang menjawab "Sudah normal?" menjawab sudah '
        f"({round(low * 100)}–{round(high * 100)}% dengan keyakinan 90%); yang tidak menjawab tidak dihitung.",
        f'{back} of {back + still} who answered "is it back?" said yes '
        f"({round(low * 100)}–{round(high * 100)}% with 90% confidence); who did not answer is not counted.",
    )


def answer_range(back: int, still: int) -> tuple[float, float]:
    """Return the Wilson interval of the share of answers that say yes, at 90 % confidence; 0..1.

    >>> [round(share, 2) for share in answer_range(9, 1)]
    [0.65, 0.98]
    """
    z, many = 1.645, float(back + still)
    share = back / many
    middle = (share + z * z / (2 * many)) / (1 + z * z / many)
    half = z * math.sqrt(share * (1 - share) / many + z * z / (4 * many * many)) / (1 + z * z / many)
    return max(0.0, middle - half), min(1.0, middle + half)


def _probes(judged: Judged) -> Iterator[Said]:
    well, ill = judged.probed
    if not well + ill:
        return
    side: Leaning = "for" if well and not ill else "against" if ill > well else "unknown"
    yield Said(
        side,
        f"Uji jaringan: {well} dari {well + ill} kali lima menit berjalan baik.",
        f"Probes went well in {well} of {well + ill} spans of five minutes.",
    )


def _waiting(judged: Judged) -> Iterator[Said]:
    """Tell what would be needed, as long as there is no verdict that it is back."""
    if judged.verdict in {"restored", "contradicted"} or judged.silent:
        return
    if judged.quiet_s is not None:
        minutes = -(-judged.quiet_s // 60)
        yield Said(
            "unknown",
            f"Dari laporan saja, pulih baru terbukti bila reda {minutes} menit lagi.",
            f"Reports alone would prove it after {minutes} more minutes as usual.",
        )
    elif judged.verdict == "unknown":
        yield Said(
            "unknown",
            "Di sini terlalu sedikit yang melapor, jadi reda saja tidak membuktikan apa-apa; tanyakan kepada pelapor.",
            "Too few people report here for their silence to prove anything; ask those who reported.",
        )


def _rounded(usual: float) -> Pair:
    if usual < 0.05:
        return "hampir tidak ada", "next to none"
    text = f"{usual:.1f}" if usual < 10 else f"{usual:.0f}"
    return text.replace(".", ","), text
